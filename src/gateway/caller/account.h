/* SPDX-License-Identifier: Apache-2.0
 *
 * Accounts of people who sign in to the console: their roles, their passwords, and the audit log of their changes.
 * Functions that write run within the caller's transaction. (session.h: who is signed in; console_access.h: what a
 * request of such a person may do.)
 */
#ifndef HIRED_GATEWAY_CALLER_ACCOUNT_H
#define HIRED_GATEWAY_CALLER_ACCOUNT_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/db.h"

/* Stored as bits: never renumber. tools/api_model.py has the same order. */
enum console_role { ROLE_ADMIN, ROLE_RECRUITER, ROLE_APPROVER, ROLE_INTERVIEWER, CONSOLE_ROLES };
#define ROLE_BIT(role) (1u << (role))

struct account {
    int64_t tenant, id;
    struct str login, name, en_name;
    struct str password; /* as account_password_hash returned it */
    unsigned roles;      /* ROLE_BIT of each */
    int64_t users_id;    /* the tenant's user who this person is; 0: none */
    bool disabled;
    int64_t created_ms, signed_in_ms;
};

#define ACCOUNT_LOGIN_MAX 100   /* bytes */
#define ACCOUNT_PASSWORD_MIN 10 /* characters */

/* Logins are compared in lower case (ASCII). Returns 1 and the account (texts in the arena), 0 or < 0. */
int account_by_login(struct db *db, struct str login, struct arena *a, struct account *ret);
int account_get(struct db *db, int64_t tenant, int64_t id, struct arena *a, struct account *ret);
/* All accounts of a tenant by id, in the arena. */
int account_list(struct db *db, int64_t tenant, struct arena *a, struct account **ret, size_t *ret_n);

/* Sets in->id, in->created_ms and the lower-case in->login. Returns 0, -EEXIST if the login is taken, or another
 * negative errno. */
int account_add(struct db *db, struct account *in, struct arena *a, int64_t now_ms);
/* Writes names, roles, users_id and disabled. New roles apply from the account's next request; disabling ends its
 * sessions. */
int account_update(struct db *db, const struct account *in);
/* Ends all sessions of the account except keep_key ("": all of them). */
int account_set_password(struct db *db, const struct account *who, struct str password_hash, struct str keep_key);
/* How many enabled administrators the tenant has; or < 0. */
int account_admins(struct db *db, int64_t tenant);

/* NULL if that may be a login, else what is accepted, to stand behind "the user name". */
const char *account_login_fault(struct str login);

/* "admin" ... */
struct str account_role_name(enum console_role role);
/* The bit of the role with that name, or 0. */
unsigned account_role_bit(struct str name);

/* Appends a JSON list of the roles' names. */
void account_write_roles(struct buf *out, unsigned roles);

/* scrypt with a new salt. Takes some tenths of a second and 32 MiB: never call it on a loop's thread. In the arena.
 * Absent: there is not enough memory (already logged); account_add and account_set_password then return -ENOMEM. */
struct str account_password_hash(struct str password, struct arena *a);
/* The same in microseconds, for a password that account_password_new made, which cannot be guessed however fast a guess
 * is, or one that everybody knows. For the test mode only, because the time of a sign-in shows which kind of hash an
 * account has. */
struct str account_password_hash_quick(struct str password, struct arena *a);
/* Returns 1 if the password has that hash, 0 if not, or -ENOMEM (already logged); takes as long as
 * the function that made the hash. An absent or broken hash takes as long and never fits. */
int account_password_fits(struct str password, struct str hash);
/* A random password: 20 characters that are easy to copy, about 100 bits. In the arena. */
struct str account_password_new(struct arena *a);

enum {
    AUDIT_PERSON = 2,
    AUDIT_OPERATOR = 3
}; /* as enum hire_actor_kind of src/hire, which this room does not
    * include */

struct audit_entry {
    int64_t tenant, now_ms;
    int64_t actor; /* the account of the console; 0: the command line */
    int actor_kind;
    struct str action, subject, detail, address, log_id; /* absent is stored as "" */
};
int audit_add(struct db *db, const struct audit_entry *e);

#endif
