/* SPDX-License-Identifier: Apache-2.0
 *
 * A client of the platform's API, for the program's own commands: calls with JSON, uploads and downloads, over one kept
 * connection. It signs in when needed, renews what has ended, and waits when the server says that a limit is used up.
 *
 * A client belongs to one thread at a time. Its calls block. It logs nothing; client_why() is for people and contains
 * no secret and no query. Redirects are not followed. Credentials go to the server of the base URL only.
 */
#ifndef HIRED_CLIENT_CLIENT_H
#define HIRED_CLIENT_CLIENT_H

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/buf.h"

struct client;

/* Whom the client calls for. */
enum client_credentials {
    CLIENT_ANONYMOUS,
    CLIENT_APP,     /* id and secret of a custom app: a tenant_access_token is fetched when it is needed */
    CLIENT_TOKEN,   /* a given bearer: a tenant_access_token, or the control token of a server in its test mode */
    CLIENT_SESSION, /* login and password of an account of the console: a session is begun when it is needed */
};

struct client_options {
    const char *base_url; /* "http://host:port" or https, with or without a path in front of /open-apis */
    enum client_credentials credentials;
    const char *id, *secret; /* CLIENT_APP: app_id, app_secret; CLIENT_TOKEN: secret; CLIENT_SESSION: login, password */
    const char *ca_file;     /* certificates that are trusted instead of the system's; NULL: the system's */
    bool proxy;              /* use the proxy that the environment names (http_proxy, ...); otherwise none */
    unsigned connect_ms;     /* 0: 5000 */
    unsigned total_ms;       /* of one request, from its beginning to the last byte of its answer; 0: 30000 */
    size_t body_max;         /* bytes of an answer; 0: 16 MiB */
    bool fails_at_limit;     /* HTTP 429 is an answer like others; otherwise the client waits as the answer says */
    unsigned limit_waits;    /* how often one call waits at most; 0: 5 */
    unsigned limit_wait_ms;  /* how long one call waits in all, at most; 0: 120000 */
    /* Waits; returns 0, or -ECANCELED when the call is to be given up. NULL: of real time. */
    int (*wait)(void *ctx, int64_t ms);
    void *ctx;
    const _Atomic bool
        *stop; /* when it becomes true, a running call ends within a second, with -ECANCELED; may be NULL */
};

/* Copies the options' texts. Returns 0, -EINVAL (*ret_why, static: what is wrong with the base URL) or -ENOMEM. */
int client_new(struct client **ret, const struct client_options *o, const char **ret_why);
struct client *client_free(struct client *c); /* takes NULL; returns NULL. Overwrites secrets */
#define CLIENT_CLEANUP __attribute__((cleanup(client_clear)))
void client_clear(struct client **c);

/* The answer of a call. */
struct client_answer {
    unsigned status; /* of HTTP; 0: no answer */
    int code;        /* of the envelope; 0: success */
    const char *msg; /* of the envelope (msg or message), with '?' for control characters; "": none. Owned by body */
    json_t *data;    /* borrowed from body; NULL: there is none */
    json_t *body;    /* the whole envelope; NULL: the answer was no JSON object */
    struct buf raw;  /* the bytes of the answer; with a download, empty */
    struct buf head; /* status line and headers as received */
    char log_id[80]; /* X-Tt-Logid; "": none */
    unsigned waits;  /* how often the call waited for a limit */
    int64_t duration_ms; /* of the last request, without waits */
};
#define CLIENT_ANSWER_EMPTY                                                                                            \
    { 0 }
#define CLIENT_ANSWER_CLEANUP __attribute__((cleanup(client_answer_clear)))
void client_answer_clear(struct client_answer *a); /* frees; it may be used again */

/* The value of a header, trimmed; absent if there is none. Points into the answer. */
struct str client_answer_header(const struct client_answer *a, struct str name);

/* One call. path begins with '/' and is escaped already; query ("a=1&b=2", escaped; client_query()) may be NULL, as may
 * body, which is only read. *ret is cleared first, and needs client_answer_clear() whatever is returned.
 *
 * Returns 0 when an answer in the platform's envelope came, also a refusal (ret->code). Otherwise client_why() has a
 * sentence, ret->status and ret->raw have what came, and the result is:
 *   -EACCES        the credentials were refused; the call was not made
 *   -EBADMSG       the answer has no such envelope: the page of a proxy, a redirect, HTML, a body that is cut off
 *   -EFBIG         it is longer than body_max
 *   -ETIMEDOUT     connect_ms or total_ms have passed
 *   -ECONNREFUSED, -ECONNRESET, -EHOSTUNREACH, -EIO   the connection: refused, broken, no such host, anything else
 *   -ECANCELED     stop, or wait() said so
 * After -ETIMEDOUT, -ECONNRESET and -EBADMSG it is not known whether the call took effect. */
int client_call(struct client *c, const char *method, const char *path, const char *query, json_t *body,
                struct client_answer *ret);

/* A file that is sent as multipart/form-data. */
struct client_file {
    const char *field, *name, *type; /* of the form; the file's name; its media type */
    struct str bytes;                /* borrowed; absent: the file at path is sent */
    const char *path;
};
int client_upload(struct client *c, const char *path, const char *query, const struct client_file *file,
                  struct client_answer *ret);

/* Writes the body of a GET to fd: at most max bytes, -EFBIG beyond. url is a path, or an absolute address; credentials
 * are sent if it begins with the base URL. Succeeds with status 200 only; another one is -EBADMSG (ret->status says
 * which one), unless its body has the platform's envelope (0 and ret->code is not 0). What was written before a
 * failure is the caller's to remove. *ret_len may be NULL. */
int client_download(struct client *c, const char *url, int fd, size_t max, size_t *ret_len, struct client_answer *ret);

/* What went wrong in the last call, as a sentence without a period: method and path, and the reason. "" after a
 * success. For a call that was refused (code is not 0) use client_refusal(). Valid until the next call. */
const char *client_why(const struct client *c);

/* "GET /path: code 1002000, msg (log id ...)", for a refusal. The same memory as client_why(). */
const char *client_refusal(struct client *c, const struct client_answer *a);

/* Whether an absolute address is one of the base URL's server. */
bool client_is_own(const struct client *c, struct str url);

/* Replaces control characters by '?', in a text of a server that people are to read. */
void client_without_controls(char *text, size_t len);

/* The base URL without a '/' at its end. */
const char *client_base_url(const struct client *c);

/* Appends "name=value" to a query, with '&' before it if something precedes; value is escaped. Keeps a NUL behind the
 * text, which len does not count. */
void client_query(struct buf *query, const char *name, struct str value);
void client_query_int(struct buf *query, const char *name, int64_t value);

/* Appends the text escaped as one segment of a path, with a NUL behind it. */
void client_segment(struct buf *path, struct str text);

#endif
