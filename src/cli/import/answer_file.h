/* SPDX-License-Identifier: Apache-2.0
 *
 * A file of saved answers: one or several one after the other, as curl wrote them, with their headers (curl -i) or
 * without, plain or gzipped; or records one after the other. Of any size: it is mapped, and pages that were read are
 * given back.
 */
#ifndef HIRED_CLI_IMPORT_ANSWER_FILE_H
#define HIRED_CLI_IMPORT_ANSWER_FILE_H

#include "cli/import/answer.h"

struct answer_file {
    const char *name; /* "stdin" */
    struct str text;
    void *map;
    size_t map_len;
    size_t offset; /* of the next answer */
};

/* Opens a file ("-": standard input). What came by a pipe, or was unpacked, lies in a file without a name in TMPDIR
 * (/tmp). Returns 0, or -EINVAL with *ret_why (texts in the arena): it cannot be read, or is recognisably no answer.
 * answer_file_close in any case. */
int answer_file_open(struct answer_file *f, const char *name, struct arena *a, struct finding *ret_why);
void answer_file_close(struct answer_file *f);

/* The next answer of the file, which must stay open for as long as it is used. Returns 1, 0 at the end, or -EINVAL with
 * *ret_why; after that the file's rest may be asked for. */
int answer_file_next(struct answer_file *f, struct answer *ret, struct arena *a, struct finding *ret_why);

#endif
