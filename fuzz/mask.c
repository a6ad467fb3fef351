/* SPDX-License-Identifier: Apache-2.0
 *
 * Fuzzes the masking of secrets. See fuzz/run.
 *
 * Any text is masked without reading beyond it. JSON stays JSON, whether or not it is known to be JSON, unless a
 * remembered value stood in it. A secret beside JSON does not remain.
 */
#include "testing/mask.h"

#include "base/record.h"
#include "fuzz.h"

#define SECRET "Q7Z-a-secret-Q7Z"

static bool is_json(struct str text, struct arena *a) {
    struct str why;
    json_t *value = record_parse(text, a, &why);
    json_decref(value);
    return value != NULL;
}

static void check_json(struct str text, bool sound, struct arena *a) {
    struct mask m = {.arena = a, .sound = sound};
    struct str masked = mask_values(&m, mask_named(&m, text));
    MUST(m.replaced || is_json(masked, a));
}

static void check_secret(struct str text, struct arena *a) {
    struct mask m = {.arena = a};
    struct str whole = arena_printf(a, "{\"x\":%.*s,\"app_secret\":\"" SECRET "\"}", STR_FMT(text));
    struct str masked = mask_values(&m, mask_named(&m, whole));
    MUST(!memmem(masked.ptr, masked.len, SECRET, sizeof SECRET - 1));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a ARENA_CLEANUP = ARENA_EMPTY;
    char *copy = exact_copy((const char *)data, size);
    struct str text = {copy, size};
    struct mask m = {.arena = &a};
    mask_values(&m, mask_named(&m, text));
    if (is_json(text, &a)) {
        check_json(text, true, &a);
        check_json(text, false, &a);
        check_secret(text, &a);
    }
    free(copy);
    return 0;
}
