/* SPDX-License-Identifier: MIT */

/* Pools when the program ends or forks. */

#include "forking.h"

#include <weft/event.h>
#include <weft/parallel.h>
#include <weft/timer.h>

static weft_pool *pool;
static weft_event go;

static void *say_late(void *text)
{
    weft_sleep(WEFT_MS(5));
    say(text);
    return NULL;
}

static char one[] = "1", two[] = "2", three[] = "3";

static void leave_tasks(void)
{
    pool = weft_pool_create(.workers = 1);
    assert_ok(weft_pool_run(pool, say_late, one));
    assert_ok(weft_pool_run(pool, say_late, two));
    assert_ok(weft_pool_run(weft_default_pool(), say_late, three));
}

START_TEST(exit_drains_pools)
{
    char said[16];
    int status = run_child(leave_tasks, said, sizeof said);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_uint_eq(strlen(said), 3);
    ck_assert(strstr(said, "1") < strstr(said, "2"));
    ck_assert_ptr_nonnull(strstr(said, "3"));
}
END_TEST

static void *submit_another(void *text)
{
    say_late(text);
    assert_ok(weft_pool_run(pool, say_late, two));
    return NULL;
}

static void leave_tasks_that_submit(void)
{
    pool = weft_pool_create(.workers = 1);
    assert_ok(weft_pool_run(pool, submit_another, one));
}

START_TEST(exit_drains_what_tasks_submit_meanwhile)
{
    assert_child(leave_tasks_that_submit, "12", 0);
}
END_TEST

static void *wait_for_ever(void *arg)
{
    weft_event_wait(&go);
    return arg;
}

static void leave_daemon_tasks(void)
{
    pool = weft_pool_create(.workers = 2, .daemon = true);
    for (int i = 0; i < 10; i++)
        assert_ok(weft_pool_run(pool, wait_for_ever, NULL));
}

START_TEST(exit_leaves_daemon_pools_behind)
{
    assert_child(leave_daemon_tasks, "", 0);
}
END_TEST

static void *call_exit(void *arg)
{
    (void)arg;
    weft_event_wait(&go);
    exit(7);
}

static void exit_in_a_task(void)
{
    pool = weft_pool_create(.workers = 1);
    assert_ok(weft_pool_run(pool, call_exit, NULL));
    assert_ok(weft_pool_run(pool, say_late, one));
    assert_ok(weft_pool_run(weft_default_pool(), say_late, one));
    weft_event_set(&go);
    weft_sleep(WEFT_FOREVER);
}

START_TEST(exit_called_in_a_task_drains_the_other_tasks)
{
    assert_child(exit_in_a_task, "11", 7);
}
END_TEST

static void *run_in_pool(void *text)
{
    assert_ok(weft_pool_run(pool, say_late, text));
    return NULL;
}

static void leave_a_timer_that_submits(void)
{
    static weft_timer timer = WEFT_TIMER(WEFT_MS(5), run_in_pool, two);
    pool = weft_pool_create(.workers = 1);
    assert_ok(weft_pool_run(pool, say_late, one));
    assert_ok(weft_timer_start(&timer));
}

START_TEST(exit_goes_round_until_nothing_is_left)
{
    char said[16];
    int status = run_child(leave_a_timer_that_submits, said, sizeof said);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    ck_assert_uint_eq(strlen(said), 2);
}
END_TEST

/* ---- Fork ---- */

static weft_future running, pending;

static void *echo(void *arg)
{
    return arg;
}

static void use_in_child(void)
{
    weft_future future;
    void *result;
    require(weft_future_result(&running, NULL) == WEFT_BROKEN);
    require(weft_future_result(&pending, NULL) == WEFT_BROKEN);
    require(weft_submit(pool, &future, echo, &future) == WEFT_OK);
    require(weft_future_result(&future, &result) == WEFT_OK);
    require(result == &future);
    require(weft_pool_destroy(pool) == WEFT_OK);
    leave("fine");
}

START_TEST(the_childs_pool_is_empty_and_usable)
{
    pool = weft_pool_create(.workers = 1);
    assert_ok(weft_submit(pool, &running, wait_for_ever, NULL));
    assert_ok(weft_submit(pool, &pending, echo, NULL));
    assert_ok(weft_pool_run(pool, echo, NULL));
    while (!weft_future_running(&running))
        weft_sleep(WEFT_US(100));
    assert_child(use_in_child, "fine", 0);
    weft_event_set(&go);
    assert_ok(weft_future_result(&pending, NULL));
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

static void submit_as_main(void)
{
    weft_future future;
    require(weft_current_thread() == weft_main_thread());
    require(weft_submit(pool, &future, echo, NULL) == WEFT_OK);
    require(weft_future_result(&future, NULL) == WEFT_OK);
    leave("fine");
}

static void *fork_in_task(void *arg)
{
    assert_child(submit_as_main, "fine", 0);
    return arg;
}

START_TEST(a_task_may_fork)
{
    weft_future future;
    pool = weft_pool_create(.workers = 2);
    assert_ok(weft_submit(pool, &future, fork_in_task, NULL));
    assert_ok(weft_future_result(&future, NULL));
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

static void *submit_until_told(void *arg)
{
    weft_future future;
    while (!weft_event_is_set(&go)) {
        assert_ok(weft_submit(pool, &future, echo, arg));
        assert_ok(weft_pool_run(pool, echo, arg));
        assert_ok(weft_future_result(&future, NULL));
    }
    return NULL;
}

static void count_up(size_t begin, size_t end, void *context)
{
    __atomic_fetch_add((size_t *)context, end - begin, __ATOMIC_RELAXED);
}

static void submit_in_child(void)
{
    weft_future future;
    size_t sum = 0;
    require(weft_submit(pool, &future, echo, NULL) == WEFT_OK);
    require(weft_future_result(&future, NULL) == WEFT_OK);
    require(weft_parallel_for(pool, 0, 100, count_up, &sum) == WEFT_OK);
    require(sum == 100);
    say("fine");
}

/* The sanitizers' allocators do not survive a fork amid another thread's
 * allocation. */
START_TEST(fork_while_others_submit)
{
    weft_thread threads[2];
    pool = weft_pool_create(.workers = 2);
    for (int i = 0; i < 2; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(submit_until_told, NULL);
        start(&threads[i]);
    }
    for (int i = 0; i < (SANITIZED ? 0 : 100); i++)
        assert_child(submit_in_child, "fine", 0);
    weft_event_set(&go);
    for (int i = 0; i < 2; i++)
        assert_ok(weft_thread_join(&threads[i]));
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        exit_drains_pools,
        exit_drains_what_tasks_submit_meanwhile,
        exit_leaves_daemon_pools_behind,
        exit_called_in_a_task_drains_the_other_tasks,
        exit_goes_round_until_nothing_is_left,
        the_childs_pool_is_empty_and_usable,
        a_task_may_fork,
        fork_while_others_submit,
    };
    return RUN_TESTS("pools at exit and fork", tests);
}
