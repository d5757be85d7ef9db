/* SPDX-License-Identifier: MIT */

/* Time that jumps and sleeps that end for no reason: weft knows only the clock
 * that never steps, and looks again after each sleep. */

#include "blocking.h"
#include "faults.h"

#include <weft/event.h>
#include <weft/timer.h>

static const blocking_call *one;

#define for_each_call() \
    for (size_t i_ = 0; (one = blocking_call_at(i_)) != NULL; i_++)

static void *step_the_wall_clock(void *arg)
{
    static const long long years = 365 * 24 * 3600;
    for (int i = 0; weft_sleep(WEFT_US(100)) == WEFT_OK; i++)
        wall_clock_step = (i % 2 == 0 ? 30 : -30) * years;
    return arg;
}

static weft_thread stepper = WEFT_THREAD(step_the_wall_clock, NULL);

static void begin_steps(void)
{
    wall_clock_reads = 0;
    start(&stepper);
}

static void end_steps(void)
{
    ck_assert_int_eq(wall_clock_reads, 0);
    ck_assert_int_eq(sleeps_by_wall_clock, 0);
    ck_assert_int_gt(sleeps, 0);
    assert_ok(weft_thread_stop(&stepper));
    assert_ok(weft_thread_join(&stepper));
}

/* Early would be wrong; late only the test's time limit can tell. */
static void let_each_time_out(weft_duration duration)
{
    struct caller own;
    for_each_call() {
        if (one->only_plain)
            continue;
        block(&own, one, duration);
        ck_assert_int_eq(answer_then_let_go(&own), WEFT_TIMED_OUT);
        ck_assert_msg(own.took >= duration, "%s", one->name);
    }
    weft_duration before = weft_monotonic();
    assert_ok(weft_sleep(duration));
    ck_assert(weft_monotonic() - before >= duration);
}

START_TEST(steps_of_the_wall_clock_change_no_deadline)
{
    begin_steps();
    let_each_time_out(WEFT_MS(2));
    end_steps();
}
END_TEST

static atomic_int fired;
static weft_event enough;

static void *fire(void *arg)
{
    if (++fired == 5)
        weft_event_set(&enough);
    return arg;
}

START_TEST(steps_of_the_wall_clock_change_no_timer)
{
    weft_timer once = WEFT_TIMER(WEFT_MS(4), fire, NULL);
    weft_timer beat = WEFT_TIMER(WEFT_MS(2), fire, NULL, .repeat = true);
    begin_steps();
    weft_duration before = weft_monotonic();
    assert_ok(weft_timer_start(&once));
    assert_ok(weft_timer_join(&once));
    ck_assert(weft_monotonic() - before >= WEFT_MS(4));
    before = weft_monotonic();
    assert_ok(weft_timer_start(&beat));
    assert_ok(weft_event_wait(&enough));
    ck_assert(weft_monotonic() - before >= WEFT_MS(8));
    assert_ok(weft_timer_cancel(&beat));
    assert_ok(weft_timer_join(&beat));
    end_steps();
}
END_TEST

/* Each sleep, each second, each third one is no sleep at all. */
START_TEST(sleeps_that_end_for_no_reason_end_no_wait)
{
    struct caller own;
    for (int nth = 1; nth <= 3; nth++) {
        interrupted_sleeps = nth;
        for_each_call() {
            block(&own, one, PLAIN);
            wait_until_blocked(&own);
            weft_sleep(WEFT_US(200)); /* time to go wrong */
            ck_assert_msg(is_blocked(&own), "%s", one->name);
            weft_status status = answer_when_let_go(&own);
            ck_assert_msg(status == WEFT_OK, "%s", one->name);
        }
    }
}
END_TEST

START_TEST(sleeps_that_end_for_no_reason_shorten_no_wait)
{
    for (int nth = 1; nth <= 3; nth++) {
        interrupted_sleeps = nth;
        let_each_time_out(WEFT_MS(1));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        steps_of_the_wall_clock_change_no_deadline,
        steps_of_the_wall_clock_change_no_timer,
        sleeps_that_end_for_no_reason_end_no_wait,
        sleeps_that_end_for_no_reason_shorten_no_wait,
    };
    return RUN_TESTS("time faults", tests);
}
