/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: errnos for SQLSTATEs.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "store/postgresql/postgresql.h"

/* The first that the SQLSTATE begins with counts. */
static const struct {
    const char *state;
    int error;
} errors[] = {
    {"23505", EEXIST},       /* unique_violation */
    {"23", EINVAL},          /* other constraints */
    {"22", EINVAL},          /* a value out of range, not UTF-8, ... */
    {"42501", EACCES},       /* insufficient_privilege */
    {"42", EINVAL},          /* the statement does not fit the schema */
    {"28", EACCES},          /* user or password */
    {"3D000", ENOENT},       /* no such database */
    {"25006", EROFS},        /* read_only_sql_transaction: a standby */
    {"40001", EBUSY},        /* serialization_failure, or a conflict with a standby's recovery */
    {"40P01", EBUSY},        /* deadlock_detected */
    {"55P03", EBUSY},        /* lock_not_available */
    {"55", EBUSY},           /* object in use */
    {"53100", ENOSPC},       /* disk_full */
    {"53200", ENOMEM},       /* out_of_memory */
    {"53", EBUSY},           /* too_many_connections, ... */
    {"54", E2BIG},           /* program_limit_exceeded */
    {"57014", ETIME},        /* query_canceled: by statement_timeout */
    {"57P03", EHOSTUNREACH}, /* cannot_connect_now: it starts or stops */
    {"57P05", EIO},          /* idle_session_timeout */
    {"0A", EOPNOTSUPP},      /* feature_not_supported */
    {"XX001", EUCLEAN},      /* data_corrupted */
    {"XX002", EUCLEAN},      /* index_corrupted */
};

int pg_errno(const char *sqlstate) {
    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
        if (strncmp(sqlstate, errors[i].state, strlen(errors[i].state)) == 0)
            return -errors[i].error;
    return -EIO;
}

int pg_report(const PGresult *result, const char *what) {
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    const char *table = PQresultErrorField(result, PG_DIAG_TABLE_NAME);
    int r = state ? pg_errno(state) : -EIO;

    if (r == -EEXIST)
        return r;
    /* The server's messages about values (22, 23) contain them; those about everything else name only what stands in
     * the schema, the statement or the configuration. */
    bool has_values = !state || strncmp(state, "22", 2) == 0 || strncmp(state, "23", 2) == 0;
    const char *message = has_values ? NULL : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    log_line(LOG_ERROR, "database error", "statement", what, "code", state ? state : "", "error",
             message ? message : "a value was refused", "table", table ? table : "", "constraint",
             constraint ? constraint : "", NULL);
    return r;
}

int pg_fault(struct pg_db *db, const PGresult *result, const char *what) {
    int r = pg_report(result, what);
    if (r == -EROFS)
        db->reopen = true;
    return r;
}
