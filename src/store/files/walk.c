/* SPDX-License-Identifier: Apache-2.0
 *
 * Lists the folders of stored files as they are on the disk.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hex.h"
#include "store/files/directory.h"

/* The kind of an entry by its name. */
static enum files_kind kind_of(const char *name, int64_t *ret_id) {
    struct str all = str_of(name), digits = str_cut(&all, '.');
    uint64_t id = 0;
    bool numbered = digits.len == 16 && hex_to_u64(digits, &id) == 0;
    *ret_id = numbered ? (int64_t)id : 0;
    if (!numbered)
        return FILES_FOREIGN;
    if (str_is_absent(all))
        return FILES_KEPT;
    return str_eq(all, STR("draft")) ? FILES_DRAFT : FILES_FOREIGN;
}

/* Returns 0, -ENOENT if it was removed meanwhile, or another negative errno. */
static int look_at(const char *folder, const char *name, struct files_entry *ret) {
    struct stat st;
    int n = snprintf(ret->path, sizeof ret->path, "%s/%s", folder, name);
    if (n < 0 || (size_t)n >= sizeof ret->path)
        return -ENAMETOOLONG;
    if (lstat(ret->path, &st) < 0)
        return -errno;
    ret->kind = S_ISREG(st.st_mode) ? kind_of(name, &ret->id) : FILES_FOREIGN;
    ret->changed_s = st.st_mtime;
    return 0;
}

int directory_walk(const char *dir, unsigned folder, files_entry_fn fn, void *ctx) {
    struct files_entry entry = {0};
    char path[PATH_MAX];
    int r = 0, n = snprintf(path, sizeof path, "%s/files/%02x", dir, folder);
    if (n < 0 || (size_t)n >= sizeof path)
        return -ENAMETOOLONG;
    DIR *d = opendir(path);
    if (!d)
        return errno == ENOENT ? 0 : -errno;
    for (struct dirent *e; r == 0 && (e = readdir(d));) {
        if (e->d_name[0] == '.' || (r = look_at(path, e->d_name, &entry)) == -ENOENT)
            r = 0;
        else if (r == 0)
            r = fn(ctx, &entry);
    }
    closedir(d);
    return r;
}

int directory_look(const char *dir, int64_t id, enum files_kind kind, struct files_entry *ret) {
    char folder[PATH_MAX], name[32];
    int n = snprintf(folder, sizeof folder, "%s/files/%02x", dir, (unsigned)(id & 0xff));
    if (n < 0 || (size_t)n >= sizeof folder)
        return -ENAMETOOLONG;
    snprintf(name, sizeof name, "%016llx%s", (unsigned long long)id, kind == FILES_DRAFT ? ".draft" : "");
    return look_at(folder, name, ret);
}
