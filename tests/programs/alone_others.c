/* SPDX-License-Identifier: MIT */

/* One thread's calls of the cache, pools, futures, loops, threads and timers,
 * and of everything that takes options. */

#include "programs.h"

#include <errno.h>

/* ---- Cache ---- */

/* ctx: the value to be computed, below 0: none. */
static weft_status compute(weft_key key, void *value_out, void *ctx)
{
    int value = *(int *)ctx;
    must_equal(key.size, 1);
    if (value < 0)
        return WEFT_CANCELLED;
    memcpy(value_out, &value, sizeof value);
    return WEFT_OK;
}

static void get_or_compute(struct alone *self, weft_key key, int *cached,
                           int with)
{
    int value = -1, wanted = *cached >= 0 ? *cached : with < 0 ? -1 : with;
    must_answer(
        wanted >= 0 ? WEFT_OK : WEFT_CANCELLED,
        weft_cache_get_or_compute(self->cache, key, &value, compute, &with));
    must_equal(value, wanted);
    *cached = wanted;
}

static size_t count_cached(const struct alone *self)
{
    size_t n = 0;
    for (int i = 0; i < KEYS; i++)
        n += self->cached[i] >= 0;
    return n;
}

static void clear_cache(struct alone *self)
{
    must_answer(WEFT_OK, weft_cache_clear(self->cache));
    for (int i = 0; i < KEYS; i++)
        self->cached[i] = -1;
}

void cache_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    unsigned char byte = call->two % KEYS;
    int *cached = &self->cached[byte], value = -1, new = call->three;
    weft_key key = WEFT_KEY(&byte, 1);
    weft_status wanted = *cached >= 0 ? WEFT_OK : WEFT_NOT_FOUND;
    switch (call->one % 7) {
    case 0:
    case 1:
        must_answer(WEFT_OK, weft_cache_set(self->cache, key, &new));
        *cached = new;
        break;
    case 2:
        must_answer(wanted, weft_cache_get(self->cache, key, &value));
        must_equal(value, *cached);
        break;
    case 3:
        must_answer(wanted, weft_cache_remove(self->cache, key));
        *cached = -1;
        break;
    case 4:
        get_or_compute(self, key, cached, call->three - 100);
        break;
    case 5:
        must_equal(weft_cache_contains(self->cache, key), *cached >= 0);
        break;
    default:
        if (call->three % 4 == 0)
            clear_cache(self);
    }
    must_equal(weft_cache_size(self->cache), count_cached(self));
}

/* ---- Pool, future, loops ---- */

static void *answer(void *arg)
{
    return arg;
}

static void *fail(void *arg)
{
    (void)arg;
    return weft_fail(7, "asked to");
}

void pool_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    weft_status open = self->pool_shut_down ? WEFT_SHUT_DOWN : WEFT_OK;
    void *value = NULL;
    switch (call->one % 4) {
    case 0:
    case 1:
        must_answer(open,
                    weft_submit(self->pool, &self->future,
                                call->two % 2 == 0 ? answer : fail, self));
        self->future_done = open == WEFT_OK;
        if (open != WEFT_OK)
            break;
        must_answer(call->two % 2 == 0 ? WEFT_OK : WEFT_FAILED,
                    weft_future_result(&self->future, &value));
        must(value == (call->two % 2 == 0 ? self : NULL));
        break;
    case 2:
        must_answer(open, weft_pool_run(self->pool, answer, NULL));
        break;
    default:
        if (call->two % 4 != 0)
            break;
        must_answer(WEFT_OK, weft_pool_shutdown(self->pool,
                                                .wait = call->three % 2 == 0));
        self->pool_shut_down = true;
    }
}

void future_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    weft_future *one = &self->future;
    must_equal(weft_future_done(one), self->future_done);
    must(!weft_future_running(one));
    if (!self->future_done) {
        must_refuse(WEFT_NOT_STARTED, weft_future_result(one, NULL));
        must_refuse(WEFT_NOT_STARTED, weft_future_cancel(one));
        return;
    }
    weft_status result = weft_future_try_result(one, NULL);
    must(result == WEFT_OK || result == WEFT_FAILED);
    must_equal(weft_future_error(one) != NULL, result == WEFT_FAILED);
    if (call->one % 2 == 0)
        must_answer(WEFT_OK, weft_wait(&one, 1, call->two % 3));
    else
        must_answer(WEFT_ALREADY_STARTED, weft_future_cancel(one));
    must(!weft_future_cancelled(one));
}

static void add(size_t begin, size_t end, void *context)
{
    for (size_t i = begin; i < end; i++)
        atomic_fetch_add((atomic_ulong *)context, i);
}

void loop_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    atomic_ulong sum = 0;
    size_t begin = call->two % 8, end = begin + call->one % 99;
    weft_parallel_options options = {.grain = call->three % 9, .private_ = 0};
    bool closed = self->pool_shut_down;
    must_answer(
        closed ? WEFT_SHUT_DOWN : WEFT_OK,
        weft_parallel_for_with(self->pool, begin, end, add, &sum, &options));
    unsigned long wanted = 0;
    for (size_t i = begin; i < end && !closed; i++)
        wanted += i;
    must_equal(sum, wanted);
}

/* ---- Threads and timers ---- */

void thread_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    weft_thread *thread = &self->thread;
    if (call->one % 4 == 0 && self->thread_joined) {
        *thread = (weft_thread)WEFT_THREAD(answer, self);
        self->thread_joined = false;
    }
    if (self->thread_joined) {
        must_refuse(WEFT_ALREADY_STARTED, weft_thread_start(thread));
        must_answer(WEFT_OK, weft_thread_join(thread));
        must_answer(WEFT_OK, weft_thread_stop(thread));
        must(weft_thread_result(thread) == self);
        return;
    }
    if (call->one % 4 == 1) {
        must_refuse(WEFT_NOT_STARTED, weft_thread_join(thread));
        must_refuse(WEFT_NOT_STARTED, weft_thread_stop(thread));
        return;
    }
    must_answer(WEFT_OK, weft_thread_start(thread));
    if (call->two % 2 == 0)
        must_refuse(WEFT_ALREADY_STARTED, weft_thread_start(thread));
    must_answer(WEFT_OK, weft_thread_join(thread));
    must(!weft_thread_is_alive(thread));
    self->thread_joined = true;
}

static void *count_firing(void *arg)
{
    ++*(unsigned *)arg;
    return NULL;
}

void timer_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    bool later = call->one % 2 == 0;
    unsigned before = self->timer_fired;
    if (!self->timer_over && call->two % 4 == 0) {
        must_refuse(WEFT_NOT_STARTED, weft_timer_cancel(&self->timer));
        must_refuse(WEFT_NOT_STARTED, weft_timer_join(&self->timer));
        return;
    }
    self->timer = (weft_timer)WEFT_TIMER(later ? WEFT_SECONDS(3600) : 0,
                                         count_firing, &self->timer_fired);
    must_answer(WEFT_OK, weft_timer_start(&self->timer));
    if (later) {
        must(weft_timer_is_pending(&self->timer));
        must_refuse(WEFT_ALREADY_STARTED, weft_timer_start(&self->timer));
        must_answer(WEFT_TIMED_OUT,
                    weft_timer_join_timed(&self->timer, call->two));
        must_answer(WEFT_OK, weft_timer_cancel(&self->timer));
    }
    must_answer(WEFT_OK, weft_timer_join(&self->timer));
    must_equal(self->timer_fired, later ? before : before + 1);
    self->timer_over = true;
}

/* ---- Options ---- */

static int compare_nothing(const void *one, const void *other)
{
    (void)one;
    (void)other;
    return 0;
}

/* Small, large and absurd numbers. */
static size_t size_of(unsigned char byte)
{
    static const size_t sizes[] = {
        0, 1, 7, 64, 4096, PTRDIFF_MAX, SIZE_MAX, SIZE_MAX / 2 + 1};
    return sizes[byte % 8];
}

static void create_queue(const struct call *call)
{
    const weft_queue_options options = {
        .maxsize = size_of(call->three),
        .kind = (weft_queue_kind)(call->two % 4),
        .compare = call->two & 16 ? compare_nothing : NULL,
    };
    size_t size = size_of(call->one >> 3);
    bool wrong = size == 0 || size >= PTRDIFF_MAX ||
                 options.maxsize > PTRDIFF_MAX ||
                 options.kind > WEFT_PRIORITY ||
                 (options.kind == WEFT_PRIORITY && options.compare == NULL);
    errno = 0;
    begin_misuse();
    weft_queue *queue = weft_queue_create_with(size, &options);
    must_equal(queue == NULL, wrong);
    must_equal(errno, wrong ? EINVAL : 0);
    must_be_misuse(wrong);
    must_equal(weft_queue_destroy(queue), WEFT_OK);
}

static void create_cache(const struct call *call)
{
    const weft_cache_options options = {
        .capacity = size_of(call->three),
        .ttl = call->two % 3 == 0 ? -1 : call->two,
    };
    size_t size = size_of(call->one >> 3);
    bool wrong = size == 0 || size >= PTRDIFF_MAX ||
                 options.capacity > PTRDIFF_MAX || options.ttl < 0;
    errno = 0;
    begin_misuse();
    weft_cache *cache = weft_cache_create_with(size, &options);
    if (cache == NULL && !wrong && options.capacity == PTRDIFF_MAX)
        must_equal(errno, ENOMEM); /* so many shards may be too many */
    else
        must_equal(cache == NULL, wrong);
    must_equal(weft_cache_destroy(cache), WEFT_OK);
}

static void create_pool(const struct call *call)
{
    const weft_pool_options options = {
        .workers = call->two % 4 == 0 ? UINT32_MAX : call->two % 8,
        .min_workers = call->two / 8 % 8,
        .idle_timeout = (weft_duration)size_of(call->one >> 3),
        .capacity = size_of(call->three),
        .when_full = (weft_when_full)(call->three / 8 % 6),
        .name = call->three % 2 == 0 ? "a name of a pool" : NULL,
    };
    bool wrong =
        options.workers == UINT32_MAX ||
        options.when_full > WEFT_FULL_DROP_OLDEST ||
        (options.workers != 0 && options.min_workers > options.workers);
    errno = 0;
    weft_pool *pool = weft_pool_create_with(&options);
    must(pool == NULL || !wrong);
    must(pool != NULL || errno == EINVAL || errno == ENOMEM);
    must_equal(weft_pool_destroy(pool), WEFT_OK);
}

static void start_thread(const struct call *call)
{
    weft_thread thread = WEFT_THREAD(answer, &thread);
    thread.stack_size =
        call->two % 2 == 0 ? 1 : ((size_t)1 << 20) + call->three;
    begin_misuse();
    weft_status status = weft_thread_start(&thread);
    must(status == WEFT_OK || status == WEFT_INVALID);
    must_be_misuse(status == WEFT_INVALID);
    if (status == WEFT_OK)
        must_answer(WEFT_OK, weft_thread_join(&thread));
}

void options_alone(void *world, const struct call *call)
{
    (void)world;
    switch (call->one % 4) {
    case 0:
        create_queue(call);
        break;
    case 1:
        create_cache(call);
        break;
    case 2:
        create_pool(call);
        break;
    default:
        start_thread(call);
    }
}
