/* SPDX-License-Identifier: Apache-2.0
 *
 * Structured log lines on standard error: one JSON object a line with time, level, msg and the given fields. A line is
 * one write, so lines of several threads never mix.
 *
 * Never log a secret (app secret, token, encrypt key, password) or personal data (name, mobile, email): log ids.
 */
#ifndef HIRED_BASE_LOG_H
#define HIRED_BASE_LOG_H

#include "base/buf.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Lines below this level are dropped; LOG_INFO before the first call. */
void log_set_level(enum log_level level);
enum log_level log_get_level(void);

/* "debug", "info", "warn" or "error". Returns 0 or -EINVAL. */
int log_level_parse(struct str name, enum log_level *ret);

/* msg is a fixed English sentence part; fields follow as pairs of C strings, ended by NULL:
 *     log_line(LOG_WARN, "fetch refused", "file", id, "reason", why, NULL);
 * Values are escaped and cut at 512 bytes. */
void log_line(enum log_level level, const char *msg, ...) __attribute__((sentinel));

/* Same, with one printf-formatted text as the message. */
void log_fmt(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
