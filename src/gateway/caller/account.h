/* SPDX-License-Identifier: Apache-2.0
 *
 * Accounts of the console: who may sign in, in which roles; their passwords; and the log of what they did. The
 * functions that write run within the caller's transaction.
 */
#ifndef HIRED_GATEWAY_CALLER_ACCOUNT_H
#define HIRED_GATEWAY_CALLER_ACCOUNT_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/db.h"

/* As the store has them, by bit: never renumber. tools/api_model.py has the same order. */
enum console_role { ROLE_ADMIN, ROLE_RECRUITER, ROLE_APPROVER, ROLE_INTERVIEWER, CONSOLE_ROLES };
#define ROLE_BIT(role) (1u << (role))

struct account {
    int64_t tenant, id;
    struct str login, name, en_name;
    struct str password; /* as account_password_hash made it */
    unsigned roles;      /* bits */
    int64_t users_id;    /* the tenant's user that it belongs to; 0: none */
    bool disabled;
    int64_t created_ms, signed_in_ms;
};

#define ACCOUNT_LOGIN_MAX 100   /* bytes */
#define ACCOUNT_PASSWORD_MIN 10 /* characters */

/* Names are compared in lower case (ASCII). Returns 1 and the account (texts in the arena), 0 or < 0. */
int account_by_login(struct db *db, struct str login, struct arena *a, struct account *ret);
int account_get(struct db *db, int64_t tenant, int64_t id, struct arena *a, struct account *ret);
/* All of a tenant, by id, in the arena. */
int account_list(struct db *db, int64_t tenant, struct arena *a, struct account **ret, size_t *ret_n);

/* id, created_ms and the lower-case login are set here. -EEXIST: the login is taken. */
int account_add(struct db *db, struct account *in, struct arena *a, int64_t now_ms);
/* Writes names, roles, users_id and disabled. Roles count from the next request on; a disabled account is signed out.
 */
int account_update(struct db *db, const struct account *in);
/* Ends all sessions but keep_key ("": all). */
int account_set_password(struct db *db, const struct account *who, struct str password_hash, struct str keep_key);
/* How many accounts can administer the tenant; or < 0. */
int account_admins(struct db *db, int64_t tenant);

/* NULL if that may be a login, else what is accepted, to stand behind "the user name". */
const char *account_login_fault(struct str login);

/* "admin" ... */
struct str account_role_name(enum console_role role);
/* The role's bit, or 0. */
unsigned account_role_bit(struct str name);

/* A JSON list of the roles' names. */
void account_write_roles(struct buf *out, unsigned roles);

/* scrypt with a new salt; takes some tenths of a second and 32 MiB: never on a loop's thread. In the arena. */
struct str account_password_hash(struct str password, struct arena *a);
/* Whether that is the password; as slow. An absent or broken hash costs the same and is never right. */
bool account_password_fits(struct str password, struct str hash);
/* 20 characters that people can copy, about 100 bits. In the arena. */
struct str account_password_new(struct arena *a);

enum { AUDIT_PERSON = 2, AUDIT_OPERATOR = 3 }; /* as enum hire_actor_kind (src/hire), which this room does not know */

struct audit_entry {
    int64_t tenant, now_ms;
    int64_t actor; /* the console's account; 0: the command line */
    int actor_kind;
    struct str action, subject, detail, address, log_id; /* absent: "" */
};
int audit_add(struct db *db, const struct audit_entry *e);

#endif
