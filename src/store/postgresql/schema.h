/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: the schema steps, and whether a database is hired's.
 */
#ifndef HIRED_STORE_POSTGRESQL_SCHEMA_H
#define HIRED_STORE_POSTGRESQL_SCHEMA_H

#include "base/arena.h"

struct pg_db;

/* Generated: as many as schema_steps_n (store/sqlite/sqlite.h), each a script; the first makes the table meta. */
extern const char *const postgresql_steps[];

/* Looks at the database behind a new connection, before pipeline mode: its encoding and order of texts, whether hired
 * made it, and its schema. With take, missing steps are taken (DB_WRITE); otherwise the schema must be the present one.
 * Returns 0 or a negative errno with a sentence in *ret_why: see db_open. */
int pg_schema_check(struct pg_db *db, bool take, struct arena *a, struct str *ret_why);

#endif
