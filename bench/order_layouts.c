/* SPDX-License-Identifier: Apache-2.0
 *
 * Compares ways to store background check orders: how many bytes a change of one order writes to the disk and how much
 * CPU it takes, what a page of a list costs, and how large the database is. Each layout is filled with the same orders
 * and gets the same changes, in SQLite with hired's settings (WAL, synchronous=FULL). docs/STORE.md has the figures.
 *
 * Usage: order_layouts [orders (200000) [changes (2000)]]; TMPDIR says on which disk. Prints a Markdown table.
 */
#include <inttypes.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { DOC_BYTES = 1700, DOC_MAX = 1820, GROUP = 64, STATUSES = 4, ACCOUNTS = 8, STATEMENTS_MAX = 6 };

/* Parameters of all statements: ?1 id, ?2 update_time, ?3 the old update_time, ?4 doc, ?5 application, ?6 account,
 * ?7 status, ?8 a text that no other row has. */
struct layout {
    const char *name;
    int page_size;
    const char *schema;
    const char *insert[STATEMENTS_MAX]; /* a new order */
    const char *change[STATEMENTS_MAX]; /* update_progress: record, history, stage, tenant's stamp */
    const char *read;                   /* the record by its id, before a change */
    const char *page;                   /* ?1 orders after update_time ?2, each with its record */
};

#define COLUMNS                                                                                                        \
    "tenant INTEGER NOT NULL, update_time INTEGER NOT NULL, id INTEGER NOT NULL, application_id INTEGER NOT NULL, "    \
    "account_id INTEGER NOT NULL, status INTEGER NOT NULL, phase INTEGER NOT NULL, begin_time INTEGER NOT NULL, "      \
    "last_stage_time INTEGER NOT NULL"
#define WIDE_INDEXES                                                                                                   \
    "CREATE INDEX by_application ON orders (tenant, application_id, update_time, id);"                                 \
    "CREATE INDEX by_account ON orders (tenant, account_id, update_time, id);"                                         \
    "CREATE INDEX by_status ON orders (tenant, status, update_time, id, phase);"
#define HISTORY_COLUMNS                                                                                                \
    "at_ms INTEGER NOT NULL, actor_kind INTEGER NOT NULL, actor_id INTEGER NOT NULL, action INTEGER NOT NULL, "        \
    "from_status INTEGER NOT NULL, to_status INTEGER NOT NULL, why TEXT NOT NULL"
#define BESIDE                                                                                                         \
    "CREATE TABLE history (tenant INTEGER NOT NULL, order_id INTEGER NOT NULL, seq INTEGER NOT NULL, " HISTORY_COLUMNS \
    ", PRIMARY KEY (tenant, order_id, seq)) WITHOUT ROWID;"                                                            \
    "CREATE TABLE stage (tenant INTEGER NOT NULL, order_id INTEGER NOT NULL, stage_id TEXT NOT NULL, "                 \
    "stage_time INTEGER NOT NULL, PRIMARY KEY (tenant, order_id, stage_id)) WITHOUT ROWID;"
#define STAMP                                                                                                          \
    "CREATE TABLE stamp (tenant INTEGER PRIMARY KEY, last_ms INTEGER NOT NULL); INSERT INTO stamp VALUES (1, 0);"

#define INSERT_ORDER "INSERT INTO orders VALUES (1, ?2, ?1, ?5, ?6, ?7, 0, ?2, ?2, ?4)"
#define INSERT_HISTORY                                                                                                 \
    "INSERT INTO history VALUES (1, ?1, (SELECT COALESCE(MAX(seq), 0) + 1 FROM history WHERE tenant = 1 AND "          \
    "order_id = ?1), ?2, 1, 4711, 3, 2, 2, 'report is being written')"
#define INSERT_STAGE "INSERT INTO stage VALUES (1, ?1, ?8, ?2) ON CONFLICT DO NOTHING"
#define SET_STAMP "UPDATE stamp SET last_ms = ?2 WHERE tenant = 1"
#define PAGE_CLUSTERED                                                                                                 \
    "SELECT update_time, id, doc FROM orders WHERE tenant = 1 AND (update_time, id) > (?2, 0) ORDER BY update_time, "  \
    "id LIMIT ?1"

/* The layout before schema 017: the records are in a tree by (tenant, update_time, id), so every change moves its
 * record.
 */
#define CLUSTERED                                                                                                      \
    .schema =                                                                                                          \
        "CREATE TABLE orders (" COLUMNS ", doc TEXT NOT NULL, PRIMARY KEY (tenant, update_time, id)) WITHOUT ROWID;"   \
        "CREATE UNIQUE INDEX by_id ON orders (tenant, id);" WIDE_INDEXES BESIDE STAMP,                                 \
    .insert = {INSERT_ORDER, INSERT_HISTORY, INSERT_STAGE},                                                            \
    .change = {"UPDATE orders SET update_time = ?2, last_stage_time = ?2, doc = ?4 WHERE tenant = 1 AND update_time "  \
               "= ?3 AND id = ?1",                                                                                     \
               INSERT_HISTORY, INSERT_STAGE, SET_STAMP},                                                               \
    .read = "SELECT update_time, doc FROM orders WHERE tenant = 1 AND id = ?1", .page = PAGE_CLUSTERED

/* A rowid table by id, so a change leaves its record in place; the same indexes beside it. */
#define ROWID                                                                                                          \
    .schema = "CREATE TABLE orders (tenant INTEGER NOT NULL, update_time INTEGER NOT NULL, id INTEGER PRIMARY KEY, "   \
              "application_id INTEGER NOT NULL, account_id INTEGER NOT NULL, status INTEGER NOT NULL, phase INTEGER "  \
              "NOT NULL, begin_time INTEGER NOT NULL, last_stage_time INTEGER NOT NULL, doc TEXT NOT NULL);"           \
              "CREATE INDEX by_update ON orders (tenant, update_time);" WIDE_INDEXES BESIDE STAMP,                     \
    .insert = {INSERT_ORDER, INSERT_HISTORY, INSERT_STAGE},                                                            \
    .change = {"UPDATE orders SET update_time = ?2, last_stage_time = ?2, doc = ?4 WHERE id = ?1 AND update_time = "   \
               "?3",                                                                                                   \
               INSERT_HISTORY, INSERT_STAGE, SET_STAMP},                                                               \
    .read = "SELECT update_time, doc FROM orders WHERE id = ?1 AND tenant = 1",                                        \
    .page = "SELECT update_time, id, doc FROM orders WHERE tenant = 1 AND (update_time, id) > (?2, 0) ORDER BY "       \
            "update_time, id LIMIT ?1"

/* The text is in a table of its own, by id; the columns for lists and rules are in a narrow table, clustered by time.
 */
#define SPLIT                                                                                                          \
    .schema =                                                                                                          \
        "CREATE TABLE orders (" COLUMNS ", PRIMARY KEY (tenant, update_time, id)) WITHOUT ROWID;"                      \
        "CREATE TABLE doc (id INTEGER PRIMARY KEY, update_time INTEGER NOT NULL, doc TEXT NOT NULL);" WIDE_INDEXES     \
            BESIDE STAMP,                                                                                              \
    .insert = {"INSERT INTO orders VALUES (1, ?2, ?1, ?5, ?6, ?7, 0, ?2, ?2)", "INSERT INTO doc VALUES (?1, ?2, ?4)",  \
               INSERT_HISTORY, INSERT_STAGE},                                                                          \
    .change = {"UPDATE orders SET update_time = ?2, last_stage_time = ?2 WHERE tenant = 1 AND update_time = ?3 AND "   \
               "id = ?1",                                                                                              \
               "UPDATE doc SET update_time = ?2, doc = ?4 WHERE id = ?1", INSERT_HISTORY, INSERT_STAGE, SET_STAMP},    \
    .read = "SELECT update_time, doc FROM doc WHERE id = ?1",                                                          \
    .page = "SELECT o.update_time, o.id, d.doc FROM orders o CROSS JOIN doc d ON d.id = o.id WHERE o.tenant = 1 AND "  \
            "(o.update_time, o.id) > (?2, 0) ORDER BY o.update_time, o.id LIMIT ?1"

/* A change moves an entry of one index only. The indexes by application, account and status have no time: a list by
 * them would sort the matching orders if they are few, and else walk by time and filter. History rows are appended;
 * each one names the row before it of the same order. There is no table of stages, because the record lists them. */
#define LEAN                                                                                                           \
    .schema = "CREATE TABLE orders (tenant INTEGER NOT NULL, update_time INTEGER NOT NULL, id INTEGER PRIMARY KEY, "   \
              "application_id INTEGER NOT NULL, account_id INTEGER NOT NULL, status INTEGER NOT NULL, phase INTEGER "  \
              "NOT NULL, begin_time INTEGER NOT NULL, last_stage_time INTEGER NOT NULL, history INTEGER NOT NULL, "    \
              "doc TEXT NOT NULL);"                                                                                    \
              "CREATE INDEX by_update ON orders (tenant, update_time);"                                                \
              "CREATE INDEX by_application ON orders (tenant, application_id);"                                        \
              "CREATE INDEX by_account ON orders (tenant, account_id);"                                                \
              "CREATE INDEX by_status ON orders (tenant, status, phase);"                                              \
              "CREATE TABLE history (n INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, order_id INTEGER NOT NULL, "      \
              "before INTEGER NOT NULL, " HISTORY_COLUMNS ");" STAMP,                                                  \
    .insert = {"INSERT INTO history VALUES (NULL, 1, ?1, 0, ?2, 1, 4711, 1, 0, 2, '')",                                \
               "INSERT INTO orders VALUES (1, ?2, ?1, ?5, ?6, ?7, 0, ?2, ?2, last_insert_rowid(), ?4)"},               \
    .change = {"INSERT INTO history SELECT NULL, 1, ?1, o.history, ?2, 1, 4711, 3, 2, 2, 'report is being written' "   \
               "FROM orders o WHERE o.id = ?1",                                                                        \
               "UPDATE orders SET update_time = ?2, last_stage_time = ?2, history = last_insert_rowid(), doc = ?4 "    \
               "WHERE id = ?1 AND update_time = ?3",                                                                   \
               SET_STAMP},                                                                                             \
    .read = "SELECT update_time, doc FROM orders WHERE id = ?1 AND tenant = 1",                                        \
    .page = "SELECT update_time, id, doc FROM orders WHERE tenant = 1 AND (update_time, id) > (?2, 0) ORDER BY "       \
            "update_time, id LIMIT ?1"

/* The schema's layout: like the one before, but ids may be the same in two tenants, so the key is (tenant, id); the
 * moving index has what lists filter by; history is clustered by time, and an entry has the time of the one before it;
 * the ids of stages are in the order's row. */
#define BY_ID(INDEXES)                                                                                                 \
    .schema = "CREATE TABLE orders (tenant INTEGER NOT NULL, id INTEGER NOT NULL, update_time INTEGER NOT NULL, "      \
              "application_id INTEGER NOT NULL, account_id INTEGER NOT NULL, status INTEGER NOT NULL, phase INTEGER "  \
              "NOT NULL, begin_time INTEGER NOT NULL, last_stage_time INTEGER NOT NULL, history_ms INTEGER NOT NULL, " \
              "version INTEGER NOT NULL, stage_ids TEXT NOT NULL, doc TEXT NOT NULL, PRIMARY KEY (tenant, id));"       \
              "CREATE INDEX by_application ON orders (tenant, application_id);"                                        \
              "CREATE TABLE history (tenant INTEGER NOT NULL, order_id INTEGER NOT NULL, seq INTEGER NOT NULL, "       \
              "before_ms INTEGER NOT NULL, " HISTORY_COLUMNS                                                           \
              ", PRIMARY KEY (tenant, at_ms, order_id, seq)) WITHOUT ROWID;" STAMP INDEXES,                            \
    .insert = {"INSERT INTO history VALUES (1, ?1, 1, 0, ?2, 1, 4711, 1, 0, 2, '')",                                   \
               "INSERT INTO orders VALUES (1, ?1, ?2, ?5, ?6, ?7, 0, ?2, ?2, ?2, 1, '', ?4)"},                         \
    .change = {"INSERT INTO history SELECT 1, ?1, o.version + 1, o.history_ms, ?2, 1, 4711, 3, 2, 2, "                 \
               "'report is being written' FROM orders o WHERE o.tenant = 1 AND o.id = ?1",                             \
               "UPDATE orders SET update_time = ?2, last_stage_time = ?2, history_ms = ?2, version = version + 1, "    \
               "stage_ids = stage_ids || ?8, doc = ?4 WHERE tenant = 1 AND id = ?1 AND update_time = ?3",              \
               SET_STAMP},                                                                                             \
    .read = "SELECT update_time, doc FROM orders WHERE id = ?1 AND tenant = 1",                                        \
    .page = "SELECT update_time, id, doc FROM orders WHERE tenant = 1 AND (update_time, id) > (?2, 0) ORDER BY "       \
            "update_time, id LIMIT ?1"
#define ONE_MOVES                                                                                                      \
    "CREATE INDEX by_update ON orders (tenant, update_time, id, status, account_id);"                                  \
    "CREATE INDEX by_account ON orders (tenant, account_id);"                                                          \
    "CREATE INDEX by_status ON orders (tenant, status, phase);"
#define THREE_MOVE                                                                                                     \
    "CREATE INDEX by_update ON orders (tenant, update_time, id);"                                                      \
    "CREATE INDEX by_account ON orders (tenant, account_id, update_time, id);"                                         \
    "CREATE INDEX by_status ON orders (tenant, status, update_time, id, phase);"

static const struct layout layouts[] = {
    {.name = "by id, one moving index, 4 KB (the schema's)", .page_size = 4096, BY_ID(ONE_MOVES)},
    {.name = "by id, one moving index, 8 KB", .page_size = 8192, BY_ID(ONE_MOVES)},
    {.name = "by id, three moving indexes, 4 KB", .page_size = 4096, BY_ID(THREE_MOVE)},
    {.name = "clustered by time, 16 KB (before schema 017)", .page_size = 16384, CLUSTERED},
    {.name = "clustered by time, 8 KB", .page_size = 8192, CLUSTERED},
    {.name = "clustered by time, 4 KB", .page_size = 4096, CLUSTERED},
    {.name = "rowid, the same indexes, 8 KB", .page_size = 8192, ROWID},
    {.name = "rowid, the same indexes, 4 KB", .page_size = 4096, ROWID},
    {.name = "record apart, 8 KB", .page_size = 8192, SPLIT},
    {.name = "record apart, 4 KB", .page_size = 4096, SPLIT},
    {.name = "one moving index, 8 KB", .page_size = 8192, LEAN},
    {.name = "one moving index, 4 KB", .page_size = 4096, LEAN},
};

struct bench {
    const struct layout *l;
    char path[256];
    sqlite3 *db;
    sqlite3_stmt *insert[STATEMENTS_MAX], *change[STATEMENTS_MAX], *read, *page;
    int64_t orders, first, now; /* first, now: update times of the oldest and the latest change */
};

static void die(struct bench *b, const char *what) {
    fprintf(stderr, "order_layouts: %s: %s: %s\n", b->l->name, what, sqlite3_errmsg(b->db));
    exit(1);
}

static void sql(struct bench *b, const char *text) {
    if (sqlite3_exec(b->db, text, NULL, NULL, NULL) != SQLITE_OK)
        die(b, text);
}

static sqlite3_stmt *prepare(struct bench *b, const char *text) {
    sqlite3_stmt *s;
    if (sqlite3_prepare_v3(b->db, text, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) != SQLITE_OK)
        die(b, text);
    return s;
}

static uint64_t random_state = 88172645463325252ULL;
static uint64_t next_random(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* Large ids that ascend with time and have gaps, as hired makes them. */
static int64_t id_of(int64_t n) {
    return 7000000000000000000 + n * 4194304 * 37;
}

static int64_t cpu_us(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (int64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static int64_t written(void) {
    char line[128];
    int64_t n = 0;
    FILE *f = fopen("/proc/self/io", "re");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "write_bytes: %" SCNd64, &n) == 1)
            break;
    if (f)
        fclose(f);
    return n;
}

static void run(struct bench *b, sqlite3_stmt **statements, int64_t id, int64_t time, int64_t old, const char *doc) {
    char stage[32];
    snprintf(stage, sizeof stage, "%" PRIx64, next_random());
    for (int i = 0; i < STATEMENTS_MAX && statements[i]; i++) {
        sqlite3_stmt *s = statements[i];
        const int64_t values[] = {
            id, time, old, 0, id / 4194304 / 37, id / 4194304 / 37 % ACCOUNTS, id / 4194304 / 37 % STATUSES};
        for (int p = 1; p <= sqlite3_bind_parameter_count(s); p++) {
            const char *name = sqlite3_bind_parameter_name(s, p);
            if (!name)
                continue;
            if (p == 4)
                sqlite3_bind_text(s, p, doc, -1, SQLITE_STATIC);
            else if (p == 8)
                sqlite3_bind_text(s, p, stage, -1, SQLITE_TRANSIENT);
            else
                sqlite3_bind_int64(s, p, values[p - 1]);
        }
        if (sqlite3_step(s) != SQLITE_DONE)
            die(b, sqlite3_sql(s));
        sqlite3_reset(s);
    }
}

static void open_layout(struct bench *b) {
    const char *dir = getenv("TMPDIR");
    snprintf(b->path, sizeof b->path, "%s/order_layouts.%d.db", dir ? dir : "/var/tmp", (int)getpid());
    unlink(b->path);
    if (sqlite3_open(b->path, &b->db) != SQLITE_OK)
        die(b, b->path);
    char text[64];
    snprintf(text, sizeof text, "PRAGMA page_size = %d", b->l->page_size);
    sql(b, text);
    sql(b, "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA secure_delete = ON; "
           "PRAGMA mmap_size = 4000000000; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 0");
    sql(b, b->l->schema);
    for (int i = 0; i < STATEMENTS_MAX; i++) {
        b->insert[i] = b->l->insert[i] ? prepare(b, b->l->insert[i]) : NULL;
        b->change[i] = b->l->change[i] ? prepare(b, b->l->change[i]) : NULL;
    }
    b->read = prepare(b, b->l->read);
    b->page = prepare(b, b->l->page);
}

static void fill(struct bench *b) {
    char doc[DOC_BYTES + 1];
    memset(doc, 'd', DOC_BYTES);
    doc[DOC_BYTES] = 0;
    sql(b, "BEGIN");
    for (int64_t n = 0; n < b->orders; n++) {
        run(b, b->insert, id_of(n), ++b->now, 0, doc);
        if (n % 20000 == 19999)
            sql(b, "COMMIT; PRAGMA wal_checkpoint(TRUNCATE); BEGIN");
    }
    sql(b, "COMMIT");
}

/* Changes n random orders, as many in one transaction as group says. The log is taken into the file whenever it has
 * more than 64 MB, and at the end. */
static void change_orders(struct bench *b, int64_t n, int64_t group) {
    char doc[DOC_MAX + 1], log[sizeof b->path + 8];
    struct stat st;
    snprintf(log, sizeof log, "%s-wal", b->path);
    for (int64_t i = 0; i < n; i++) {
        if (i % group == 0)
            sql(b, "BEGIN IMMEDIATE");
        int64_t id = id_of((int64_t)(next_random() % (uint64_t)b->orders));
        sqlite3_bind_int64(b->read, 1, id);
        if (sqlite3_step(b->read) != SQLITE_ROW)
            die(b, "the order is not there");
        int64_t old = sqlite3_column_int64(b->read, 0);
        size_t len = (size_t)sqlite3_column_bytes(b->read, 1);
        len = len + 40 <= DOC_MAX ? len + 40 : len; /* a stage more */
        memset(doc, 'e', len);
        doc[len] = 0;
        sqlite3_reset(b->read);
        run(b, b->change, id, ++b->now, old, doc);
        if (i % group != group - 1 && i != n - 1)
            continue;
        sql(b, "COMMIT");
        if (stat(log, &st) == 0 && st.st_size > 64 << 20)
            sql(b, "PRAGMA wal_checkpoint(RESTART)");
    }
    sql(b, "PRAGMA wal_checkpoint(TRUNCATE)");
}

struct cost {
    double bytes, cpu;
};

static struct cost measure_changes(struct bench *b, int64_t n, int64_t group) {
    int64_t bytes = written(), cpu = cpu_us();
    change_orders(b, n, group);
    return (struct cost){(double)(written() - bytes) / (double)n, (double)(cpu_us() - cpu) / (double)n};
}

/* Microseconds of CPU for a page of that many orders: always the same page, or pages at random times. */
static double measure_pages(struct bench *b, int rows, bool anywhere) {
    enum { PAGES = 2000 };
    int64_t start = 0, span = b->now - b->first;
    uint64_t sum = 0;
    for (int round = 0; round < 2; round++) { /* the first one warms up */
        start = cpu_us();
        for (int i = 0; i < PAGES; i++) {
            int64_t at = anywhere ? (int64_t)(next_random() % (uint64_t)span) : span / 2;
            sqlite3_bind_int64(b->page, 1, rows);
            sqlite3_bind_int64(b->page, 2, b->first + at);
            while (sqlite3_step(b->page) == SQLITE_ROW) {
                const unsigned char *text = sqlite3_column_text(b->page, 2);
                for (int k = 0; k < sqlite3_column_bytes(b->page, 2); k += 64)
                    sum += text[k];
            }
            sqlite3_reset(b->page);
        }
    }
    if (sum == 0)
        die(b, "the pages are empty");
    return (double)(cpu_us() - start) / PAGES;
}

static double size_mb(struct bench *b) {
    struct stat st;
    return stat(b->path, &st) == 0 ? (double)st.st_size / 1e6 : -1;
}

static void close_layout(struct bench *b) {
    for (int i = 0; i < STATEMENTS_MAX; i++) {
        sqlite3_finalize(b->insert[i]);
        sqlite3_finalize(b->change[i]);
    }
    sqlite3_finalize(b->read);
    sqlite3_finalize(b->page);
    sqlite3_close(b->db);
    unlink(b->path);
}

int main(int argc, char **argv) {
    int64_t orders = argc > 1 ? atoll(argv[1]) : 200000, changes = argc > 2 ? atoll(argv[2]) : 2000;
    if (orders < 1000 || changes < GROUP) {
        fprintf(stderr, "usage: order_layouts [orders, at least 1000 [changes, at least %d]]\n", GROUP);
        return 2;
    }
    changes -= changes % GROUP;
    printf(
        "| layout | KB per change, alone / in groups of %d | CPU us per change, alone / in groups | page of 10, hot / "
        "anywhere, us | page of 100, hot / anywhere, us | MB |\n|---|---|---|---|---|---|\n",
        GROUP);
    for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++) {
        struct bench b = {.l = &layouts[i], .orders = orders, .first = 1700000000000, .now = 1700000000000};
        random_state = 88172645463325252ULL;
        open_layout(&b);
        fill(&b);
        change_orders(&b, orders / 4, 1000); /* spreads the records over the tree, as months of changes do */
        sql(&b, "PRAGMA synchronous = FULL");
        struct cost alone = measure_changes(&b, changes, 1), grouped = measure_changes(&b, changes, GROUP);
        double mb = size_mb(&b);
        double p10 = measure_pages(&b, 10, false), p10any = measure_pages(&b, 10, true);
        double p100 = measure_pages(&b, 100, false), p100any = measure_pages(&b, 100, true);
        printf("| %s | %.0f / %.0f | %.0f / %.0f | %.1f / %.1f | %.0f / %.0f | %.0f |\n", layouts[i].name,
               alone.bytes / 1024, grouped.bytes / 1024, alone.cpu, grouped.cpu, p10, p10any, p100, p100any, mb);
        fflush(stdout);
        close_layout(&b);
    }
    return 0;
}
