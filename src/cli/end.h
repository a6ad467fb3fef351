/* SPDX-License-Identifier: Apache-2.0
 *
 * Signals that would end a command without a word.
 */
#ifndef HIRED_CLI_END_H
#define HIRED_CLI_END_H

/* If a mapped file is truncated or its disk fails, the process gets SIGBUS and ends; from now on with a sentence on
 * standard error that says so. A limit of file sizes (ulimit -f) makes writes fail from now on instead of ending the
 * process. */
void end_explain(void);

/* From now on the sentence is a line of the log. */
void end_as_log_line(void);

#endif
