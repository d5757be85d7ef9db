/* SPDX-License-Identifier: MIT */

/* Which tasks begin first. */

#include "support.h"

#include <stdatomic.h>
#include <weft/event.h>
#include <weft/pool.h>

static weft_pool *pool;
static weft_event go;
static atomic_int began, ran;

static void set_up(void)
{
    pool = weft_pool_create(.workers = 1);
}

static void tear_down(void)
{
    assert_ok(weft_pool_destroy(pool));
}

static void *wait_to_go(void *arg)
{
    began++;
    assert_ok(weft_event_wait(&go));
    return arg;
}

static void occupy(weft_future *future)
{
    int before = began;
    assert_ok(weft_submit(pool, future, wait_to_go, NULL));
    while (began == before)
        weft_sleep(WEFT_US(100));
}

static weft_status submit_at(weft_priority priority, weft_future *future,
                             weft_target target, void *arg)
{
    const weft_submit_options options = {.priority = priority};
    return weft_submit_with(pool, future, target, arg, &options);
}

enum { MANY = 200 };
static int order[MANY];

static void *note(void *arg)
{
    order[ran++] = (int)(intptr_t)arg;
    return arg;
}

START_TEST(high_before_normal_before_low_and_each_in_order)
{
    static const weft_priority priorities[] = {
        WEFT_PRIORITY_LOW,  WEFT_PRIORITY_NORMAL, WEFT_PRIORITY_HIGH,
        WEFT_PRIORITY_HIGH, WEFT_PRIORITY_NORMAL, WEFT_PRIORITY_LOW};
    static const int expected[] = {2, 3, 1, 4, 0, 5};
    weft_future first, futures[6];
    occupy(&first);
    for (int i = 0; i < 6; i++)
        assert_ok(
            submit_at(priorities[i], &futures[i], note, (void *)(intptr_t)i));
    assert_ok(weft_event_set(&go));
    for (int i = 0; i < 6; i++)
        assert_ok(weft_future_result(&futures[i], NULL));
    ck_assert_int_eq(memcmp(order, expected, sizeof expected), 0);
}
END_TEST

START_TEST(after_sixteen_it_is_the_turn_of_a_less_urgent_one)
{
    weft_future first, futures[MANY];
    occupy(&first);
    assert_ok(submit_at(WEFT_PRIORITY_LOW, &futures[0], note, (void *)-1));
    assert_ok(submit_at(WEFT_PRIORITY_NORMAL, &futures[1], note, (void *)-2));
    for (intptr_t i = 2; i < MANY; i++)
        assert_ok(submit_at(WEFT_PRIORITY_HIGH, &futures[i], note, (void *)i));
    assert_ok(weft_event_set(&go));
    assert_ok(weft_pool_shutdown(pool, .wait = true));
    int low = 0, normal = 0;
    for (int i = 0; i < MANY; i++) {
        low = order[i] == -1 ? i : low;
        normal = order[i] == -2 ? i : normal;
    }
    ck_assert_int_gt(low, 0);
    ck_assert_int_gt(normal, 0);
    ck_assert_int_le(low, 17);
    ck_assert_int_le(normal, 18);
}
END_TEST

static atomic_bool seen;

static void *see(void *arg)
{
    seen = true;
    return arg;
}

/* Two for one: there is always another urgent one. */
static void *flood(void *arg)
{
    weft_future *futures = arg;
    int n = ran++;
    if (!seen && n < 100000)
        assert_ok(submit_at(WEFT_PRIORITY_HIGH, &futures[(n + 2) % MANY], flood,
                            futures));
    return arg;
}

START_TEST(a_flood_of_urgent_ones_starves_no_less_urgent_one)
{
    static weft_future futures[MANY];
    weft_future low;
    occupy(&low);
    for (int i = 0; i < 2; i++)
        assert_ok(submit_at(WEFT_PRIORITY_HIGH, &futures[i], flood, futures));
    weft_future other;
    assert_ok(submit_at(WEFT_PRIORITY_LOW, &other, see, NULL));
    assert_ok(weft_event_set(&go));
    assert_ok(weft_future_result(&other, NULL));
    ck_assert_int_lt(ran, 1000);
    assert_ok(weft_future_result(&low, NULL));
}
END_TEST

static void *submit_mixed(void *arg)
{
    weft_future *futures = arg;
    for (intptr_t i = 0; i < 4; i++)
        assert_ok(weft_submit(pool, &futures[i], note, (void *)i));
    assert_ok(submit_at(WEFT_PRIORITY_HIGH, &futures[4], note, (void *)4));
    assert_ok(submit_at(WEFT_PRIORITY_LOW, &futures[5], note, (void *)5));
    return arg;
}

START_TEST(nested_ones_have_priorities_too)
{
    weft_future first, futures[6];
    assert_ok(weft_submit(pool, &first, submit_mixed, futures));
    assert_ok(weft_future_result(&first, NULL));
    for (int i = 0; i < 6; i++)
        assert_ok(weft_future_result(&futures[i], NULL));
    ck_assert_int_le(order[0] == 4 ? 0 : order[1] == 4 ? 1 : 2, 1);
    ck_assert_int_eq(order[5], 5);
}
END_TEST

START_TEST(one_with_a_priority_can_be_cancelled_and_waited_for)
{
    weft_future first, high, low;
    occupy(&first);
    assert_ok(submit_at(WEFT_PRIORITY_HIGH, &high, note, NULL));
    assert_ok(submit_at(WEFT_PRIORITY_LOW, &low, note, NULL));
    assert_ok(weft_future_cancel(&high));
    assert_ok(weft_event_set(&go));
    assert_ok(weft_future_result(&low, NULL));
    assert_status(weft_future_result(&high, NULL), WEFT_CANCELLED);
    ck_assert_int_eq(ran, 1);
}
END_TEST

START_TEST(wrong_calls_are_answered)
{
    weft_future future;
    expect_misuse(submit_at((weft_priority)7, &future, note, NULL),
                  WEFT_INVALID);
    expect_misuse(submit_at(WEFT_PRIORITY_HIGH, NULL, note, NULL),
                  WEFT_INVALID);
    expect_misuse(weft_submit_with(NULL, &future, note, NULL, NULL),
                  WEFT_INVALID);
    assert_ok(weft_submit_with(pool, &future, note, NULL, NULL));
    assert_ok(weft_future_result(&future, NULL));
    assert_ok(weft_pool_shutdown(pool, .wait = false));
    assert_status(submit_at(WEFT_PRIORITY_HIGH, &future, note, NULL),
                  WEFT_SHUT_DOWN);
}
END_TEST

/* ---- Stress ---- */

enum { THREADS = 3, EACH = SANITIZED ? 500 : 5000 };

static void *count(void *arg)
{
    ran++;
    return arg;
}

static void *submit_and_cancel(void *arg)
{
    unsigned seed = (unsigned)(uintptr_t)arg;
    for (int i = 0; i < EACH; i++) {
        weft_future futures[3];
        for (int j = 0; j < 3; j++) {
            seed = seed * 1664525 + 1013904223;
            assert_ok(submit_at((weft_priority)(seed >> 16) % 3, &futures[j],
                                count, NULL));
        }
        if (weft_future_cancel(&futures[seed >> 20 & 1]) == WEFT_OK)
            ran++;
        for (int j = 0; j < 3; j++)
            (void)weft_future_result(&futures[j], NULL);
    }
    return arg;
}

START_TEST(under_stress_each_is_run_or_cancelled_once)
{
    weft_thread threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(submit_and_cancel,
                                              (void *)(uintptr_t)(i + 1));
        start(&threads[i]);
    }
    for (int i = 0; i < THREADS; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_int_eq(ran, THREADS * EACH * 3);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        high_before_normal_before_low_and_each_in_order,
        after_sixteen_it_is_the_turn_of_a_less_urgent_one,
        a_flood_of_urgent_ones_starves_no_less_urgent_one,
        nested_ones_have_priorities_too,
        one_with_a_priority_can_be_cancelled_and_waited_for,
        wrong_calls_are_answered,
        under_stress_each_is_run_or_cancelled_once,
    };
    return RUN_TESTS_AROUND("pool priority", tests, set_up, tear_down);
}
