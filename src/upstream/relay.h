/* SPDX-License-Identifier: Apache-2.0
 *
 * One call on its way to the upstream and back, and the engine of a loop that moves the bytes. Internal to
 * src/upstream.
 *
 * curl's callbacks only append to the buffers of a relay; src/http's callbacks only note what has happened. Both put
 * the relay on the engine's list of ready ones, and relay_pump(), which runs from the engine's own timer and sockets,
 * makes all calls in both directions. So no call into curl or http is made within a callback of the other.
 */
#ifndef HIRED_UPSTREAM_RELAY_H
#define HIRED_UPSTREAM_RELAY_H

#include <curl/curl.h>

#include "upstream/upstream.h"

enum {
    RELAY_HIGH = 128 * 1024, /* bytes that wait for one side before the other is paused */
    RELAY_LOW = 32 * 1024,   /* ... and at which it goes on */
    RELAY_HEADERS = 128,     /* header lines of an answer */
};

enum relay_answer {
    ANSWER_NONE,   /* not begun */
    ANSWER_SOURCE, /* of known length */
    ANSWER_STREAM, /* of unknown length */
    ANSWER_DONE,
};

struct relay {
    struct engine *engine;
    struct relay *next, **at; /* in the engine's list of all */
    struct relay *ready;      /* in the list of ready ones */
    bool is_ready;
    struct http_request *request; /* NULL once the answer has been handed over */
    char peer[48];
    bool head;  /* the method is HEAD */
    CURL *curl; /* NULL once the transfer has ended */
    struct curl_slist *headers;
    char error[CURL_ERROR_SIZE];

    /* the request's body */
    struct buf up;
    size_t up_at; /* bytes of up that curl has taken */
    bool up_done, curl_reads_paused, client_paused;

    /* the answer */
    unsigned status;
    struct buf lines; /* header lines "Name: value\n" */
    int64_t length;   /* -1: not known */
    bool head_done, finished, curl_writes_paused;
    unsigned fail_status;    /* 502 or 504 once the transfer has failed */
    struct buf down, flying; /* waits for the client; is being sent */
    enum relay_answer answer;
    struct http_source source;
    bool source_ended;

    struct passage *passage;    /* NULL: not recorded */
    int64_t begun_ns, moved_ns; /* clock_mono_ns(); moved: the last byte from or to the upstream */
};

struct engine {
    struct upstream *upstream;
    struct http_loop *loop;
    CURLM *multi;
    uv_timer_t timer, kick, tick;
    struct http_wait wait;
    struct relay *relays, *ready;
    bool ending;
};

struct upstream {
    struct upstream_options o;
    char name[24]; /* in Via */
    _Atomic unsigned calls;
    struct engine *engines;
};

/* ---- engine.c ---- */
int engine_start(struct engine *e, struct upstream *u, struct http_loop *l);
void engine_stop(struct engine *e);
/* y is one of the engine's calls from now on, or is none any more. */
void engine_added(struct engine *e, struct relay *y);
void engine_removed(struct engine *e, struct relay *y);
int engine_begin(struct engine *e, struct relay *y); /* starts the transfer; 0 or a negative errno */
void engine_ready(struct relay *y);                  /* relay_pump() is called soon */

/* ---- relay.c ---- */
struct relay *relay_new(struct engine *e, struct http_request *r);
int relay_setup(struct relay *y); /* curl's options; 0 or a negative errno */
/* Ends the transfer, gives the exchange to the recorder, and frees. why: of a call without a whole answer, else NULL.
 */
void relay_free(struct relay *y, const char *why);

/* ---- pump.c ---- */
void relay_pump(struct relay *y); /* may free y */
void relay_finish(struct relay *y, CURLcode code);
/* The loop ends. */
void relay_abort(struct relay *y);
extern const struct http_sink relay_sink;

/* ---- head.c ---- */
bool head_is_passed(struct str name, struct str connection);        /* connection: the value of Connection, or absent */
struct str head_line_next(struct str *lines, struct str *ret_name); /* the value; absent name: the end */

/* Answers a request that is not, or not yet, passed on. */
void upstream_refuse(struct http_request *r, unsigned status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
