/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs a fuzz target over the files of a directory, without a fuzzer: one line of TAP for each. Arguments: the
 * directory. An input that fails aborts the program; its name is on the last line then, and the plan is not kept.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The file's bytes in memory that ends where they end, for the caller to free; NULL with errno. */
static uint8_t *read_file(const char *path, size_t *ret_size) {
    FILE *f = fopen(path, "re");
    uint8_t *bytes = NULL;
    if (!f)
        return NULL;
    if (fseek(f, 0, SEEK_END) == 0) {
        long end = ftell(f);
        rewind(f);
        size_t size = end > 0 ? (size_t)end : 0;
        bytes = malloc(size ? size : 1);
        if (bytes && fread(bytes, 1, size, f) != size) {
            free(bytes);
            bytes = NULL;
            errno = EIO;
        }
        *ret_size = size;
    }
    fclose(f);
    return bytes;
}

static int is_file(const struct dirent *e) {
    return e->d_type != DT_DIR;
}

static int replay(const char *dir, const char *name, int number) {
    char path[4096];
    size_t size = 0;
    if ((size_t)snprintf(path, sizeof path, "%s/%s", dir, name) >= sizeof path)
        return -ENAMETOOLONG;
    uint8_t *bytes = read_file(path, &size);
    if (!bytes)
        return -errno;
    printf("# %s\n", name);
    fflush(stdout);
    int r = LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    printf("%s %d - %s\n", r == 0 ? "ok" : "not ok", number, name);
    return r;
}

int main(int argc, char **argv) {
    struct dirent **entries;
    int failed = 0;
    if (argc != 2) {
        fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    int n = scandir(argv[1], &entries, is_file, alphasort);
    if (n <= 0) {
        fprintf(stderr, "%s: %s\n", argv[1], n < 0 ? strerror(errno) : "no inputs in it");
        return 2;
    }
    printf("1..%d\n", n);
    for (int i = 0; i < n; i++) {
        int r = replay(argv[1], entries[i]->d_name, i + 1);
        if (r != 0)
            printf("# %s: %s\n", entries[i]->d_name, r < 0 ? strerror(-r) : "refused by the target");
        failed |= r != 0;
        free(entries[i]);
    }
    free(entries);
    return failed;
}
