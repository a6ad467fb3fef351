/* SPDX-License-Identifier: Apache-2.0
 *
 * Replaces what is personal in answers by inventions. An invention follows from the original value and the random key
 * of the work directory (HMAC-SHA256), so the same value becomes the same invention everywhere and in every run, and
 * nobody without the key can find out or check the original.
 *
 * A text stays only if it is known to be impersonal: ids, codes, times, values of enumerations, and the words of the
 * tenant's own settings (processes, stages, reasons, forms, fields of forms, packages ...). All others are replaced by
 * what their member holds: a name, a mobile, a mail address, an identity number, an address, a date, a link, else a
 * text. Numbers that are no texts stay, except those of birthdays and the like.
 */
#ifndef HIRED_CLI_MIRROR_MASK_H
#define HIRED_CLI_MIRROR_MASK_H

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"

struct masker;

/* Reads the key from the file "key" of the directory, or makes it. Returns 0 or a negative errno. */
int masker_new(struct masker **ret, int dir);
struct masker *masker_free(struct masker *k); /* takes NULL; returns NULL. Overwrites the key */

/* The beginning of all masked links. Nothing is there: example.com is reserved. */
#define MASKED_LINK "https://masked.example.com/"

/* Masks an answer of a step in place. */
void masker_answer(struct masker *k, const char *step, json_t *answer);

/* ---- inventions (invent.c); the results are in the arena ---- */

struct invention {
    uint8_t bytes[32];
};
/* kind separates the inventions of different kinds for the same value. */
struct invention invent(const struct masker *k, const char *kind, struct str value);

struct invented_person {
    struct str zh, en, first, last;
};
struct invented_person invent_person(const struct masker *k, struct str name, struct arena *a);
bool invent_is_chinese(struct str name);

struct str invent_mobile(const struct masker *k, struct str mobile, struct arena *a);
struct str invent_mail(const struct masker *k, struct str mail, struct arena *a);
/* Letters and digits become others of their kind; an identity number of the Chinese form stays valid. */
struct str invent_number(const struct masker *k, struct str number, struct arena *a);
struct str invent_address(const struct masker *k, struct str address, struct arena *a);
struct str invent_date(const struct masker *k, struct str date, struct arena *a);
struct str invent_text(const struct masker *k, struct str text, struct arena *a);
struct str invent_id(const struct masker *k, struct str id, struct arena *a);

/* The key, for invent.c. */
const uint8_t *masker_key(const struct masker *k);
#define MASK_KEY_LEN 32

#endif
