/* SPDX-License-Identifier: Apache-2.0
 *
 * The listening sockets: one for each loop at each address that a host name gives.
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/loop.h"

enum { BACKLOG = 4096, PORT_TRIES = 16 };

/* Options that accepted connections inherit. A stream or a WebSocket may be idle for long; keep-alive probes detect
 * within two minutes that its peer's machine is unreachable. */
static int set_options(int fd, bool shared) {
    const struct {
        int level, name, value;
    } options[] = {
        {SOL_SOCKET, SO_REUSEADDR, 1},      {IPPROTO_TCP, TCP_NODELAY, 1},    {SOL_SOCKET, SO_KEEPALIVE, 1},
        {IPPROTO_TCP, TCP_KEEPIDLE, 60},    {IPPROTO_TCP, TCP_KEEPINTVL, 15}, {IPPROTO_TCP, TCP_KEEPCNT, 4},
        {SOL_SOCKET, SO_REUSEPORT, shared},
    };
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
        if (setsockopt(fd, options[i].level, options[i].name, &options[i].value, sizeof(int)) < 0)
            return -1;
    return 0;
}

/* only_v6: the socket of an IPv6 wildcard takes no IPv4 connections, for which another socket is opened. */
static int listen_one(const struct addrinfo *ai, bool only_v6, bool shared) {
    int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    int r = set_options(fd, shared);
    if (r == 0 && only_v6 && ai->ai_family == AF_INET6)
        r = setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &(int){1}, sizeof(int));
    if (r == 0)
        r = bind(fd, ai->ai_addr, ai->ai_addrlen);
    if (r == 0)
        r = listen(fd, BACKLOG);
    if (r < 0) {
        r = -errno;
        close(fd);
        return r;
    }
    return fd;
}

static in_port_t *port_of(struct sockaddr *a) {
    return a->sa_family == AF_INET6 ? &((struct sockaddr_in6 *)a)->sin6_port : &((struct sockaddr_in *)a)->sin_port;
}

static void close_all(const int *fds, unsigned n) {
    for (unsigned i = 0; i < n; i++)
        close(fds[i]);
}

/* Opens n sockets on one address. If n > 1, it first opens one without SO_REUSEPORT and closes it again: this fails if
 * another process listens there, while with SO_REUSEPORT both processes would share the connections unnoticed. */
static int listen_address(struct addrinfo *ai, bool only_v6, int *fds, unsigned n, unsigned *ret_port) {
    struct sockaddr_storage bound;
    socklen_t len = sizeof(bound);
    int fd = listen_one(ai, only_v6, false);
    if (fd < 0)
        return fd;
    if (getsockname(fd, (struct sockaddr *)&bound, &len) < 0) {
        int r = -errno;
        close(fd);
        return r;
    }
    *port_of(ai->ai_addr) = *port_of((struct sockaddr *)&bound);
    *ret_port = ntohs(*port_of((struct sockaddr *)&bound));
    if (n == 1) {
        fds[0] = fd;
        return 0;
    }
    close(fd);
    for (unsigned i = 0; i < n; i++) {
        fds[i] = listen_one(ai, only_v6, true);
        if (fds[i] < 0) {
            int r = fds[i];
            close_all(fds, i);
            return r;
        }
    }
    return 0;
}

/* This machine does not have the address: a name may give an IPv6 address where IPv6 is off. */
static bool is_elsewhere(int error) {
    return error == -EADDRNOTAVAIL || error == -EAFNOSUPPORT;
}

/* Port 0 takes any free port, the same at each address. Returns the number of addresses that were opened. */
static int listen_list(struct addrinfo *list, unsigned port, int *fds, unsigned n, unsigned *ret_port) {
    int opened = 0, last = -EADDRNOTAVAIL;

    for (struct addrinfo *ai = list; ai && opened < LISTEN_MAX; ai = ai->ai_next) {
        if (ai->ai_family != AF_INET && ai->ai_family != AF_INET6)
            continue;
        *port_of(ai->ai_addr) = htons((uint16_t)(opened > 0 ? *ret_port : port));
        int r = listen_address(ai, list->ai_next != NULL, fds + (unsigned)opened * n, n, ret_port);
        if (r == 0) {
            opened++;
        } else if (is_elsewhere(r)) {
            last = r;
        } else {
            close_all(fds, (unsigned)opened * n);
            return r;
        }
    }
    return opened > 0 ? opened : last;
}

/* /etc/hosts may name an address twice. */
static void drop_doubles(struct addrinfo *list) {
    for (struct addrinfo *a = list; a; a = a->ai_next)
        for (struct addrinfo *b = a->ai_next; b; b = b->ai_next)
            if (a->ai_addrlen == b->ai_addrlen && memcmp(a->ai_addr, b->ai_addr, a->ai_addrlen) == 0)
                b->ai_family = AF_UNSPEC;
}

int listen_open(const char *host, unsigned port, unsigned n, int *ret_fds, unsigned *ret_port, struct str *ret_why) {
    static _Thread_local char why[400];
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE}, *list = NULL;
    char service[8];

    snprintf(service, sizeof(service), "%u", port);
    int r = port > 65535 ? EAI_SERVICE : getaddrinfo(host, service, &hints, &list);
    if (r != 0) {
        snprintf(why, sizeof(why), "cannot listen on %s:%u: %s", host, port, gai_strerror(r));
        *ret_why = str_of(why);
        return -EINVAL;
    }
    drop_doubles(list);
    /* With port 0, a port that is free at the first address may be in use at the second. */
    for (int i = 0; i < PORT_TRIES; i++) {
        r = listen_list(list, port, ret_fds, n, ret_port);
        if (port != 0 || r != -EADDRINUSE)
            break;
    }
    freeaddrinfo(list);
    if (r < 0) {
        snprintf(why, sizeof(why), "cannot listen on %s:%u: %s", host, port, strerror(-r));
        *ret_why = str_of(why);
    }
    return r;
}
