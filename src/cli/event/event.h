/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the subcommands of hired event.
 */
#ifndef HIRED_CLI_EVENT_EVENT_H
#define HIRED_CLI_EVENT_EVENT_H

#include "cli/open.h"

struct event_row {
    int64_t tenant, id, account_id, subject_id, created_ms;
    struct str event_id, type, doc;
};

/* Writes the members that identify an event into the open object. */
void event_write_head(struct buf *out, const struct event_row *e);

/* Writes the member "deliveries" with an entry for each app. with_log: with all attempts. Returns 0 or a negative
 * errno. */
int event_write_deliveries(struct cli *c, const struct event_row *e, bool with_log, struct buf *out);

/* Parses an event_id, whose first part is the event's row id. Returns 0, or -EINVAL after an error message. */
int event_read_id(struct cli *c, const char *word, int64_t *ret);

/* Reads an event of this tenant, or one of the platform itself. Returns 0, or 1 after an error message. */
int event_find(struct cli *c, const struct tenant_row *tenant, const char *word, int64_t id, struct event_row *ret);

/* The subcommands, as struct cli_verb has them. */
int event_list_main(int argc, char **argv);
int event_show_main(int argc, char **argv);
int event_replay_main(int argc, char **argv);
int event_subscribe_main(int argc, char **argv);
int event_url_main(int argc, char **argv);

#endif
