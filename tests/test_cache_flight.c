/* SPDX-License-Identifier: MIT */

/* get_or_compute: one computation at a time for each key. */

#include "support.h"

#include <stdatomic.h>
#include <string.h>
#include <weft/cache.h>
#include <weft/event.h>

enum { KEY = 7, WAITERS = 4 };

static weft_cache *cache;
static weft_event begun, go;
static atomic_int computed;

static void set_up(void)
{
    cache = weft_cache_create(sizeof(int));
    weft_event_clear(&begun);
    weft_event_clear(&go);
    computed = 0;
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

static void put(int number, int value)
{
    assert_ok(weft_cache_set(cache, WEFT_KEY_INT(number), &value));
}

/* The key's value, or -1. */
static int get(int number)
{
    int value = -1;
    weft_status status = weft_cache_get(cache, WEFT_KEY_INT(number), &value);
    ck_assert(status == WEFT_OK || status == WEFT_NOT_FOUND);
    return value;
}

/* Ten times the key. */
static weft_status tenfold(weft_key key, void *value_out, void *ctx)
{
    static const int zero;
    (void)ctx;
    ck_assert_uint_eq((uintptr_t)value_out % _Alignof(max_align_t), 0);
    ck_assert_int_eq(memcmp(value_out, &zero, sizeof zero), 0);
    *(int *)value_out = 10 * key_of(key);
    computed++;
    return WEFT_OK;
}

/* Fails with the status at ctx, having written something. */
static weft_status refuse(weft_key key, void *value_out, void *ctx)
{
    (void)tenfold(key, value_out, NULL);
    return *(weft_status *)ctx;
}

/* Either, once it is told to go. */
static weft_status slowly(weft_key key, void *value_out, void *ctx)
{
    weft_event_set(&begun);
    assert_ok(weft_event_wait(&go));
    return ctx != NULL ? refuse(key, value_out, ctx)
                       : tenfold(key, value_out, NULL);
}

/* The status if it is not WEFT_OK, negative; else the value. */
static int compute(int number, weft_compute how, void *ctx)
{
    int value = 12345;
    weft_status status = weft_cache_get_or_compute(cache, WEFT_KEY_INT(number),
                                                   &value, how, ctx);
    if (status == WEFT_OK)
        return value;
    ck_assert_int_eq(value, 12345);
    return -(int)status;
}

static void *compute_slowly(void *status)
{
    return (void *)(intptr_t)compute(KEY, slowly, status);
}

static void *compute_fast(void *arg)
{
    (void)arg;
    return (void *)(intptr_t)compute(KEY, tenfold, NULL);
}

static int result_of(weft_thread *thread)
{
    assert_ok(weft_thread_join(thread));
    return (int)(intptr_t)weft_thread_result(thread);
}

/* A thread that computes KEY, slowly, and others that wait for it. */
static weft_thread computer, waiters[WAITERS];

static void start_flight(weft_status *status)
{
    computer = (weft_thread)WEFT_THREAD(compute_slowly, status);
    start(&computer);
    assert_ok(weft_event_wait(&begun));
}

static void start_waiters(void)
{
    for (int i = 0; i < WAITERS; i++) {
        waiters[i] = (weft_thread)WEFT_THREAD(compute_fast, NULL);
        start(&waiters[i]);
    }
    wait_until_waiting(cache, WAITERS);
}

static void expect_results(int result)
{
    weft_event_set(&go);
    ck_assert_int_eq(result_of(&computer), result);
    for (int i = 0; i < WAITERS; i++)
        ck_assert_int_eq(result_of(&waiters[i]), result);
}

/* ---- Alone ---- */

START_TEST(a_missing_value_is_computed_and_kept)
{
    ck_assert_int_eq(compute(1, tenfold, NULL), 10);
    ck_assert_int_eq(compute(1, tenfold, NULL), 10);
    ck_assert_int_eq(get(1), 10);
    put(2, 5);
    ck_assert_int_eq(compute(2, tenfold, NULL), 5);
    ck_assert_int_eq(computed, 1);
    weft_cache_info info = weft_cache_stats(cache);
    ck_assert_uint_eq(info.computations, 1);
    ck_assert_uint_eq(info.misses, 1);
    ck_assert_uint_eq(info.hits, 3);
}
END_TEST

START_TEST(a_failure_is_passed_on_and_not_kept)
{
    weft_status failure = WEFT_FAILED;
    ck_assert_int_eq(compute(1, refuse, &failure), -WEFT_FAILED);
    ck_assert_int_eq(get(1), -1);
    failure = WEFT_BUSY;
    ck_assert_int_eq(compute(1, refuse, &failure), -WEFT_BUSY);
    ck_assert_int_eq(compute(1, tenfold, NULL), 10);
    ck_assert_int_eq(computed, 3);
}
END_TEST

START_TEST(a_limit_does_not_bound_ones_own_computation)
{
    int value = -1;
    assert_ok(weft_cache_get_or_compute_timed(cache, WEFT_KEY_INT(1), &value,
                                              tenfold, NULL, 0));
    ck_assert_int_eq(value, 10);
    assert_ok(weft_cache_try_get_or_compute(cache, WEFT_KEY_INT(2), &value,
                                            tenfold, NULL));
    ck_assert_int_eq(value, 20);
    assert_ok(weft_cache_try_get_or_compute(cache, WEFT_KEY_INT(1), &value,
                                            tenfold, NULL));
    ck_assert_int_eq(value, 10);
}
END_TEST

START_TEST(capacity_counts_computed_values_too)
{
    weft_cache *one = weft_cache_create(sizeof(int), .capacity = 1);
    for (int i = 0, value = -1; i < 10; i++) {
        assert_ok(weft_cache_get_or_compute(one, WEFT_KEY_INT(i), &value,
                                            tenfold, NULL));
        ck_assert_int_eq(value, 10 * i);
        ck_assert_uint_eq(weft_cache_size(one), 1);
    }
    assert_ok(weft_cache_destroy(one));
}
END_TEST

/* ---- Waiting for another's ---- */

START_TEST(who_misses_meanwhile_gets_the_one_value)
{
    start_flight(NULL);
    start_waiters();
    ck_assert_int_eq(get(KEY), -1);
    ck_assert(!weft_cache_contains(cache, WEFT_KEY_INT(KEY)));
    ck_assert_uint_eq(weft_cache_size(cache), 0);
    ck_assert_int_eq(compute(KEY + 1, tenfold, NULL), 80); /* another key */
    expect_results(70);
    ck_assert_int_eq(computed, 2);
    ck_assert_uint_eq(weft_cache_stats(cache).computations, 2);
    ck_assert_int_eq(get(KEY), 70);
}
END_TEST

START_TEST(who_misses_meanwhile_gets_the_failure)
{
    weft_status failure = WEFT_BROKEN;
    start_flight(&failure);
    start_waiters();
    expect_results(-WEFT_BROKEN);
    ck_assert_int_eq(computed, 1);
    ck_assert_int_eq(get(KEY), -1);
    ck_assert_int_eq(compute(KEY, tenfold, NULL), 70);
}
END_TEST

START_TEST(a_stop_request_ends_the_wait_alone)
{
    start_flight(NULL);
    start_waiters();
    assert_ok(weft_thread_stop(&waiters[1]));
    ck_assert_int_eq(result_of(&waiters[1]), -WEFT_STOPPED);
    weft_event_set(&go);
    for (int i = 0; i < WAITERS; i++)
        ck_assert_int_eq(result_of(&waiters[i]), i == 1 ? -WEFT_STOPPED : 70);
    ck_assert_int_eq(result_of(&computer), 70);
}
END_TEST

START_TEST(a_time_out_and_a_try_do_not_wait_for_ever)
{
    static const weft_duration durations[] = {-1, 0, WEFT_MS(1)};
    int value = 1;
    start_flight(NULL);
    for (int i = 0; i < 3; i++)
        assert_status(weft_cache_get_or_compute_timed(cache, WEFT_KEY_INT(KEY),
                                                      &value, tenfold, NULL,
                                                      durations[i]),
                      WEFT_TIMED_OUT);
    assert_status(weft_cache_try_get_or_compute(cache, WEFT_KEY_INT(KEY),
                                                &value, tenfold, NULL),
                  WEFT_BUSY);
    ck_assert_int_eq(value, 1);
    weft_event_set(&go);
    assert_ok(weft_cache_get_or_compute_timed(cache, WEFT_KEY_INT(KEY), &value,
                                              tenfold, NULL, WEFT_FOREVER - 1));
    ck_assert_int_eq(value, 70);
    ck_assert_int_eq(result_of(&computer), 70);
}
END_TEST

/* ---- Changes meanwhile ---- */

START_TEST(a_set_meanwhile_wins)
{
    start_flight(NULL);
    start_waiters();
    put(KEY, 1);
    ck_assert_int_eq(get(KEY), 1);
    ck_assert_int_eq(compute(KEY, tenfold, NULL), 1);
    expect_results(70);
    ck_assert_int_eq(get(KEY), 1);
}
END_TEST

START_TEST(after_a_remove_meanwhile_it_is_computed_anew)
{
    start_flight(NULL);
    start_waiters();
    assert_status(weft_cache_remove(cache, WEFT_KEY_INT(KEY)), WEFT_NOT_FOUND);
    weft_status failure = WEFT_FAILED;
    ck_assert_int_eq(compute(KEY, refuse, &failure), -WEFT_FAILED);
    ck_assert_int_eq(get(KEY), -1);
    expect_results(70);
    ck_assert_int_eq(get(KEY), -1);
    ck_assert_int_eq(computed, 2);
}
END_TEST

START_TEST(after_a_clear_meanwhile_it_is_computed_anew)
{
    start_flight(NULL);
    start_waiters();
    assert_ok(weft_cache_clear(cache));
    ck_assert_int_eq(compute(KEY, tenfold, NULL), 70);
    put(KEY, 2);
    expect_results(70);
    ck_assert_int_eq(get(KEY), 2);
    ck_assert_uint_eq(weft_cache_size(cache), 1);
}
END_TEST

START_TEST(destroy_meanwhile_is_answered)
{
    start_flight(NULL);
    expect_misuse(weft_cache_destroy(cache), WEFT_BUSY);
    start_waiters();
    expect_misuse(weft_cache_destroy(cache), WEFT_BUSY);
    expect_results(70);
    ck_assert_int_eq(get(KEY), 70);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_missing_value_is_computed_and_kept,
        a_failure_is_passed_on_and_not_kept,
        a_limit_does_not_bound_ones_own_computation,
        capacity_counts_computed_values_too,
        who_misses_meanwhile_gets_the_one_value,
        who_misses_meanwhile_gets_the_failure,
        a_stop_request_ends_the_wait_alone,
        a_time_out_and_a_try_do_not_wait_for_ever,
        a_set_meanwhile_wins,
        after_a_remove_meanwhile_it_is_computed_anew,
        after_a_clear_meanwhile_it_is_computed_anew,
        destroy_meanwhile_is_answered,
    };
    return RUN_TESTS_AROUND("cache, computing", tests, set_up, tear_down);
}
