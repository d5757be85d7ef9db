/* SPDX-License-Identifier: MIT */

/* Who runs what, and who is woken for it: tasks inside and outside, stolen,
 * withdrawn and too many for a deque. */

#include "support.h"

#include <stdatomic.h>
#include <weft/event.h>
#include <weft/pool.h>

static weft_pool *pool;
static weft_event go;
static atomic_int ran;
static atomic_bool seen;

static void *count(void *arg)
{
    ran++;
    return arg;
}

static void *see(void *arg)
{
    seen = true;
    return arg;
}

static void *set_event(void *arg)
{
    assert_ok(weft_event_set(&go));
    return arg;
}

static void finish(void)
{
    assert_ok(weft_pool_destroy(pool));
}

/* ---- Fairness ---- */

static void *flood(void *arg)
{
    if (!seen)
        for (int i = 0; i < 2 - (ran++ > 100); i++)
            assert_ok(weft_pool_run(pool, flood, arg));
    return arg;
}

START_TEST(a_flood_of_nested_tasks_does_not_starve_one_from_outside)
{
    pool = weft_pool_create(.workers = 1);
    assert_ok(weft_pool_run(pool, flood, NULL));
    while (ran < 200)
        weft_sleep(WEFT_US(50));
    weft_future outside;
    assert_ok(weft_submit(pool, &outside, see, NULL));
    assert_ok(weft_future_result(&outside, NULL)); /* else never */
    finish();
}
END_TEST

/* ---- Stealing ---- */

/* It does not wait for the future, so nobody stands in for it: another worker
 * must come by itself. */
static void *submit_and_block(void *arg)
{
    weft_future inner;
    assert_ok(weft_submit(pool, &inner, set_event, NULL));
    assert_ok(weft_event_wait(&go));
    assert_ok(weft_future_result(&inner, NULL));
    assert_ok(weft_event_clear(&go));
    return arg;
}

START_TEST(a_nested_task_is_run_though_its_worker_is_blocked)
{
    pool = weft_pool_create(.workers = 2);
    for (int i = 0; i < (SANITIZED ? 300 : 3000); i++) {
        weft_future outer;
        assert_ok(weft_submit(pool, &outer, submit_and_block, NULL));
        assert_ok(weft_future_result(&outer, NULL));
        if (i % 100 == 0)
            weft_sleep(WEFT_MS(1)); /* now they sleep */
    }
    finish();
}
END_TEST

static atomic_int inside;

static void *meet_all(void *parties)
{
    inside++;
    while (inside < (int)(intptr_t)parties)
        weft_sleep(WEFT_US(50));
    return NULL;
}

static void *submit_meeting(void *parties)
{
    weft_future others[7];
    int n = (int)(intptr_t)parties - 1;
    for (int i = 0; i < n; i++)
        assert_ok(weft_submit(pool, &others[i], meet_all, parties));
    meet_all(parties);
    for (int i = 0; i < n; i++)
        assert_ok(weft_future_result(&others[i], NULL));
    return NULL;
}

/* Each of them must be at work, or none ever ends. */
START_TEST(as_many_workers_come_as_there_are_tasks)
{
    pool = weft_pool_create(.workers = 8);
    for (int i = 0; i < 50; i++) {
        weft_future futures[8], outer;
        inside = 0;
        for (int k = 0; k < 8; k++)
            assert_ok(weft_submit(pool, &futures[k], meet_all, (void *)8));
        for (int k = 0; k < 8; k++)
            assert_ok(weft_future_result(&futures[k], NULL));
        inside = 0;
        assert_ok(weft_submit(pool, &outer, submit_meeting, (void *)8));
        assert_ok(weft_future_result(&outer, NULL));
        if (i % 10 == 0)
            weft_sleep(WEFT_MS(1));
    }
    finish();
}
END_TEST

/* ---- More than a deque holds ---- */

enum { MANY = 2000 };

static void *submit_many(void *arg)
{
    static weft_future futures[MANY];
    for (int i = 0; i < MANY; i++)
        assert_ok(weft_submit(pool, &futures[i], count, &futures[i]));
    for (int i = 0; i < MANY; i++) {
        void *result;
        assert_ok(weft_future_result(&futures[i], &result));
        ck_assert_ptr_eq(result, &futures[i]);
    }
    return arg;
}

START_TEST(a_task_may_submit_more_than_a_deque_holds)
{
    for (unsigned workers = 1; workers <= 3; workers++) {
        weft_future outer;
        ran = 0;
        pool = weft_pool_create(.workers = workers);
        assert_ok(weft_submit(pool, &outer, submit_many, NULL));
        assert_ok(weft_future_result(&outer, NULL));
        ck_assert_int_eq(ran, MANY);
        finish();
    }
}
END_TEST

/* ---- Withdrawn from a deque ---- */

static void *submit_and_cancel(void *arg)
{
    (void)arg;
    weft_future futures[8];
    int cancelled = 0;
    for (int i = 0; i < 8; i++)
        assert_ok(weft_submit(pool, &futures[i], count, NULL));
    for (int i = 0; i < 8; i++)
        if (weft_future_cancel(&futures[i * 3 % 8]) == WEFT_OK)
            cancelled++;
    for (int i = 0; i < 8; i++)
        (void)weft_future_result(&futures[i], NULL);
    memset(futures, 0xa5, sizeof futures);
    for (size_t byte = 0; byte < sizeof futures; byte++)
        ck_assert_uint_eq(((unsigned char *)futures)[byte], 0xa5);
    return (void *)(intptr_t)cancelled;
}

START_TEST(nested_tasks_can_be_cancelled_and_their_memory_reused)
{
    for (unsigned workers = 1; workers <= 3; workers++) {
        int cancelled = 0;
        enum { TIMES = SANITIZED ? 200 : 2000 };
        ran = 0;
        pool = weft_pool_create(.workers = workers);
        for (int i = 0; i < TIMES; i++) {
            weft_future outer;
            void *result;
            assert_ok(weft_submit(pool, &outer, submit_and_cancel, NULL));
            assert_ok(weft_future_result(&outer, &result));
            cancelled += (int)(intptr_t)result;
        }
        finish();
        ck_assert_int_eq(ran + cancelled, 8 * TIMES);
        ck_assert(workers > 1 || ran == 0);
    }
}
END_TEST

static weft_future nested[4];

static void *submit_and_hold(void *arg)
{
    for (int i = 0; i < 4; i++)
        assert_ok(weft_submit(pool, &nested[i], count, NULL));
    seen = true;
    assert_ok(weft_event_wait(&go));
    return arg;
}

START_TEST(a_shutdown_cancels_nested_tasks_too)
{
    weft_future outer;
    pool = weft_pool_create(.workers = 1);
    assert_ok(weft_submit(pool, &outer, submit_and_hold, NULL));
    while (!seen)
        weft_sleep(WEFT_US(50));
    assert_ok(weft_future_cancel(&nested[2])); /* by another thread */
    assert_ok(weft_pool_shutdown(pool, .cancel_futures = true));
    for (int i = 0; i < 4; i++)
        assert_status(weft_future_result(&nested[i], NULL), WEFT_CANCELLED);
    assert_ok(weft_event_set(&go));
    assert_ok(weft_future_result(&outer, NULL));
    ck_assert_int_eq(ran, 0);
    finish();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_flood_of_nested_tasks_does_not_starve_one_from_outside,
        a_nested_task_is_run_though_its_worker_is_blocked,
        as_many_workers_come_as_there_are_tasks,
        a_task_may_submit_more_than_a_deque_holds,
        nested_tasks_can_be_cancelled_and_their_memory_reused,
        a_shutdown_cancels_nested_tasks_too,
    };
    return RUN_TESTS("pool, fair", tests);
}
