/* SPDX-License-Identifier: MIT */

/* A pool that has warmed up needs no memory, whatever is submitted or looped
 * over. */

#include "faults.h"

#include <weft/event.h>
#include <weft/parallel.h>
#include <weft/stream.h>

static weft_pool *pool;
static weft_event go;
static weft_future future;

static void *echo(void *arg)
{
    return arg;
}

static void *fork_and_join(void *arg)
{
    intptr_t n = (intptr_t)arg;
    weft_future one;
    void *sum = NULL;
    if (n < 2)
        return arg;
    if (weft_submit(pool, &one, fork_and_join, (void *)(n - 1)) != WEFT_OK)
        abort();
    intptr_t other = (intptr_t)fork_and_join((void *)(n - 2));
    if (weft_future_result(&one, &sum) != WEFT_OK)
        abort();
    return (void *)((intptr_t)sum + other);
}

static void *hold(void *arg)
{
    weft_event_wait(&go);
    return arg;
}

/* More at once than a deque holds, and than the first records are. */
static bool submit_all_ways(void)
{
    enum { AT_ONCE = 300 };
    static weft_future many[AT_ONCE];
    weft_event_clear(&go);
    weft_status status = weft_submit(pool, &future, hold, NULL);
    for (int i = 0; i < AT_ONCE && status == WEFT_OK; i++) {
        status = weft_submit(pool, &many[i], echo, NULL);
        if (status == WEFT_OK)
            status = weft_pool_run(pool, echo, NULL);
    }
    weft_event_set(&go);
    for (int i = 0; i < AT_ONCE && status == WEFT_OK; i++)
        status = weft_future_result(&many[i], NULL);
    if (status == WEFT_OK)
        status = weft_submit(pool, &future, fork_and_join, (void *)15);
    return status == WEFT_OK && weft_future_result(&future, NULL) == WEFT_OK;
}

START_TEST(once_warm_nothing_is_allocated)
{
    pool = weft_pool_create(.workers = 1);
    ck_assert(submit_all_ways());
    bool fine = true;
    run_out_of_memory(1, true);
    for (int i = 0; i < 20 && fine; i++)
        fine = submit_all_ways();
    bool untouched = enough_memory();
    ck_assert(fine);
    ck_assert(untouched);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

/* ---- Loops ---- */

static atomic_size_t total;

static void add_range(size_t begin, size_t end, void *context)
{
    (void)context;
    total += end - begin;
}

static void sum_up(size_t begin, size_t end, void *sum, void *context)
{
    (void)context;
    *(size_t *)sum += end - begin;
}

static void add(void *sum, const void *other, void *context)
{
    (void)context;
    *(size_t *)sum += *(const size_t *)other;
}

/* A loop that no allocation may fail, and a reduction that may have one. */
static bool loop_and_reduce(size_t grain)
{
    static const weft_reduction sum = {
        .body = sum_up, .combine = add, .size = sizeof(size_t)};
    size_t counted = 0;
    total = 0;
    run_out_of_memory(1, true);
    weft_status looped =
        weft_parallel_for(pool, 0, 3000, add_range, NULL, .grain = grain);
    bool untouched = enough_memory();
    run_out_of_memory(2, true);
    weft_status reduced = weft_parallel_reduce(pool, 0, 3000, &sum, &counted,
                                               NULL, .grain = grain);
    return enough_memory() && untouched && looped == WEFT_OK &&
           reduced == WEFT_OK && total == 3000 && counted == 3000;
}

/* Returns with both workers started, and idle. */
static void start_both(void)
{
    weft_future other;
    weft_event_clear(&go);
    assert_ok(weft_submit(pool, &future, hold, NULL));
    assert_ok(weft_submit(pool, &other, hold, NULL));
    wait_until_waiting(&go, 2);
    weft_event_set(&go);
    assert_ok(weft_future_result(&future, NULL));
    assert_ok(weft_future_result(&other, NULL));
}

START_TEST(loops_allocate_nothing_and_reductions_once)
{
    pool = weft_pool_create(.workers = 2);
    start_both();
    for (size_t grain = 0; grain < 50; grain++)
        ck_assert(loop_and_reduce(grain));
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

/* ---- Streams ---- */

static weft_status count_to_100(void **item, void *given)
{
    size_t *number = given;
    if (*number == 100)
        return WEFT_EMPTY;
    ++*number;
    *item = NULL;
    return WEFT_OK;
}

START_TEST(a_stream_allocates_when_it_is_made_and_never_again)
{
    size_t given = 0;
    pool = weft_pool_create(.workers = 2);
    start_both();
    run_out_of_memory(1, true);
    weft_stream *stream = weft_map_stream(pool, echo, count_to_100, &given);
    ck_assert(!enough_memory());
    ck_assert_ptr_null(stream);
    ck_assert_int_eq(errno, ENOMEM);

    run_out_of_memory(2, true);
    stream = weft_map_stream(pool, echo, count_to_100, &given);
    weft_status status = WEFT_OK;
    while (stream != NULL && status == WEFT_OK)
        status = weft_stream_next(stream, NULL, NULL);
    weft_status destroyed = weft_stream_destroy(stream);
    ck_assert(enough_memory());
    assert_status(status, WEFT_EMPTY);
    assert_ok(destroyed);
    ck_assert_uint_eq(given, 100);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        once_warm_nothing_is_allocated,
        loops_allocate_nothing_and_reductions_once,
        a_stream_allocates_when_it_is_made_and_never_again,
    };
    return RUN_TESTS("pool, memory", tests);
}
