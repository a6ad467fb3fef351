/* SPDX-License-Identifier: Apache-2.0
 *
 * The PostgreSQL driver: the columns of a row. The server sends them in binary form: integers in network order, texts
 * as they are.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/postgresql/postgresql.h"

bool pg_is_binary_int(Oid type) {
    return type == PG_TYPE_INT8 || type == PG_TYPE_INT4 || type == PG_TYPE_INT2;
}

static bool is_number(Oid type) {
    return pg_is_binary_int(type) || type == PG_TYPE_BOOL || type == PG_TYPE_OID || type == PG_TYPE_NUMERIC;
}

/* The row's value in a column, or NULL (*ret_len is 0). */
static const unsigned char *value_at(const struct db_query *q, int column, Oid *ret_type, size_t *ret_len) {
    const struct pg_statement *s = q->stmt;
    *ret_len = 0;
    *ret_type = 0;
    if (!s || !s->rows || s->at < 0 || s->at >= s->n || column < 0 || column >= PQnfields(s->rows) ||
        PQgetisnull(s->rows, s->at, column))
        return NULL;
    *ret_type = PQftype(s->rows, column);
    *ret_len = (size_t)PQgetlength(s->rows, s->at, column);
    return (const unsigned char *)PQgetvalue(s->rows, s->at, column);
}

static uint16_t read16(const unsigned char *p) {
    return (uint16_t)(p[0] << 8 | p[1]);
}

/* What SUM() of 64-bit integers gives: groups of four decimal digits, the first with the given weight; the part behind
 * the point is dropped. */
static int64_t read_numeric(const unsigned char *p, size_t len) {
    if (len < 8)
        return 0;
    int groups = read16(p), weight = (int16_t)read16(p + 2);
    bool negative = read16(p + 4) == 0x4000;
    int64_t value = 0;
    for (int i = 0; i <= weight; i++) {
        int digits = i < groups && 8 + 2 * (size_t)i + 2 <= len ? read16(p + 8 + 2 * i) : 0;
        if (__builtin_mul_overflow(value, 10000, &value) || __builtin_sub_overflow(value, digits, &value))
            return negative ? INT64_MIN : INT64_MAX;
    }
    return negative ? value : value == INT64_MIN ? INT64_MAX : -value;
}

static int64_t read_int(Oid type, const unsigned char *p, size_t len) {
    uint64_t value = 0;
    if (type == PG_TYPE_NUMERIC)
        return read_numeric(p, len);
    for (size_t i = 0; i < len && i < 8; i++)
        value = value << 8 | p[i];
    return len == 4 && type == PG_TYPE_INT4 ? (int32_t)value : len == 2 ? (int16_t)value : (int64_t)value;
}

int64_t pg_int_at(const PGresult *result, int row, int column) {
    if (PQgetisnull(result, row, column))
        return 0;
    return read_int(PQftype(result, column), (const unsigned char *)PQgetvalue(result, row, column),
                    (size_t)PQgetlength(result, row, column));
}

/* The number at the beginning of a text, as SQLite reads it. */
static int64_t number_of(struct str s) {
    char digits[24];
    while (s.len > 0 && strchr(" \t\n\v\f\r", s.ptr[0]))
        s = str_skip(s, 1);
    size_t n = s.len < sizeof(digits) - 1 ? s.len : sizeof(digits) - 1;
    memcpy(digits, s.ptr, n);
    digits[n] = 0;
    return strtoll(digits, NULL, 10);
}

int64_t pg_int(const struct db_query *q, int column) {
    Oid type;
    size_t len;
    const unsigned char *p = value_at(q, column, &type, &len);
    if (!p)
        return 0;
    return is_number(type) ? read_int(type, p, len) : number_of((struct str){(const char *)p, len});
}

bool pg_is_null(const struct db_query *q, int column) {
    Oid type;
    size_t len;
    return !value_at(q, column, &type, &len);
}

struct str pg_text(const struct db_query *q, int column) {
    Oid type;
    size_t len;
    const unsigned char *p = value_at(q, column, &type, &len);
    if (!p)
        return STR_ABSENT;
    if (!is_number(type))
        return (struct str){(const char *)p, len};
    struct pg_statement *s = q->stmt;
    if (!s->digits)
        s->digits = mem_alloc((size_t)PQnfields(s->rows) * sizeof(*s->digits));
    snprintf(s->digits[column], sizeof(*s->digits), "%lld", (long long)read_int(type, p, len));
    return str_of(s->digits[column]);
}

int pg_columns(const struct db_query *q) {
    const struct pg_statement *s = q->stmt;
    return s && s->rows ? PQnfields(s->rows) : 0;
}

bool pg_is_int(const struct db_query *q, int column) {
    Oid type;
    size_t len;
    return value_at(q, column, &type, &len) && is_number(type);
}
