/* SPDX-License-Identifier: Apache-2.0
 *
 * Counters of operations. Each has one writing thread, so plain atomic stores are enough.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "gateway/metrics.h"

#define CODES_MAX 24 /* different codes of one operation; further ones count as code -1 */
#define BUCKETS 12

static const int64_t bucket_ns[BUCKETS] = {50000,   100000,   250000,   500000,    1000000,    2500000,
                                           5000000, 10000000, 50000000, 250000000, 1000000000, 5000000000};

struct code_count {
    _Atomic int code;
    _Atomic uint64_t n; /* 0: free */
};

struct op_metrics {
    struct code_count codes[CODES_MAX];
    _Atomic uint64_t buckets[BUCKETS + 1];
    _Atomic uint64_t sum_ns;
};

struct metrics {
    struct op_metrics *ops; /* api_n_ops of them, and one for requests without an operation */
};

struct metrics *metrics_new(void) {
    struct metrics *m = mem_alloc(sizeof *m);
    m->ops = mem_alloc((api_n_ops + 1u) * sizeof *m->ops);
    return m;
}

struct metrics *metrics_free(struct metrics *m) {
    if (m) {
        free(m->ops);
        free(m);
    }
    return NULL;
}

static void bump(_Atomic uint64_t *counter, uint64_t by) {
    atomic_store_explicit(counter, atomic_load_explicit(counter, memory_order_relaxed) + by, memory_order_relaxed);
}

void metrics_count(struct metrics *m, const struct op *op, int code, int64_t duration_ns) {
    struct op_metrics *om = &m->ops[op ? op->index : api_n_ops];
    for (int i = 0; i < CODES_MAX; i++) {
        struct code_count *c = &om->codes[i];
        bool free_slot = atomic_load_explicit(&c->n, memory_order_relaxed) == 0;
        if (free_slot)
            atomic_store_explicit(&c->code, i == CODES_MAX - 1 ? -1 : code, memory_order_relaxed);
        int have = atomic_load_explicit(&c->code, memory_order_relaxed);
        if (have == code || have == -1) {
            bump(&c->n, 1);
            break;
        }
    }
    int b = 0;
    while (b < BUCKETS && duration_ns > bucket_ns[b])
        b++;
    bump(&om->buckets[b], 1);
    bump(&om->sum_ns, (uint64_t)duration_ns);
}

static struct str op_label(uint16_t index) {
    return index < api_n_ops ? api_ops[index].name : STR("none");
}

static void write_codes(struct metrics *const *loops, size_t n, uint16_t op, struct buf *out) {
    int codes[CODES_MAX * 2];
    uint64_t counts[CODES_MAX * 2];
    size_t have = 0;
    for (size_t l = 0; l < n; l++)
        for (int i = 0; i < CODES_MAX; i++) {
            const struct code_count *c = &loops[l]->ops[op].codes[i];
            uint64_t count = atomic_load_explicit(&c->n, memory_order_relaxed);
            int code = atomic_load_explicit(&c->code, memory_order_relaxed);
            size_t at = 0;
            if (count == 0)
                break;
            while (at < have && codes[at] != code)
                at++;
            if (at == have && have < CODES_MAX * 2) {
                codes[have] = code;
                counts[have++] = 0;
            }
            if (at < have)
                counts[at] += count;
        }
    for (size_t i = 0; i < have; i++)
        buf_printf(out, "hired_requests_total{operation=\"%.*s\",code=\"%d\"} %llu\n", STR_FMT(op_label(op)), codes[i],
                   (unsigned long long)counts[i]);
}

static void write_latency(struct metrics *const *loops, size_t n, uint16_t op, struct buf *out) {
    uint64_t sums[BUCKETS + 1] = {0}, total = 0, sum_ns = 0;
    for (size_t l = 0; l < n; l++) {
        for (int b = 0; b <= BUCKETS; b++) {
            uint64_t count = atomic_load_explicit(&loops[l]->ops[op].buckets[b], memory_order_relaxed);
            sums[b] += count;
            total += count;
        }
        sum_ns += atomic_load_explicit(&loops[l]->ops[op].sum_ns, memory_order_relaxed);
    }
    if (total == 0)
        return;
    struct str name = op_label(op);
    uint64_t below = 0;
    for (int b = 0; b < BUCKETS; b++) {
        below += sums[b];
        buf_printf(out, "hired_request_seconds_bucket{operation=\"%.*s\",le=\"%g\"} %llu\n", STR_FMT(name),
                   (double)bucket_ns[b] / 1e9, (unsigned long long)below);
    }
    buf_printf(out, "hired_request_seconds_bucket{operation=\"%.*s\",le=\"+Inf\"} %llu\n", STR_FMT(name),
               (unsigned long long)total);
    buf_printf(out, "hired_request_seconds_sum{operation=\"%.*s\"} %.9f\n", STR_FMT(name), (double)sum_ns / 1e9);
    buf_printf(out, "hired_request_seconds_count{operation=\"%.*s\"} %llu\n", STR_FMT(name), (unsigned long long)total);
}

void metrics_write(struct metrics *const *loops, size_t n, struct buf *out) {
    buf_add_lit(out, "# HELP hired_requests_total Answers by operation and code.\n"
                     "# TYPE hired_requests_total counter\n");
    for (unsigned op = 0; op <= api_n_ops; op++)
        write_codes(loops, n, (uint16_t)op, out);
    buf_add_lit(out, "# HELP hired_request_seconds Time from the first byte of a request to its answer.\n"
                     "# TYPE hired_request_seconds histogram\n");
    for (unsigned op = 0; op <= api_n_ops; op++)
        write_latency(loops, n, (uint16_t)op, out);
}
