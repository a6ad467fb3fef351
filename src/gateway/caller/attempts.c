/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts failed attempts in a table of fixed size. One lock, held for a few hash look-ups.
 */
#include "gateway/caller/attempts.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/network.h"

#define SLOTS 8192 /* a power of two */
#define PROBES 16

struct attempt_slot {
    uint64_t key; /* 0: free */
    int64_t end_ms;
    unsigned count;
};

struct attempts {
    struct attempts_rules rules;
    portion_cell portion;
    pthread_mutex_t lock;
    struct attempt_slot slots[SLOTS];
};

const struct attempts_rules attempts_to_sign_in = {
    .window_ms = ATTEMPTS_WINDOW_MS, .pair = ATTEMPTS_PAIR, .address = ATTEMPTS_ADDRESS, .name = ATTEMPTS_NAME};
const struct attempts_rules attempts_with_secret = {
    .window_ms = 60 * 1000, .pair = 20, .address = 100, .name = 200, .name_spares_others = true};

struct attempts *attempts_new(const struct attempts_rules *rules) {
    struct attempts *t = mem_alloc(sizeof *t);
    t->rules = *rules;
    pthread_mutex_init(&t->lock, NULL);
    return t;
}

struct attempts *attempts_free(struct attempts *t) {
    if (t) {
        pthread_mutex_destroy(&t->lock);
        free(t);
    }
    return NULL;
}

void attempts_share(struct attempts *t, struct portion portion) {
    portion_set(&t->portion, portion);
}

static uint64_t hash(uint64_t h, struct str s, bool fold) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        h = (h ^ (fold && c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c)) * UINT64_C(0x100000001B3);
    }
    return (h ^ 0xFF) * UINT64_C(0x100000001B3);
}

enum bucket { PAIR, ADDRESS, NAME, BUCKETS };

static uint64_t bucket_key(enum bucket b, struct str name, struct str address) {
    uint64_t h = hash(UINT64_C(0xCBF29CE484222325), (struct str){"pan" + b, 1}, false);
    if (b != ADDRESS)
        h = hash(h, name, true);
    if (b != NAME)
        h = hash(h, address, false);
    return h | 1;
}

struct str attempts_network(struct str address, uint8_t bytes[16]) {
    if (network_address_parse(address, bytes) < 0 || network_address_is_ipv4(bytes))
        return address;
    return (struct str){(const char *)bytes, 8};
}

/* Returns the key's slot, or NULL and in ret_free the slot to use for it: an expired one, or the one with the fewest
 * failures. */
static struct attempt_slot *find(struct attempts *t, uint64_t key, int64_t mono_ms, struct attempt_slot **ret_free) {
    struct attempt_slot *best = NULL;
    for (uint64_t i = 0; i < PROBES; i++) {
        struct attempt_slot *s = &t->slots[((key >> 20) + i) & (SLOTS - 1)];
        if (s->key == key && s->end_ms > mono_ms)
            return s;
        if (s->end_ms <= mono_ms)
            s->count = 0;
        if (!best || s->count < best->count)
            best = s;
    }
    *ret_free = best;
    return NULL;
}

static void count(struct attempts *t, uint64_t key, int64_t mono_ms) {
    struct attempt_slot *at, *s = find(t, key, mono_ms, &at);
    if (!s) {
        s = at;
        *s = (struct attempt_slot){.key = key, .end_ms = mono_ms + t->rules.window_ms};
    }
    s->count++;
}

/* Called with the lock held. address: as attempts_network returned it. */
static unsigned wait_of(struct attempts *t, struct str name, struct str address, int64_t mono_ms) {
    const struct portion p = portion_get(&t->portion);
    const unsigned most[BUCKETS] = {portion_of(p, t->rules.pair), portion_of(p, t->rules.address),
                                    portion_of(p, t->rules.name)};
    unsigned wait_s = 0, failed = 0; /* of the pair of name and address */
    for (int b = 0; b < BUCKETS; b++) {
        struct attempt_slot *at, *s = find(t, bucket_key((enum bucket)b, name, address), mono_ms, &at);
        if (!s || s->count == 0)
            continue;
        if (b == PAIR)
            failed = s->count;
        if (b == NAME && t->rules.name_spares_others && failed == 0)
            continue;
        unsigned left_s = (unsigned)((s->end_ms - mono_ms + 999) / 1000);
        if (s->count >= most[b] && left_s > wait_s)
            wait_s = left_s;
    }
    return wait_s;
}

unsigned attempts_wait(struct attempts *t, struct str name, struct str address, int64_t mono_ms) {
    uint8_t bytes[16];
    address = attempts_network(address, bytes);
    pthread_mutex_lock(&t->lock);
    unsigned wait_s = wait_of(t, name, address, mono_ms);
    pthread_mutex_unlock(&t->lock);
    return wait_s;
}

/* A refused attempt adds nothing to the table. Otherwise a client that is refused could use ever new names to push
 * its own counts out of the table. */
unsigned attempts_take(struct attempts *t, struct str name, struct str address, int64_t mono_ms) {
    uint8_t bytes[16];
    address = attempts_network(address, bytes);
    pthread_mutex_lock(&t->lock);
    unsigned wait_s = wait_of(t, name, address, mono_ms);
    for (int b = 0; wait_s == 0 && b < BUCKETS; b++)
        count(t, bucket_key((enum bucket)b, name, address), mono_ms);
    pthread_mutex_unlock(&t->lock);
    return wait_s;
}

void attempts_good(struct attempts *t, struct str name, struct str address) {
    uint8_t bytes[16];
    address = attempts_network(address, bytes);
    pthread_mutex_lock(&t->lock);
    for (int b = 0; b < BUCKETS; b++) {
        struct attempt_slot *at, *s = find(t, bucket_key((enum bucket)b, name, address), 0, &at);
        if (s)
            s->count = b == PAIR || s->count == 0 ? 0 : s->count - 1;
    }
    pthread_mutex_unlock(&t->lock);
}
