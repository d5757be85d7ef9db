/* SPDX-License-Identifier: MIT */

/* What happens to threads when the program ends. */

#include "child.h"

#include <stdatomic.h>
#include <weft/condition.h>
#include <weft/lock.h>

static void *say_late(void *text)
{
    weft_sleep(WEFT_MS(20));
    say(text);
    return NULL;
}

static void leave_one_running(void)
{
    static weft_thread thread = WEFT_THREAD(say_late, "joined");
    start(&thread);
}

START_TEST(exit_joins_threads)
{
    assert_child(leave_one_running, "joined", 0);
}
END_TEST

static void leave_a_spawned_one_running(void)
{
    assert_ok(weft_spawn(say_late, "joined", .name = "spawned"));
}

START_TEST(exit_joins_spawned_threads)
{
    assert_child(leave_a_spawned_one_running, "joined", 0);
}
END_TEST

static void *start_another(void *digit)
{
    static char digits[][2] = {"1", "2", "3", "4", "5", ""};
    char *self = digit != NULL ? digit : digits[0];
    say(self);
    weft_sleep(WEFT_MS(2));
    if (self[2] != '\0')
        assert_ok(weft_spawn(start_another, self + 2));
    return NULL;
}

static void leave_a_chain_running(void)
{
    assert_ok(weft_spawn(start_another, NULL));
}

START_TEST(exit_joins_threads_that_threads_start_meanwhile)
{
    assert_child(leave_a_chain_running, "12345", 0);
}
END_TEST

static void *wait_for_ever(void *arg)
{
    (void)arg;
    weft_sleep(WEFT_FOREVER);
    say("a daemon returned");
    return NULL;
}

static void leave_a_daemon(void)
{
    static weft_thread thread =
        WEFT_THREAD(wait_for_ever, NULL, .daemon = true);
    start(&thread);
}

START_TEST(exit_leaves_daemons_behind)
{
    assert_child(leave_a_daemon, "", 0);
}
END_TEST

static weft_lock shared_lock;
static weft_condition shared_condition;
static atomic_int running;

static void *work_for_ever(void *arg)
{
    running++;
    for (;;) {
        weft_lock_acquire(&shared_lock);
        weft_condition_notify_all(&shared_condition);
        weft_condition_wait_timed(&shared_condition, &shared_lock, WEFT_US(1));
        weft_lock_release(&shared_lock);
    }
    return arg;
}

static void leave_forty_busy_daemons(void)
{
    for (int i = 0; i < 40; i++)
        assert_ok(weft_spawn(work_for_ever, NULL, .daemon = true));
    while (running < 20)
        weft_sleep(WEFT_US(100));
}

START_TEST(forty_busy_daemons_do_not_crash_the_exit)
{
    for (int i = 0; i < 10; i++)
        assert_child(leave_forty_busy_daemons, "", 0);
}
END_TEST

static void *exit_three(void *arg)
{
    (void)arg;
    exit(3);
}

static void exit_in_a_thread(void)
{
    static weft_thread late = WEFT_THREAD(say_late, "joined");
    static weft_thread thread = WEFT_THREAD(exit_three, NULL);
    start(&late);
    start(&thread);
    weft_sleep(WEFT_FOREVER);
}

START_TEST(exit_called_in_a_thread_joins_the_others)
{
    assert_child(exit_in_a_thread, "joined", 3);
}
END_TEST

static void exit_in_a_daemon(void)
{
    static weft_thread late = WEFT_THREAD(say_late, "joined");
    static weft_thread thread = WEFT_THREAD(exit_three, NULL, .daemon = true);
    start(&late);
    start(&thread);
    weft_sleep(WEFT_FOREVER);
}

START_TEST(exit_called_in_a_daemon_joins_the_others)
{
    assert_child(exit_in_a_daemon, "joined", 3);
}
END_TEST

static void say_late_by_atexit(void)
{
    say(" then handlers");
}

static void register_first(void)
{
    atexit(say_late_by_atexit);
    leave_one_running();
}

START_TEST(threads_are_joined_before_earlier_exit_handlers_run)
{
    assert_child(register_first, "joined then handlers", 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        exit_joins_threads,
        exit_joins_spawned_threads,
        exit_joins_threads_that_threads_start_meanwhile,
        exit_leaves_daemons_behind,
        forty_busy_daemons_do_not_crash_the_exit,
        exit_called_in_a_thread_joins_the_others,
        exit_called_in_a_daemon_joins_the_others,
        threads_are_joined_before_earlier_exit_handlers_run,
    };
    return RUN_TESTS("exit", tests);
}
