/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealed ids: one AES-256 block of id, the 32 bits beside it and 32 bits that are always the same, under a key of its
 * kind. OpenSSL's cipher contexts are neither cheap to make nor shareable, so each thread keeps those it has used.
 */
#include "base/seal.h"

#include <errno.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/hex.h"

enum { BLOCK = 16, CHECK = 0x68697265 };

struct seal {
    uint64_t serial; /* never used twice in a process, unlike the address */
    uint8_t keys[SEAL_KINDS][SEAL_KEY_LEN];
    uint8_t mac_key[32];
};

enum direction { OPENING, CLOSING, DIRECTIONS };

struct contexts {
    uint64_t serial; /* of the seal they belong to */
    EVP_CIPHER_CTX *c[SEAL_KINDS][DIRECTIONS];
    EVP_MAC_CTX *mac;
};

static _Atomic uint64_t last_serial;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t contexts_key; /* for its destructor, when a thread ends */
static _Thread_local struct contexts *mine;

/* Ends the process if !ok. That happens only without memory, or if libcrypto lacks AES; no request can be served then.
 */
static void require(bool ok) {
    if (ok)
        return;
    static const char message[] = "hired: libcrypto refuses AES-256 or HMAC-SHA-256; ending\n";
    ssize_t ignored = write(STDERR_FILENO, message, sizeof(message) - 1);
    (void)ignored;
    abort();
}

static void contexts_clear(struct contexts *t) {
    for (int kind = 0; kind < SEAL_KINDS; kind++) {
        for (int d = 0; d < DIRECTIONS; d++) {
            EVP_CIPHER_CTX_free(t->c[kind][d]); /* wipes the key */
            t->c[kind][d] = NULL;
        }
    }
    EVP_MAC_CTX_free(t->mac);
    t->mac = NULL;
}

static void contexts_free(void *p) {
    contexts_clear(p);
    free(p);
    mine = NULL;
}

static void contexts_init(void) {
    require(pthread_key_create(&contexts_key, contexts_free) == 0);
}

/* This thread's contexts, made ready for s. */
static struct contexts *contexts_of(const struct seal *s) {
    if (!mine) {
        pthread_once(&once, contexts_init);
        mine = mem_alloc(sizeof(*mine));
        require(pthread_setspecific(contexts_key, mine) == 0);
    }
    if (mine->serial != s->serial) {
        contexts_clear(mine);
        mine->serial = s->serial;
    }
    return mine;
}

static EVP_CIPHER_CTX *cipher_context(const struct seal *s, enum seal_kind kind, enum direction d) {
    EVP_CIPHER_CTX **c = &contexts_of(s)->c[kind][d];
    if (!*c) {
        *c = EVP_CIPHER_CTX_new();
        require(*c && EVP_CipherInit_ex(*c, EVP_aes_256_ecb(), NULL, s->keys[kind], NULL, d == CLOSING) == 1 &&
                EVP_CIPHER_CTX_set_padding(*c, 0) == 1);
    }
    return *c;
}

/* The key is set once; each use only restarts the context, which costs a third of setting the key. */
static EVP_MAC_CTX *mac_context(const struct seal *s) {
    struct contexts *t = contexts_of(s);
    if (!t->mac) {
        EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
        require(hmac != NULL);
        t->mac = EVP_MAC_CTX_new(hmac);
        EVP_MAC_free(hmac); /* the context holds on to it */
        char digest[] = "SHA256";
        const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                     OSSL_PARAM_construct_end()};
        require(t->mac && EVP_MAC_init(t->mac, s->mac_key, sizeof(s->mac_key), params) == 1);
    }
    require(EVP_MAC_init(t->mac, NULL, 0, NULL) == 1);
    return t->mac;
}

/* With a key used for once. */
static void hmac(const uint8_t key[32], struct str message, uint8_t out[32]) {
    unsigned len = 32;
    require(HMAC(EVP_sha256(), key, 32, (const unsigned char *)message.ptr, message.len, out, &len) != NULL);
}

struct seal *seal_new(const uint8_t key[SEAL_KEY_LEN]) {
    struct seal *s = mem_alloc(sizeof(*s));
    s->serial = atomic_fetch_add(&last_serial, 1) + 1;
    for (int kind = 1; kind < SEAL_KINDS; kind++) {
        char purpose[] = "seal 0";
        purpose[5] = (char)('0' + kind);
        hmac(key, str_of(purpose), s->keys[kind]);
    }
    hmac(key, STR("mac"), s->mac_key);
    return s;
}

struct seal *seal_free(struct seal *s) {
    if (s)
        OPENSSL_cleanse(s, sizeof(*s));
    free(s);
    return NULL;
}

static void put(uint8_t *p, uint64_t v, int bytes) {
    for (int i = bytes - 1; i >= 0; i--, v >>= 8)
        p[i] = (uint8_t)(v & 0xFF);
}

static uint64_t get(const uint8_t *p, int bytes) {
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++)
        v = v << 8 | p[i];
    return v;
}

static void run_block(const struct seal *s, enum seal_kind kind, enum direction d, const uint8_t in[BLOCK],
                      uint8_t out[BLOCK]) {
    int n = 0;
    require(EVP_CipherUpdate(cipher_context(s, kind, d), out, &n, in, BLOCK) == 1 && n == BLOCK);
}

void seal_close(const struct seal *s, enum seal_kind kind, int64_t id, uint32_t aux, char out[SEAL_HEX_LEN]) {
    uint8_t plain[BLOCK], sealed[BLOCK];
    put(plain, (uint64_t)id, 8);
    put(plain + 8, aux, 4);
    put(plain + 12, CHECK, 4);
    run_block(s, kind, CLOSING, plain, sealed);
    hex_encode(sealed, BLOCK, out);
}

int seal_open(const struct seal *s, enum seal_kind kind, struct str hex, int64_t *ret_id, uint32_t *ret_aux) {
    uint8_t sealed[BLOCK], plain[BLOCK];
    if (hex.len != SEAL_HEX_LEN || hex_decode(hex, sealed) < 0)
        return -EBADMSG;
    run_block(s, kind, OPENING, sealed, plain);
    if (get(plain + 12, 4) != CHECK)
        return -EBADMSG;
    *ret_id = (int64_t)get(plain, 8);
    *ret_aux = (uint32_t)get(plain + 8, 4);
    return 0;
}

void seal_mac(const struct seal *s, struct str purpose, struct str message, uint8_t out[32]) {
    uint8_t len[8];
    size_t n = 0;
    EVP_MAC_CTX *mac = mac_context(s);
    put(len, purpose.len, 8); /* so that no purpose and message read like another pair */
    require(EVP_MAC_update(mac, len, sizeof(len)) == 1 &&
            EVP_MAC_update(mac, (const uint8_t *)purpose.ptr, purpose.len) == 1 &&
            EVP_MAC_update(mac, (const uint8_t *)message.ptr, message.len) == 1 &&
            EVP_MAC_final(mac, out, &n, 32) == 1 && n == 32);
}
