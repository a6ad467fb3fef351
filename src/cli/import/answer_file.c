/* SPDX-License-Identifier: Apache-2.0
 *
 * Detects by its first bytes whether a file holds answers, gzipped answers, output of curl -i, or something else; names
 * the format it refuses.
 */
#include "cli/import/answer_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/import/cut.h"
#include "cli/import/spool.h"
#include "cli/import/unpack.h"

#define too_large                                                                                                      \
    "is larger than half of the free space in TMPDIR (/tmp), where input from a pipe and unpacked input is put; save " \
    "it "                                                                                                              \
    "unpacked as a file and import that, or set TMPDIR"

/* ---- reading ---- */

static int map(struct answer_file *f, int fd, size_t len) {
    f->map = len > 0 ? mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (f->map == MAP_FAILED) {
        f->map = NULL;
        return -errno;
    }
    f->map_len = len;
    f->text = (struct str){len > 0 ? f->map : "", len};
    return 0;
}

static int map_whole(struct answer_file *f, int fd) {
    struct stat st;

    return fstat(fd, &st) < 0 ? -errno : map(f, fd, (size_t)st.st_size);
}

static int load(struct answer_file *f, int fd) {
    struct stat st;

    if (fstat(fd, &st) < 0)
        return -errno;
    if (S_ISDIR(st.st_mode))
        return -EISDIR;
    if (S_ISREG(st.st_mode) && st.st_size > 0)
        return map(f, fd, (size_t)st.st_size);
    int spool = spool_open();
    if (spool < 0)
        return spool;
    int r = spool_copy(fd, spool);
    if (r == 0)
        r = map_whole(f, spool);
    close(spool);
    return r;
}

/* Unpacks the gzipped bytes from an offset on, and reads the result in place of the file. */
static int unpack(struct answer_file *f, size_t offset) {
    int spool = spool_open(), r;

    if (spool < 0)
        return spool;
    r = unpack_gzip(str_skip(f->text, offset), spool);
    if (r == 0) {
        answer_file_close(f);
        r = map_whole(f, spool);
    }
    close(spool);
    return r;
}

/* ---- detecting the format ---- */

static bool is_gzip(struct str s) {
    return str_starts(s, STR("\x1f\x8b\x08"));
}

/* Moves i behind the headers that curl -i wrote (several blocks if there were redirects), and sets *ret_status to the
 * last status, 0 if there were none. Returns SIZE_MAX if the headers do not end. */
static size_t skip_headers(struct str s, size_t i, unsigned *ret_status) {
    while (str_starts(str_skip(s, i), STR("HTTP/"))) {
        struct str head = str_skip(s, i), line;
        const char *blank = memchr(head.ptr, ' ', head.len < 16 ? head.len : 16);
        *ret_status = 0;
        for (const char *p = blank ? blank + 1 : NULL; p && p < head.ptr + head.len && *p >= '0' && *p <= '9'; p++)
            *ret_status = *ret_status * 10 + (unsigned)(*p - '0');
        do {
            const char *nl = memchr(head.ptr, '\n', head.len);
            if (!nl)
                return SIZE_MAX;
            line = (struct str){head.ptr, (size_t)(nl - head.ptr)};
            head = str_skip(head, line.len + 1);
        } while (line.len > 0 && line.ptr[0] != '\r');
        i = (size_t)(head.ptr - s.ptr);
        i = cut_blanks(s, i);
    }
    return i;
}

static bool is_utf16(struct str s) {
    return str_starts(s, STR("\xff\xfe")) || str_starts(s, STR("\xfe\xff")) ||
           (s.len >= 2 && (s.ptr[0] == 0) != (s.ptr[1] == 0));
}

/* If the file has a known format that is not supported, returns the end of a sentence about it; NULL: it may be an
 * answer. */
static const char *what_else(struct str s) {
    static const struct {
        struct str begin;
        const char *is;
    } kinds[] = {
        {STR_INIT("PK\x03\x04"), "is a ZIP archive; unpack it first"},
        {STR_INIT("\x28\xb5\x2f\xfd"), "is compressed by zstd; unpack it first"},
        {STR_INIT("\xfd"
                  "7zXZ"),
         "is compressed by xz; unpack it first"},
        {STR_INIT("BZh"), "is compressed by bzip2; unpack it first"},
        {STR_INIT("SQLite format 3"), "is a database; hired backup and hired serve --data are for those"},
    };

    if (s.len == 0)
        return "is empty";
    if (str_starts(s, (struct str){"\0\0", 2}))
        return "begins with zero bytes; it is no answer of the API";
    if (is_utf16(s))
        return "is UTF-16 text, as PowerShell's > writes it; UTF-8 is expected: save it with curl --output, or by "
               "iconv -f UTF-16 -t UTF-8";
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (str_starts(s, kinds[i].begin))
            return kinds[i].is;
    return NULL;
}

static int refuse_page(struct answer_file *f, unsigned status, struct arena *a, struct finding *ret_why) {
    if (status > 0)
        return answer_refuse(
            ret_why, f->name, STR(""),
            arena_printf(a, "is an HTML or XML page with the HTTP status %u, not an answer of the API", status));
    return answer_refuse(
        ret_why, f->name, STR(""),
        STR("is an HTML or XML page, not an answer of the API; a proxy or a page to sign in may have been "
            "saved in its place"));
}

/* Skips the text in front of the next answer. Returns 1, 0 at the end, or -EINVAL after filling in the finding. */
static int find_answer(struct answer_file *f, struct arena *a, struct finding *ret_why) {
    unsigned status = 0;
    size_t i = cut_blanks(f->text, f->offset), begin = i;

    i = skip_headers(f->text, i, &status);
    f->offset = i == SIZE_MAX ? f->text.len : i;
    if (f->offset < f->text.len && f->text.ptr[i] == '<') {
        f->offset = f->text.len;
        return refuse_page(f, status, a, ret_why);
    }
    if (f->offset < f->text.len)
        return 1;
    if (i > begin)
        return answer_refuse(ret_why, f->name, STR(""), STR("ends with HTTP headers that no body follows"));
    return 0;
}

int answer_file_open(struct answer_file *f, const char *name, struct arena *a, struct finding *ret_why) {
    bool is_stdin = strcmp(name, "-") == 0;
    unsigned status;
    int fd = is_stdin ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC), r = fd < 0 ? -errno : 0;

    *f = (struct answer_file){.name = is_stdin ? "stdin" : name, .text = STR("")};
    if (fd >= 0) {
        r = load(f, fd);
        close(fd);
    }
    if (r == -EFBIG)
        return answer_refuse(ret_why, f->name, STR(""), STR(too_large));
    if (r < 0)
        return answer_refuse(ret_why, f->name, STR(""), arena_printf(a, "cannot be read: %s", strerror(-r)));
    size_t body = skip_headers(f->text, 0, &status);
    if (body < f->text.len && is_gzip(str_skip(f->text, body))) {
        r = unpack(f, body);
        if (r == -EBADMSG)
            return answer_refuse(ret_why, f->name, STR(""), STR("is compressed by gzip, and damaged or cut off"));
        if (r == -EFBIG)
            return answer_refuse(ret_why, f->name, STR(""), STR(too_large));
        if (r < 0)
            return answer_refuse(ret_why, f->name, STR(""), arena_printf(a, "cannot be unpacked: %s", strerror(-r)));
    }
    if (str_starts(f->text, STR("\xef\xbb\xbf"))) /* UTF-8 byte order mark */
        f->offset = 3;
    const char *is = what_else(f->text);
    if (!is && cut_blanks(f->text, f->offset) == f->text.len)
        is = "is empty";
    return is ? answer_refuse(ret_why, f->name, STR(""), str_of(is)) : 0;
}

void answer_file_close(struct answer_file *f) {
    if (f->map)
        munmap(f->map, f->map_len);
    f->map = NULL;
    f->map_len = 0;
    f->text = STR("");
    f->offset = 0;
}

int answer_file_next(struct answer_file *f, struct answer *ret, struct arena *a, struct finding *ret_why) {
    int r = find_answer(f, a, ret_why);

    if (r != 1)
        return r;
    *ret = (struct answer){.name = f->name, .file = f->text, .mapped = f->map != NULL};
    r = answer_at(ret, f->offset, a, &f->offset, ret_why);
    return r < 0 ? r : 1;
}
