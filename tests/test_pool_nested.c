/* SPDX-License-Identifier: MIT */

/* Tasks that submit and wait for tasks: with one worker and more, in one pool
 * and across two, with a lock held, deep and wide. */

#include "support.h"

#include <stdatomic.h>
#include <weft/event.h>
#include <weft/lock.h>
#include <weft/pool.h>

static weft_pool *pool, *other;

static void set_up(void)
{
    pool = weft_pool_create(.workers = 1);
    other = weft_pool_create(.workers = 1);
}

static void tear_down(void)
{
    assert_ok(weft_pool_destroy(pool));
    assert_ok(weft_pool_destroy(other));
}

static void *result_in(weft_pool *in, weft_target target, void *arg)
{
    weft_future future;
    void *result = NULL;
    assert_ok(weft_submit(in, &future, target, arg));
    assert_ok(weft_future_result(&future, &result));
    return result;
}

static void *echo(void *arg)
{
    return arg;
}

/* ---- Fork and join ---- */

static void *fibonacci(void *arg)
{
    intptr_t n = (intptr_t)arg;
    if (n < 2)
        return arg;
    weft_future first, second;
    void *one, *two;
    assert_ok(weft_submit(pool, &first, fibonacci, (void *)(n - 1)));
    assert_ok(weft_submit(pool, &second, fibonacci, (void *)(n - 2)));
    assert_ok(weft_future_result(&first, &one));
    assert_ok(weft_future_result(&second, &two));
    return (void *)((intptr_t)one + (intptr_t)two);
}

START_TEST(fork_and_join_with_any_number_of_workers)
{
    for (unsigned workers = 1; workers <= 4; workers++) {
        assert_ok(weft_pool_destroy(pool));
        pool = weft_pool_create(.workers = workers);
        ck_assert_int_eq((int)(intptr_t)result_in(pool, fibonacci, (void *)15),
                         610);
    }
}
END_TEST

static void *deeper(void *arg)
{
    intptr_t left = (intptr_t)arg;
    if (left == 0)
        return NULL;
    return (void *)((intptr_t)result_in(pool, deeper, (void *)(left - 1)) + 1);
}

START_TEST(ten_thousand_tasks_deep)
{
    enum { DEPTH = SANITIZED ? 2000 : 10000 };
    for (unsigned workers = 1; workers <= 2; workers++) {
        assert_ok(weft_pool_destroy(pool));
        pool = weft_pool_create(.workers = workers);
        ck_assert_ptr_eq(result_in(pool, deeper, (void *)DEPTH), (void *)DEPTH);
    }
}
END_TEST

/* ---- Locks below ---- */

static weft_lock lock;
static atomic_int ran;

static void *take_lock(void *arg)
{
    weft_lock_acquire(&lock);
    ran++;
    weft_lock_release(&lock);
    return arg;
}

static weft_future wants_lock;

/* Were the waiting worker to run just any task, it would run the one that
 * wants the lock that it holds itself. */
static void *wait_with_lock_held(void *arg)
{
    weft_future wanted;
    weft_lock_acquire(&lock);
    assert_ok(weft_submit(pool, &wants_lock, take_lock, NULL));
    assert_ok(weft_submit(pool, &wanted, echo, arg));
    weft_status status = weft_future_result(&wanted, NULL);
    weft_lock_release(&lock);
    return (void *)(intptr_t)status;
}

START_TEST(no_foreign_task_runs_on_top_of_a_lock)
{
    for (int i = 0; i < 200; i++) {
        ck_assert_ptr_null(result_in(pool, wait_with_lock_held, NULL));
        assert_ok(weft_future_result(&wants_lock, NULL));
    }
    ck_assert_int_eq(ran, 200);
}
END_TEST

/* ---- Stand-ins ---- */

static weft_event go;
static weft_future first_waits, sets;

static void *wait_for_event(void *arg)
{
    weft_event_wait(&go);
    return arg;
}

static void *set_event(void *arg)
{
    weft_event_set(&go);
    return arg;
}

/* Waits, in the one worker, for what only a later task makes happen. */
static void *wait_for_other_pool(void *arg)
{
    void *result = result_in(other, wait_for_event, arg);
    return result;
}

START_TEST(a_stand_in_runs_tasks_while_a_worker_waits)
{
    assert_ok(weft_submit(pool, &first_waits, wait_for_other_pool, &go));
    assert_ok(weft_submit(pool, &sets, set_event, NULL));
    void *result;
    assert_ok(weft_future_result(&first_waits, &result));
    ck_assert_ptr_eq(result, &go);
    assert_ok(weft_future_result(&sets, NULL));
}
END_TEST

static void *wait_for_first(void *arg)
{
    weft_future sooner, later;
    weft_future *const both[] = {&later, &sooner};
    assert_ok(weft_submit(pool, &sooner, set_event, NULL));
    assert_ok(weft_submit(pool, &later, wait_for_event, NULL));
    assert_ok(weft_wait(both, 2, (weft_wait_mode)(intptr_t)arg));
    assert_ok(weft_wait(both, 2, WEFT_ALL_COMPLETED));
    return NULL;
}

START_TEST(a_task_may_wait_for_the_first_of_many)
{
    result_in(pool, wait_for_first, (void *)WEFT_FIRST_COMPLETED);
    weft_event_clear(&go);
    result_in(pool, wait_for_first, (void *)WEFT_FIRST_FAILED);
}
END_TEST

static void *across(void *arg)
{
    intptr_t left = (intptr_t)arg;
    if (left == 0)
        return NULL;
    weft_pool *next = left % 2 == 0 ? pool : other;
    return (void *)((intptr_t)result_in(next, across, (void *)(left - 1)) + 1);
}

START_TEST(two_pools_of_one_worker_wait_for_each_other)
{
    ck_assert_ptr_eq(result_in(pool, across, (void *)40), (void *)40);
}
END_TEST

static void *timed_wait_in_task(void *arg)
{
    weft_future future;
    assert_ok(weft_submit(pool, &future, echo, arg));
    assert_ok(weft_future_result_timed(&future, NULL, WEFT_SECONDS(50)));
    return arg;
}

START_TEST(a_timed_wait_lets_a_stand_in_run_the_task)
{
    ck_assert_ptr_eq(result_in(pool, timed_wait_in_task, &go), &go);
}
END_TEST

START_TEST(after_a_burst_of_stand_ins_few_threads_sleep_on)
{
    ck_assert_ptr_eq(result_in(pool, across, (void *)100), (void *)100);
    while (weft_active_count() > 1 + 2 * 6) /* of 50 in each pool */
        weft_sleep(WEFT_MS(1));
    ck_assert_ptr_eq(result_in(pool, across, (void *)100), (void *)100);
}
END_TEST

static void *stop_and_wait(void *arg)
{
    weft_future future;
    assert_ok(weft_thread_stop(weft_current_thread()));
    assert_ok(weft_submit(pool, &future, echo, arg));
    weft_status status = weft_future_result(&future, NULL);
    assert_ok(weft_future_cancel(&future));
    return (void *)(intptr_t)status;
}

START_TEST(a_stopped_task_does_not_wait)
{
    ck_assert_ptr_eq(result_in(pool, stop_and_wait, NULL),
                     (void *)WEFT_STOPPED);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        fork_and_join_with_any_number_of_workers,
        ten_thousand_tasks_deep,
        no_foreign_task_runs_on_top_of_a_lock,
        a_stand_in_runs_tasks_while_a_worker_waits,
        a_task_may_wait_for_the_first_of_many,
        two_pools_of_one_worker_wait_for_each_other,
        a_timed_wait_lets_a_stand_in_run_the_task,
        after_a_burst_of_stand_ins_few_threads_sleep_on,
        a_stopped_task_does_not_wait,
    };
    return RUN_TESTS_AROUND("nested tasks", tests, set_up, tear_down);
}
