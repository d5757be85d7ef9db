/* SPDX-License-Identifier: MIT */

/* A pool that has warmed up needs no memory, whatever is submitted. */

#include "faults.h"

#include <weft/event.h>
#include <weft/pool.h>

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

int main(void)
{
    const TTest *const tests[] = {
        once_warm_nothing_is_allocated,
    };
    return RUN_TESTS("pool, memory", tests);
}
