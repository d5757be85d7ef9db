/* SPDX-License-Identifier: MIT */

/* What a forked child finds: itself as the main thread, all others dead, and
 * weft's own internals in order, whatever the parent's threads were doing. */

#include "forking.h"

#include <pthread.h>
#include <stdatomic.h>
#include <weft/condition.h>
#include <weft/lock.h>
#include <weft/rlock.h>

static weft_thread sleeper;

static void *sleep_until_stopped(void *arg)
{
    weft_sleep(WEFT_FOREVER);
    return arg;
}

static void start_sleeper(void)
{
    sleeper = (weft_thread)WEFT_THREAD(sleep_until_stopped, NULL);
    start(&sleeper);
    wait_until_waiting(NULL, 1);
}

static void stop_sleeper(void)
{
    assert_ok(weft_thread_stop(&sleeper));
    assert_ok(weft_thread_join(&sleeper));
}

static void *return_argument(void *arg)
{
    return arg;
}

static void tell_who_is_there(void)
{
    weft_thread_info infos[4];
    require(weft_enumerate(infos, 4) == 1);
    require(weft_active_count() == 1);
    require(weft_current_thread() == weft_main_thread());
    require((int)infos[0].native_id == (int)getpid());
    require(!infos[0].daemon);
    require(!infos[0].foreign);
    leave("alone");
}

START_TEST(the_child_has_one_thread_the_main_one)
{
    start_sleeper();
    assert_child(tell_who_is_there, "alone", 0);
    stop_sleeper();
}
END_TEST

static void *fork_here(void *arg)
{
    assert_child(tell_who_is_there, "alone", 0);
    return arg;
}

START_TEST(a_thread_that_forks_is_the_childs_main_thread)
{
    weft_thread thread = WEFT_THREAD(fork_here, NULL, .daemon = true);
    start_sleeper();
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    ck_assert_ptr_ne(weft_main_thread(), &thread);
    stop_sleeper();
}
END_TEST

START_TEST(a_foreign_thread_that_forks_is_the_childs_main_thread)
{
    pthread_t thread;
    start_sleeper();
    ck_assert_int_eq(pthread_create(&thread, NULL, fork_here, NULL), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    stop_sleeper();
}
END_TEST

static void join_the_sleeper(void)
{
    require(!weft_thread_is_alive(&sleeper));
    require(weft_thread_join(&sleeper) == WEFT_OK);
    require(weft_thread_stop(&sleeper) == WEFT_OK);
    require(weft_thread_native_id(&sleeper) == 0);
    say("joined");
}

START_TEST(other_threads_read_as_dead_and_a_join_returns)
{
    start_sleeper();
    assert_child(join_the_sleeper, "joined", 0);
    ck_assert(weft_thread_is_alive(&sleeper));
    stop_sleeper();
}
END_TEST

static void nothing(void)
{
}

START_TEST(the_childs_exit_does_not_wait_for_the_parents_threads)
{
    start_sleeper();
    assert_child(nothing, "", 0);
    stop_sleeper();
}
END_TEST

/* ---- Forks in the middle of everything ---- */

static weft_lock busy_lock;
static weft_condition busy_condition;
static atomic_bool finished;
static atomic_int busy_threads;

static void start_and_join_one(void)
{
    weft_thread short_lived = WEFT_THREAD(return_argument, NULL);
    require(weft_thread_start(&short_lived) == WEFT_OK);
    require(weft_thread_join(&short_lived) == WEFT_OK);
}

static void *be_busy(void *arg)
{
    weft_thread_info infos[8];
    busy_threads++;
    while (!finished) {
        weft_lock_acquire(&busy_lock);
        weft_condition_notify_all(&busy_condition);
        weft_condition_wait_timed(&busy_condition, &busy_lock, WEFT_US(20));
        weft_lock_release(&busy_lock);
        require(weft_enumerate(infos, 8) > 0);
        if (!SANITIZED)
            start_and_join_one();
    }
    return arg;
}

static weft_lock own_lock;
static weft_condition own_condition;
static int turns;

static void *take_turns(void *arg)
{
    int me = arg != NULL;
    for (int i = 0; i < 10; i++) {
        weft_lock_acquire(&own_lock);
        while (turns % 2 != me)
            require(weft_condition_wait(&own_condition, &own_lock) == WEFT_OK);
        turns++;
        weft_condition_notify_all(&own_condition);
        weft_lock_release(&own_lock);
    }
    return NULL;
}

static void use_weft(void)
{
    weft_thread other = WEFT_THREAD(take_turns, &other);
    require(weft_thread_start(&other) == WEFT_OK);
    take_turns(NULL);
    require(weft_thread_join(&other) == WEFT_OK);
    require(turns == 20);
    weft_lock_reinit(&busy_lock);
    weft_lock_acquire(&busy_lock);
    weft_lock_release(&busy_lock);
    leave("fine");
}

START_TEST(internals_are_usable_whatever_the_parents_threads_did)
{
    weft_thread busy[3];
    for (int i = 0; i < 3; i++) {
        busy[i] = (weft_thread)WEFT_THREAD(be_busy, NULL);
        start(&busy[i]);
    }
    while (busy_threads < 3)
        weft_sleep(WEFT_US(100));
    for (int i = 0; i < 30; i++)
        assert_child(use_weft, "fine", 0);
    finished = true;
    for (int i = 0; i < 3; i++)
        assert_ok(weft_thread_join(&busy[i]));
}
END_TEST

static void fork_again(void)
{
    start_sleeper();
    assert_child(tell_who_is_there, "alone", 0);
    stop_sleeper();
    say("and again");
}

START_TEST(a_child_may_fork_too)
{
    start_sleeper();
    assert_child(fork_again, "and again", 0);
    stop_sleeper();
}
END_TEST

static void use_memory_and_a_thread(void)
{
    for (size_t i = 1; i <= 50; i++) {
        void *volatile memory = malloc(50 * i);
        free(memory);
    }
    weft_thread thread = WEFT_THREAD(return_argument, NULL);
    require(weft_thread_start(&thread) == WEFT_OK);
    require(weft_thread_join(&thread) == WEFT_OK);
    leave("fine");
}

/* Joined threads may still have something to free; address sanitizer's
 * allocator does not survive a fork in the midst of that. */
START_TEST(a_fork_right_after_threads_ended_finds_the_memory_in_order)
{
    for (int round = 0; round < 100; round++) {
        weft_thread threads[8];
        for (int i = 0; i < 8; i++) {
            threads[i] = (weft_thread)WEFT_THREAD(return_argument, NULL);
            start(&threads[i]);
        }
        for (int i = 0; i < 8; i++)
            assert_ok(weft_thread_join(&threads[i]));
        assert_child(use_memory_and_a_thread, "fine", 0);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_child_has_one_thread_the_main_one,
        a_thread_that_forks_is_the_childs_main_thread,
        a_foreign_thread_that_forks_is_the_childs_main_thread,
        other_threads_read_as_dead_and_a_join_returns,
        the_childs_exit_does_not_wait_for_the_parents_threads,
        internals_are_usable_whatever_the_parents_threads_did,
        a_child_may_fork_too,
        a_fork_right_after_threads_ended_finds_the_memory_in_order,
    };
    return RUN_TESTS("fork", tests);
}
