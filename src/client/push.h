/* SPDX-License-Identifier: Apache-2.0
 *
 * Receives the events of an app: over a long connection that it keeps (push_link_new, the counterpart of
 * events/longlink), or as an HTTP server behind the app's request URL (push_server_new).
 *
 * Both call the receiver on a thread of their own, one event at a time. The event's attempt ends when the receiver
 * returns: the platform waits 3 seconds for it, so a receiver keeps the event and works later.
 */
#ifndef HIRED_CLIENT_PUSH_H
#define HIRED_CLIENT_PUSH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define PUSH_TAKEN 200
#define PUSH_AGAIN 500 /* the platform sends the event again later */

struct push_receiver {
    /* body: the event as the platform wrote it, decrypted, not yet parsed; valid during the call. Returns PUSH_TAKEN,
     * PUSH_AGAIN or another status of HTTP. */
    int (*event)(void *ctx, struct str body);
    /* The long connection was opened, or was refused or lost (why: a sentence without a secret, valid during the call).
     * May be NULL; a server never calls it. */
    void (*state)(void *ctx, bool connected, const char *why);
    void *ctx;
};

/* ---- a long connection ---- */

struct push_link;

struct push_link_options {
    const char *base_url, *app_id, *app_secret;
    const char *ca_file; /* as of struct client_options; NULL: the system's */
    bool proxy;          /* as of struct client_options; for the address only */
    bool keep_host; /* connect to the host of base_url, whatever host the WebSocket's address names: for a client in
                     * the server's own process, from where its outer address may not be reachable */
    struct push_receiver receiver;
};

/* Starts a thread that asks for an address (POST /callback/ws/endpoint), connects, answers pings, joins the parts of
 * an event, and connects again when the connection was lost: at once after up to a second, then after growing pauses up
 * to what the server asks for, at most two minutes. Copies the options. Returns 0, or a negative errno and *ret_why
 * (static). */
int push_link_new(struct push_link **ret, const struct push_link_options *o, const char **ret_why);

/* Closes the connection and ends the thread; the receiver is not called any more. Takes NULL; returns NULL. Waits for
 * a call of the receiver, and for a connection attempt at most a second. */
struct push_link *push_link_free(struct push_link *l);

/* ---- a server ---- */

struct push_server;

struct push_server_options {
    const char *host;
    unsigned port;                 /* 0: any */
    struct str encrypt_key;        /* "": bodies are plain and not signed */
    struct str verification_token; /* "": not compared */
    struct push_receiver receiver;
};

/* Answers url_verification; takes an event if its signature (X-Lark-Signature, if there is a key) and its token are
 * right, and answers 401 otherwise. Bodies have at most 4 MiB. Copies the options. Returns 0, or a negative errno and
 * *ret_why (static). */
int push_server_new(struct push_server **ret, const struct push_server_options *o, struct str *ret_why);
unsigned push_server_port(const struct push_server *s);
struct push_server *push_server_free(struct push_server *s); /* takes NULL; returns NULL */

#endif
