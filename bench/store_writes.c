/* SPDX-License-Identifier: Apache-2.0
 *
 * Benchmark: durable writes per second through the writer thread, by the number of threads that each wait for their own
 * write; and the cost of a read by key, of a page and of db_change_count. Usage: store_writes [seconds for each];
 * TMPDIR selects the disk.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/store_fixture.h"
#include "store/writer.h"

#define THREADS_MAX 64
#define ROW_BYTES 1200

static char row[ROW_BYTES];

struct submitter {
    struct writer *w;
    int64_t tenant, next;
    int number;
    const atomic_bool *stop;
    int64_t waited_ns, longest_ns;
};

static int add_row(struct db *db, void *arg) {
    const struct submitter *s = arg;
    /* Neighbouring keys, like changes of one tenant's orders. */
    return fixture_add(db, s->tenant, s->next * THREADS_MAX + s->number, (struct str){row, sizeof(row)}, 1);
}

static void *submit(void *arg) {
    struct submitter *s = arg;
    while (!atomic_load(s->stop)) {
        int64_t start = clock_mono_ns();
        if (writer_run(s->w, add_row, s) != 1)
            abort();
        int64_t took = clock_mono_ns() - start;
        s->longest_ns = took > s->longest_ns ? took : s->longest_ns;
        s->waited_ns += took;
        s->next++;
    }
    return NULL;
}

static void measure_writes(const char *dir, int threads, double seconds) {
    struct submitter s[THREADS_MAX];
    pthread_t ids[THREADS_MAX];
    atomic_bool stop = false;
    struct writer *w;
    struct writer_stats stats;
    int64_t done = 0, waited = 0, longest = 0, start;

    if (writer_new(&w, fixture_open(dir, DB_WRITE), 1000, 256) < 0)
        abort();
    start = clock_mono_ns();
    for (int i = 0; i < threads; i++) {
        s[i] = (struct submitter){.w = w, .tenant = threads, .number = i, .stop = &stop};
        if (pthread_create(&ids[i], NULL, submit, &s[i]) != 0)
            abort();
    }
    usleep((unsigned)(seconds * 1e6));
    atomic_store(&stop, true);
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        done += s[i].next;
        waited += s[i].waited_ns;
        longest = s[i].longest_ns > longest ? s[i].longest_ns : longest;
    }
    double took = (double)(clock_mono_ns() - start) / 1e9;
    writer_stats(w, &stats);
    printf("%2d submitters: %8.0f durable writes/s, %7.0f commits/s, %5.1f jobs a group, mean wait %.2f ms, longest "
           "%.0f ms\n",
           threads, (double)done / took, (double)stats.groups / took, (double)done / (double)stats.groups,
           (double)waited / (double)done / 1e6, (double)longest / 1e6);
    writer_free(w);
}

static void measure_reads(const char *dir) {
    struct db *db = fixture_open(dir, DB_READ);
    const int n = 100000;
    int64_t start = clock_mono_ns(), sum = 0;
    for (int i = 0; i < n; i++)
        sum += fixture_get(db, 64, i % 5000, NULL);
    printf("read of a row by key: %.2f us\n", (double)(clock_mono_ns() - start) / n / 1e3);
    start = clock_mono_ns();
    for (int i = 0; i < 1000; i++) {
        struct db_query q DB_CLEANUP = db_query(db, (enum db_statement)T_ALL);
        db_bind_int(&q, 1, 64);
        for (int rows = 0; rows < 100 && db_row(&q) == 1; rows++)
            sum += (int64_t)db_text(&q, 1).len;
    }
    printf("page of up to 100 rows: %.1f us\n", (double)(clock_mono_ns() - start) / 1000 / 1e3);
    start = clock_mono_ns();
    for (int i = 0; i < n; i++)
        sum += db_change_count(db);
    printf("db_change_count: %.2f us (%d)\n", (double)(clock_mono_ns() - start) / n / 1e3, sum != 0);
    db_close(db);
}

/* The disk's own limit: appended blocks, each synced. */
static void measure_disk(const char *dir, double seconds) {
    char path[4200];
    snprintf(path, sizeof(path), "%s/hired.db-journal", dir);
    FILE *f = fopen(path, "w");
    int64_t start = clock_mono_ns(), n = 0;
    while (f && (double)(clock_mono_ns() - start) < seconds * 1e9) {
        if (fwrite(row, sizeof(row), 1, f) != 1 || fflush(f) != 0 || fdatasync(fileno(f)) != 0)
            abort();
        n++;
    }
    printf("disk alone: %.0f appends with fdatasync/s\n", (double)n / seconds);
    if (f)
        fclose(f);
    unlink(path);
}

int main(int argc, char **argv) {
    double seconds = argc > 1 ? atof(argv[1]) : 3;
    const int threads[] = {1, 4, 16, 64};
    char dir[4096];

    log_set_level(LOG_ERROR);
    memset(row, 'x', sizeof(row));
    fixture_dir(dir);
    measure_disk(dir, seconds / 3);
    for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++)
        measure_writes(dir, threads[i], seconds);
    measure_reads(dir);
    fixture_remove(dir);
    return 0;
}
