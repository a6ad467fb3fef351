/* SPDX-License-Identifier: Apache-2.0
 *
 * The pages of the database's file: how they are written (pages.c), what is changed on the way (scrub.c, checksum.c),
 * and to which table or index each belongs (page_owner.c). Page numbers start at 1.
 */
#ifndef HIRED_STORE_SQLITE_PAGES_H
#define HIRED_STORE_SQLITE_PAGES_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_MIN 512
#define PAGE_MAX 65536
#define FILE_HEADER 100 /* precedes the header of the first page */
#define HEADER_READ_VERSION 19
#define READ_VERSION_WAL 2 /* in that byte: the database has a write-ahead log */
#define HEADER_RESERVED 20 /* byte of the file's header: reserved bytes at the end of each page */

/* ---- pages.c ---- */

/* Makes the VFS "hired" SQLite's default: the previous default, except that pages of a database's file are scrubbed
 * and, if the database reserves CHECKSUM_BYTES in each page, get their checksum. Call it once, after
 * sqlite3_initialize(). Returns SQLite's code. */
int pages_install(void);

/* Reserves room for checksums in the pages of a database that this connection creates. If the database exists already,
 * the next VACUUM of this connection reserves it. Returns SQLite's code. */
int pages_reserve(sqlite3 *handle);

/* handle is a new, empty file, which becomes a copy of the database of from. From must be a connection that only reads
 * (it never called pages_reserve()) and has an open snapshot. Optional: it saves a second pass over the copy's pages.
 */
void pages_copy_of(sqlite3 *handle, sqlite3 *from);

/* ---- scrub.c ---- */

/* Finds the unused space of a page (bytes from to to) that is not zero. Returns false if there is none, or the page is
 * not part of a b-tree. first: it is the file's first page. */
bool page_old_bytes(const unsigned char *page, size_t size, bool first, size_t *ret_from, size_t *ret_to);

/* ---- checksum.c ---- */

#define CHECKSUM_BYTES 8

/* Writes the checksum into the last CHECKSUM_BYTES of the page. It depends on all other bytes and on the number, so a
 * page in another's place does not match. */
void page_seal(unsigned char *page, size_t size, uint32_t number);
bool page_intact(const unsigned char *page, size_t size, uint32_t number);

/* ---- page_owner.c ---- */

struct page_owners;

/* Reads page `number` from the file. Returns false if it cannot be read or is damaged. */
typedef bool (*page_read_fn)(void *ctx, uint32_t number, unsigned char *page);

/* Finds the tables and indexes of all pages by a walk over the undamaged inner pages of each b-tree. Free it with
 * page_owners_free(). */
struct page_owners *page_owners_new(sqlite3 *handle, size_t page_size, size_t usable, uint32_t pages, page_read_fn read,
                                    void *ctx);
/* Name of the table or index; NULL: not known (overflow pages, free pages, pages below a damaged one). */
const char *page_owner(const struct page_owners *o, uint32_t number);
struct page_owners *page_owners_free(struct page_owners *o); /* takes NULL; returns NULL */

#endif
