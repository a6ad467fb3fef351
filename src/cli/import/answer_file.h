/* SPDX-License-Identifier: Apache-2.0
 *
 * A file of saved answers: one or several in a row, as curl wrote them, with headers (curl -i) or without, plain or
 * gzipped; or bare records in a row. The file may have any size: it is mapped, and pages that were read are released.
 */
#ifndef HIRED_CLI_IMPORT_ANSWER_FILE_H
#define HIRED_CLI_IMPORT_ANSWER_FILE_H

#include "cli/import/answer.h"

struct answer_file {
    const char *name; /* "stdin" for standard input */
    struct str text;
    void *map;
    size_t map_len;
    size_t offset; /* where the next answer begins */
};

/* Opens a file ("-": standard input). Input from a pipe and unpacked input is copied to an unnamed file in TMPDIR
 * (/tmp). Returns 0, or -EINVAL with *ret_why (texts in the arena) if the file cannot be read or has a known format
 * that is no answer. Call answer_file_close in both cases. */
int answer_file_open(struct answer_file *f, const char *name, struct arena *a, struct finding *ret_why);
void answer_file_close(struct answer_file *f);

/* Reads the next answer; the file must stay open while the answer is used. Returns 1, 0 at the end, or -EINVAL with
 * *ret_why; the caller may continue with the rest of the file after that. */
int answer_file_next(struct answer_file *f, struct answer *ret, struct arena *a, struct finding *ret_why);

#endif
