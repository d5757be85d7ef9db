/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <errno.h>
#include <weft/event.h>
#include <weft/pool.h>

enum { N = 4 };

static weft_pool *pool;
static weft_event go[N];
static weft_future futures[N];
static weft_future *all[N];

static void *wait_to_go(void *event)
{
    weft_event_wait(event);
    return event;
}

static void *wait_then_fail(void *event)
{
    weft_event_wait(event);
    return weft_fail(1, "no luck");
}

/* Each future ends when its event is set. */
static void set_up(void)
{
    pool = weft_pool_create(.workers = N);
    for (int i = 0; i < N; i++) {
        all[i] = &futures[i];
        assert_ok(weft_submit(pool, &futures[i],
                              i == 2 ? wait_then_fail : wait_to_go, &go[i]));
    }
}

static void tear_down(void)
{
    for (int i = 0; i < N; i++)
        weft_event_set(&go[i]);
    assert_ok(weft_pool_destroy(pool));
}

static void finish(int i)
{
    weft_event_set(&go[i]);
    (void)weft_future_result(&futures[i], NULL);
}

static weft_wait_mode mode;

static void *wait_in_mode(void *arg)
{
    (void)arg;
    return (void *)(intptr_t)weft_wait(all, N, mode);
}

/* Runs weft_wait in a thread; `before` must not be enough for it, `last` is. */
static void expect_wait(weft_wait_mode wanted, int before, int last)
{
    mode = wanted;
    weft_thread waiter = WEFT_THREAD(wait_in_mode, NULL);
    start(&waiter);
    if (before >= 0)
        finish(before);
    assert_status(weft_try_wait(all, N, wanted), WEFT_BUSY);
    assert_status(weft_wait_timed(all, N, wanted, WEFT_MS(1)), WEFT_TIMED_OUT);
    assert_status(weft_thread_try_join(&waiter), WEFT_BUSY);
    weft_event_set(&go[last]);
    assert_ok(weft_thread_join(&waiter));
    ck_assert_ptr_null(weft_thread_result(&waiter));
    assert_ok(weft_wait(all, N, wanted));
}

START_TEST(wait_for_the_first_completed)
{
    expect_wait(WEFT_FIRST_COMPLETED, -1, 3);
    ck_assert(weft_future_done(&futures[3]));
    ck_assert(!weft_future_done(&futures[0]));
}
END_TEST

START_TEST(wait_for_the_first_failed)
{
    expect_wait(WEFT_FIRST_FAILED, 1, 2);
    ck_assert(!weft_future_done(&futures[0]));
}
END_TEST

START_TEST(wait_for_all)
{
    finish(0);
    finish(2);
    expect_wait(WEFT_ALL_COMPLETED, 3, 1);
}
END_TEST

START_TEST(without_a_failure_first_failed_waits_for_all)
{
    weft_future *const fine[] = {&futures[0], &futures[1], &futures[0]};
    finish(0);
    assert_status(weft_wait_timed(fine, 3, WEFT_FIRST_FAILED, WEFT_MS(1)),
                  WEFT_TIMED_OUT);
    finish(1);
    assert_ok(weft_wait(fine, 3, WEFT_FIRST_FAILED));
}
END_TEST

START_TEST(a_cancelled_future_is_done_for_all_of_them)
{
    weft_future extra, *got;
    weft_future *const one[] = {&extra};
    assert_ok(weft_submit(pool, &extra, wait_to_go, &go[0]));
    assert_ok(weft_future_cancel(&extra));
    assert_ok(weft_wait(one, 1, WEFT_ALL_COMPLETED));
    assert_ok(weft_wait(one, 1, WEFT_FIRST_COMPLETED));
    assert_ok(weft_wait(one, 1, WEFT_FIRST_FAILED));
    weft_completions *completions = weft_as_completed(one, 1);
    assert_ok(weft_completions_next(completions, &got));
    ck_assert_ptr_eq(got, &extra);
    weft_completions_destroy(completions);
}
END_TEST

START_TEST(nothing_to_wait_for_is_no_wait)
{
    weft_future *got;
    assert_ok(weft_wait(NULL, 0, WEFT_ALL_COMPLETED));
    assert_ok(weft_wait(NULL, 0, WEFT_FIRST_COMPLETED));
    weft_completions *completions = weft_as_completed(NULL, 0);
    assert_status(weft_completions_next(completions, &got), WEFT_EMPTY);
    weft_completions_destroy(completions);
}
END_TEST

START_TEST(done_ones_come_first_then_in_order_of_completion)
{
    weft_future *got;
    finish(3);
    finish(1);
    weft_completions *completions = weft_as_completed(all, N);
    assert_ok(weft_completions_try_next(completions, &got));
    ck_assert_ptr_eq(got, &futures[1]); /* the array's order */
    finish(2);
    assert_ok(weft_completions_next(completions, &got));
    ck_assert_ptr_eq(got, &futures[3]);
    assert_ok(weft_completions_next(completions, &got));
    ck_assert_ptr_eq(got, &futures[2]);
    finish(0);
    assert_ok(weft_completions_next(completions, &got));
    ck_assert_ptr_eq(got, &futures[0]);
    assert_status(weft_completions_next(completions, &got), WEFT_EMPTY);
    weft_completions_destroy(completions);
}
END_TEST

START_TEST(a_time_out_tells_how_many_are_unfinished)
{
    weft_future *got = NULL;
    weft_completions *completions = weft_as_completed(all, N);
    finish(0);
    assert_ok(weft_completions_next_timed(completions, &got, WEFT_SECONDS(50)));
    assert_status(weft_completions_next_timed(completions, &got, WEFT_MS(1)),
                  WEFT_TIMED_OUT);
    assert_status(weft_completions_try_next(completions, &got), WEFT_BUSY);
    ck_assert_uint_eq(weft_completions_unfinished(completions), 3);
    ck_assert_uint_eq(weft_completions_unfinished(NULL), 0);
    weft_completions_destroy(completions); /* early */
    weft_completions_destroy(NULL);
}
END_TEST

START_TEST(the_same_future_twice_comes_out_once)
{
    weft_future *twice[] = {&futures[0], &futures[1], &futures[0]}, *got;
    finish(0);
    finish(1);
    weft_completions *completions = weft_as_completed(twice, 3);
    ck_assert_uint_eq(weft_completions_unfinished(completions), 2);
    assert_ok(weft_completions_next(completions, &got));
    assert_ok(weft_completions_next(completions, &got));
    assert_status(weft_completions_next(completions, &got), WEFT_EMPTY);
    weft_completions_destroy(completions);
    assert_ok(weft_wait(twice, 3, WEFT_ALL_COMPLETED));
    assert_ok(weft_wait(twice, 3, WEFT_FIRST_FAILED));
}
END_TEST

static void *stopped_wait(void *arg)
{
    weft_future *got;
    weft_completions *completions = weft_as_completed(all, N);
    weft_event_set(arg);
    weft_status status = weft_completions_next(completions, &got);
    weft_completions_destroy(completions);
    ck_assert_int_eq((int)weft_wait(all, N, WEFT_FIRST_COMPLETED), (int)status);
    ck_assert_int_eq((int)weft_wait(all, N, WEFT_ALL_COMPLETED), (int)status);
    return (void *)(intptr_t)status;
}

START_TEST(a_stop_request_ends_the_waits)
{
    weft_event begun = {0};
    weft_thread waiter = WEFT_THREAD(stopped_wait, &begun);
    start(&waiter);
    weft_event_wait(&begun);
    assert_ok(weft_thread_stop(&waiter));
    assert_ok(weft_thread_join(&waiter));
    ck_assert_ptr_eq(weft_thread_result(&waiter), (void *)WEFT_STOPPED);
}
END_TEST

static void *foreign_next(void *completions)
{
    weft_future *got;
    return (void *)(intptr_t)weft_completions_next(completions, &got);
}

START_TEST(wrong_calls_are_answered)
{
    weft_future never = {.state_ = 0}, *got;
    weft_future *const wrong[] = {&futures[0], &never};
    weft_future *const null[] = {NULL};
    expect_misuse(weft_wait(wrong, 2, WEFT_ALL_COMPLETED), WEFT_NOT_STARTED);
    expect_misuse(weft_wait(null, 1, WEFT_ALL_COMPLETED), WEFT_INVALID);
    expect_misuse(weft_wait(NULL, 1, WEFT_ALL_COMPLETED), WEFT_INVALID);
    expect_misuse(weft_wait(all, N, (weft_wait_mode)9), WEFT_INVALID);
    expect_misuse(weft_completions_next(NULL, &got), WEFT_INVALID);
    weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
    misuses_ = 0;
    errno = 0;
    ck_assert_ptr_null(weft_as_completed(wrong, 2));
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_int_eq(misuses_, 1);
    weft_completions *completions = weft_as_completed(all, N);
    weft_thread foreign = WEFT_THREAD(foreign_next, completions);
    start(&foreign);
    assert_ok(weft_thread_join(&foreign));
    ck_assert_ptr_eq(weft_thread_result(&foreign), (void *)WEFT_NOT_OWNER);
    ck_assert_int_eq(misuses_, 2);
    weft_set_misuse_handler(before);
    weft_completions_destroy(completions);
}
END_TEST

static void *echo(void *arg)
{
    return arg;
}

START_TEST(thousands_come_out_once_each)
{
    enum { MANY = SANITIZED ? 2000 : 10000 };
    static weft_future many[MANY], *pointers[MANY], *got;
    static int seen[MANY];
    tear_down();
    pool = weft_pool_create(.workers = 3);
    for (int i = 0; i < MANY; i++) {
        pointers[i] = &many[i];
        assert_ok(weft_submit(pool, &many[i], echo, &seen[i]));
    }
    weft_completions *completions = weft_as_completed(pointers, MANY);
    while (weft_completions_next(completions, &got) == WEFT_OK) {
        void *count;
        assert_ok(weft_future_result(got, &count));
        ++*(int *)count;
    }
    weft_completions_destroy(completions);
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(seen[i], 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        wait_for_the_first_completed,
        wait_for_the_first_failed,
        wait_for_all,
        without_a_failure_first_failed_waits_for_all,
        a_cancelled_future_is_done_for_all_of_them,
        nothing_to_wait_for_is_no_wait,
        done_ones_come_first_then_in_order_of_completion,
        a_time_out_tells_how_many_are_unfinished,
        the_same_future_twice_comes_out_once,
        a_stop_request_ends_the_waits,
        wrong_calls_are_answered,
        thousands_come_out_once_each,
    };
    return RUN_TESTS_AROUND("many futures", tests, set_up, tear_down);
}
