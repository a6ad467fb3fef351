/* SPDX-License-Identifier: Apache-2.0
 *
 * Shared by the commands that work on a data directory.
 */
#include "cli/open.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/id.h"
#include "cli/suggest.h"
#include "gateway/caller/master_secret.h"
#include "hire/name_fold.h"
#include "store/remote/remote.h"
#include "store/remote/server.h"
#include "store/stamp.h"

#define BUSY_MS 30000 /* how long to wait for another process's lock */
#define LOOK_AGAIN_MS 50

int cli_begin(struct cli *c, const char *command, const struct arg *args, int *argc, char **argv) {
    struct str why;

    memset(c, 0, sizeof(*c));
    c->command = command;
    if (config_load(&c->config, argc, argv, &why) < 0) {
        while (!str_is_absent(why)) {
            struct str line = str_cut(&why, '\n');
            fprintf(stderr, "hired %s: %.*s\n", command, STR_FMT(line));
        }
        return -EINVAL;
    }
    /* Commands report their own results; the log reports errors of the layers below. */
    log_set_level(c->config.log_level > LOG_WARN ? c->config.log_level : LOG_WARN);
    return args_take(command, args, argc, argv);
}

/* The secret is created on first use, which needs a transaction. */
static int open_seal(struct cli *c, enum cli_access how) {
    bool made = how == CLI_READ || c->remote; /* a server creates it itself */
    int r = made ? 0 : db_begin(c->db);

    if (r < 0)
        return r;
    r = master_secret_seal(c->db, &c->seal);
    if (made)
        return r;
    if (r == 0)
        return db_commit(c->db);
    db_rollback(c->db);
    return r;
}

/* A process that makes ids in a database of PostgreSQL needs a number that no other process has. */
static int take_node(struct cli *c, const struct db_options *o, struct str *ret_why) {
    int r = lease_new(&c->lease, o, &c->arena, ret_why);

    if (r < 0)
        return r;
    r = lease_take_node(c->lease, LEASE_COMMANDS_FIRST, REMOTE_NODE_FIRST - 1);
    if (r < 0)
        *ret_why = r == -EBUSY ? STR("Too many commands use this database at once; try again when one has ended.")
                               : STR("The database server does not answer.");
    return r < 0 ? r : id_set_node((unsigned)r);
}

static int open_here(struct cli *c, const struct db_options *o, enum cli_access how) {
    struct str why = STR_ABSENT;
    int r = o->engine == DB_POSTGRESQL && how != CLI_READ ? take_node(c, o, &why) : 0;

    if (r == 0)
        r = db_open(&c->db, o, how == CLI_READ ? DB_READ : DB_WRITE, &c->arena, &why);
    if (r < 0)
        cli_fail(c, "%.*s", STR_FMT(why));
    return r;
}

/* The server does not answer: it is just starting or stopping. */
static bool is_changing(int r) {
    return r == -ENOENT || r == -ECONNREFUSED || r == -EPIPE || r == -ESHUTDOWN;
}

/* Takes ownership of the directory and opens the database or, if a server owns it, connects to that server for writing.
 */
static int open_to_write(struct cli *c, const struct db_options *o, enum cli_access how) {
    int64_t start = clock_mono_ms();
    struct owner_note holder;
    struct str why;
    int r;

    /* On a machine without a server of this database there is no directory that it could own. */
    if (o->engine == DB_POSTGRESQL && access(c->config.data, F_OK) < 0)
        return open_here(c, o, how);
    for (;;) {
        holder = (struct owner_note){.command = STR("")};
        r = owner_take(&c->owner, c->config.data, c->command, BUSY_MS, &c->arena, &holder, &why);
        if (r == 0)
            return open_here(c, o, how);
        if (r == -EBUSY && holder.state == OWNER_SERVING) {
            r = remote_open(&c->db, o, c->command, &c->arena, &why);
            if (r == -ETIMEDOUT && o->engine == DB_POSTGRESQL)
                return open_here(c, o, how); /* the server hangs */
            if (!is_changing(r))
                break;
        }
        /* A server that starts does not carry out commands yet; PostgreSQL lets them write beside it. */
        if (r == -EBUSY && o->engine == DB_POSTGRESQL && holder.state == OWNER_STARTING)
            return open_here(c, o, how);
        if (r != -EBUSY && !is_changing(r))
            break;
        if (clock_mono_ms() - start >= BUSY_MS) {
            cli_fail(c, "%.*s It did not end within %d seconds; try again.", STR_FMT(why), BUSY_MS / 1000);
            return r;
        }
        nanosleep(&(struct timespec){.tv_nsec = LOOK_AGAIN_MS * 1000000L}, NULL);
    }
    c->remote = r == 0;
    if (r < 0)
        cli_fail(c, "%.*s", STR_FMT(why));
    return r;
}

static void show_folding(void *ctx, int64_t done, bool ended) {
    const struct cli *c = ctx;

    if (ended)
        fprintf(stderr, "hired %s: brought the search keys of %lld names up to date\n", c->command, (long long)done);
}

int cli_open(struct cli *c, enum cli_access how) {
    struct db_options o = config_db_options(&c->config);
    struct str file = arena_printf(&c->arena, "%s/hired.db", c->config.data);
    int r;

    o.busy_ms = BUSY_MS;
    if (o.engine == DB_SQLITE && how != CLI_CREATE && access(file.ptr, F_OK) < 0 && errno == ENOENT) {
        cli_fail(c,
                 "there is no database in %s; --data says where, hired demo or hired tenant create makes one; "
                 "if the records are in PostgreSQL, give its address with --store",
                 c->config.data);
        return -ENOENT;
    }
    id_set_node(c->config.node);
    r = how == CLI_READ ? open_here(c, &o, how) : open_to_write(c, &o, how);
    if (r < 0)
        return r;
    r = open_seal(c, how);
    if (r < 0)
        return cli_fail_errno(c, r, "read the database's secret", NULL), r;
    r = how == CLI_READ || c->remote ? 0 : names_fold(c->db, show_folding, c);
    if (r < 0)
        cli_fail_errno(c, r, "bring the names' search keys up to date", NULL);
    return r;
}

void cli_shut(struct cli *c) {
    c->seal = seal_free(c->seal);
    c->db = db_close(c->db);
    c->lease = lease_free(c->lease);
    c->owner = owner_release(c->owner);
    c->remote = false;
}

int cli_needs_directory(const struct cli *c, const char *instead) {
    if (!c->config.store_url)
        return 0;
    return cli_fail(c, "this works on a database in a directory, and [store] url names one of PostgreSQL; %s", instead);
}

void cli_close(struct cli *c) {
    cli_shut(c);
    arena_free(&c->arena);
    config_free(&c->config);
}

int cli_fail(const struct cli *c, const char *format, ...) {
    va_list args;

    fprintf(stderr, "hired %s: ", c->command);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return 1;
}

int cli_fail_errno(const struct cli *c, int error, const char *doing, const struct hire *h) {
    if (error == HIRE_REFUSED && h)
        return cli_fail(c, "%.*s", STR_FMT(h->why));
    if (c->db && db_why(c->db))
        return cli_fail(c, "cannot %s: %s", doing, db_why(c->db));
    if (error == -EBUSY && c->remote)
        return cli_fail(c, "cannot %s: the server has too many writes waiting; try again", doing);
    if (error == -EBUSY)
        return cli_fail(c, "cannot %s: another process held the database for %d seconds", doing, BUSY_MS / 1000);
    if (error == -ETIME || error == -EFBIG || error == -ENOBUFS)
        return cli_fail(c, "cannot %s: %s", doing, cli_limit_reason(error));
    return cli_fail(c, "cannot %s: %s", doing, strerror(-error));
}

const char *cli_limit_reason(int error) {
    switch (error) {
    case -ETIME:
        return "it takes longer than one read may ([store] read_max, --store-read-max), since the database's log "
               "cannot "
               "be emptied meanwhile";
    case -EFBIG:
        return "it was ended because the database's log, which cannot be emptied meanwhile, has grown to three "
               "quarters "
               "of its largest size ([store] log_max, --store-log-max); try again when less is written";
    case -ENOBUFS:
        return "the database's log has its largest size ([store] log_max), and a reader keeps it from being emptied";
    default:
        return strerror(-error);
    }
}

int cli_tenant_of(struct cli *c, const char *key, struct tenant_row *ret) {
    int r = key ? tenant_find(c->db, str_of(key), &c->arena, ret) : tenant_only(c->db, &c->arena, ret);

    if (r == 1)
        return 0;
    if (r == -E2BIG)
        cli_fail(c, "there are several tenants; --tenant KEY says which (hired tenant list)");
    else if (r < 0)
        cli_fail_errno(c, r, "find the tenant", NULL);
    else if (key)
        cli_fail(c, "there is no tenant \"%s\"; hired tenant list shows them", key);
    else
        cli_fail(c, "there is no tenant yet; hired tenant create makes one");
    return r < 0 ? r : -ENOENT;
}

static int find_app(struct cli *c, const struct tenant_row *tenant, const char *app_id, struct app_row *ret) {
    struct app_row *apps;
    size_t n;
    int r = app_list(c->db, tenant->id, &c->arena, &apps, &n);

    if (r < 0) {
        cli_fail_errno(c, r, "list the apps", NULL);
        return r;
    }
    for (size_t i = 0; i < n; i++)
        if (str_eq(apps[i].app_id, str_of(app_id))) {
            *ret = apps[i];
            return 0;
        }
    cli_fail(c, "tenant %.*s has no app \"%s\"; hired app list shows them", STR_FMT(tenant->tenant_key), app_id);
    return -ENOENT;
}

/* Finds the only tenant in which the app is installed. Returns 1, 0 if there is none, or -E2BIG if there are several.
 */
static int only_tenant_of(struct cli *c, int64_t app, struct tenant_row *ret) {
    struct str key = STR_ABSENT;
    int r, n = 0;

    {
        struct db_query q DB_CLEANUP = db_query(c->db, SQL_CLI_APP_TENANTS);
        db_bind_int(&q, 1, app);
        for (; (r = db_row(&q)) == 1; n++)
            key = arena_dup(&c->arena, db_text(&q, COL_CLI_APP_TENANTS_TENANT_KEY));
    }
    if (r < 0)
        return r;
    return n == 1 ? tenant_find(c->db, key, &c->arena, ret) : n == 0 ? 0 : -E2BIG;
}

int cli_tenant_and_app(struct cli *c, const char *key, const char *app_id, struct tenant_row *ret_tenant,
                       struct app_row *ret_app) {
    int r;

    if (!app_id)
        return cli_tenant_of(c, key, ret_tenant);
    if (!key && app_find(c->db, str_of(app_id), &c->arena, ret_app) == 1) {
        r = only_tenant_of(c, ret_app->id, ret_tenant);
        if (r == 1)
            return 0;
        if (r == -E2BIG) {
            cli_fail(c, "the app %s is installed in several tenants; --tenant KEY says which (hired tenant list)",
                     app_id);
            return r;
        }
        if (r < 0) {
            cli_fail_errno(c, r, "find the app's tenant", NULL);
            return r;
        }
    }
    r = cli_tenant_of(c, key, ret_tenant);
    return r < 0 ? r : find_app(c, ret_tenant, app_id, ret_app);
}

int cli_user_id_type(struct cli *c, const char *name, enum user_id_type *ret) {
    static const char *const names[] = {"open_id", "union_id", "user_id"};

    for (unsigned i = 0; i < 3; i++)
        if (strcmp(names[i], name) == 0) {
            *ret = (enum user_id_type)i;
            return 0;
        }
    cli_fail(c, "--user-id-type takes open_id, union_id or user_id, not \"%s\"", name);
    return -EINVAL;
}

int64_t cli_stamp(struct cli *c, int64_t tenant) {
    int64_t ms;
    /* If it fails, the write that follows fails too. */
    return db_in_transaction(c->db) && db_stamp(c->db, tenant, &ms) == 0 ? ms : clock_now_ms();
}

struct hire cli_hire(struct cli *c, int64_t tenant) {
    return (struct hire){
        .db = c->db,
        .arena = &c->arena,
        .now_ms = cli_stamp(c, tenant),
        .tenant = tenant,
        .actor_kind = ACTOR_OPERATOR,
        .private_addresses = c->config.fetch_allow != FETCH_ALLOW_NONE,
    };
}

int cli_transact(struct cli *c, int (*fn)(struct cli *c, void *ctx), void *ctx) {
    int r = db_begin(c->db), status;

    if (r < 0)
        return cli_fail_errno(c, r, "begin to write", NULL);
    status = fn(c, ctx);
    if (status != 0) {
        db_rollback(c->db);
        return status;
    }
    r = db_commit(c->db);
    return r < 0 ? cli_fail_errno(c, r, "write", NULL) : 0;
}

int cli_print_json(const struct buf *json) {
    json_t *value = json_loadb(json->ptr, json->len, JSON_DECODE_ANY, NULL);

    if (!value)
        return 1;
    json_dumpf(value, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY);
    putchar('\n');
    json_decref(value);
    return 0;
}

const char *cli_word(const struct cli *c, int argc, char **argv, const char *what) {
    if (argc == 2)
        return argv[1];
    if (argc < 2)
        cli_fail(c, "needs %s", what);
    else
        cli_fail(c, "takes %s and no further word, such as \"%s\"; see hired %.*s --help", what, argv[2],
                 (int)strcspn(c->command, " "), c->command);
    return NULL;
}

int cli_no_word(const struct cli *c, int argc, char **argv) {
    if (argc < 2)
        return 0;
    cli_fail(c, "takes no word such as \"%s\"; see hired %.*s --help", argv[1], (int)strcspn(c->command, " "),
             c->command);
    return -EINVAL;
}

int cli_verbs(const char *command, const char *help, const struct cli_verb *verbs, int argc, char **argv) {
    struct suggest s = {0};

    if (args_help(argc, argv) || argc < 2) {
        fputs(help, argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    s.typed = str_of(argv[1]);
    for (const struct cli_verb *v = verbs; v->name; v++) {
        char name[64];
        int r;

        if (strcmp(v->name, argv[1]) != 0) {
            suggest_offer(&s, str_of(v->name));
            continue;
        }
        snprintf(name, sizeof(name), "%s %s", command, v->name);
        argv[1] = name;
        r = v->run(argc - 1, argv + 1);
        return r;
    }
    if (str_is_absent(s.best))
        fprintf(stderr, "hired %s: there is no \"%s\"; see hired %s --help\n", command, argv[1], command);
    else
        fprintf(stderr, "hired %s: there is no \"%s\"; did you mean %.*s?\n", command, argv[1], STR_FMT(s.best));
    return 2;
}
