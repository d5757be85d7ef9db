/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <weft/event.h>
#include <weft/local.h>
#include <weft/pool.h>

static weft_event go;
static atomic_int began, ran;

static void *count(void *arg)
{
    ran++;
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
    (void)arg;
    return weft_fail(3, "no luck");
}

static void submit(weft_pool *pool, weft_future *future, weft_target target)
{
    assert_ok(weft_submit(pool, future, target, NULL));
}

static void wait_until_began(int n)
{
    while (began < n)
        weft_sleep(WEFT_US(100));
}

/* ---- Workers ---- */

START_TEST(zero_workers_means_the_machines_number)
{
    weft_pool *pool = weft_pool_create();
    ck_assert_uint_ge(weft_pool_workers(pool), 1);
    ck_assert_uint_eq(weft_pool_workers(pool),
                      weft_pool_workers(weft_default_pool()));
    ck_assert_uint_eq(weft_pool_workers(NULL), 0);
    assert_ok(weft_pool_destroy(pool));
    assert_ok(weft_pool_destroy(NULL));
}
END_TEST

START_TEST(threads_start_when_needed_and_never_more_than_workers)
{
    weft_pool *pool = weft_pool_create(.workers = 3);
    weft_future futures[8];
    ck_assert_uint_eq(weft_active_count(), 1);
    for (int i = 0; i < 8; i++) {
        submit(pool, &futures[i], wait_to_go);
        ck_assert_int_eq((int)weft_active_count(), 1 + (i < 3 ? i + 1 : 3));
    }
    wait_until_began(3);
    weft_event_set(&go);
    for (int i = 0; i < 8; i++)
        assert_ok(weft_future_result(&futures[i], NULL));
    ck_assert_uint_eq(weft_active_count(), 4);
    assert_ok(weft_pool_destroy(pool));
    ck_assert_uint_eq(weft_active_count(), 1);
}
END_TEST

START_TEST(an_idle_worker_is_reused_before_one_is_made)
{
    weft_pool *pool = weft_pool_create(.workers = 4);
    weft_future future;
    for (int i = 0; i < 50; i++) {
        submit(pool, &future, count);
        assert_ok(weft_future_result(&future, NULL));
        weft_thread_info infos[8];
        bool asleep = false;
        while (!asleep) { /* the result comes before the worker's sleep */
            size_t n = weft_enumerate(infos, 8);
            ck_assert_uint_eq(n, 2);
            asleep = infos[1].waits_for != NULL;
        }
    }
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

static void *name_of_worker(void *arg)
{
    (void)arg;
    return (void *)(uintptr_t)weft_thread_name(weft_current_thread());
}

START_TEST(workers_are_named_and_numbered)
{
    weft_pool *pool = weft_pool_create(.workers = 1, .name = "io");
    weft_future future;
    void *name;
    submit(pool, &future, name_of_worker);
    assert_ok(weft_future_result(&future, &name));
    ck_assert_str_eq(name, "io_0");
    assert_ok(weft_pool_destroy(pool));
    pool = weft_pool_create(.workers = 1);
    submit(pool, &future, name_of_worker);
    assert_ok(weft_future_result(&future, &name));
    ck_assert_int_eq(strncmp(name, "Pool-", 5), 0);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

static int order[100];

static void *note_order(void *arg)
{
    order[ran++] = (int)(intptr_t)arg;
    return NULL;
}

START_TEST(tasks_from_outside_begin_in_order)
{
    weft_pool *pool = weft_pool_create(.workers = 1);
    for (intptr_t i = 0; i < 100; i++)
        assert_ok(weft_pool_run(pool, note_order, (void *)i));
    assert_ok(weft_pool_destroy(pool));
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(order[i], i);
}
END_TEST

static weft_local ready_value = WEFT_LOCAL(int);

static void *initialise(void *arg)
{
    int *value = weft_local_get(&ready_value);
    *value = 7;
    ran++;
    return arg;
}

static void *use_value(void *arg)
{
    (void)arg;
    return (void *)(intptr_t)(*(int *)weft_local_get(&ready_value));
}

START_TEST(each_worker_is_initialised_before_its_first_task)
{
    weft_pool *pool = weft_pool_create(.workers = 2, .initializer = initialise);
    weft_future futures[20];
    void *value;
    for (int i = 0; i < 20; i++)
        submit(pool, &futures[i], use_value);
    for (int i = 0; i < 20; i++) {
        assert_ok(weft_future_result(&futures[i], &value));
        ck_assert_ptr_eq(value, (void *)7);
    }
    assert_ok(weft_pool_destroy(pool));
    ck_assert_int_ge(ran, 1);
    ck_assert_int_le(ran, 2);
}
END_TEST

static char hooked[100];

static void *keep_hooked(const weft_thread *thread, const weft_error *error)
{
    (void)thread;
    snprintf(hooked, sizeof hooked, "%d %s", error->code, error->message);
    return NULL;
}

static void *wait_then_fail(void *arg)
{
    weft_event_wait(&go);
    return give_up(arg);
}

START_TEST(a_failing_initializer_breaks_the_pool)
{
    weft_pool *pool =
        weft_pool_create(.workers = 1, .initializer = wait_then_fail);
    weft_future pending, later;
    weft_set_excepthook(keep_hooked);
    submit(pool, &pending, count);
    weft_event_set(&go);
    assert_status(weft_future_result(&pending, NULL), WEFT_BROKEN);
    ck_assert_str_eq(hooked, "3 no luck");
    assert_status(weft_submit(pool, &later, count, NULL), WEFT_BROKEN);
    assert_status(weft_pool_run(pool, count, NULL), WEFT_BROKEN);
    ck_assert_int_eq(ran, 0);
    assert_ok(weft_pool_shutdown(pool, .wait = true));
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

START_TEST(an_error_that_nobody_collects_goes_to_the_hook)
{
    weft_pool *pool = weft_pool_create(.workers = 1);
    weft_set_excepthook(keep_hooked);
    assert_ok(weft_pool_run(pool, give_up, NULL));
    assert_ok(weft_pool_run(pool, count, NULL));
    assert_ok(weft_pool_destroy(pool));
    ck_assert_str_eq(hooked, "3 no luck");
    ck_assert_int_eq(ran, 1);
}
END_TEST

static void *stop_self(void *arg)
{
    assert_ok(weft_thread_stop(weft_current_thread()));
    return weft_stopping() ? arg : NULL;
}

static void *is_stopping(void *arg)
{
    return weft_stopping() ? arg : NULL;
}

START_TEST(a_stop_request_is_for_one_task)
{
    weft_pool *pool = weft_pool_create(.workers = 1);
    weft_future first, second;
    void *value;
    assert_ok(weft_submit(pool, &first, stop_self, &value));
    assert_ok(weft_submit(pool, &second, is_stopping, &value));
    assert_ok(weft_future_result(&first, &value));
    ck_assert_ptr_nonnull(value);
    assert_ok(weft_future_result(&second, &value));
    ck_assert_ptr_null(value);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

/* ---- Shutdown ---- */

START_TEST(shutdown_refuses_and_drains)
{
    weft_pool *pool = weft_pool_create(.workers = 2);
    weft_future futures[50], late;
    for (int i = 0; i < 50; i++)
        submit(pool, &futures[i], count);
    assert_ok(weft_pool_shutdown(pool, .wait = true));
    ck_assert_int_eq(ran, 50);
    for (int i = 0; i < 50; i++)
        ck_assert(weft_future_done(&futures[i]));
    assert_status(weft_submit(pool, &late, count, NULL), WEFT_SHUT_DOWN);
    assert_status(weft_pool_run(pool, count, NULL), WEFT_SHUT_DOWN);
    assert_ok(weft_pool_shutdown(pool, .wait = true)); /* again */
    assert_ok(weft_pool_shutdown_with(pool, NULL));
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

START_TEST(shutdown_without_waiting_still_runs_what_is_pending)
{
    weft_pool *pool = weft_pool_create(.workers = 1);
    weft_future first, second;
    submit(pool, &first, wait_to_go);
    submit(pool, &second, count);
    assert_ok(weft_pool_shutdown(pool, .wait = false));
    ck_assert(!weft_future_done(&second));
    weft_event_set(&go);
    assert_ok(weft_future_result(&second, NULL));
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

START_TEST(shutdown_may_cancel_what_has_not_begun)
{
    weft_pool *pool = weft_pool_create(.workers = 1);
    weft_future first, second;
    submit(pool, &first, wait_to_go);
    wait_until_began(1);
    submit(pool, &second, count);
    assert_ok(weft_pool_run(pool, count, NULL));
    assert_ok(weft_pool_shutdown(pool, .cancel_futures = true));
    assert_status(weft_future_result(&second, NULL), WEFT_CANCELLED);
    weft_event_set(&go);
    assert_ok(weft_pool_shutdown(pool, .wait = true));
    assert_ok(weft_future_try_result(&first, NULL));
    ck_assert_int_eq(ran, 0);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

static weft_pool *own;
static weft_status waiting_status, destroying_status, closing_status;

static void *end_own_pool(void *arg)
{
    weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
    waiting_status = weft_pool_shutdown(own, .wait = true);
    destroying_status = weft_pool_destroy(own);
    weft_set_misuse_handler(before);
    closing_status = weft_pool_shutdown(own, .wait = false);
    return arg;
}

START_TEST(shutdown_from_a_worker_never_hangs)
{
    own = weft_pool_create(.workers = 1);
    weft_future future;
    submit(own, &future, end_own_pool);
    assert_ok(weft_future_result(&future, NULL));
    assert_status(waiting_status, WEFT_DEADLOCK);
    assert_status(destroying_status, WEFT_DEADLOCK);
    ck_assert_int_eq(misuses_, 2);
    assert_ok(closing_status);
    assert_status(weft_submit(own, &future, count, NULL), WEFT_SHUT_DOWN);
    assert_ok(weft_pool_destroy(own));
}
END_TEST

static void *shut_down_and_wait(void *pool)
{
    return (void *)(intptr_t)weft_pool_shutdown(pool, .wait = true);
}

START_TEST(a_stop_request_ends_the_wait_for_a_shutdown)
{
    weft_pool *pool = weft_pool_create(.workers = 1);
    weft_future future;
    submit(pool, &future, wait_to_go);
    weft_thread waiter = WEFT_THREAD(shut_down_and_wait, pool);
    start(&waiter);
    assert_ok(weft_thread_stop(&waiter));
    assert_ok(weft_thread_join(&waiter));
    ck_assert_int_eq((int)(intptr_t)weft_thread_result(&waiter), WEFT_STOPPED);
    weft_event_set(&go);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

START_TEST(wrong_calls_are_answered)
{
    weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
    errno = 0;
    ck_assert_ptr_null(weft_pool_create(.workers = 1u << 30));
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_int_eq(misuses_, 1);
    weft_set_misuse_handler(before);
    expect_misuse(weft_pool_shutdown(NULL, .wait = true), WEFT_INVALID);
    expect_misuse(weft_pool_run(NULL, count, NULL), WEFT_INVALID);
    expect_misuse(weft_pool_destroy(weft_default_pool()), WEFT_INVALID);
    expect_misuse(weft_pool_run(weft_default_pool(), NULL, NULL), WEFT_INVALID);
}
END_TEST

START_TEST(a_thousand_pools_come_and_go)
{
    for (int i = 0; i < (SANITIZED ? 200 : 1000); i++) {
        weft_future future;
        weft_pool *pool = weft_pool_create(.workers = 2);
        submit(pool, &future, count);
        assert_ok(weft_pool_run(pool, count, NULL));
        assert_ok(weft_pool_destroy(pool));
        ck_assert(weft_future_done(&future));
    }
    ck_assert_uint_eq(weft_active_count(), 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        zero_workers_means_the_machines_number,
        threads_start_when_needed_and_never_more_than_workers,
        an_idle_worker_is_reused_before_one_is_made,
        workers_are_named_and_numbered,
        tasks_from_outside_begin_in_order,
        each_worker_is_initialised_before_its_first_task,
        a_failing_initializer_breaks_the_pool,
        an_error_that_nobody_collects_goes_to_the_hook,
        a_stop_request_is_for_one_task,
        shutdown_refuses_and_drains,
        shutdown_without_waiting_still_runs_what_is_pending,
        shutdown_may_cancel_what_has_not_begun,
        shutdown_from_a_worker_never_hangs,
        a_stop_request_ends_the_wait_for_a_shutdown,
        wrong_calls_are_answered,
        a_thousand_pools_come_and_go,
    };
    return RUN_TESTS("pool", tests);
}
