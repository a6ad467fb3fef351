/* SPDX-License-Identifier: Apache-2.0
 *
 * Accepts commands' connections. Each has its own thread, which passes the command's transactions to the writer
 * (session.c).
 */
#include "store/remote/server.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/thread.h"
#include "store/remote/session.h"
#include "store/remote/socket.h"

#define PAUSE_MS 200 /* after accept failed */

struct slot {
    struct remote_server *server;
    pthread_t thread;
    int fd;
    bool used;  /* the thread was made and not yet joined */
    bool ended; /* it can be joined */
};

struct remote_server {
    struct writer *writer;
    struct remote_limits limits;
    char *dir;
    int listen_fd, stop_fd;
    pthread_t thread;
    pthread_mutex_t lock; /* protects the slots */
    _Atomic bool stopping;
    struct slot slots[REMOTE_SESSIONS];
};

static void *slot_main(void *arg) {
    struct slot *slot = arg;
    struct remote_server *s = slot->server;

    remote_session_run(slot->fd, s->writer, &s->limits, REMOTE_NODE_FIRST + (unsigned)(slot - s->slots), &s->stopping);
    pthread_mutex_lock(&s->lock);
    close(slot->fd);
    slot->fd = -1;
    slot->ended = true;
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* Returns a free slot (after joining its last thread), or NULL. Called with the lock held: a thread that has ended
 * does not need the lock any more. */
static struct slot *free_slot(struct remote_server *s) {
    for (unsigned i = 0; i < REMOTE_SESSIONS; i++) {
        struct slot *slot = &s->slots[i];
        if (slot->used && slot->ended) {
            pthread_join(slot->thread, NULL);
            slot->used = slot->ended = false;
        }
        if (!slot->used)
            return slot;
    }
    return NULL;
}

static void take(struct remote_server *s, int fd) {
    struct slot *slot;
    int r = -EBUSY;

    pthread_mutex_lock(&s->lock);
    slot = free_slot(s);
    if (slot) {
        slot->server = s;
        slot->fd = fd;
        r = thread_start(&slot->thread, "hired-command", slot_main, slot);
        slot->used = r == 0;
    }
    pthread_mutex_unlock(&s->lock);
    if (r == 0)
        return;
    remote_session_refuse(fd, -EBUSY, "16 commands work through the server already; try again when one has ended");
    close(fd);
}

static void *accept_main(void *arg) {
    struct remote_server *s = arg;
    struct pollfd wait[] = {{.fd = s->listen_fd, .events = POLLIN}, {.fd = s->stop_fd, .events = POLLIN}};

    for (;;) {
        if (poll(wait, 2, -1) < 0 && errno != EINTR)
            return NULL;
        if (wait[1].revents)
            return NULL;
        int fd = accept4(s->listen_fd, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno != EINTR && errno != ECONNABORTED && errno != EAGAIN)
                poll(&wait[1], 1, PAUSE_MS); /* no descriptors are left: do not retry without a pause */
            continue;
        }
        if (!remote_peer_may(fd)) {
            remote_session_refuse(fd, -EACCES, "the server runs for another user");
            close(fd);
        } else
            take(s, fd);
    }
}

static void stop_sessions(struct remote_server *s) {
    s->stopping = true; /* the accepting thread has ended, so no more slots are taken */
    for (unsigned i = 0; i < REMOTE_SESSIONS; i++)
        if (s->slots[i].used)
            pthread_join(s->slots[i].thread, NULL);
}

int remote_server_new(struct remote_server **ret, const char *dir, struct writer *w,
                      const struct remote_limits *limits) {
    static const struct remote_limits usual = {.step_ms = 5000, .transaction_ms = 15000, .idle_ms = 600000};
    struct remote_server *s = mem_alloc(sizeof(*s));
    int r;

    *s = (struct remote_server){.writer = w, .limits = limits ? *limits : usual, .stop_fd = -1};
    pthread_mutex_init(&s->lock, NULL);
    for (unsigned i = 0; i < REMOTE_SESSIONS; i++)
        s->slots[i].fd = -1;
    s->dir = strdup(dir);
    s->listen_fd = s->dir ? remote_listen(dir) : -ENOMEM;
    r = s->listen_fd < 0 ? s->listen_fd : 0;
    if (r == 0 && (s->stop_fd = eventfd(0, EFD_CLOEXEC)) < 0)
        r = -errno;
    if (r == 0)
        r = thread_start(&s->thread, "hired-commands", accept_main, s);
    if (r < 0) {
        if (s->listen_fd >= 0)
            close(s->listen_fd);
        if (s->stop_fd >= 0)
            close(s->stop_fd);
        pthread_mutex_destroy(&s->lock);
        free(s->dir);
        free(s);
        return r;
    }
    *ret = s;
    return 0;
}

struct remote_server *remote_server_free(struct remote_server *s) {
    if (!s)
        return NULL;
    eventfd_write(s->stop_fd, 1);
    pthread_join(s->thread, NULL);
    remote_unlink(s->dir);
    close(s->listen_fd);
    stop_sessions(s);
    close(s->stop_fd);
    pthread_mutex_destroy(&s->lock);
    free(s->dir);
    free(s);
    return NULL;
}
