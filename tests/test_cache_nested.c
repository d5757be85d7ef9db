/* SPDX-License-Identifier: MIT */

/* Computations that use the cache that they compute for. */

#include "support.h"

#include <stdatomic.h>
#include <string.h>
#include <weft/cache.h>
#include <weft/event.h>
#include <weft/pool.h>

static weft_cache *cache;
static atomic_int computed;

static void set_up(void)
{
    cache = weft_cache_create(sizeof(int));
}

static void tear_down(void)
{
    assert_ok(weft_cache_destroy(cache));
}

static int key_of(weft_key key)
{
    int64_t number;
    ck_assert_uint_eq(key.size, sizeof number);
    memcpy(&number, key.bytes, sizeof number);
    return (int)number;
}

/* Ten times the key. */
static weft_status tenfold(weft_key key, void *value_out, void *ctx)
{
    (void)ctx;
    *(int *)value_out = 10 * key_of(key);
    computed++;
    return WEFT_OK;
}

static int compute(int number, weft_compute how, void *ctx)
{
    int value = -1;
    assert_ok(weft_cache_get_or_compute(cache, WEFT_KEY_INT(number), &value,
                                        how, ctx));
    return value;
}

static weft_status destroy_own(weft_key key, void *value_out, void *ctx)
{
    expect_misuse(weft_cache_destroy(cache), WEFT_BUSY);
    return tenfold(key, value_out, ctx);
}

START_TEST(a_computation_cannot_destroy_its_cache)
{
    ck_assert_int_eq(compute(1, destroy_own, NULL), 10);
}
END_TEST

static weft_status ask_for_own_key(weft_key key, void *value_out, void *ctx)
{
    int value = 1;
    expect_misuse(weft_cache_get_or_compute(cache, key, &value, tenfold, ctx),
                  WEFT_DEADLOCK);
    expect_misuse(
        weft_cache_try_get_or_compute(cache, key, &value, tenfold, ctx),
        WEFT_DEADLOCK);
    expect_misuse(weft_cache_get_or_compute_timed(cache, key, &value, tenfold,
                                                  ctx, WEFT_SECONDS(10)),
                  WEFT_DEADLOCK);
    ck_assert_int_eq(value, 1);
    return tenfold(key, value_out, ctx);
}

START_TEST(asking_for_the_key_that_one_computes_is_answered)
{
    ck_assert_int_eq(compute(3, ask_for_own_key, NULL), 30);
    ck_assert_int_eq(computed, 1);
}
END_TEST

static weft_status sum_below(weft_key key, void *value_out, void *ctx)
{
    int number = key_of(key);
    int below = number > 0 ? compute(number - 1, sum_below, ctx) : 0;
    *(int *)value_out = below + number;
    return WEFT_OK;
}

START_TEST(asking_for_other_keys_is_fine)
{
    ck_assert_int_eq(compute(100, sum_below, NULL), 5050);
    ck_assert_uint_eq(weft_cache_size(cache), 101);
    ck_assert_int_eq(compute(50, tenfold, NULL), 1275);
}
END_TEST

static weft_status change_own_key(weft_key key, void *value_out, void *ctx)
{
    int value = 1;
    assert_ok(weft_cache_set(cache, key, &value));
    assert_ok(weft_cache_get(cache, key, &value));
    ck_assert_int_eq(value, 1);
    assert_ok(weft_cache_remove(cache, key));
    /* No longer the same computation. */
    assert_ok(weft_cache_get_or_compute(cache, key, &value, tenfold, ctx));
    ck_assert_int_eq(value, 50);
    *(int *)value_out = 51;
    return WEFT_OK;
}

START_TEST(a_computation_may_set_and_remove_its_own_key)
{
    ck_assert_int_eq(compute(5, change_own_key, NULL), 51);
    ck_assert_int_eq(compute(5, tenfold, NULL), 50);
    ck_assert_int_eq(computed, 1);
}
END_TEST

/* `in_circle` threads, each computing its key and asking, once all have begun,
 * for the next one's. */
static int in_circle;
static weft_event go;
static atomic_int arrived, refused;
static weft_duration patience;

static weft_status ask_for_next_key(weft_key key, void *value_out, void *ctx)
{
    int64_t next = (key_of(key) + 1) % in_circle;
    if (++arrived == in_circle)
        weft_event_set(&go);
    assert_ok(weft_event_wait(&go));
    weft_status status = weft_cache_get_or_compute_timed(
        cache, weft_key_int(&next), value_out, tenfold, ctx, patience);
    if (status != WEFT_OK) {
        refused++;
        assert_status(status, patience == WEFT_FOREVER ? WEFT_DEADLOCK
                                                       : WEFT_TIMED_OUT);
        *(int *)value_out = 99;
    }
    return WEFT_OK;
}

static int result_of(weft_thread *thread)
{
    assert_ok(weft_thread_join(thread));
    return (int)(intptr_t)weft_thread_result(thread);
}

static void *join_circle(void *number)
{
    return (void *)(intptr_t)compute((int)(intptr_t)number, ask_for_next_key,
                                     NULL);
}

static void go_round(int n, weft_duration limit)
{
    weft_thread threads[4];
    in_circle = n;
    patience = limit;
    arrived = refused = 0;
    weft_event_clear(&go);
    assert_ok(weft_cache_clear(cache));
    for (intptr_t i = 0; i < n; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(join_circle, (void *)i);
        start(&threads[i]);
    }
    for (int i = 0; i < n; i++)
        ck_assert_int_eq(result_of(&threads[i]), 99);
}

START_TEST(a_circle_is_answered_once)
{
    for (int n = 2; n <= 4; n++) {
        weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
        misuses_ = 0;
        go_round(n, WEFT_FOREVER);
        weft_set_misuse_handler(before);
        ck_assert_int_eq(misuses_, 1);
        ck_assert_int_eq(last_misuse_.status, WEFT_DEADLOCK);
        ck_assert_int_eq(refused, 1);
    }
}
END_TEST

START_TEST(a_circle_of_limited_waits_is_none)
{
    weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
    go_round(3, WEFT_MS(1));
    weft_set_misuse_handler(before);
    ck_assert_int_eq(misuses_, 0);
    ck_assert_int_ge(refused, 1);
}
END_TEST

/* ---- Pools ---- */

static weft_pool *pool;

static void *ask_in_task(void *number)
{
    return (void *)(intptr_t)compute((int)(intptr_t)number, tenfold, NULL);
}

/* The pool's one worker waits for this computation, which needs the pool. */
static weft_status use_the_pool(weft_key key, void *value_out, void *asks)
{
    weft_future helps;
    assert_ok(weft_submit(pool, asks, ask_in_task, (void *)1));
    wait_until_waiting(cache, 1);
    assert_ok(weft_submit(pool, &helps, ask_in_task, (void *)2));
    assert_ok(weft_future_result(&helps, NULL));
    return tenfold(key, value_out, NULL);
}

START_TEST(a_computation_may_need_the_pool_whose_worker_waits_for_it)
{
    weft_future asks;
    void *value;
    pool = weft_pool_create(.workers = 1);
    ck_assert_int_eq(compute(1, use_the_pool, &asks), 10);
    assert_ok(weft_future_result(&asks, &value));
    ck_assert_ptr_eq(value, (void *)10);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_computation_cannot_destroy_its_cache,
        asking_for_the_key_that_one_computes_is_answered,
        asking_for_other_keys_is_fine,
        a_computation_may_set_and_remove_its_own_key,
        a_circle_is_answered_once,
        a_circle_of_limited_waits_is_none,
        a_computation_may_need_the_pool_whose_worker_waits_for_it,
    };
    return RUN_TESTS_AROUND("cache, nested", tests, set_up, tear_down);
}
