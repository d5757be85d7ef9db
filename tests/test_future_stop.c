/* SPDX-License-Identifier: MIT */

/* Asking one task to stop, and no other. */

#include "support.h"

#include <stdatomic.h>
#include <weft/event.h>
#include <weft/pool.h>

static weft_pool *pool;
static weft_event go, never;
static atomic_int began, ran;

static void set_up(void)
{
    pool = weft_pool_create(.workers = 1);
}

static void tear_down(void)
{
    assert_ok(weft_pool_destroy(pool));
}

static void wait_until_began(int n)
{
    while (began < n)
        weft_sleep(WEFT_US(100));
}

static void *count(void *arg)
{
    ran++;
    return arg;
}

static void *is_stopping(void *arg)
{
    return weft_stopping() ? arg : NULL;
}

static void *wait_for_ever(void *arg)
{
    ck_assert(!weft_stopping());
    began++;
    assert_status(weft_event_wait(&never), WEFT_STOPPED);
    ck_assert(weft_stopping());
    assert_status(weft_sleep(WEFT_FOREVER), WEFT_STOPPED); /* for good */
    return arg;
}

START_TEST(a_running_task_that_waits_is_stopped)
{
    weft_future first, second;
    void *value = &go;
    assert_ok(weft_submit(pool, &first, wait_for_ever, NULL));
    assert_ok(weft_submit(pool, &second, is_stopping, &pool));
    wait_until_began(1);
    wait_until_waiting(&never, 1);
    assert_ok(weft_future_stop(&first));
    assert_ok(weft_future_result(&first, NULL));
    assert_ok(weft_future_stop(&first)); /* it is done */
    assert_ok(weft_future_result(&second, &value));
    ck_assert_ptr_null(value); /* the next one is not meant */
}
END_TEST

static void *spin_until_stopping(void *arg)
{
    began++;
    while (!weft_stopping())
        weft_sleep(WEFT_US(50));
    return arg;
}

START_TEST(a_task_may_ask_whether_it_is_to_stop)
{
    weft_future future;
    assert_ok(weft_submit(pool, &future, spin_until_stopping, NULL));
    wait_until_began(1);
    assert_ok(weft_future_stop(&future));
    assert_ok(weft_future_result(&future, NULL));
}
END_TEST

START_TEST(a_pending_task_is_cancelled)
{
    weft_future first, second;
    assert_ok(weft_submit(pool, &first, wait_for_ever, NULL));
    assert_ok(weft_submit(pool, &second, count, NULL));
    wait_until_began(1);
    assert_ok(weft_future_stop(&second));
    ck_assert(weft_future_cancelled(&second));
    assert_ok(weft_future_stop(&first));
    assert_ok(weft_future_result(&first, NULL));
    ck_assert_int_eq(ran, 0);
}
END_TEST

/* ---- One inside another ---- */

static weft_future outer, inner;

static void *inner_task(void *arg)
{
    began++;
    while (!weft_event_is_set(&go))
        weft_sleep(WEFT_US(50));
    return is_stopping(arg);
}

static void *outer_task(void *arg)
{
    void *value = &go;
    assert_ok(weft_submit(pool, &inner, inner_task, arg));
    assert_ok(weft_future_result(&inner, &value)); /* runs it itself */
    ck_assert_ptr_null(value);
    ck_assert(weft_stopping());
    assert_status(weft_event_wait(&never), WEFT_STOPPED);
    return arg;
}

START_TEST(a_task_that_the_stopped_one_runs_meanwhile_is_not_meant)
{
    assert_ok(weft_submit(pool, &outer, outer_task, &pool));
    wait_until_began(1);
    assert_ok(weft_future_stop(&outer));
    assert_ok(weft_event_set(&go));
    assert_ok(weft_future_result(&outer, NULL));
}
END_TEST

static void *stopped_inner_task(void *arg)
{
    (void)arg;
    return spin_until_stopping(&inner);
}

static void *outer_of_stopped(void *arg)
{
    void *value = NULL;
    assert_ok(weft_submit(pool, &inner, stopped_inner_task, arg));
    assert_ok(weft_future_result(&inner, &value));
    ck_assert_ptr_eq(value, &inner);
    ck_assert(!weft_stopping());
    return arg;
}

START_TEST(the_one_that_waits_for_a_stopped_one_goes_on)
{
    assert_ok(weft_submit(pool, &outer, outer_of_stopped, NULL));
    wait_until_began(1);
    assert_ok(weft_future_stop(&inner));
    assert_ok(weft_future_result(&outer, NULL));
}
END_TEST

/* ---- Wrong calls, stress ---- */

START_TEST(wrong_calls_are_answered)
{
    weft_future never_submitted = {.state_ = 0};
    expect_misuse(weft_future_stop(NULL), WEFT_INVALID);
    expect_misuse(weft_future_stop(&never_submitted), WEFT_NOT_STARTED);
}
END_TEST

static void *wait_or_end(void *arg)
{
    return weft_event_wait(&never) == WEFT_STOPPED ? arg : NULL;
}

/* Whenever the request comes, the task is cancelled or stops: else this would
 * not come to an end. */
START_TEST(no_request_is_lost)
{
    enum { ROUNDS = SANITIZED ? 500 : 5000, TASKS = 4 };
    assert_ok(weft_pool_destroy(pool));
    pool = weft_pool_create(.workers = 2);
    for (int i = 0; i < ROUNDS; i++) {
        weft_future futures[TASKS];
        for (int j = 0; j < TASKS; j++)
            assert_ok(weft_submit(pool, &futures[j], wait_or_end, &futures[j]));
        if (i % 4 == 0)
            weft_sleep(WEFT_US(30));
        for (int j = 0; j < TASKS; j++)
            assert_ok(weft_future_stop(&futures[j]));
        for (int j = 0; j < TASKS; j++) {
            void *value = &futures[j];
            weft_status status = weft_future_result(&futures[j], &value);
            ck_assert(status == WEFT_OK || status == WEFT_CANCELLED);
            ck_assert_ptr_eq(value, &futures[j]);
        }
        weft_future after;
        void *stopping = &pool;
        assert_ok(weft_submit(pool, &after, is_stopping, &pool));
        assert_ok(weft_future_result(&after, &stopping));
        ck_assert_ptr_null(stopping);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_running_task_that_waits_is_stopped,
        a_task_may_ask_whether_it_is_to_stop,
        a_pending_task_is_cancelled,
        a_task_that_the_stopped_one_runs_meanwhile_is_not_meant,
        the_one_that_waits_for_a_stopped_one_goes_on,
        wrong_calls_are_answered,
        no_request_is_lost,
    };
    return RUN_TESTS_AROUND("future stop", tests, set_up, tear_down);
}
