/* SPDX-License-Identifier: Apache-2.0
 *
 * The threads that a library makes, which would end the process without a word if it cannot make them.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <uv.h>

#include "cli/serve/serving.h"

#define POOL_MAX 1024 /* libuv's */
#define POOL_DEFAULT 4

static unsigned pool_size(void) {
    const char *text = getenv("UV_THREADPOOL_SIZE");
    int64_t n;
    if (!text || str_to_i64(str_of(text), &n) < 0)
        return POOL_DEFAULT;
    return n < 1 ? 1 : n > POOL_MAX ? POOL_MAX : (unsigned)n;
}

static void *wait_for_others(void *lock) {
    pthread_mutex_lock(lock);
    pthread_mutex_unlock(lock);
    return NULL;
}

/* Whether so many threads can exist at once. Returns 0 or a negative errno. */
static int try_threads(unsigned n) {
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_t *threads = mem_alloc(n * sizeof *threads);
    unsigned made = 0;
    int r = 0;
    pthread_mutex_lock(&lock);
    while (made < n && (r = -pthread_create(&threads[made], NULL, wait_for_others, &lock)) == 0)
        made++;
    pthread_mutex_unlock(&lock);
    for (unsigned i = 0; i < made; i++)
        pthread_join(threads[i], NULL);
    free(threads);
    return r;
}

static void do_nothing(uv_work_t *work) {
}

int serve_make_pool(void) {
    uv_loop_t loop;
    uv_work_t work;
    int r = try_threads(pool_size());
    if (r == 0)
        r = uv_loop_init(&loop);
    if (r == 0) {
        r = uv_queue_work(&loop, &work, do_nothing, NULL); /* libuv makes its threads now */
        uv_run(&loop, UV_RUN_DEFAULT);
        uv_loop_close(&loop);
    }
    return r < 0 ? serve_fail("cannot start its threads (see ulimit -u, ulimit -v, TasksMax of systemd)", r) : 0;
}
