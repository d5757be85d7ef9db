/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <stdatomic.h>
#include <string.h>
#include <weft/event.h>
#include <weft/semaphore.h>
#include <weft/timer.h>

static atomic_int fired;
static weft_event inside, leave;
static weft_semaphore beats;

static void *count(void *arg)
{
    fired++;
    return arg;
}

static void *beat(void *arg)
{
    count(arg);
    weft_semaphore_release(&beats, 1);
    return NULL;
}

static void *block(void *arg)
{
    weft_event_set(&inside);
    weft_event_wait(&leave);
    return count(arg);
}

START_TEST(fires_once_after_the_interval)
{
    weft_timer timer = WEFT_TIMER(WEFT_MS(5), count, NULL);
    weft_duration before = weft_monotonic();
    assert_ok(weft_timer_start(&timer));
    assert_ok(weft_timer_join(&timer));
    ck_assert_int_eq(fired, 1);
    ck_assert(weft_monotonic() - before >= WEFT_MS(5));
    ck_assert(!weft_timer_is_pending(&timer));
    assert_ok(weft_timer_try_join(&timer));
}
END_TEST

START_TEST(an_interval_of_zero_or_less_fires_now)
{
    weft_timer timers[2] = {WEFT_TIMER(0, count, NULL),
                            WEFT_TIMER(INT64_MIN, count, NULL)};
    for (int i = 0; i < 2; i++) {
        assert_ok(weft_timer_start(&timers[i]));
        assert_ok(weft_timer_join(&timers[i]));
    }
    ck_assert_int_eq(fired, 2);
}
END_TEST

static void *join_timer(void *timer)
{
    return (void *)(intptr_t)weft_timer_join(timer);
}

START_TEST(cancel_prevents_it_and_wakes_at_once)
{
    weft_timer timer = WEFT_TIMER(WEFT_SECONDS(1000), count, NULL);
    weft_thread joiner = WEFT_THREAD(join_timer, &timer);
    assert_ok(weft_timer_start(&timer));
    ck_assert(weft_timer_is_pending(&timer));
    assert_status(weft_timer_try_join(&timer), WEFT_BUSY);
    assert_status(weft_timer_join_timed(&timer, WEFT_MS(1)), WEFT_TIMED_OUT);
    start(&joiner);
    wait_until_waiting(&timer, 1);
    assert_ok(weft_timer_cancel(&timer));
    assert_ok(weft_thread_join(&joiner));
    assert_ok((weft_status)(intptr_t)weft_thread_result(&joiner));
    ck_assert_int_eq(fired, 0);
    ck_assert(!weft_timer_is_pending(&timer));
}
END_TEST

START_TEST(cancel_afterwards_is_a_no_op_and_it_may_start_again)
{
    weft_timer timer = WEFT_TIMER(0, count, NULL);
    for (int i = 1; i <= 3; i++) {
        assert_ok(weft_timer_start(&timer));
        assert_ok(weft_timer_join(&timer));
        assert_ok(weft_timer_cancel(&timer));
        assert_ok(weft_timer_cancel(&timer));
        ck_assert_int_eq(fired, i);
    }
}
END_TEST

START_TEST(the_longest_intervals_never_fire)
{
    weft_timer timer = WEFT_TIMER(WEFT_FOREVER, count, NULL);
    weft_timer other = WEFT_TIMER(WEFT_FOREVER - 1, count, NULL);
    assert_ok(weft_timer_start(&timer));
    assert_ok(weft_timer_start(&other));
    assert_status(weft_timer_join_timed(&timer, WEFT_MS(2)), WEFT_TIMED_OUT);
    assert_ok(weft_timer_cancel(&timer));
    assert_ok(weft_timer_cancel(&other));
    ck_assert_int_eq(fired, 0);
}
END_TEST

START_TEST(timers_fire_in_order_of_their_time)
{
    enum { MANY = 200 };
    static weft_timer timers[MANY];
    for (int i = 0; i < MANY; i++) {
        timers[i] = (weft_timer)WEFT_TIMER(WEFT_US((i * 7919) % 5000), count,
                                           NULL, .daemon = true);
        assert_ok(weft_timer_start(&timers[i]));
    }
    for (int i = 0; i < MANY; i += 3)
        assert_ok(weft_timer_cancel(&timers[i]));
    for (int i = 0; i < MANY; i++)
        assert_ok(weft_timer_join(&timers[i]));
    ck_assert_int_ge(fired, MANY - MANY / 3 - 1);
    ck_assert_int_le(fired, MANY);
}
END_TEST

START_TEST(repeats_without_drift_until_cancelled)
{
    weft_timer timer =
        WEFT_TIMER(WEFT_MS(2), beat, NULL, .repeat = true, .daemon = true);
    weft_duration before = weft_monotonic();
    assert_ok(weft_timer_start(&timer));
    for (int i = 0; i < 5; i++)
        weft_semaphore_acquire(&beats);
    ck_assert(weft_monotonic() - before >= WEFT_MS(10));
    assert_ok(weft_timer_cancel(&timer));
    assert_ok(weft_timer_join(&timer));
    int last = fired;
    weft_sleep(WEFT_MS(6));
    ck_assert_int_eq(fired, last);
}
END_TEST

static weft_timer itself;

static void *cancel_itself(void *arg)
{
    if (++fired == 3)
        weft_timer_cancel(&itself);
    return arg;
}

START_TEST(a_callback_may_cancel_its_own_repetition)
{
    itself = (weft_timer)WEFT_TIMER(WEFT_US(100), cancel_itself, NULL,
                                    .repeat = true);
    assert_ok(weft_timer_start(&itself));
    assert_ok(weft_timer_join(&itself));
    ck_assert_int_eq(fired, 3);
}
END_TEST

START_TEST(a_callback_that_blocks_delays_no_other)
{
    weft_timer slow = WEFT_TIMER(0, block, NULL);
    weft_timer quick[3] = {WEFT_TIMER(0, count, NULL),
                           WEFT_TIMER(WEFT_MS(1), count, NULL),
                           WEFT_TIMER(WEFT_MS(2), count, NULL)};
    assert_ok(weft_timer_start(&slow));
    assert_ok(weft_event_wait(&inside));
    for (int i = 0; i < 3; i++)
        assert_ok(weft_timer_start(&quick[i]));
    for (int i = 0; i < 3; i++)
        assert_ok(weft_timer_join(&quick[i]));
    ck_assert_int_eq(fired, 3);
    assert_ok(weft_timer_cancel(&slow)); /* it runs: not disturbed */
    assert_status(weft_timer_try_join(&slow), WEFT_BUSY);
    assert_ok(weft_event_set(&leave));
    assert_ok(weft_timer_join(&slow));
    ck_assert_int_eq(fired, 4);
}
END_TEST

static void *name_of_thread(void *arg)
{
    strcpy(arg, weft_thread_name(weft_current_thread()));
    return NULL;
}

START_TEST(the_thread_bears_the_timers_name)
{
    char name[WEFT_NAME_SIZE];
    weft_timer named = WEFT_TIMER(0, name_of_thread, name, .name = "tick");
    assert_ok(weft_timer_start(&named));
    assert_ok(weft_timer_join(&named));
    ck_assert_str_eq(name, "tick");
    weft_timer unnamed = WEFT_TIMER(0, name_of_thread, name);
    assert_ok(weft_timer_start(&unnamed));
    assert_ok(weft_timer_join(&unnamed));
    ck_assert_str_eq(name, "Timer-2");
}
END_TEST

static weft_status own_join;

static void *join_itself(void *arg)
{
    own_join = weft_timer_join(arg);
    return NULL;
}

START_TEST(misuse_is_answered)
{
    weft_timer nothing = WEFT_TIMER(1, NULL, NULL);
    weft_timer no_interval = WEFT_TIMER(0, count, NULL, .repeat = true);
    weft_timer timer = WEFT_TIMER(WEFT_SECONDS(1000), count, NULL);
    expect_misuse(weft_timer_start(NULL), WEFT_INVALID);
    expect_misuse(weft_timer_start(&nothing), WEFT_INVALID);
    expect_misuse(weft_timer_start(&no_interval), WEFT_INVALID);
    expect_misuse(weft_timer_cancel(NULL), WEFT_INVALID);
    expect_misuse(weft_timer_join(NULL), WEFT_INVALID);
    expect_misuse(weft_timer_join(&timer), WEFT_NOT_STARTED);
    expect_misuse(weft_timer_cancel(&timer), WEFT_NOT_STARTED);
    assert_ok(weft_timer_start(&timer));
    expect_misuse(weft_timer_start(&timer), WEFT_ALREADY_STARTED);
    ck_assert(weft_timer_is_pending(&timer));
    assert_ok(weft_timer_cancel(&timer));
    ck_assert_int_eq(fired, 0);
}
END_TEST

START_TEST(a_callback_that_joins_its_timer_is_answered)
{
    weft_set_misuse_handler(count_misuse_);
    weft_timer timer = WEFT_TIMER(0, join_itself, &timer);
    assert_ok(weft_timer_start(&timer));
    assert_ok(weft_timer_join(&timer));
    assert_status(own_join, WEFT_DEADLOCK);
    ck_assert_int_eq(misuses_, 1);
}
END_TEST

static void *give_up(void *arg)
{
    count(arg);
    return weft_fail(3, "no luck");
}

static void *collect(const weft_thread *thread, const weft_error *error)
{
    ck_assert_str_eq(weft_thread_name(thread), "unlucky");
    ck_assert_str_eq(error->message, "no luck");
    weft_semaphore_release(&beats, 1);
    return NULL;
}

START_TEST(a_failure_goes_to_the_excepthook_and_repetition_goes_on)
{
    weft_set_excepthook(collect);
    weft_timer timer = WEFT_TIMER(WEFT_US(100), give_up, NULL, .repeat = true,
                                  .name = "unlucky", .daemon = true);
    assert_ok(weft_timer_start(&timer));
    weft_semaphore_acquire(&beats);
    weft_semaphore_acquire(&beats);
    assert_ok(weft_timer_cancel(&timer));
    assert_ok(weft_timer_join(&timer));
}
END_TEST

static void *stop_my_thread(void *arg)
{
    (void)weft_thread_stop(weft_current_thread());
    ck_assert(weft_stopping());
    return count(arg);
}

START_TEST(a_stop_request_is_for_the_callback_alone)
{
    weft_timer timer = WEFT_TIMER(0, stop_my_thread, NULL);
    for (int i = 1; i <= 3; i++) {
        assert_ok(weft_timer_start(&timer));
        assert_ok(weft_timer_join(&timer));
        ck_assert_int_eq(fired, i);
    }
}
END_TEST

/* ---- Stress ---- */

static void *start_and_cancel(void *arg)
{
    weft_timer timers[10];
    for (int round = 0; round < (SANITIZED ? 50 : 500); round++) {
        for (int i = 0; i < 10; i++) {
            timers[i] = (weft_timer)WEFT_TIMER(WEFT_US(i * 20), count, NULL);
            assert_ok(weft_timer_start(&timers[i]));
        }
        for (int i = 0; i < 10; i += 2)
            assert_ok(weft_timer_cancel(&timers[i]));
        for (int i = 0; i < 10; i++)
            assert_ok(weft_timer_join(&timers[i]));
    }
    return arg;
}

START_TEST(stress_start_cancel_and_join)
{
    weft_thread threads[3];
    for (int i = 0; i < 3; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(start_and_cancel, NULL);
        start(&threads[i]);
    }
    for (int i = 0; i < 3; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_int_ge(fired, 3 * 5 * (SANITIZED ? 50 : 500));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        fires_once_after_the_interval,
        an_interval_of_zero_or_less_fires_now,
        cancel_prevents_it_and_wakes_at_once,
        cancel_afterwards_is_a_no_op_and_it_may_start_again,
        the_longest_intervals_never_fire,
        timers_fire_in_order_of_their_time,
        repeats_without_drift_until_cancelled,
        a_callback_may_cancel_its_own_repetition,
        a_callback_that_blocks_delays_no_other,
        the_thread_bears_the_timers_name,
        misuse_is_answered,
        a_callback_that_joins_its_timer_is_answered,
        a_failure_goes_to_the_excepthook_and_repetition_goes_on,
        a_stop_request_is_for_the_callback_alone,
        stress_start_cancel_and_join,
    };
    return RUN_TESTS("timer", tests);
}
