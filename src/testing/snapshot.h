/* SPDX-License-Identifier: Apache-2.0
 *
 * Snapshots of tenants, kept in memory. Kept files that a snapshot names are held by hard links in
 * DIR/test-snapshots, so that they can be brought back when they were removed.
 */
#ifndef HIRED_TESTING_SNAPSHOT_H
#define HIRED_TESTING_SNAPSHOT_H

#include "base/arena.h"
#include "store/tenant_rows.h"

#define SNAPSHOTS_OF_TENANT_MAX 64
#define SNAPSHOTS_MAX 1000
#define SNAPSHOTS_BYTES_MAX ((size_t)256 << 20)

struct snapshots;

/* dir: the data directory, where kept files are; must outlive it. Links that an earlier process left behind are
 * removed. NULL: kept files are in the database (PostgreSQL), and those that are removed are not brought back. */
struct snapshots *snapshots_new(const char *dir);
int snapshots_pin(const struct snapshots *s, int *ret_fd); /* end it with close(); *ret_fd -1: there is none to end */
struct snapshots *snapshots_free(struct snapshots *s);     /* takes NULL; returns NULL; removes the links */

/* A snapshot as lists show it; name is in the arena of the call. */
struct snapshot_info {
    int64_t tenant, taken_ms;
    struct str name;
    size_t rows, bytes, files;
};

/* Any thread. Keeps rows, which belong to the snapshots then also if this fails, in place of an earlier snapshot with
 * that name. The caller has a pin of the directory's files (directory_pin) from before the rows were read. Returns 0,
 * -E2BIG: the tenant has SNAPSHOTS_OF_TENANT_MAX, -ENFILE: there are SNAPSHOTS_MAX, -ENOBUFS: all together would need
 * more than SNAPSHOTS_BYTES_MAX, or another negative errno of the links. */
int snapshots_keep(struct snapshots *s, int64_t tenant, struct str name, struct tenant_rows *rows, int64_t now_ms,
                   struct snapshot_info *ret);

/* How many bytes a new snapshot may need. */
size_t snapshots_room(struct snapshots *s);

/* Any thread. Finds a snapshot and holds it until snapshots_release: it stays valid if it is removed meanwhile. NULL:
 * there is none. */
struct snapshot;
struct snapshot *snapshots_hold(struct snapshots *s, int64_t tenant, struct str name);
void snapshots_release(struct snapshots *s, struct snapshot *held);
const struct tenant_rows *snapshot_rows(const struct snapshot *held);
/* Brings back the kept files of the snapshot that were removed. The caller has a pin. Returns 0 or a negative errno. */
int snapshot_bring_files(const struct snapshots *s, const struct snapshot *held);

/* Removes one; -ENOENT: there is none. */
int snapshots_drop(struct snapshots *s, int64_t tenant, struct str name);
size_t snapshots_drop_tenant(struct snapshots *s, int64_t tenant);

/* Those of a tenant (0: all) in the order in which they were taken, in the arena. Returns the bytes of all. */
size_t snapshots_list(struct snapshots *s, int64_t tenant, struct arena *a, struct snapshot_info **ret, size_t *ret_n);

#endif
