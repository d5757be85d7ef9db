/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <stdatomic.h>
#include <string.h>
#include <weft/event.h>
#include <weft/pool.h>

static weft_pool *pool;
static weft_event go;
static atomic_int began;

static void *echo(void *arg)
{
    return arg;
}

static void *wait_to_go(void *arg)
{
    began++;
    weft_event_wait(&go);
    return arg;
}

static void *give_up(void *arg)
{
    return weft_fail((int)(intptr_t)arg, "no %s today", "luck");
}

static void set_up(void)
{
    pool = weft_pool_create(.workers = 1);
    ck_assert_ptr_nonnull(pool);
}

static void tear_down(void)
{
    weft_event_set(&go);
    assert_ok(weft_pool_destroy(pool));
}

static void submit(weft_future *future, weft_target target, void *arg)
{
    assert_ok(weft_submit(pool, future, target, arg));
}

/* Submits a task and waits until it keeps the one worker busy. */
static void keep_busy(weft_future *future)
{
    int before = began;
    submit(future, wait_to_go, NULL);
    while (began == before)
        weft_sleep(WEFT_US(100));
}

START_TEST(a_future_fits_a_cache_line)
{
    ck_assert_uint_le(sizeof(weft_future), 64);
}
END_TEST

START_TEST(the_result_comes_back)
{
    int value;
    void *got = NULL;
    weft_future future;
    submit(&future, echo, &value);
    assert_ok(weft_future_result(&future, &got));
    ck_assert_ptr_eq(got, &value);
    ck_assert(weft_future_done(&future));
    ck_assert(!weft_future_running(&future));
    ck_assert(!weft_future_cancelled(&future));
    ck_assert_ptr_null(weft_future_error(&future));
    assert_ok(weft_future_result(&future, NULL)); /* any number of times */
    assert_ok(weft_future_result_timed(&future, &got, 0));
    assert_ok(weft_future_try_result(&future, &got));
}
END_TEST

START_TEST(pending_running_and_time_out_are_told)
{
    weft_future first, second;
    void *got = &got;
    keep_busy(&first);
    submit(&second, echo, NULL);
    ck_assert(weft_future_running(&first));
    ck_assert(!weft_future_running(&second));
    ck_assert(!weft_future_done(&second));
    assert_status(weft_future_try_result(&second, &got), WEFT_BUSY);
    assert_status(weft_future_result_timed(&second, &got, -1), WEFT_TIMED_OUT);
    assert_status(weft_future_result_timed(&second, &got, WEFT_MS(1)),
                  WEFT_TIMED_OUT);
    ck_assert_ptr_eq(got, &got);
    weft_event_set(&go);
    assert_ok(weft_future_result(&second, &got));
    ck_assert_ptr_null(got);
}
END_TEST

START_TEST(a_failure_has_code_and_text)
{
    weft_future future;
    void *got = &got;
    submit(&future, give_up, (void *)42);
    assert_status(weft_future_result(&future, &got), WEFT_FAILED);
    ck_assert_ptr_eq(got, &got);
    const weft_error *error = weft_future_error(&future);
    ck_assert_ptr_nonnull(error);
    ck_assert_int_eq(error->code, 42);
    ck_assert_str_eq(error->message, "no luck today");
}
END_TEST

START_TEST(a_failed_task_does_not_end_its_worker)
{
    weft_future future;
    for (int i = 0; i < 10; i++) {
        submit(&future, give_up, NULL);
        assert_status(weft_future_result(&future, NULL), WEFT_FAILED);
    }
    ck_assert_uint_eq(weft_active_count(), 2);
}
END_TEST

START_TEST(the_code_outlives_the_text)
{
    weft_future first, future;
    submit(&first, give_up, (void *)7);
    for (int i = 0; i < WEFT_KEPT_FAILURES; i++) {
        submit(&future, give_up, (void *)1);
        assert_status(weft_future_result(&future, NULL), WEFT_FAILED);
    }
    ck_assert_int_eq(weft_future_error(&first)->code, 7);
    ck_assert_str_ne(weft_future_error(&first)->message, "no luck today");
    ck_assert_str_eq(weft_future_error(&future)->message, "no luck today");
}
END_TEST

/* ---- Cancelling ---- */

static void *wait_result(void *future)
{
    return (void *)(intptr_t)weft_future_result(future, NULL);
}

START_TEST(cancel_works_while_pending_and_wakes_who_waits)
{
    weft_future first, second;
    keep_busy(&first);
    submit(&second, echo, NULL);
    weft_thread waiter = WEFT_THREAD(wait_result, &second);
    start(&waiter);
    wait_until_waiting(&second, 1);
    assert_ok(weft_future_cancel(&second));
    assert_ok(weft_future_cancel(&second));
    assert_ok(weft_thread_join(&waiter));
    ck_assert_int_eq((int)(intptr_t)weft_thread_result(&waiter),
                     WEFT_CANCELLED);
    ck_assert(weft_future_cancelled(&second));
    ck_assert(weft_future_done(&second));
    assert_status(weft_future_result(&second, NULL), WEFT_CANCELLED);
    assert_status(weft_future_cancel(&first), WEFT_ALREADY_STARTED);
    weft_event_set(&go);
    assert_ok(weft_future_result(&first, NULL));
    assert_status(weft_future_cancel(&first), WEFT_ALREADY_STARTED);
}
END_TEST

START_TEST(cancel_leaves_the_others_in_order)
{
    weft_future first, futures[5];
    keep_busy(&first);
    for (intptr_t i = 0; i < 5; i++)
        submit(&futures[i], echo, (void *)i);
    static const int cancelled[] = {0, 4, 2}; /* ends and middle */
    for (int i = 0; i < 3; i++)
        assert_ok(weft_future_cancel(&futures[cancelled[i]]));
    weft_event_set(&go);
    void *got;
    assert_ok(weft_future_result(&futures[1], &got));
    ck_assert_ptr_eq(got, (void *)1);
    assert_ok(weft_future_result(&futures[3], &got));
    ck_assert_ptr_eq(got, (void *)3);
}
END_TEST

START_TEST(a_stop_request_ends_the_wait_for_a_result)
{
    weft_future first;
    keep_busy(&first);
    weft_thread waiter = WEFT_THREAD(wait_result, &first);
    start(&waiter);
    wait_until_waiting(&first, 1);
    assert_ok(weft_thread_stop(&waiter));
    assert_ok(weft_thread_join(&waiter));
    ck_assert_int_eq((int)(intptr_t)weft_thread_result(&waiter), WEFT_STOPPED);
    weft_event_set(&go);
    assert_ok(weft_future_result(&first, NULL));
}
END_TEST

/* ---- Callbacks ---- */

struct heard {
    char order[16];
    void *result;
    weft_status status;
};

static struct heard heard;

static void hear(weft_future *future, void *letter)
{
    strncat(heard.order, letter, 1);
    heard.status = weft_future_result(future, &heard.result);
    ck_assert(weft_future_done(future));
}

static char a[] = "a", b[] = "b", c[] = "c", d[] = "d";

static void add(weft_future *future, char *letter)
{
    assert_ok(weft_future_add_done_callback(future, hear, letter));
}

static void hear_and_add(weft_future *future, void *letter)
{
    hear(future, letter);
    add(future, d);
}

START_TEST(callbacks_run_once_each_in_order)
{
    weft_future future;
    keep_busy(&future);
    add(&future, a);
    add(&future, b);
    assert_ok(weft_future_add_done_callback(&future, hear_and_add, c));
    ck_assert_str_eq(heard.order, "");
    weft_event_set(&go);
    assert_ok(weft_future_result(&future, NULL));
    ck_assert_str_eq(heard.order, "abcd");
    assert_ok(heard.status);
    add(&future, a); /* done: at once */
    ck_assert_str_eq(heard.order, "abcda");
}
END_TEST

START_TEST(callbacks_hear_of_failures_and_cancels)
{
    weft_future first, second, third;
    keep_busy(&first);
    submit(&second, echo, NULL);
    add(&second, a);
    assert_ok(weft_future_cancel(&second));
    ck_assert_str_eq(heard.order, "a");
    assert_status(heard.status, WEFT_CANCELLED);
    submit(&third, give_up, NULL);
    add(&third, b);
    weft_event_set(&go);
    assert_status(weft_future_result(&third, NULL), WEFT_FAILED);
    assert_status(heard.status, WEFT_FAILED);
}
END_TEST

/* ---- Memory ---- */

START_TEST(after_result_the_memory_may_be_reused_at_once)
{
    weft_future future;
    for (intptr_t i = 0; i < 2000; i++) {
        void *got;
        submit(&future, echo, (void *)i);
        assert_ok(weft_future_result(&future, &got));
        ck_assert_ptr_eq(got, (void *)i);
        memset(&future, 0xa5, sizeof future);
        for (size_t byte = 0; byte < sizeof future; byte++)
            ck_assert_uint_eq(((unsigned char *)&future)[byte], 0xa5);
    }
}
END_TEST

/* ---- Misuse ---- */

START_TEST(wrong_calls_are_answered)
{
    weft_future never = {.state_ = 0};
    void *got;
    expect_misuse(weft_future_result(NULL, &got), WEFT_INVALID);
    expect_misuse(weft_future_result(&never, &got), WEFT_NOT_STARTED);
    expect_misuse(weft_future_result_timed(&never, &got, 1), WEFT_NOT_STARTED);
    expect_misuse(weft_future_try_result(&never, &got), WEFT_NOT_STARTED);
    expect_misuse(weft_future_cancel(NULL), WEFT_INVALID);
    expect_misuse(weft_future_cancel(&never), WEFT_NOT_STARTED);
    expect_misuse(weft_future_add_done_callback(&never, hear, a),
                  WEFT_NOT_STARTED);
    expect_misuse(weft_submit(NULL, &never, echo, NULL), WEFT_INVALID);
    expect_misuse(weft_submit(pool, NULL, echo, NULL), WEFT_INVALID);
    expect_misuse(weft_submit(pool, &never, NULL, NULL), WEFT_INVALID);
    ck_assert(!weft_future_done(&never));
    ck_assert(!weft_future_done(NULL));
    ck_assert_ptr_null(weft_future_error(&never));
    submit(&never, echo, NULL);
    expect_misuse(weft_future_add_done_callback(&never, NULL, a), WEFT_INVALID);
    assert_ok(weft_future_result(&never, NULL));
}
END_TEST

static void *wait_for_own(void *future)
{
    weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
    weft_status status = weft_future_result(future, NULL);
    weft_set_misuse_handler(before);
    return (void *)(intptr_t)status;
}

START_TEST(a_task_that_waits_for_itself_is_answered)
{
    weft_future future;
    void *got;
    submit(&future, wait_for_own, &future);
    assert_ok(weft_future_result(&future, &got));
    ck_assert_int_eq((int)(intptr_t)got, WEFT_DEADLOCK);
    ck_assert_int_eq(misuses_, 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_future_fits_a_cache_line,
        the_result_comes_back,
        pending_running_and_time_out_are_told,
        a_failure_has_code_and_text,
        a_failed_task_does_not_end_its_worker,
        the_code_outlives_the_text,
        cancel_works_while_pending_and_wakes_who_waits,
        cancel_leaves_the_others_in_order,
        a_stop_request_ends_the_wait_for_a_result,
        callbacks_run_once_each_in_order,
        callbacks_hear_of_failures_and_cancels,
        after_result_the_memory_may_be_reused_at_once,
        wrong_calls_are_answered,
        a_task_that_waits_for_itself_is_answered,
    };
    return RUN_TESTS_AROUND("future", tests, set_up, tear_down);
}
