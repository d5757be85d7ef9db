/* SPDX-License-Identifier: MIT */

/* A program that exits inside a timer's callback, while others are pending. */

#include "child.h"

#include <weft/event.h>
#include <weft/timer.h>

static weft_event exiting;

static void *say_fired(void *arg)
{
    say("fired");
    return arg;
}

static void *exit_now(void *arg)
{
    (void)arg;
    weft_event_set(&exiting);
    exit(5);
}

static void exit_with_others_pending(void)
{
    static weft_timer late = WEFT_TIMER(WEFT_MS(30), say_fired, NULL);
    static weft_timer timer = WEFT_TIMER(0, exit_now, NULL);
    assert_ok(weft_timer_start(&late));
    assert_ok(weft_timer_start(&timer));
    weft_sleep(WEFT_FOREVER);
}

START_TEST(exit_in_a_callback_lets_the_other_timers_fire)
{
    assert_child(exit_with_others_pending, "fired", 5);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        exit_in_a_callback_lets_the_other_timers_fire,
    };
    return RUN_TESTS("timer exit callback", tests);
}
