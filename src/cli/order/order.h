/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the subcommands of hired order.
 */
#ifndef HIRED_CLI_ORDER_ORDER_H
#define HIRED_CLI_ORDER_ORDER_H

#include "cli/open.h"

/* Prints an order. Returns the exit status. */
int order_print(struct cli *c, const struct tenant_row *tenant, int64_t id);

/* The subcommands, as struct cli_verb has them. */
int order_list_main(int argc, char **argv);
int order_show_main(int argc, char **argv); /* also history */
int order_arrange_main(int argc, char **argv);

#endif
