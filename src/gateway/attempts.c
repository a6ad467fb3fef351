/* SPDX-License-Identifier: Apache-2.0
 *
 * Counts attempts to sign in. A table of fixed size under one lock: attempts cost a scrypt each, so they are rare.
 */
#include <pthread.h>
#include <stdlib.h>

#include "base/network.h"
#include "gateway/session.h"

#define SLOTS 8192 /* a power of two */
#define PROBES 16

struct attempt_slot {
    uint64_t key; /* 0: free */
    int64_t end_ms;
    unsigned count;
};

struct attempts {
    pthread_mutex_t lock;
    struct attempt_slot slots[SLOTS];
};

struct attempts *attempts_new(void) {
    struct attempts *t = mem_alloc(sizeof *t);
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

static uint64_t hash(uint64_t h, struct str s, bool fold) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        h = (h ^ (fold && c >= 'A' && c <= 'Z' ? (unsigned char)(c + 32) : c)) * UINT64_C(0x100000001B3);
    }
    return (h ^ 0xFF) * UINT64_C(0x100000001B3);
}

enum bucket { PAIR, ADDRESS, NAME, BUCKETS };
static const unsigned most[BUCKETS] = {ATTEMPTS_PAIR, ATTEMPTS_ADDRESS, ATTEMPTS_NAME};

static uint64_t bucket_key(enum bucket b, struct str name, struct str address) {
    uint64_t h = hash(UINT64_C(0xCBF29CE484222325), (struct str){"pan" + b, 1}, false);
    if (b != ADDRESS)
        h = hash(h, name, true);
    if (b != NAME)
        h = hash(h, address, false);
    return h | 1;
}

/* Of an IPv6 address its network's 64 bits, in bytes: whoever has one of its addresses has all of them. */
static struct str network_of(struct str address, uint8_t bytes[16]) {
    if (network_address_parse(address, bytes) < 0 || network_address_is_ipv4(bytes))
        return address;
    return (struct str){(const char *)bytes, 8};
}

/* The key's slot, or NULL. ret_free: where it would stand: whatever is over or counts least has to go. */
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
        *s = (struct attempt_slot){.key = key, .end_ms = mono_ms + ATTEMPTS_WINDOW_MS};
    }
    s->count++;
}

/* What is refused leaves nothing in the table: else a stranger who is refused already would wash out, with ever new names,
 * what is counted against him. */
unsigned attempts_take(struct attempts *t, struct str name, struct str address, int64_t mono_ms) {
    uint8_t bytes[16];
    unsigned wait_s = 0;
    address = network_of(address, bytes);
    pthread_mutex_lock(&t->lock);
    for (int b = 0; b < BUCKETS; b++) {
        struct attempt_slot *at, *s = find(t, bucket_key((enum bucket)b, name, address), mono_ms, &at);
        unsigned left_s = s ? (unsigned)((s->end_ms - mono_ms + 999) / 1000) : 0;
        if (s && s->count >= most[b] && left_s > wait_s)
            wait_s = left_s;
    }
    for (int b = 0; wait_s == 0 && b < BUCKETS; b++)
        count(t, bucket_key((enum bucket)b, name, address), mono_ms);
    pthread_mutex_unlock(&t->lock);
    return wait_s;
}

void attempts_good(struct attempts *t, struct str name, struct str address) {
    uint8_t bytes[16];
    address = network_of(address, bytes);
    pthread_mutex_lock(&t->lock);
    for (int b = 0; b < BUCKETS; b++) {
        struct attempt_slot *at, *s = find(t, bucket_key((enum bucket)b, name, address), 0, &at);
        if (s)
            s->count = b == PAIR || s->count == 0 ? 0 : s->count - 1;
    }
    pthread_mutex_unlock(&t->lock);
}
