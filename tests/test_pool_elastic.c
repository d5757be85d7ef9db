/* SPDX-License-Identifier: MIT */

/* Pools whose workers end when there is nothing to do, and come back. */

#include "support.h"

#include <errno.h>
#include <stdatomic.h>
#include <time.h>
#include <weft/event.h>
#include <weft/pool.h>

static weft_pool *pool;
static weft_event go;
static atomic_int began, ran, finalised;

static void *wait_to_go(void *arg)
{
    began++;
    assert_ok(weft_event_wait(&go));
    return arg;
}

static void *count(void *arg)
{
    ran++;
    return arg;
}

static void *count_finalised(void *arg)
{
    finalised++;
    return arg;
}

static void wait_until_alive(size_t n)
{
    while (weft_active_count() != n)
        weft_sleep(WEFT_US(200));
}

/* All of its workers at once. */
static void use_all(int workers)
{
    weft_future futures[8];
    int before = began;
    assert_ok(weft_event_clear(&go));
    for (int i = 0; i < workers; i++)
        assert_ok(weft_submit(pool, &futures[i], wait_to_go, NULL));
    while (began < before + workers)
        weft_sleep(WEFT_US(100));
    assert_ok(weft_event_set(&go));
    for (int i = 0; i < workers; i++)
        assert_ok(weft_future_result(&futures[i], NULL));
}

START_TEST(idle_workers_end_and_are_started_again)
{
    pool = weft_pool_create(.workers = 4, .idle_timeout = WEFT_MS(5),
                            .finalizer = count_finalised);
    for (int round = 1; round <= 3; round++) {
        use_all(4);
        wait_until_alive(1);
        ck_assert_int_eq(finalised, 4 * round);
    }
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

START_TEST(as_many_as_asked_for_stay)
{
    pool = weft_pool_create(.workers = 4, .min_workers = 2,
                            .idle_timeout = WEFT_MS(5));
    use_all(4);
    wait_until_alive(3);
    weft_sleep(WEFT_MS(30));
    ck_assert_uint_eq(weft_active_count(), 3);
    use_all(4);
    wait_until_alive(3);
    assert_ok(weft_pool_destroy(pool));
    ck_assert_uint_eq(weft_active_count(), 1);
}
END_TEST

START_TEST(without_a_time_all_stay)
{
    pool = weft_pool_create(.workers = 3, .min_workers = 1);
    use_all(3);
    weft_sleep(WEFT_MS(30));
    ck_assert_uint_eq(weft_active_count(), 4);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

/* One task after another, each before the worker has been idle for long: the
 * one that slept last is called, and the others end. */
START_TEST(a_little_work_keeps_one_worker)
{
    pool = weft_pool_create(.workers = 4, .idle_timeout = WEFT_MS(200));
    use_all(4);
    while (weft_active_count() > 2) {
        weft_future future;
        assert_ok(weft_submit(pool, &future, count, NULL));
        assert_ok(weft_future_result(&future, NULL));
        weft_sleep(WEFT_MS(1));
    }
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

static long long processor_time(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

START_TEST(idle_ones_use_no_processor)
{
    pool = weft_pool_create(.workers = 2, .min_workers = 1,
                            .idle_timeout = WEFT_MS(1));
    use_all(2);
    wait_until_alive(2);
    weft_sleep(WEFT_MS(20));
    long long before = processor_time();
    weft_sleep(WEFT_MS(500));
    if (!SANITIZED)
        ck_assert_int_lt(processor_time() - before, 2000000);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

START_TEST(wrong_options_are_answered)
{
    weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
    ck_assert_ptr_null(weft_pool_create(.workers = 1, .min_workers = 2));
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_int_eq(misuses_, 1);
    weft_set_misuse_handler(before);
}
END_TEST

/* ---- Stress: tasks come when workers are about to end ---- */

static void come_and_go(unsigned workers, unsigned least)
{
    enum { ROUNDS = SANITIZED ? 500 : 3000 };
    pool = weft_pool_create(.workers = workers, .min_workers = least,
                            .idle_timeout = WEFT_US(60));
    for (int i = 0; i < ROUNDS; i++) {
        weft_future futures[3];
        for (int j = 0; j < 3; j++)
            assert_ok(weft_submit(pool, &futures[j], count, NULL));
        for (int j = 0; j < 3; j++)
            assert_ok(weft_future_result(&futures[j], NULL));
        weft_sleep(WEFT_US(20 + i % 60));
    }
    assert_ok(weft_pool_destroy(pool));
    ck_assert_int_eq(ran, 3 * ROUNDS);
    ck_assert_uint_eq(weft_active_count(), 1);
}

START_TEST(under_stress_one_worker_comes_and_goes)
{
    come_and_go(1, 0);
}
END_TEST

START_TEST(under_stress_three_workers_come_and_go)
{
    come_and_go(3, 1);
}
END_TEST

START_TEST(destroyed_while_they_end)
{
    for (int i = 0; i < (SANITIZED ? 100 : 500); i++) {
        pool = weft_pool_create(.workers = 2, .idle_timeout = WEFT_US(50),
                                .finalizer = count_finalised);
        assert_ok(weft_pool_run(pool, count, NULL));
        assert_ok(weft_pool_run(pool, count, NULL));
        weft_sleep(WEFT_US(i % 150));
        assert_ok(weft_pool_destroy(pool));
        ck_assert_uint_eq(weft_active_count(), 1);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        idle_workers_end_and_are_started_again,
        as_many_as_asked_for_stay,
        without_a_time_all_stay,
        a_little_work_keeps_one_worker,
        idle_ones_use_no_processor,
        wrong_options_are_answered,
        under_stress_one_worker_comes_and_goes,
        under_stress_three_workers_come_and_go,
        destroyed_while_they_end,
    };
    return RUN_TESTS("elastic pools", tests);
}
