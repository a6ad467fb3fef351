/* SPDX-License-Identifier: Apache-2.0
 *
 * What a large tenant looks like: when its orders began, which application each belongs to, how each went. Everything
 * is a function of an order's number, so that copies need no memory and are the same in every run, but for the times,
 * which end now.
 */
#ifndef HIRED_CLI_DEMO_SCALE_H
#define HIRED_CLI_DEMO_SCALE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A pseudo-random number below span, of record n. salt separates the decisions about one record. */
uint32_t scale_random(int64_t n, int salt, uint32_t span);

struct scale {
    int64_t now_ms;
    int64_t orders; /* number of copies */
};

/* The ways that an order can go, and what share of the orders does. */
enum scale_course {
    COURSE_DONE,        /* completed by a vendor: all others */
    COURSE_OPEN,        /* with the vendor: 3 %, and whatever would not have ended by now */
    COURSE_BY_HAND,     /* completed, entered by a person: 4 % */
    COURSE_ENDED,       /* terminated: 4 % */
    COURSE_REJECTED,    /* 0.8 % */
    COURSE_WITHDRAWN,   /* 0.6 % */
    COURSE_APPROVED,    /* 0.4 %; the vendor has not taken it yet */
    COURSE_IN_APPROVAL, /* 0.4 %, before it is arranged */
    COURSE_REPORT,      /* 0.4 %, its report is in approval */
    COURSES
};

/* When order n (from 0) began: the orders are spread evenly over the last three years. */
int64_t scale_begin(const struct scale *s, int64_t n);

enum scale_course scale_course(int64_t n);

/* The number of the application of order n: two orders of three are an application's first, and the third is the second
 * one of an application of two months before. */
int64_t scale_application(const struct scale *s, int64_t n);

/* The order that is the first one of an application, and how many applications n orders have. */
int64_t scale_first_order(int64_t application);
int64_t scale_applications(int64_t orders);

#endif
