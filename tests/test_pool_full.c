/* SPDX-License-Identifier: MIT */

/* Pools with a capacity, and what becomes of a submit when they are full. */

#include "support.h"

#include <errno.h>
#include <stdatomic.h>
#include <weft/event.h>
#include <weft/pool.h>

static weft_pool *pool;
static weft_event go, never;
static weft_future busy, pending[4];
static atomic_int began, ran;

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

/* A pool whose only worker is busy, and whose two places are taken. */
static void fill(weft_when_full when_full)
{
    pool =
        weft_pool_create(.workers = 1, .capacity = 2, .when_full = when_full);
    assert_ok(weft_submit(pool, &busy, wait_to_go, NULL));
    while (began == 0)
        weft_sleep(WEFT_US(100));
    for (int i = 0; i < 2; i++)
        assert_ok(weft_submit(pool, &pending[i], count, &pending[i]));
}

static void let_go_and_destroy(void)
{
    assert_ok(weft_event_set(&go));
    assert_ok(weft_pool_destroy(pool));
}

/* ---- Waiting ---- */

static void *submit_third(void *arg)
{
    return (void *)(intptr_t)weft_submit(pool, arg, count, arg);
}

static weft_thread submitter = WEFT_THREAD(submit_third, &pending[2]);

static void wait_until_submitter_waits(void)
{
    weft_thread_info infos[8];
    bool waits = false;
    while (!waits) {
        size_t n = weft_enumerate(infos, 8);
        for (size_t i = 0; i < n; i++)
            waits |= infos[i].id == weft_thread_id(&submitter) &&
                     infos[i].waits_for != NULL &&
                     strcmp(infos[i].waits_for, "condition") == 0;
    }
}

static weft_status answer_of_submitter(void)
{
    assert_ok(weft_thread_join(&submitter));
    return (weft_status)(intptr_t)weft_thread_result(&submitter);
}

START_TEST(a_submit_waits_for_room)
{
    fill(WEFT_FULL_WAIT);
    start(&submitter);
    wait_until_submitter_waits();
    ck_assert(weft_thread_is_alive(&submitter));
    assert_ok(weft_event_set(&go));
    assert_ok(answer_of_submitter());
    assert_ok(weft_future_result(&pending[2], NULL));
    ck_assert_int_eq(ran, 3);
    let_go_and_destroy();
}
END_TEST

START_TEST(a_cancel_makes_room)
{
    fill(WEFT_FULL_WAIT);
    start(&submitter);
    wait_until_submitter_waits();
    assert_ok(weft_future_cancel(&pending[0]));
    assert_ok(answer_of_submitter());
    let_go_and_destroy();
    ck_assert_int_eq(ran, 2);
}
END_TEST

START_TEST(a_stop_request_ends_the_wait_for_room)
{
    fill(WEFT_FULL_WAIT);
    start(&submitter);
    wait_until_submitter_waits();
    assert_ok(weft_thread_stop(&submitter));
    assert_status(answer_of_submitter(), WEFT_STOPPED);
    expect_misuse(weft_future_result(&pending[2], NULL), WEFT_NOT_STARTED);
    let_go_and_destroy();
}
END_TEST

START_TEST(a_shutdown_ends_the_wait_for_room)
{
    fill(WEFT_FULL_WAIT);
    start(&submitter);
    wait_until_submitter_waits();
    assert_ok(weft_pool_shutdown(pool, .cancel_futures = true));
    assert_status(answer_of_submitter(), WEFT_SHUT_DOWN);
    let_go_and_destroy();
}
END_TEST

START_TEST(timed_and_try_submit_limit_the_wait)
{
    for (int i = WEFT_FULL_WAIT; i <= WEFT_FULL_DROP_OLDEST; i++) {
        began = 0;
        assert_ok(weft_event_clear(&go));
        fill((weft_when_full)i);
        assert_status(weft_try_submit(pool, &pending[2], count, NULL),
                      WEFT_FULL);
        if (i == WEFT_FULL_WAIT) {
            assert_status(
                weft_submit_timed(pool, &pending[2], count, NULL, WEFT_MS(5)),
                WEFT_TIMED_OUT);
            assert_status(weft_submit_timed(pool, &pending[2], count, NULL, 0),
                          WEFT_TIMED_OUT);
        }
        assert_ok(weft_event_set(&go));
        assert_ok(weft_future_result(&pending[1], NULL));
        assert_ok(weft_try_submit(pool, &pending[2], count, NULL));
        assert_ok(weft_future_result(&pending[2], NULL));
        let_go_and_destroy();
    }
    pool = weft_pool_create(.workers = 1); /* no capacity: never full */
    assert_ok(weft_try_submit(pool, &pending[0], count, NULL));
    assert_ok(weft_submit_timed(pool, &pending[1], count, NULL, 0));
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

/* ---- The other policies ---- */

START_TEST(a_submit_may_be_refused)
{
    fill(WEFT_FULL_REFUSE);
    assert_status(weft_submit(pool, &pending[2], count, NULL), WEFT_FULL);
    assert_status(weft_pool_run(pool, count, NULL), WEFT_FULL);
    expect_misuse(weft_future_result(&pending[2], NULL), WEFT_NOT_STARTED);
    let_go_and_destroy();
    ck_assert_int_eq(ran, 2);
}
END_TEST

static uint32_t runner;

static void *note_runner(void *arg)
{
    runner = weft_thread_id(weft_current_thread());
    return count(arg);
}

static void *give_up(void *arg)
{
    (void)arg;
    return weft_fail(3, "no luck");
}

static void *wait_for_itself(void *arg)
{
    weft_status status;
    expect_misuse((status = weft_future_result(arg, NULL)), WEFT_DEADLOCK);
    return (void *)(intptr_t)status;
}

START_TEST(the_caller_may_run_it)
{
    void *value;
    fill(WEFT_FULL_RUN);
    assert_ok(weft_submit(pool, &pending[2], note_runner, &go));
    ck_assert_uint_eq(runner, weft_thread_id(weft_current_thread()));
    assert_ok(weft_future_try_result(&pending[2], &value));
    ck_assert_ptr_eq(value, &go);
    assert_ok(weft_submit(pool, &pending[2], give_up, NULL));
    assert_status(weft_future_try_result(&pending[2], NULL), WEFT_FAILED);
    ck_assert_str_eq(weft_future_error(&pending[2])->message, "no luck");
    assert_ok(weft_pool_run(pool, count, NULL));
    ck_assert_int_eq(ran, 2);
    assert_ok(weft_submit(pool, &pending[2], wait_for_itself, &pending[2]));
    ck_assert(weft_future_done(&pending[2]));
    let_go_and_destroy();
}
END_TEST

static void *wait_for_ever(void *arg)
{
    began++;
    ck_assert_int_eq(weft_event_wait(&never), WEFT_STOPPED);
    return arg;
}

static void *submit_and_look(void *arg)
{
    assert_ok(weft_submit(pool, arg, wait_for_ever, arg));
    ck_assert(!weft_stopping());
    return arg;
}

START_TEST(what_the_caller_runs_can_be_stopped)
{
    fill(WEFT_FULL_RUN);
    weft_thread caller = WEFT_THREAD(submit_and_look, &pending[2]);
    start(&caller);
    while (began < 2)
        weft_sleep(WEFT_US(100));
    assert_ok(weft_future_stop(&pending[2]));
    assert_ok(weft_thread_join(&caller));
    let_go_and_destroy();
}
END_TEST

static void note_callback(weft_future *future, void *arg)
{
    *(bool *)arg = weft_future_cancelled(future);
}

START_TEST(the_oldest_may_be_dropped)
{
    bool called = false;
    fill(WEFT_FULL_DROP_OLDEST);
    assert_ok(
        weft_future_add_done_callback(&pending[0], note_callback, &called));
    assert_ok(weft_submit(pool, &pending[2], count, NULL));
    assert_status(weft_future_try_result(&pending[0], NULL), WEFT_CANCELLED);
    ck_assert(called);
    assert_status(weft_future_try_result(&pending[1], NULL), WEFT_BUSY);
    assert_ok(weft_pool_run(pool, count, NULL)); /* drops pending[1] ... */
    assert_ok(weft_pool_run(pool, count, NULL)); /* ... and pending[2] */
    assert_ok(weft_pool_run(pool, count, NULL)); /* ... and the first */
    let_go_and_destroy();
    assert_status(weft_future_try_result(&pending[2], NULL), WEFT_CANCELLED);
    ck_assert_int_eq(ran, 2);
}
END_TEST

START_TEST(the_least_urgent_is_dropped_first)
{
    const weft_submit_options high = {.priority = WEFT_PRIORITY_HIGH},
                              low = {.priority = WEFT_PRIORITY_LOW};
    fill(WEFT_FULL_DROP_OLDEST);
    assert_ok(weft_submit_with(pool, &pending[2], count, NULL, &low));
    ck_assert(weft_future_cancelled(&pending[0])); /* there was no other */
    assert_ok(weft_submit_with(pool, &pending[3], count, NULL, &high));
    ck_assert(weft_future_cancelled(&pending[2]));
    let_go_and_destroy();
    ck_assert(!weft_future_cancelled(&pending[1]));
    ck_assert(!weft_future_cancelled(&pending[3]));
}
END_TEST

START_TEST(wrong_calls_are_answered)
{
    weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
    ck_assert_ptr_null(weft_pool_create(.when_full = (weft_when_full)9));
    ck_assert_int_eq(errno, EINVAL);
    weft_set_misuse_handler(before);
    expect_misuse(weft_try_submit(NULL, &busy, count, NULL), WEFT_INVALID);
    expect_misuse(weft_submit_timed(NULL, &busy, count, NULL, 0), WEFT_INVALID);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_submit_waits_for_room,
        a_cancel_makes_room,
        a_stop_request_ends_the_wait_for_room,
        a_shutdown_ends_the_wait_for_room,
        timed_and_try_submit_limit_the_wait,
        a_submit_may_be_refused,
        the_caller_may_run_it,
        what_the_caller_runs_can_be_stopped,
        the_oldest_may_be_dropped,
        the_least_urgent_is_dropped_first,
        wrong_calls_are_answered,
    };
    return RUN_TESTS("full pools", tests);
}
