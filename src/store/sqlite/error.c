/* SPDX-License-Identifier: Apache-2.0
 *
 * The SQLite driver: errnos for SQLite's result codes.
 */
#include <errno.h>
#include <stdio.h>

#include "base/log.h"
#include "store/sqlite/sqlite.h"

int db_errno(int code) {
    switch (code & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return 0;
    case SQLITE_CONSTRAINT:
        return code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
                       code == SQLITE_CONSTRAINT_ROWID
                   ? -EEXIST
                   : -EINVAL;
    case SQLITE_FULL:
        return -ENOSPC;
    case SQLITE_IOERR:
        return code == SQLITE_IOERR_NOMEM ? -ENOMEM : -EIO;
    case SQLITE_NOMEM:
        return -ENOMEM;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
        return -EUCLEAN;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return -EBUSY;
    case SQLITE_READONLY:
        return -EROFS;
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
        return -EACCES;
    case SQLITE_TOOBIG:
        return -E2BIG;
    case SQLITE_ABORT: /* a read whose transaction was rolled back meanwhile */
        return -ESTALE;
    case SQLITE_INTERRUPT:
        return -EINTR;
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_MISUSE:
    case SQLITE_RANGE:
        return -EINVAL;
    default:
        return -EIO;
    }
}

int db_fault(struct db *db, int code, const char *what) {
    /* SQLite's message may contain values; only that of a constraint is safe, because it names columns only. */
    const char *why = (code & 0xff) == SQLITE_CONSTRAINT ? sqlite3_errmsg(sqlite_of(db)->handle) : sqlite3_errstr(code);
    char number[16];
    snprintf(number, sizeof(number), "%d", code);
    log_line(LOG_ERROR, "database error", "statement", what, "error", why, "code", number, NULL);
    int r = db_errno(code), system = sqlite3_system_errno(sqlite_of(db)->handle);
    /* SQLite reports an exceeded quota, and a full disk while it extends the log's index, as a failed write; here
     * both are -ENOSPC. */
    return r == -EIO && (system == ENOSPC || system == EDQUOT) ? -ENOSPC : r;
}
