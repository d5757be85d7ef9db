/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <weft/condition.h>

static weft_lock lock;
static weft_rlock rlock;
static weft_condition condition;
static int woken, order[16];

/* Waits once and writes down its number when it is woken. */
static void *wait_in_line(void *arg)
{
    weft_lock_acquire(&lock);
    weft_status status = weft_condition_wait(&condition, &lock);
    if (status == WEFT_OK)
        order[woken++] = (int)(intptr_t)arg;
    weft_lock_release(&lock);
    return (void *)(intptr_t)status;
}

static void start_waiters(weft_thread *threads, int count, int before)
{
    for (int i = 0; i < count; i++) {
        void *number = (void *)(intptr_t)i;
        threads[i] = (weft_thread)WEFT_THREAD(wait_in_line, number);
        start(&threads[i]);
        wait_until_waiting(&condition, (size_t)before + (size_t)i + 1);
    }
}

static void join_all(weft_thread *threads, int count)
{
    for (int i = 0; i < count; i++)
        assert_ok(weft_thread_join(&threads[i]));
}

static int count_woken(void)
{
    weft_lock_acquire(&lock);
    int count = woken;
    weft_lock_release(&lock);
    return count;
}

static void wait_until_woken(int count)
{
    while (count_woken() < count)
        weft_sleep(WEFT_US(100));
}

START_TEST(wake_order_is_first_in_first_out)
{
    weft_thread threads[6];
    start_waiters(threads, 6, 0);
    for (int i = 0; i < 6; i++) {
        weft_condition_notify(&condition, 1);
        wait_until_woken(i + 1);
    }
    join_all(threads, 6);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(order[i], i);
}
END_TEST

START_TEST(notify_wakes_exactly_n)
{
    weft_thread threads[5];
    start_waiters(threads, 5, 0);
    weft_condition_notify(&condition, 3);
    wait_until_woken(3);
    wait_until_waiting(&condition, 2);
    ck_assert_int_eq(count_woken(), 3);
    weft_condition_notify(&condition, 2);
    join_all(threads, 5);
}
END_TEST

START_TEST(notify_zero_does_nothing_and_too_many_wakes_all)
{
    weft_thread threads[3];
    start_waiters(threads, 3, 0);
    weft_condition_notify(&condition, 0);
    wait_until_waiting(&condition, 3);
    ck_assert_int_eq(count_woken(), 0);
    weft_condition_notify(&condition, 100);
    join_all(threads, 3);
    ck_assert_int_eq(woken, 3);
}
END_TEST

START_TEST(notify_all_wakes_all)
{
    weft_thread threads[4];
    start_waiters(threads, 4, 0);
    weft_condition_notify_all(&condition);
    join_all(threads, 4);
    ck_assert_int_eq(woken, 4);
    ck_assert_uint_eq(condition.waiters_, 0);
}
END_TEST

START_TEST(who_waits_after_the_notify_is_not_woken_by_it)
{
    weft_condition_notify_all(&condition);
    weft_lock_acquire(&lock);
    assert_status(weft_condition_wait_timed(&condition, &lock, WEFT_MS(5)),
                  WEFT_TIMED_OUT);
    weft_lock_release(&lock);
    /* Two wait; one notify; a third comes at once: still two stay. */
    weft_thread threads[3];
    start_waiters(threads, 2, 0);
    weft_lock_acquire(&lock);
    weft_condition_notify(&condition, 1);
    weft_lock_release(&lock);
    start_waiters(threads + 2, 1, 1);
    wait_until_woken(1);
    wait_until_waiting(&condition, 2);
    ck_assert_int_eq(count_woken(), 1);
    ck_assert_int_eq(order[0], 0);
    weft_condition_notify_all(&condition);
    join_all(threads, 3);
}
END_TEST

START_TEST(a_waiter_that_times_out_costs_nobody_a_wake)
{
    weft_thread thread;
    weft_lock_acquire(&lock);
    assert_status(weft_condition_wait_timed(&condition, &lock, WEFT_MS(1)),
                  WEFT_TIMED_OUT);
    weft_lock_release(&lock);
    start_waiters(&thread, 1, 0);
    weft_condition_notify(&condition, 1);
    join_all(&thread, 1);
    ck_assert_int_eq(woken, 1);
}
END_TEST

START_TEST(the_lock_is_held_again_after_a_time_out)
{
    weft_lock_acquire(&lock);
    assert_status(weft_condition_wait_timed(&condition, &lock, -1),
                  WEFT_TIMED_OUT);
    ck_assert(weft_lock_locked(&lock));
    assert_ok(weft_lock_release(&lock));
}
END_TEST

START_TEST(the_lock_is_held_again_after_a_stop)
{
    weft_thread thread;
    start_waiters(&thread, 1, 0);
    assert_ok(weft_thread_stop(&thread));
    assert_ok(weft_thread_join(&thread));
    /* It released the lock after the wait, which it would not own otherwise. */
    ck_assert_int_eq((int)(intptr_t)weft_thread_result(&thread), WEFT_STOPPED);
    ck_assert(!weft_lock_locked(&lock));
}
END_TEST

static bool is_three(void *arg)
{
    return *(int *)arg == 3;
}

static void *wait_for_three(void *arg)
{
    weft_lock_acquire(&lock);
    weft_status status =
        weft_condition_wait_until(&condition, &lock, is_three, arg);
    bool held = weft_lock_locked(&lock);
    weft_lock_release(&lock);
    return status == WEFT_OK && held ? arg : NULL;
}

START_TEST(wait_until_returns_with_the_predicate_true)
{
    int value = 0;
    weft_thread thread = WEFT_THREAD(wait_for_three, &value);
    start(&thread);
    for (int i = 1; i <= 3; i++) {
        wait_until_waiting(&condition, 1);
        weft_lock_acquire(&lock);
        value = i;
        weft_condition_notify(&condition, 1);
        weft_lock_release(&lock);
    }
    assert_ok(weft_thread_join(&thread));
    ck_assert_ptr_eq(weft_thread_result(&thread), &value);
}
END_TEST

START_TEST(wait_until_true_at_once_does_not_wait)
{
    int value = 3;
    weft_lock_acquire(&lock);
    assert_ok(weft_condition_wait_until(&condition, &lock, is_three, &value));
    weft_lock_release(&lock);
}
END_TEST

/* False when first asked, true when asked after the deadline. */
static bool is_second_look(void *arg)
{
    return ++*(int *)arg == 2;
}

START_TEST(wait_until_asks_once_more_after_the_deadline)
{
    int looks = 0, value = 0;
    weft_lock_acquire(&lock);
    assert_ok(weft_condition_wait_until_timed(&condition, &lock, is_second_look,
                                              &looks, WEFT_MS(1)));
    assert_status(weft_condition_wait_until_timed(&condition, &lock, is_three,
                                                  &value, WEFT_MS(1)),
                  WEFT_TIMED_OUT);
    weft_lock_release(&lock);
}
END_TEST

static void *wait_nested(void *arg)
{
    weft_rlock_acquire(&rlock);
    weft_rlock_acquire(&rlock);
    weft_rlock_acquire(&rlock);
    assert_ok(weft_condition_wait(&condition, &rlock));
    uint32_t level = weft_rlock_level(&rlock);
    while (weft_rlock_level(&rlock) > 0)
        weft_rlock_release(&rlock);
    return level == 3 ? arg : NULL;
}

START_TEST(the_whole_depth_of_an_rlock_is_released_and_restored)
{
    weft_thread thread = WEFT_THREAD(wait_nested, &rlock);
    start(&thread);
    wait_until_waiting(&condition, 1);
    weft_rlock_acquire(&rlock);
    weft_condition_notify(&condition, 1);
    weft_rlock_release(&rlock);
    assert_ok(weft_thread_join(&thread));
    ck_assert_ptr_eq(weft_thread_result(&thread), &rlock);
}
END_TEST

START_TEST(waiting_without_the_lock_is_answered)
{
    expect_misuse(weft_condition_wait(&condition, &lock), WEFT_NOT_OWNER);
    expect_misuse(weft_condition_wait(&condition, &rlock), WEFT_NOT_OWNER);
    expect_misuse(weft_condition_wait_until(&condition, &lock, is_three, NULL),
                  WEFT_NOT_OWNER);
    ck_assert_uint_eq(condition.waiters_, 0);
}
END_TEST

START_TEST(null_is_answered)
{
    weft_lock_acquire(&lock);
    expect_misuse(weft_condition_wait(NULL, &lock), WEFT_INVALID);
    expect_misuse(weft_condition_wait_lock(&condition, NULL), WEFT_INVALID);
    expect_misuse(weft_condition_wait_rlock(&condition, NULL), WEFT_INVALID);
    expect_misuse(weft_condition_wait_until(&condition, &lock, NULL, NULL),
                  WEFT_INVALID);
    expect_misuse((weft_condition_notify(NULL, 1), WEFT_INVALID), WEFT_INVALID);
    ck_assert(weft_lock_locked(&lock));
    weft_lock_release(&lock);
}
END_TEST

/* A ball goes round: each thread waits for its turn. */
enum { PLAYERS = 4, ROUNDS = 500 };
static int turn;

static void *play(void *arg)
{
    int me = (int)(intptr_t)arg;
    for (int i = 0; i < ROUNDS; i++) {
        weft_lock_acquire(&lock);
        while (turn % PLAYERS != me)
            assert_ok(weft_condition_wait(&condition, &lock));
        turn++;
        weft_condition_notify_all(&condition);
        weft_lock_release(&lock);
    }
    return NULL;
}

START_TEST(stress_every_turn_is_taken)
{
    weft_thread threads[PLAYERS];
    for (int i = 0; i < PLAYERS; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(play, (void *)(intptr_t)i);
        start(&threads[i]);
    }
    join_all(threads, PLAYERS);
    ck_assert_int_eq(turn, PLAYERS * ROUNDS);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        wake_order_is_first_in_first_out,
        notify_wakes_exactly_n,
        notify_zero_does_nothing_and_too_many_wakes_all,
        notify_all_wakes_all,
        who_waits_after_the_notify_is_not_woken_by_it,
        a_waiter_that_times_out_costs_nobody_a_wake,
        the_lock_is_held_again_after_a_time_out,
        the_lock_is_held_again_after_a_stop,
        wait_until_returns_with_the_predicate_true,
        wait_until_true_at_once_does_not_wait,
        wait_until_asks_once_more_after_the_deadline,
        the_whole_depth_of_an_rlock_is_released_and_restored,
        waiting_without_the_lock_is_answered,
        null_is_answered,
        stress_every_turn_is_taken,
    };
    return RUN_TESTS("condition", tests);
}
