/* SPDX-License-Identifier: MIT */

#include "child.h"

#include <weft/timer.h>

static void *say_fired(void *arg)
{
    say("fired");
    return arg;
}

static void leave_a_timer(void)
{
    static weft_timer timer = WEFT_TIMER(WEFT_MS(10), say_fired, NULL);
    assert_ok(weft_timer_start(&timer));
}

START_TEST(a_non_daemon_timer_delays_exit_and_fires)
{
    assert_child(leave_a_timer, "fired", 0);
}
END_TEST

static void leave_a_daemon_timer(void)
{
    static weft_timer timer =
        WEFT_TIMER(WEFT_SECONDS(1000), say_fired, NULL, .daemon = true);
    assert_ok(weft_timer_start(&timer));
}

START_TEST(a_daemon_timer_does_not_delay_exit)
{
    assert_child(leave_a_daemon_timer, "", 0);
}
END_TEST

static void *exit_from_callback(void *arg)
{
    (void)arg;
    exit(4);
}

static void exit_in_a_callback(void)
{
    static weft_timer timer = WEFT_TIMER(0, exit_from_callback, NULL);
    assert_ok(weft_timer_start(&timer));
    weft_sleep(WEFT_FOREVER);
}

START_TEST(exit_called_in_a_callback_does_not_wait_for_itself)
{
    assert_child(exit_in_a_callback, "", 4);
}
END_TEST

static void exit_in_a_callback_with_others_pending(void)
{
    static weft_timer late = WEFT_TIMER(WEFT_MS(30), say_fired, NULL);
    assert_ok(weft_timer_start(&late));
    exit_in_a_callback();
}

START_TEST(exit_in_a_callback_lets_the_other_timers_fire)
{
    assert_child(exit_in_a_callback_with_others_pending, "fired", 4);
}
END_TEST

static weft_timer before_fork = WEFT_TIMER(WEFT_SECONDS(1000), say_fired, NULL);

static void use_timers_in_child(void)
{
    require(!weft_timer_is_pending(&before_fork));
    require(weft_timer_join(&before_fork) == WEFT_OK);
    weft_timer timer = WEFT_TIMER(0, say_fired, NULL);
    require(weft_timer_start(&timer) == WEFT_OK);
    require(weft_timer_join(&timer) == WEFT_OK);
    require(weft_timer_start(&before_fork) == WEFT_OK);
    require(weft_timer_cancel(&before_fork) == WEFT_OK);
}

/* AddressSanitizer's allocator does not survive a fork while another thread, as
 * it begins, allocates. */
START_TEST(in_a_forked_child_no_timer_is_pending_and_new_ones_work)
{
    assert_ok(weft_timer_start(&before_fork));
    wait_until_any_wait(1);
    assert_child(use_timers_in_child, "fired", 0);
    ck_assert(weft_timer_is_pending(&before_fork));
    assert_ok(weft_timer_cancel(&before_fork));
}
END_TEST

const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
    return "die_after_fork=0"; /* the child above starts a thread */
}

int main(void)
{
    const TTest *const tests[] = {
        a_non_daemon_timer_delays_exit_and_fires,
        a_daemon_timer_does_not_delay_exit,
        exit_called_in_a_callback_does_not_wait_for_itself,
        exit_in_a_callback_lets_the_other_timers_fire,
        in_a_forked_child_no_timer_is_pending_and_new_ones_work,
    };
    return RUN_TESTS("timer_exit", tests);
}
