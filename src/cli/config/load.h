/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the files that read the configuration from its sources.
 */
#ifndef HIRED_CLI_CONFIG_LOAD_H
#define HIRED_CLI_CONFIG_LOAD_H

#include <stdio.h>

#include "base/buf.h"
#include "cli/config/option.h"

/* State of one config_load(). */
struct loading {
    struct config *c;
    struct buf errors; /* one sentence per line */
    const char *file;
    FILE *stream; /* of file */
    unsigned line;
    bool continued;                    /* the current line is longer than the reader's buffer */
    unsigned seen[CONFIG_OPTIONS_MAX]; /* line of the file that set the option; 0: none */
};

/* Adds a sentence to the errors. */
void config_complain(struct loading *l, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same about a value that is not accepted; where: the file's line, the variable or the flag. */
void config_complain_value(struct loading *l, const char *where, const struct option *o, struct str value);

/* Reads the options of an INI file. */
void config_load_file(struct loading *l, const char *file);

#endif
