/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of the client share: its state, one request (transfer.c), and who it calls for (credentials.c).
 */
#ifndef HIRED_CLIENT_INTERNAL_H
#define HIRED_CLIENT_INTERNAL_H

#include <curl/curl.h>

#include "client/client.h"

#define CODE_TOKEN_ENDED 99991663

struct client {
    struct client_options o; /* texts are NULL; they are the next members */
    char *base_url, *id, *secret, *ca_file;
    CURL *curl;
    char *bearer;        /* NULL: there is none yet */
    int64_t renew_at_ms; /* clock_mono_ms() from which the bearer of an app is renewed */
    char *csrf, *cookie; /* of a session, "name=value"; NULL: not signed in */
    char error[CURL_ERROR_SIZE];
    struct buf label, why; /* "GET /path" of the last request; what went wrong. Both end with a NUL */
};

/* One request, as it is sent. */
struct transfer {
    const char *method, *path, *query; /* path begins with '/', or is an absolute address */
    json_t *body;                      /* NULL: none */
    const struct client_file *file;    /* NULL: none */
    int fd;                            /* where the body of a 200 goes; -1: into the answer */
    size_t max;                        /* bytes of the body */
    bool anonymous;                    /* no credentials are sent */
    size_t written;                    /* to fd */
    int failed;                        /* a negative errno of a callback; 0: none */
};

/* Performs one request, and reads the envelope if it is one. Results as of client_call(). */
int client_perform(struct client *c, struct transfer *t, struct client_answer *ret);

/* Notes "GET /path" for client_refusal(). */
void client_label(struct client *c, const struct transfer *t);

/* Sets the sentence for client_why(), with method and path (without a query) in front. Returns error. */
int client_fail(struct client *c, const struct transfer *t, int error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Gets a token or a session if the client needs one and has none that is valid. Returns 0 or as client_call(). */
int credentials_get(struct client *c);

/* Adds the headers with the credentials. */
struct curl_slist *credentials_headers(const struct client *c, struct curl_slist *list);

/* Whether the answer says that token or session have ended. If so, they are dropped: the next credentials_get() renews
 * them. False if they cannot be renewed. */
bool credentials_ended(struct client *c, const struct client_answer *a);

/* Forgets token and session. */
void credentials_drop(struct client *c);

/* Performs a request and waits for limits as the options say. */
int client_send(struct client *c, struct transfer *t, struct client_answer *ret);

#endif
