/* SPDX-License-Identifier: Apache-2.0
 *
 * The subcommands of hired. Each gets argv with its own name at argv[0] and returns the exit status: 0, 1 for a
 * failure, 2 for a wrong command line.
 */
#ifndef HIRED_CLI_CLI_H
#define HIRED_CLI_CLI_H

int cli_serve(int argc, char **argv);
int cli_app(int argc, char **argv);
int cli_tenant(int argc, char **argv);
int cli_vendor(int argc, char **argv);
int cli_order(int argc, char **argv);
int cli_event(int argc, char **argv);
int cli_application(int argc, char **argv);
int cli_erase(int argc, char **argv);
int cli_user(int argc, char **argv);
int cli_import(int argc, char **argv);
int cli_export(int argc, char **argv);
int cli_backup(int argc, char **argv);
int cli_restore(int argc, char **argv);
int cli_migrate(int argc, char **argv);
int cli_demo(int argc, char **argv);
int cli_seed(int argc, char **argv);
int cli_robot(int argc, char **argv);
int cli_mirror(int argc, char **argv);
int cli_drift(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_ready(int argc, char **argv);
int cli_conformance(int argc, char **argv);
int cli_version(int argc, char **argv);

/* Runs the subcommand that argv names, or prints help. */
int cli_main(int argc, char **argv);

#endif
