/* SPDX-License-Identifier: MIT */

/* Everything at once: many threads submit, wait, cancel, call back and shut
 * down. Each task runs exactly once or is cancelled, and is told so. */

#include "support.h"

#include <stdatomic.h>
#include <weft/parallel.h>

enum { SUBMITTERS = 4, TASKS = SANITIZED ? 1500 : 15000, BATCH = 16 };

static weft_pool *pool;
static atomic_long ran, finished, cancelled, called_back, refused;

static void *run_once(void *arg)
{
    ran++;
    return arg;
}

static void *run_nested(void *arg)
{
    weft_future inner;
    if (weft_submit(pool, &inner, run_once, arg) != WEFT_OK)
        return arg;
    if (weft_future_result(&inner, NULL) == WEFT_OK)
        finished++;
    else
        cancelled++;
    return arg;
}

static void call_back(weft_future *future, void *arg)
{
    (void)arg;
    ck_assert(weft_future_done(future));
    called_back++;
}

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 16;
}

/* Submits a batch, cancels some of it, and accounts for all. */
static bool submit_batch(unsigned *random)
{
    weft_future futures[BATCH];
    weft_future *submitted[BATCH];
    size_t n = 0;
    for (; n < BATCH; n++) {
        bool nested = next_random(random) % 4 == 0;
        if (weft_submit(pool, &futures[n], nested ? run_nested : run_once,
                        &futures[n]) != WEFT_OK)
            break;
        submitted[n] = &futures[n];
        assert_ok(weft_future_add_done_callback(&futures[n], call_back, NULL));
    }
    for (size_t i = 0; i < n; i++)
        if (next_random(random) % 8 == 0)
            (void)weft_future_cancel(&futures[i]);
    if (next_random(random) % 2 == 0)
        assert_ok(
            weft_wait(submitted, n, (weft_wait_mode)(next_random(random) % 3)));
    for (size_t i = 0; i < n; i++) {
        void *result = NULL;
        weft_status status = weft_future_result(&futures[i], &result);
        ck_assert(status == WEFT_OK || status == WEFT_CANCELLED);
        ck_assert(status != WEFT_OK || result == &futures[i]);
        ++*(status == WEFT_OK ? &finished : &cancelled);
    }
    refused += (long)(BATCH - n);
    return n == BATCH;
}

static void *submit_all(void *arg)
{
    unsigned random = (unsigned)(uintptr_t)arg;
    for (int i = 0; i < TASKS / BATCH; i++)
        if (!submit_batch(&random))
            break;
    return NULL;
}

static void run(unsigned workers, bool shut_down_early)
{
    weft_thread threads[SUBMITTERS];
    pool = weft_pool_create(.workers = workers);
    for (intptr_t i = 0; i < SUBMITTERS; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(submit_all, (void *)(i + 1));
        start(&threads[i]);
    }
    if (shut_down_early) {
        while (ran < TASKS / 4)
            weft_sleep(WEFT_US(50));
        assert_ok(
            weft_pool_shutdown(pool, .wait = true, .cancel_futures = true));
    }
    for (int i = 0; i < SUBMITTERS; i++)
        assert_ok(weft_thread_join(&threads[i]));
    assert_ok(weft_pool_destroy(pool));
    ck_assert_int_gt(called_back, 0);
    ck_assert_int_le(ran, finished);
    ck_assert_int_le(called_back, finished + cancelled);
    ck_assert_int_eq(refused > 0, shut_down_early);
}

START_TEST(one_worker)
{
    run(1, false);
}
END_TEST

START_TEST(three_workers)
{
    run(3, false);
}
END_TEST

START_TEST(shut_down_in_the_middle)
{
    for (int i = 0; i < 5; i++) {
        refused = 0;
        ran = 0;
        run(2, true);
    }
}
END_TEST

static void add_range(size_t begin, size_t end, void *total)
{
    atomic_fetch_add((atomic_long *)total, (long)(end - begin));
}

static void *loop(void *arg)
{
    for (int i = 0; i < (SANITIZED ? 50 : 500); i++) {
        atomic_long total = 0;
        assert_ok(weft_parallel_for(pool, 0, 1000, add_range, &total,
                                    .grain = i % 3 == 0 ? 0 : 10));
        ck_assert_int_eq(total, 1000);
    }
    return arg;
}

START_TEST(loops_from_many_threads_share_a_pool)
{
    weft_thread threads[SUBMITTERS];
    pool = weft_pool_create(.workers = 3);
    for (int i = 0; i < SUBMITTERS; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(loop, NULL);
        start(&threads[i]);
    }
    for (int i = 0; i < SUBMITTERS; i++)
        assert_ok(weft_thread_join(&threads[i]));
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        one_worker,
        three_workers,
        shut_down_in_the_middle,
        loops_from_many_threads_share_a_pool,
    };
    return RUN_TESTS("pool stress", tests);
}
