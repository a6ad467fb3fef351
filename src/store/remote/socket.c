/* SPDX-License-Identifier: Apache-2.0
 *
 * The socket in the data directory.
 */
#include "store/remote/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "store/driver.h"

#define NAME "hired.sock"
#define BACKLOG 64

void remote_fingerprint(unsigned char ret[32]) {
    struct buf all BUF_CLEANUP = BUF_EMPTY;

    buf_printf(&all, "1 %u\n", db_schema_version()); /* the version of the frames, and of the schema */
    for (unsigned i = 0; i < DB_STATEMENTS; i++)
        buf_printf(&all, "%s %s\n", db_statement_texts[i].name, db_statement_texts[i].sql);
    EVP_Digest(all.ptr, all.len, ret, NULL, EVP_sha256(), NULL);
}

/* A socket address has room for 107 bytes, and the directory's path may be longer. So the path goes through a
 * descriptor of the directory (*ret_dir_fd), which must stay open until the address was used. */
static int address_of(const char *dir, struct sockaddr_un *ret, int *ret_dir_fd) {
    int n;

    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    *ret_dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*ret_dir_fd < 0)
        return -errno;
    /* Without /proc the path itself is used. */
    n = access("/proc/self/fd", F_OK) == 0
            ? snprintf(ret->sun_path, sizeof(ret->sun_path), "/proc/self/fd/%d/" NAME, *ret_dir_fd)
            : snprintf(ret->sun_path, sizeof(ret->sun_path), "%s/" NAME, dir);
    if (n < 0 || (size_t)n >= sizeof(ret->sun_path)) {
        close(*ret_dir_fd);
        return -ENAMETOOLONG;
    }
    return 0;
}

int remote_connect(const char *dir) {
    struct sockaddr_un address;
    int dir_fd, fd, r = address_of(dir, &address, &dir_fd);

    if (r < 0)
        return r;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
        r = -errno;
        if (fd >= 0)
            close(fd);
        fd = r;
    }
    close(dir_fd);
    return fd;
}

int remote_listen(const char *dir) {
    struct sockaddr_un address;
    int dir_fd, fd, r = address_of(dir, &address, &dir_fd);

    if (r < 0)
        return r;
    unlinkat(dir_fd, NAME, 0);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* The file gets the mode of the descriptor, so that other users can never connect. */
    if (fd < 0 || fchmod(fd, 0600) < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
        fchmodat(dir_fd, NAME, 0600, 0) < 0 || listen(fd, BACKLOG) < 0) {
        r = -errno;
        if (fd >= 0)
            close(fd);
        fd = r;
    }
    close(dir_fd);
    return fd;
}

void remote_unlink(const char *dir) {
    int dir_fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (dir_fd < 0)
        return;
    unlinkat(dir_fd, NAME, 0);
    close(dir_fd);
}

bool remote_peer_may(int fd) {
    struct ucred peer;
    socklen_t len = sizeof(peer);

    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && (peer.uid == geteuid() || peer.uid == 0);
}
