/* SPDX-License-Identifier: Apache-2.0
 *
 * For unit tests: a server of PostgreSQL of the test's own, in a new directory, reached by a socket there. It ends with
 * the test, however that ends.
 */
#ifndef HIRED_STORE_POSTGRESQL_CLUSTER_FIXTURE_H
#define HIRED_STORE_POSTGRESQL_CLUSTER_FIXTURE_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/dir.h"

#define CLUSTER_PROGRAMS "/usr/lib/postgresql"

struct cluster {
    char dir[256];             /* sockets, log and data */
    char programs[300];        /* of the newest version */
    const struct passwd *user; /* NULL: the caller's; PostgreSQL does not run as root */
    pid_t pid;                 /* of the server; 0: it does not run */
    bool durable;              /* set before cluster_start: commits are synced */
};

static inline bool cluster_find(struct cluster *c) {
    DIR *d = opendir(CLUSTER_PROGRAMS);
    int newest = 0;
    for (struct dirent *e; d && (e = readdir(d));) {
        char path[400];
        snprintf(path, sizeof(path), CLUSTER_PROGRAMS "/%s/bin/initdb", e->d_name);
        if (atoi(e->d_name) <= newest || access(path, X_OK) < 0)
            continue;
        newest = atoi(e->d_name);
        snprintf(c->programs, sizeof(c->programs), CLUSTER_PROGRAMS "/%s/bin", e->d_name);
    }
    if (d)
        closedir(d);
    if (newest == 0)
        fprintf(stderr, "# PostgreSQL is missing (no " CLUSTER_PROGRAMS "/*/bin/initdb): run scripts/setup test\n");
    return newest > 0;
}

/* In a child: runs a program as the cluster's user. */
static inline void cluster_exec(const struct cluster *c, const char *program, char *const argv[]) {
    char path[400], log[300];
    snprintf(path, sizeof(path), "%s/%s", c->programs, program);
    snprintf(log, sizeof(log), "%s/log", c->dir);
    if (c->user && (setgroups(0, NULL) < 0 || setgid(c->user->pw_gid) < 0 || setuid(c->user->pw_uid) < 0))
        _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGQUIT); /* forgotten by setuid() */
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), nothing = open("/dev/null", O_RDONLY);
    if (chdir(c->dir) < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0 || dup2(nothing, 0) < 0)
        _exit(126);
    execv(path, argv);
    _exit(127);
}

static inline void cluster_show_log(const struct cluster *c) {
    char path[300], line[400];
    snprintf(path, sizeof(path), "%s/log", c->dir);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof(line), f))
        fprintf(stderr, "# %s", line);
    if (f)
        fclose(f);
}

static inline bool cluster_make(struct cluster *c) {
    char *argv[] = {"initdb", "-D", "data", "-E", "UTF8", "--locale=C", "-A", "trust", "-N", "-U", "postgres", NULL};
    /* The user "secret" needs a password. */
    static const char access_rules[] = "local all secret scram-sha-256\nlocal all all trust\n";
    int status;
    pid_t pid = fork();
    if (pid == 0)
        cluster_exec(c, "initdb", argv);
    if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        return false;
    char path[300];
    snprintf(path, sizeof(path), "%s/data/pg_hba.conf", c->dir);
    int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    bool done = fd >= 0 && write(fd, access_rules, sizeof(access_rules) - 1) == (ssize_t)sizeof(access_rules) - 1;
    if (fd >= 0)
        close(fd);
    return done;
}

static inline void cluster_url(const struct cluster *c, const char *database, char *url, size_t size) {
    snprintf(url, size, "postgresql://postgres@/%s?host=%s", database, c->dir);
}

/* Starts the server and waits until it answers. */
static inline bool cluster_run(struct cluster *c) {
    char url[400], sockets[300];
    char *argv[] = {"postgres",
                    "-D",
                    "data",
                    "-c",
                    "listen_addresses=",
                    "-c",
                    sockets,
                    "-c",
                    c->durable ? "fsync=on" : "fsync=off",
                    "-c",
                    "max_connections=30",
                    "-c",
                    "shared_buffers=16MB",
                    NULL};
    snprintf(sockets, sizeof(sockets), "unix_socket_directories=%s", c->dir);
    cluster_url(c, "postgres", url, sizeof(url));
    c->pid = fork();
    if (c->pid == 0)
        cluster_exec(c, "postgres", argv);
    for (int i = 0; i < 3000 && c->pid > 0; i++) {
        int status;
        if (PQping(url) == PQPING_OK)
            return true;
        if (waitpid(c->pid, &status, WNOHANG) == c->pid)
            break;
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    return false;
}

/* how: SIGINT ends sessions and writes everything; SIGQUIT is a crash. */
static inline void cluster_halt(struct cluster *c, int how) {
    if (c->pid > 0) {
        kill(c->pid, how);
        waitpid(c->pid, NULL, 0);
    }
    c->pid = 0;
}

static inline void cluster_stop(struct cluster *c) {
    cluster_halt(c, SIGQUIT);
    dir_remove(c->dir);
}

/* Returns whether it runs; if not, it has said why. */
static inline bool cluster_start(struct cluster *c) {
    const char *tmp = getenv("TMPDIR");
    *c = (struct cluster){.durable = c->durable};
    if (!cluster_find(c))
        return false;
    snprintf(c->dir, sizeof(c->dir), "%s/hired-pg-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    if (!mkdtemp(c->dir))
        return false;
    if (geteuid() == 0) {
        c->user = getpwnam("postgres");
        c->user = c->user ? c->user : getpwnam("nobody");
        if (!c->user || chown(c->dir, c->user->pw_uid, c->user->pw_gid) < 0)
            return false;
    }
    if (cluster_make(c) && cluster_run(c))
        return true;
    fprintf(stderr, "# PostgreSQL does not start in %s:\n", c->dir);
    cluster_show_log(c);
    cluster_stop(c);
    return false;
}

/* Runs SQL as the administrator on a connection of its own. Returns the first value, in the buffer; "" if there is
 * none; NULL if it failed, which was said. */
static inline const char *cluster_sql(const struct cluster *c, const char *database, const char *sql, char value[256]) {
    char url[400];
    cluster_url(c, database, url, sizeof(url));
    PGconn *conn = PQconnectdb(url);
    PGresult *result = PQexec(conn, sql);
    ExecStatusType status = PQresultStatus(result);
    bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    snprintf(value, 256, "%s", PQntuples(result) > 0 ? PQgetvalue(result, 0, 0) : "");
    if (!done)
        fprintf(stderr, "# %s: %s", sql, PQerrorMessage(conn));
    PQclear(result);
    PQfinish(conn);
    return done ? value : NULL;
}

#endif
