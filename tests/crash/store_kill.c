/* SPDX-License-Identifier: Apache-2.0
 *
 * kill -9 in the middle of writes: a child writes through the writer and tells over a pipe what was reported done; the
 * parent kills it at random moments, opens what is left and looks. Usage: store_kill [rounds]
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "base/log.h"
#include "store/store_fixture.h"
#include "store/writer.h"

#define SUBMITTERS 8

struct submitter {
    struct writer *w;
    int64_t tenant;
    int64_t next; /* id */
    int pipe;
};

/* What the child tells; written in one piece. */
struct told {
    int64_t tenant, id;
};

/* Each job adds a row and its sister, in other pages. */
static int add_pair(struct db *db, void *arg) {
    const struct submitter *s = arg;
    char label[700];
    memset(label, (int)('a' + s->next % 26), sizeof(label));
    for (int64_t tenant = s->tenant; tenant < 2 * SUBMITTERS; tenant += SUBMITTERS) {
        int r = fixture_add(db, tenant, s->next, (struct str){label, sizeof(label)}, s->next);
        if (r < 0)
            return r;
    }
    return s->next % 7 == 3 ? -ECANCELED : 0;
}

static void *submit(void *arg) {
    struct submitter *s = arg;
    for (;; s->next++) {
        int r = writer_run(s->w, add_pair, s);
        struct told t = {s->tenant, s->next};
        if (r == (s->next % 7 == 3 ? -ECANCELED : 0)) {
            if (r == 0 && write(s->pipe, &t, sizeof(t)) != sizeof(t))
                _exit(3);
        } else {
            fprintf(stderr, "# a job gave %d\n", r);
            _exit(2);
        }
    }
    return NULL;
}

/* first: where each submitter goes on. */
static void child_main(const char *dir, const int64_t *first, int out) {
    struct db *db = fixture_open(dir, DB_WRITE);
    struct submitter s[SUBMITTERS];
    struct writer *w;
    pthread_t thread;

    sqlite_of(db)->log_due = sqlite_of(db)->log_step = 20; /* to be killed within checkpoints too */
    if (writer_new(&w, db, 100, 64) < 0)
        _exit(1);
    for (int i = 0; i < SUBMITTERS; i++) {
        s[i] = (struct submitter){.w = w, .tenant = i, .next = first[i], .pipe = out};
        if (pthread_create(&thread, NULL, submit, &s[i]) != 0)
            _exit(1);
    }
    pause();
    _exit(1);
}

struct round {
    int64_t last[SUBMITTERS]; /* the last id reported done; -1: none */
    int64_t told;
};

/* Runs a child for a while, kills it, and reads what it told. */
static bool run_child(const char *dir, const int64_t *first, unsigned ms, struct round *ret) {
    int ends[2];
    if (pipe(ends) < 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        child_main(dir, first, ends[1]);
    }
    close(ends[1]);
    struct timespec start, now;
    clock_gettime(CLOCK_MONOTONIC, &start);
    struct told t;
    bool killed = false;
    for (int i = 0; i < SUBMITTERS; i++)
        ret->last[i] = -1;
    ret->told = 0;
    /* Read on after the kill: the pipe still holds what was told before. */
    while (read(ends[0], &t, sizeof(t)) == sizeof(t)) {
        ret->last[t.tenant] = t.id;
        ret->told++;
        clock_gettime(CLOCK_MONOTONIC, &now);
        long passed = (now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000;
        if (!killed && passed >= (long)ms) {
            kill(child, SIGKILL);
            killed = true;
        }
    }
    close(ends[0]);
    int status;
    waitpid(child, &status, 0);
    if (killed && WIFSIGNALED(status))
        return true;
    fprintf(stderr, "# the child ended by itself, with status %d\n", status);
    return false;
}

/* Every id up to the last one reported done is there with its sister, the refused ones are not; behind it at most the
 * one under way, wholly or not at all. Sets *next to where to go on. */
static int look(struct db *db, int64_t tenant, int64_t last, int64_t *next) {
    int wrong = 0;
    int64_t n, id;
    for (id = 0; id <= last + 2; id++) {
        bool one = fixture_get(db, tenant, id, &n), two = fixture_get(db, tenant + SUBMITTERS, id, &n);
        bool expected = id <= last && id % 7 != 3;
        bool possible = id % 7 != 3;
        if (one != two || (expected && !one) || (one && !possible)) {
            fprintf(stderr, "# tenant %d id %d: %d %d, last reported %d\n", (int)tenant, (int)id, one, two, (int)last);
            wrong++;
        }
        if (one)
            *next = id + 1;
    }
    return wrong;
}

static void print_finding(void *ctx, struct str line) {
    fprintf(stderr, "# %.*s\n", STR_FMT(line));
}

int main(int argc, char **argv) {
    int rounds = argc > 1 ? atoi(argv[1]) : 20, failed = 0;
    char dir[4096];
    int64_t first[SUBMITTERS] = {0}, total = 0;
    unsigned seed = (unsigned)getpid();

    log_set_level(LOG_ERROR);
    signal(SIGPIPE, SIG_IGN);
    fixture_dir(dir);
    db_close(fixture_open(dir, DB_WRITE));
    printf("1..%d\n# seed %u\n", rounds, seed);
    fflush(stdout);
    for (int i = 1; i <= rounds; i++) {
        struct round r = {0};
        int wrong = !run_child(dir, first, 10 + (unsigned)rand_r(&seed) % 190, &r);
        /* By turns a reader or a writer is the first to find the log. */
        struct db *db = fixture_open(dir, i % 2 ? DB_READ : DB_WRITE);
        for (int64_t tenant = 0; tenant < SUBMITTERS; tenant++) {
            int64_t last = r.last[tenant] >= 0 ? r.last[tenant] : first[tenant] - 1;
            wrong += look(db, tenant, last, &first[tenant]);
        }
        wrong += db_check(db, print_finding, NULL) != 0;
        db_close(db);
        total += r.told;
        failed += wrong > 0;
        printf("%s %d - killed after %d reports\n", wrong ? "not ok" : "ok", i, (int)r.told);
        fflush(stdout);
    }
    printf("# %d writes reported in all\n", (int)total);
    if (!failed)
        fixture_remove(dir);
    return failed > 0;
}
