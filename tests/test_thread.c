/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <pthread.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <weft/event.h>
#include <weft/lock.h>

static weft_event go;

static void *echo(void *arg)
{
    return arg;
}

static void *wait_to_go(void *arg)
{
    weft_event_wait(&go);
    return arg;
}

START_TEST(target_and_argument_give_a_result)
{
    int value;
    weft_thread thread = WEFT_THREAD(echo, &value);
    ck_assert_ptr_null(weft_thread_result(&thread));
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    ck_assert_ptr_eq(weft_thread_result(&thread), &value);
    ck_assert_ptr_null(weft_thread_error(&thread));
}
END_TEST

struct worker {
    weft_thread thread;
    int done;
};

static void *worker_run(weft_thread *self)
{
    struct worker *worker = WEFT_CONTAINER_OF(self, struct worker, thread);
    worker->done++;
    return worker;
}

START_TEST(a_thread_is_subclassed_by_embedding)
{
    struct worker worker = {.thread = WEFT_THREAD(.run = worker_run)};
    start(&worker.thread);
    assert_ok(weft_thread_join(&worker.thread));
    ck_assert_int_eq(worker.done, 1);
    ck_assert_ptr_eq(weft_thread_result(&worker.thread), &worker);
}
END_TEST

START_TEST(after_start_it_is_alive_and_enumerated)
{
    weft_thread_info infos[8];
    weft_thread thread = WEFT_THREAD(wait_to_go, NULL, .name = "listed");
    ck_assert(!weft_thread_is_alive(&thread));
    ck_assert_uint_eq(weft_thread_id(&thread), 0);
    start(&thread);
    ck_assert(weft_thread_is_alive(&thread));
    ck_assert_uint_eq(weft_active_count(), 2);
    ck_assert_uint_eq(weft_enumerate(infos, 8), 2);
    ck_assert_uint_eq(weft_enumerate(NULL, 0), 2);
    ck_assert_str_eq(infos[0].name, "MainThread");
    ck_assert_str_eq(infos[1].name, "listed");
    ck_assert_uint_eq(infos[1].id, weft_thread_id(&thread));
    weft_event_set(&go);
    assert_ok(weft_thread_join(&thread));
    ck_assert(!weft_thread_is_alive(&thread));
    ck_assert_uint_eq(weft_active_count(), 1);
}
END_TEST

START_TEST(enumerate_tells_what_a_thread_waits_for)
{
    weft_thread_info infos[2];
    weft_thread thread = WEFT_THREAD(wait_to_go, NULL);
    start(&thread);
    wait_until_waiting(&go, 1);
    ck_assert_uint_eq(weft_enumerate(infos, 2), 2);
    ck_assert_str_eq(infos[1].waits_for, "event");
    ck_assert_ptr_eq(infos[1].waits_on, &go);
    ck_assert(infos[1].waiting_since > 0);
    ck_assert(infos[1].waiting_since <= weft_monotonic());
    ck_assert_ptr_null(infos[0].waits_for);
    weft_event_set(&go);
    assert_ok(weft_thread_join(&thread));
}
END_TEST

START_TEST(starting_twice_is_answered)
{
    weft_thread thread = WEFT_THREAD(wait_to_go, NULL);
    start(&thread);
    expect_misuse(weft_thread_start(&thread), WEFT_ALREADY_STARTED);
    weft_event_set(&go);
    assert_ok(weft_thread_join(&thread));
    expect_misuse(weft_thread_start(&thread), WEFT_ALREADY_STARTED);
}
END_TEST

static void *join_it(void *arg)
{
    return weft_thread_join(arg) == WEFT_OK ? arg : NULL;
}

START_TEST(join_any_number_of_times_by_any_number_of_threads)
{
    weft_thread thread = WEFT_THREAD(wait_to_go, NULL), joiners[4];
    start(&thread);
    for (int i = 0; i < 4; i++) {
        joiners[i] = (weft_thread)WEFT_THREAD(join_it, &thread);
        start(&joiners[i]);
    }
    wait_until_waiting(&thread, 4);
    weft_event_set(&go);
    for (int i = 0; i < 4; i++) {
        assert_ok(weft_thread_join(&joiners[i]));
        ck_assert_ptr_eq(weft_thread_result(&joiners[i]), &thread);
    }
    assert_ok(weft_thread_join(&thread));
    assert_ok(weft_thread_join(&thread));
    assert_ok(weft_thread_try_join(&thread));
}
END_TEST

START_TEST(joining_an_unstarted_thread_is_answered)
{
    weft_thread thread = WEFT_THREAD(echo, NULL);
    expect_misuse(weft_thread_join(&thread), WEFT_NOT_STARTED);
    expect_misuse(weft_thread_try_join(&thread), WEFT_NOT_STARTED);
    expect_misuse(weft_thread_stop(&thread), WEFT_NOT_STARTED);
}
END_TEST

static void *join_myself(void *arg)
{
    (void)arg;
    weft_status status = weft_thread_join(weft_current_thread());
    return (void *)(intptr_t)status;
}

START_TEST(joining_oneself_is_answered)
{
    weft_set_misuse_handler(count_misuse_);
    weft_thread thread = WEFT_THREAD(join_myself, NULL);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    ck_assert_int_eq((int)(intptr_t)weft_thread_result(&thread), WEFT_DEADLOCK);
    ck_assert_int_eq(misuses_, 1);
}
END_TEST

START_TEST(a_join_that_times_out_leaves_it_joinable)
{
    weft_thread thread = WEFT_THREAD(wait_to_go, NULL);
    start(&thread);
    assert_status(weft_thread_join_timed(&thread, WEFT_MS(2)), WEFT_TIMED_OUT);
    assert_status(weft_thread_join_timed(&thread, 0), WEFT_TIMED_OUT);
    assert_status(weft_thread_try_join(&thread), WEFT_BUSY);
    weft_event_set(&go);
    assert_ok(weft_thread_join_timed(&thread, WEFT_SECONDS(30)));
}
END_TEST

START_TEST(null_and_nothing_to_run_are_answered)
{
    weft_thread nothing = WEFT_THREAD(NULL, NULL);
    expect_misuse(weft_thread_start(NULL), WEFT_INVALID);
    expect_misuse(weft_thread_start(&nothing), WEFT_INVALID);
    expect_misuse(weft_thread_join(NULL), WEFT_INVALID);
    expect_misuse(weft_thread_stop(NULL), WEFT_INVALID);
    expect_misuse(weft_thread_set_name(NULL, "x"), WEFT_INVALID);
    expect_misuse(weft_thread_set_name(&nothing, NULL), WEFT_INVALID);
    expect_misuse(weft_thread_set_daemon(NULL, true), WEFT_INVALID);
    expect_misuse(weft_spawn(NULL, NULL), WEFT_INVALID);
    expect_misuse(weft_thread_join(weft_main_thread()), WEFT_INVALID);
    ck_assert_uint_eq(weft_active_count(), 1);
}
END_TEST

/* ---- Stop requests, identity, stacks ---- */

static void *sleep_until_stopped(void *arg)
{
    weft_status status = weft_sleep(WEFT_FOREVER);
    bool stopping = weft_stopping();
    weft_status later = weft_sleep(WEFT_FOREVER);
    return status == WEFT_STOPPED && stopping && later == WEFT_STOPPED ? arg
                                                                       : NULL;
}

START_TEST(a_stop_request_ends_waits_now_and_later)
{
    int value;
    weft_thread thread = WEFT_THREAD(sleep_until_stopped, &value);
    start(&thread);
    ck_assert(!weft_stopping());
    assert_ok(weft_thread_stop(&thread));
    assert_ok(weft_thread_join(&thread));
    ck_assert_ptr_eq(weft_thread_result(&thread), &value);
    assert_ok(weft_thread_stop(&thread)); /* it has ended: no harm */
}
END_TEST

START_TEST(a_stopped_joiner_returns)
{
    weft_thread thread = WEFT_THREAD(wait_to_go, NULL);
    weft_thread joiner = WEFT_THREAD(join_it, &thread);
    start(&thread);
    start(&joiner);
    wait_until_waiting(&thread, 1);
    assert_ok(weft_thread_stop(&joiner));
    assert_ok(weft_thread_join(&joiner));
    ck_assert_ptr_null(weft_thread_result(&joiner));
    weft_event_set(&go);
    assert_ok(weft_thread_join(&thread));
}
END_TEST

static void *who_am_i(void *arg)
{
    *(long *)arg = (long)syscall(SYS_gettid);
    weft_event_wait(&go);
    return weft_current_thread();
}

START_TEST(current_main_and_native_id)
{
    long native_id = 0;
    weft_thread thread = WEFT_THREAD(who_am_i, &native_id);
    ck_assert_ptr_eq(weft_current_thread(), weft_main_thread());
    ck_assert_int_eq(weft_thread_native_id(&thread), 0);
    start(&thread);
    long told = weft_thread_native_id(&thread);
    weft_event_set(&go);
    assert_ok(weft_thread_join(&thread));
    ck_assert_int_eq(told, native_id);
    ck_assert_ptr_eq(weft_thread_result(&thread), &thread);
    ck_assert_int_eq(weft_thread_native_id(&thread), 0);
    ck_assert_int_eq(weft_thread_native_id(weft_main_thread()), getpid());
}
END_TEST

static void *stack_size(void *arg)
{
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstacksize(&attributes, arg);
    pthread_attr_destroy(&attributes);
    return NULL;
}

START_TEST(the_stack_size_is_honoured_and_too_small_is_answered)
{
    size_t size = 0;
    weft_thread thread = WEFT_THREAD(stack_size, &size, .stack_size = 3 << 20);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    ck_assert_uint_ge(size, 3 << 20);
    weft_thread small = WEFT_THREAD(stack_size, &size, .stack_size = 1);
    expect_misuse(weft_thread_start(&small), WEFT_INVALID);
    ck_assert(!weft_thread_is_alive(&small));
    small.stack_size = 0;
    start(&small);
    assert_ok(weft_thread_join(&small));
}
END_TEST

START_TEST(the_memory_is_the_callers_once_a_join_has_returned)
{
    for (int i = 0; i < 2000; i++) {
        weft_thread *thread = malloc(sizeof *thread);
        *thread = (weft_thread)WEFT_THREAD(echo, thread);
        start(thread);
        assert_ok(weft_thread_join(thread));
        memset(thread, 0xa5, sizeof *thread);
        free(thread);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        target_and_argument_give_a_result,
        a_thread_is_subclassed_by_embedding,
        after_start_it_is_alive_and_enumerated,
        enumerate_tells_what_a_thread_waits_for,
        starting_twice_is_answered,
        join_any_number_of_times_by_any_number_of_threads,
        joining_an_unstarted_thread_is_answered,
        joining_oneself_is_answered,
        a_join_that_times_out_leaves_it_joinable,
        null_and_nothing_to_run_are_answered,
        a_stop_request_ends_waits_now_and_later,
        a_stopped_joiner_returns,
        current_main_and_native_id,
        the_stack_size_is_honoured_and_too_small_is_answered,
        the_memory_is_the_callers_once_a_join_has_returned,
    };
    return RUN_TESTS("thread", tests);
}
