/* SPDX-License-Identifier: MIT */

/* Groups: all succeed, or the first failure stops the rest. */

#include "support.h"

#include <stdatomic.h>
#include <weft/event.h>
#include <weft/group.h>

enum { TASKS = 20 };

static weft_pool *pool;
static weft_group group;
static weft_future futures[TASKS];
static weft_event go, never;
static atomic_int began, ran, stopped;

static void set_up(void)
{
    pool = weft_pool_create(.workers = 2);
    group = (weft_group)WEFT_GROUP(pool);
}

static void tear_down(void)
{
    assert_ok(weft_group_destroy(&group));
    assert_ok(weft_pool_destroy(pool));
}

static void *count(void *arg)
{
    ran++;
    return arg;
}

static void *fail_after_go(void *arg)
{
    began++;
    assert_ok(weft_event_wait(&go));
    return weft_fail((int)(intptr_t)arg, "no luck");
}

static void *wait_for_ever(void *arg)
{
    began++;
    stopped += weft_event_wait(&never) == WEFT_STOPPED;
    return arg;
}

static void *wait_to_go(void *arg)
{
    began++;
    assert_ok(weft_event_wait(&go));
    return arg;
}

static void submit(int i, weft_target target, void *arg)
{
    assert_ok(weft_group_submit(&group, &futures[i], target, arg));
}

static void wait_until_began(int n)
{
    while (began < n)
        weft_sleep(WEFT_US(100));
}

/* ---- Succeeding ---- */

START_TEST(a_wait_waits_for_all)
{
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < TASKS; i++)
            submit(i, count, &futures[i]);
        assert_ok(weft_group_wait(&group));
        ck_assert_uint_eq(weft_group_unfinished(&group), 0);
        ck_assert_int_eq(ran, (round + 1) * TASKS);
        for (int i = 0; i < TASKS; i++) {
            void *value;
            assert_ok(weft_future_try_result(&futures[i], &value));
            ck_assert_ptr_eq(value, &futures[i]);
        }
    }
    ck_assert_ptr_null(weft_group_error(&group));
}
END_TEST

START_TEST(an_empty_group_is_complete)
{
    static weft_group zeroed;
    assert_ok(weft_group_wait(&zeroed));
    assert_ok(weft_group_try_wait(&zeroed));
    assert_ok(weft_group_destroy(&zeroed));
    assert_ok(weft_group_destroy(NULL));
}
END_TEST

START_TEST(a_zeroed_group_runs_on_the_default_pool)
{
    static weft_group zeroed;
    assert_ok(weft_group_submit(&zeroed, &futures[0], count, NULL));
    assert_ok(weft_group_wait(&zeroed));
    ck_assert_ptr_eq(zeroed.pool, weft_default_pool());
    ck_assert_int_eq(ran, 1);
}
END_TEST

START_TEST(a_wait_may_time_out_and_be_repeated)
{
    submit(0, wait_to_go, NULL);
    assert_status(weft_group_try_wait(&group), WEFT_BUSY);
    assert_status(weft_group_wait_timed(&group, WEFT_MS(5)), WEFT_TIMED_OUT);
    ck_assert_uint_eq(weft_group_unfinished(&group), 1);
    assert_ok(weft_event_set(&go));
    assert_ok(weft_group_wait_timed(&group, WEFT_FOREVER));
}
END_TEST

/* ---- Failing ---- */

START_TEST(the_first_failure_stops_the_rest)
{
    submit(0, fail_after_go, (void *)7);
    submit(1, wait_for_ever, NULL);
    wait_until_began(2);
    for (int i = 2; i < TASKS; i++)
        submit(i, count, NULL);
    assert_ok(weft_event_set(&go));
    assert_status(weft_group_wait(&group), WEFT_FAILED);
    ck_assert_int_eq(weft_group_error(&group)->code, 7);
    ck_assert_str_eq(weft_group_error(&group)->message, "no luck");
    ck_assert_int_eq(stopped, 1);
    ck_assert_int_eq(ran, 0);
    for (int i = 2; i < TASKS; i++)
        assert_status(weft_future_try_result(&futures[i], NULL),
                      WEFT_CANCELLED);
    submit(0, count, NULL); /* as new */
    assert_ok(weft_group_wait(&group));
    ck_assert_ptr_null(weft_group_error(&group));
}
END_TEST

START_TEST(the_first_error_is_told_and_later_tasks_are_refused)
{
    submit(0, fail_after_go, (void *)1);
    assert_ok(weft_event_set(&go));
    assert_status(weft_future_result(&futures[0], NULL), WEFT_FAILED);
    assert_status(weft_group_submit(&group, &futures[1], count, NULL),
                  WEFT_CANCELLED);
    expect_misuse(weft_future_result(&futures[1], NULL), WEFT_NOT_STARTED);
    assert_status(weft_group_wait(&group), WEFT_FAILED);
    ck_assert_int_eq(weft_group_error(&group)->code, 1);
    ck_assert_int_eq(ran, 0);
}
END_TEST

static void *fail_when_stopped(void *arg)
{
    began++;
    if (weft_event_wait(&never) == WEFT_STOPPED)
        return weft_fail(99, "stopped");
    return arg;
}

START_TEST(who_fails_because_it_was_stopped_is_not_the_first)
{
    submit(0, fail_when_stopped, NULL);
    submit(1, fail_after_go, (void *)3);
    wait_until_began(2);
    assert_ok(weft_event_set(&go));
    assert_status(weft_group_wait(&group), WEFT_FAILED);
    ck_assert_int_eq(weft_group_error(&group)->code, 3);
}
END_TEST

/* ---- Stopping ---- */

START_TEST(a_stop_request_reaches_all)
{
    submit(0, wait_for_ever, NULL);
    submit(1, wait_for_ever, NULL);
    wait_until_began(2);
    submit(2, count, NULL);
    assert_ok(weft_group_stop(&group));
    assert_ok(weft_group_stop(&group)); /* again */
    assert_status(weft_group_wait(&group), WEFT_CANCELLED);
    ck_assert_int_eq(stopped, 2);
    ck_assert_int_eq(ran, 0);
}
END_TEST

START_TEST(one_cancelled_by_itself_stops_nobody)
{
    submit(0, wait_to_go, NULL);
    submit(1, wait_to_go, NULL);
    wait_until_began(2);
    submit(2, count, NULL);
    submit(3, count, NULL);
    assert_ok(weft_future_cancel(&futures[2]));
    assert_ok(weft_event_set(&go));
    assert_status(weft_group_wait(&group), WEFT_CANCELLED);
    ck_assert_int_eq(ran, 1);
}
END_TEST

static void *wait_for_group(void *arg)
{
    (void)arg;
    return (void *)(intptr_t)weft_group_wait(&group);
}

START_TEST(a_stopped_waiter_leaves_the_tasks_alone)
{
    weft_thread waiter = WEFT_THREAD(wait_for_group, NULL);
    submit(0, wait_to_go, NULL);
    start(&waiter);
    wait_until_waiting(&group, 1);
    expect_misuse(weft_group_wait(&group), WEFT_BUSY); /* one at a time */
    assert_ok(weft_thread_stop(&waiter));
    assert_ok(weft_thread_join(&waiter));
    ck_assert_int_eq((int)(intptr_t)weft_thread_result(&waiter), WEFT_STOPPED);
    assert_ok(weft_event_set(&go));
    assert_ok(weft_group_wait(&group));
}
END_TEST

static void *destroy_group(void *arg)
{
    assert_ok(weft_thread_stop(weft_current_thread()));
    assert_ok(weft_group_destroy(&group));
    return arg;
}

START_TEST(destroy_stops_and_waits_even_if_stopped_itself)
{
    weft_thread destroyer = WEFT_THREAD(destroy_group, NULL);
    submit(0, wait_for_ever, NULL);
    submit(1, wait_for_ever, NULL);
    wait_until_began(2);
    start(&destroyer);
    assert_ok(weft_thread_join(&destroyer));
    ck_assert_int_eq(stopped, 2);
    ck_assert(weft_future_done(&futures[0]) && weft_future_done(&futures[1]));
    assert_ok(weft_group_wait(&group));
}
END_TEST

START_TEST(a_closed_or_broken_pool_is_told)
{
    submit(0, wait_to_go, NULL);
    submit(1, wait_to_go, NULL);
    wait_until_began(2);
    submit(2, count, NULL);
    assert_ok(weft_pool_shutdown(pool, .cancel_futures = true));
    assert_status(weft_group_submit(&group, &futures[3], count, NULL),
                  WEFT_SHUT_DOWN);
    assert_ok(weft_event_set(&go));
    assert_status(weft_group_wait(&group), WEFT_CANCELLED);
    weft_pool *broken =
        weft_pool_create(.workers = 1, .initializer = fail_after_go);
    weft_group other = WEFT_GROUP(broken);
    assert_ok(weft_event_clear(&go));
    assert_ok(weft_group_submit(&other, &futures[0], count, NULL));
    assert_ok(weft_event_set(&go));
    assert_status(weft_group_wait(&other), WEFT_BROKEN);
    assert_ok(weft_pool_destroy(broken));
}
END_TEST

START_TEST(wrong_calls_are_answered)
{
    expect_misuse(weft_group_submit(NULL, &futures[0], count, NULL),
                  WEFT_INVALID);
    expect_misuse(weft_group_submit(&group, NULL, count, NULL), WEFT_INVALID);
    expect_misuse(weft_group_submit(&group, &futures[0], NULL, NULL),
                  WEFT_INVALID);
    expect_misuse(weft_group_wait(NULL), WEFT_INVALID);
    expect_misuse(weft_group_stop(NULL), WEFT_INVALID);
    ck_assert_ptr_null(weft_group_error(NULL));
    ck_assert_uint_eq(weft_group_unfinished(NULL), 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_wait_waits_for_all,
        an_empty_group_is_complete,
        a_zeroed_group_runs_on_the_default_pool,
        a_wait_may_time_out_and_be_repeated,
        the_first_failure_stops_the_rest,
        the_first_error_is_told_and_later_tasks_are_refused,
        who_fails_because_it_was_stopped_is_not_the_first,
        a_stop_request_reaches_all,
        one_cancelled_by_itself_stops_nobody,
        a_stopped_waiter_leaves_the_tasks_alone,
        destroy_stops_and_waits_even_if_stopped_itself,
        a_closed_or_broken_pool_is_told,
        wrong_calls_are_answered,
    };
    return RUN_TESTS_AROUND("group", tests, set_up, tear_down);
}
