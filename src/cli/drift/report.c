/* SPDX-License-Identifier: Apache-2.0
 *
 * The report, for people and for programs.
 */
#include <stdio.h>

#include "base/json.h"
#include "cli/drift/drift.h"

uint64_t drift_count(const struct drift *d) {
    uint64_t n = 0;
    for (size_t i = 0; i < d->n_subjects; i++)
        n += d->subjects[i].n_findings + d->subjects[i].more;
    return n;
}

/* ---- text ---- */

static void print_clean(struct str s) {
    for (size_t i = 0; i < s.len; i++) /* names of members come from elsewhere */
        putchar((unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f ? '?' : s.ptr[i]);
}

static void print_finding(const struct drift_finding *f) {
    printf("  %-9s ", drift_kind_names[f->kind]);
    if (f->path.len > 0) {
        print_clean(f->path);
        putchar(' ');
    }
    print_clean(f->what);
    printf("\n            %llu %s, first in %s:%llu", (unsigned long long)f->times, f->times == 1 ? "time" : "times",
           f->first.file, (unsigned long long)f->first.line);
    if (f->first.path.len > 0 && !str_eq(f->first.path, f->path)) {
        putchar(' ');
        print_clean(f->first.path);
    }
    putchar('\n');
}

struct counts {
    uint64_t fields, values, codes;
};

static void count_unseen(void *ctx, const char *what, struct str text, uint64_t of) {
    struct counts *c = ctx;
    c->fields += *what == 'f';
    c->values += *what == 'v';
    c->codes += *what == 'c';
}

static void print_unseen(void *ctx, const char *what, struct str text, uint64_t of) {
    printf("  never     %s %.*s (in %llu)\n", what, STR_FMT(text), (unsigned long long)of);
}

static void print_subject(const struct drift_subject *s, bool unseen) {
    printf("%.*s: %llu %s", STR_FMT(s->name), (unsigned long long)s->calls,
           s->event        ? "received"
           : s->calls == 1 ? "call"
                           : "calls");
    if (s->op && s->op->handle)
        printf(", %llu successful", (unsigned long long)s->successes);
    if (s->failed > 0)
        printf(", %llu without an answer of the platform", (unsigned long long)s->failed);
    if (s->unread > 0)
        printf(", %llu whose answer was not kept as a whole", (unsigned long long)s->unread);
    if (s->op && !s->op->handle)
        printf("; this version of hired has no description of its fields");
    putchar('\n');
    for (size_t i = 0; i < s->n_findings; i++)
        print_finding(&s->findings[i]);
    if (s->more > 0)
        printf("  and %llu more\n", (unsigned long long)s->more);
    struct counts c = {0};
    drift_each_unseen(s, count_unseen, &c);
    if (unseen)
        drift_each_unseen(s, print_unseen, NULL);
    else if (c.fields + c.values + c.codes > 0)
        printf("  never     %llu fields, %llu values, %llu codes that are described (--unseen lists them)\n",
               (unsigned long long)c.fields, (unsigned long long)c.values, (unsigned long long)c.codes);
}

void drift_print(const struct drift *d, bool unseen) {
    for (size_t i = 0; i < d->n_subjects; i++)
        if (d->subjects[i].calls > 0)
            print_subject(&d->subjects[i], unseen);
    if (d->torn > 0)
        printf("%llu last lines were cut off by a crash\n", (unsigned long long)d->torn);
    if (d->unreadable > 0)
        printf("%llu lines cannot be read; the first, %s:%llu, %.*s\n", (unsigned long long)d->unreadable,
               d->first_unreadable.file, (unsigned long long)d->first_unreadable.line, STR_FMT(d->unreadable_why));
    uint64_t n = drift_count(d);
    if (n == 0)
        printf("%llu compared, no drift\n", (unsigned long long)d->read);
    else
        printf("%llu compared, %llu %s from the descriptions\n", (unsigned long long)d->read, (unsigned long long)n,
               n == 1 ? "difference" : "differences");
}

/* ---- JSON ---- */

static void write_place(const struct drift_place *p, struct buf *out) {
    json_member_str(out, STR("file"), str_of(p->file));
    json_member_int(out, STR("line"), (int64_t)p->line);
}

static void write_unseen(void *ctx, const char *what, struct str text, uint64_t of) {
    struct buf *out = ctx;
    json_begin(out, '{');
    json_member_str(out, STR("kind"), str_of(what));
    json_member_str(out, STR("what"), text);
    json_member_int(out, STR("of"), (int64_t)of);
    json_end(out, '}');
}

static void write_subject(const struct drift_subject *s, struct buf *out) {
    json_begin(out, '{');
    json_member_str(out, s->event ? STR("event") : STR("operation"), s->name);
    json_member_int(out, STR("calls"), (int64_t)s->calls);
    json_member_int(out, STR("successful"), (int64_t)s->successes);
    json_member_int(out, STR("failed"), (int64_t)s->failed);
    json_member_int(out, STR("unread"), (int64_t)s->unread);
    json_key(out, STR("findings"));
    json_begin(out, '[');
    for (size_t i = 0; i < s->n_findings; i++) {
        const struct drift_finding *f = &s->findings[i];
        json_begin(out, '{');
        json_member_str(out, STR("kind"), str_of(drift_kind_names[f->kind]));
        json_member_str(out, STR("path"), f->path);
        json_member_str(out, STR("what"), f->what);
        json_member_int(out, STR("times"), (int64_t)f->times);
        write_place(&f->first, out);
        json_member_str(out, STR("at"), f->first.path);
        json_end(out, '}');
    }
    json_end(out, ']');
    json_member_int(out, STR("further_findings"), (int64_t)s->more);
    json_key(out, STR("unseen"));
    json_begin(out, '[');
    drift_each_unseen(s, write_unseen, out);
    json_end(out, ']');
    json_end(out, '}');
}

void drift_write_json(const struct drift *d, struct buf *out) {
    json_begin(out, '{');
    json_member_int(out, STR("compared"), (int64_t)d->read);
    json_member_int(out, STR("drift"), (int64_t)drift_count(d));
    json_member_int(out, STR("torn_lines"), (int64_t)d->torn);
    json_member_int(out, STR("unreadable_lines"), (int64_t)d->unreadable);
    json_key(out, STR("subjects"));
    json_begin(out, '[');
    for (size_t i = 0; i < d->n_subjects; i++)
        if (d->subjects[i].calls > 0)
            write_subject(&d->subjects[i], out);
    json_end(out, ']');
    json_end(out, '}');
}
