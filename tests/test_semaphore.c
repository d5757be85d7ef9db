/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <weft/semaphore.h>

static weft_semaphore semaphore;

static void *take_one(void *arg)
{
    weft_semaphore_acquire(&semaphore);
    return arg;
}

static void *take_one_timed(void *arg)
{
    (void)arg;
    return (void *)(intptr_t)weft_semaphore_acquire_timed(&semaphore,
                                                          WEFT_FOREVER);
}

START_TEST(the_value_may_start_at_zero)
{
    ck_assert_uint_eq(sizeof(weft_semaphore), 4);
    ck_assert_uint_eq(weft_semaphore_value(&semaphore), 0);
    assert_status(weft_semaphore_try_acquire(&semaphore), WEFT_BUSY);
    assert_status(weft_semaphore_acquire_timed(&semaphore, 0), WEFT_TIMED_OUT);
    assert_status(weft_semaphore_acquire_timed(&semaphore, WEFT_MS(1)),
                  WEFT_TIMED_OUT);
    assert_ok(weft_semaphore_release(&semaphore, 1));
    weft_semaphore_acquire(&semaphore);
    ck_assert_uint_eq(weft_semaphore_value(&semaphore), 0);
}
END_TEST

START_TEST(permits_are_taken_and_given_back)
{
    weft_semaphore three = WEFT_SEMAPHORE(3);
    assert_ok(weft_semaphore_try_acquire(&three));
    assert_ok(weft_semaphore_acquire_timed(&three, -1));
    weft_semaphore_acquire(&three);
    assert_status(weft_semaphore_try_acquire(&three), WEFT_BUSY);
    assert_ok(weft_semaphore_release(&three, 3));
    ck_assert_uint_eq(weft_semaphore_value(&three), 3);
}
END_TEST

START_TEST(release_wakes_up_to_n)
{
    weft_thread threads[5];
    for (int i = 0; i < 5; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(take_one, NULL);
        start(&threads[i]);
    }
    wait_until_waiting(&semaphore, 5);
    assert_ok(weft_semaphore_release(&semaphore, 3));
    wait_until_waiting(&semaphore, 2);
    ck_assert_uint_eq(weft_semaphore_value(&semaphore), 0);
    assert_ok(weft_semaphore_release(&semaphore, 4));
    for (int i = 0; i < 5; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_uint_eq(weft_semaphore_value(&semaphore), 2);
}
END_TEST

START_TEST(release_of_zero_is_answered)
{
    weft_bounded_semaphore bounded = WEFT_BOUNDED_SEMAPHORE(1);
    expect_misuse(weft_semaphore_release(&semaphore, 0), WEFT_INVALID);
    expect_misuse(weft_bounded_semaphore_release(&bounded, 0), WEFT_INVALID);
    expect_misuse(weft_semaphore_release(NULL, 1), WEFT_INVALID);
    expect_misuse(weft_bounded_semaphore_release(NULL, 1), WEFT_INVALID);
    ck_assert_uint_eq(weft_semaphore_value(&semaphore), 0);
}
END_TEST

START_TEST(overflow_is_answered_all_or_nothing)
{
    weft_semaphore full = WEFT_SEMAPHORE(WEFT_SEMAPHORE_MAX - 1);
    expect_misuse(weft_semaphore_release(&full, 2), WEFT_OVERFLOW);
    ck_assert_uint_eq(weft_semaphore_value(&full), WEFT_SEMAPHORE_MAX - 1);
    assert_ok(weft_semaphore_release(&full, 1));
    expect_misuse(weft_semaphore_release(&full, 1), WEFT_OVERFLOW);
    expect_misuse(weft_semaphore_release(&full, UINT32_MAX), WEFT_OVERFLOW);
    ck_assert_uint_eq(weft_semaphore_value(&full), WEFT_SEMAPHORE_MAX);
}
END_TEST

START_TEST(bounded_releasing_past_the_initial_value_is_answered)
{
    weft_bounded_semaphore two = WEFT_BOUNDED_SEMAPHORE(2);
    ck_assert_uint_eq(sizeof two, 8);
    expect_misuse(weft_bounded_semaphore_release(&two, 1), WEFT_OVERFLOW);
    weft_bounded_semaphore_acquire(&two);
    expect_misuse(weft_bounded_semaphore_release(&two, 2), WEFT_OVERFLOW);
    ck_assert_uint_eq(weft_bounded_semaphore_value(&two), 1);
    assert_ok(weft_bounded_semaphore_try_acquire(&two));
    assert_status(weft_bounded_semaphore_try_acquire(&two), WEFT_BUSY);
    assert_status(weft_bounded_semaphore_acquire_timed(&two, WEFT_US(1)),
                  WEFT_TIMED_OUT);
    assert_ok(weft_bounded_semaphore_release(&two, 2));
    ck_assert_uint_eq(weft_bounded_semaphore_value(&two), 2);
}
END_TEST

START_TEST(a_stop_request_ends_the_timed_form_alone)
{
    weft_thread timed = WEFT_THREAD(take_one_timed, NULL);
    weft_thread plain = WEFT_THREAD(take_one, NULL);
    start(&timed);
    start(&plain);
    wait_until_waiting(&semaphore, 2);
    assert_ok(weft_thread_stop(&plain));
    assert_ok(weft_thread_stop(&timed));
    assert_ok(weft_thread_join(&timed));
    assert_status((int)(intptr_t)weft_thread_result(&timed), WEFT_STOPPED);
    assert_status(weft_thread_join_timed(&plain, WEFT_MS(5)), WEFT_TIMED_OUT);
    assert_ok(weft_semaphore_release(&semaphore, 1));
    assert_ok(weft_thread_join(&plain));
}
END_TEST

/* ---- Permits taken where there were none ---- */

/* What an acquire has done by then whose permit went to another after it had
 * looked. */
static void overdraw(weft_semaphore *one)
{
    weft__fetch_sub(&one->word_, 2);
}

START_TEST(who_took_one_too_many_keeps_the_next_that_is_given)
{
    overdraw(&semaphore);
    ck_assert_uint_eq(weft_semaphore_value(&semaphore), 0);
    assert_status(weft_semaphore_try_acquire(&semaphore), WEFT_BUSY);
    assert_ok(weft_semaphore_release(&semaphore, 1));
    assert_status(weft_semaphore_try_acquire(&semaphore), WEFT_BUSY);
    weft__semaphore_overdrawn(&semaphore);
    ck_assert_uint_eq(weft_semaphore_value(&semaphore), 0);
    assert_ok(weft_semaphore_release(&semaphore, 1));
    ck_assert_uint_eq(weft_semaphore_value(&semaphore), 1);
}
END_TEST

static void *notice_too_late(void *arg)
{
    overdraw(&semaphore);
    weft__semaphore_overdrawn(&semaphore);
    return arg;
}

START_TEST(who_took_one_too_many_waits_while_none_is_given)
{
    weft_thread threads[3];
    for (int i = 0; i < 3; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(notice_too_late, NULL);
        start(&threads[i]);
    }
    wait_until_waiting(&semaphore, 3);
    ck_assert_uint_eq(weft_semaphore_value(&semaphore), 0);
    assert_ok(weft_semaphore_release(&semaphore, 2));
    wait_until_waiting(&semaphore, 1);
    assert_ok(weft_semaphore_release(&semaphore, 2));
    for (int i = 0; i < 3; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_uint_eq(weft_semaphore_value(&semaphore), 1);
}
END_TEST

/* ---- Starvation ---- */

static atomic_bool finished;

static void *take_and_give(void *arg)
{
    while (!finished) {
        weft_semaphore_acquire(&semaphore);
        weft_semaphore_release(&semaphore, 1);
    }
    return arg;
}

START_TEST(nobody_starves_while_others_loop_on_it)
{
    weft_thread threads[3];
    assert_ok(weft_semaphore_release(&semaphore, 1));
    for (int i = 0; i < 3; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(take_and_give, NULL);
        start(&threads[i]);
    }
    for (int i = 0; i < 50; i++) {
        weft_semaphore_acquire(&semaphore);
        weft_sleep(WEFT_US(100)); /* the others stand in line */
        assert_ok(weft_semaphore_release(&semaphore, 1));
    }
    finished = true;
    for (int i = 0; i < 3; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_uint_eq(weft_semaphore_value(&semaphore), 1);
}
END_TEST

/* ---- From a signal handler ---- */

static atomic_int given;

static void give_one(int signal)
{
    (void)signal;
    weft_semaphore_release(&semaphore, 1);
    given++;
}

static void *send_signals(void *thread)
{
    pthread_t *target = thread;
    int sent = SANITIZED ? 500 : 5000;
    for (int i = 0; i < sent; i++) {
        pthread_kill(*target, SIGUSR1);
        while (given <= i)
            weft_sleep(0);
    }
    return NULL;
}

START_TEST(release_is_safe_in_a_signal_handler)
{
    pthread_t self = pthread_self();
    signal(SIGUSR1, give_one);
    weft_thread sender = WEFT_THREAD(send_signals, &self);
    start(&sender);
    int taken = 0;
    while (weft_thread_is_alive(&sender))
        taken +=
            weft_semaphore_acquire_timed(&semaphore, WEFT_US(200)) == WEFT_OK;
    assert_ok(weft_thread_join(&sender));
    while (weft_semaphore_try_acquire(&semaphore) == WEFT_OK)
        taken++;
    ck_assert_int_eq(taken, given);
}
END_TEST

/* ---- Stress ---- */

static atomic_int inside, most;
static weft_semaphore two = WEFT_SEMAPHORE(2);

static void *go_in_and_out(void *arg)
{
    int rounds = SANITIZED ? 2000 : 20000;
    for (int i = 0; i < rounds; i++) {
        if (i % 8 != 0)
            weft_semaphore_acquire(&two);
        else
            while (weft_semaphore_acquire_timed(&two, WEFT_US(10)) != WEFT_OK)
                ;
        int now = ++inside;
        if (now > most)
            most = now;
        --inside;
        weft_semaphore_release(&two, 1);
    }
    return arg;
}

START_TEST(stress_never_more_inside_than_permits)
{
    weft_thread threads[4];
    for (int i = 0; i < 4; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(go_in_and_out, NULL);
        start(&threads[i]);
    }
    for (int i = 0; i < 4; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_int_le(most, 2);
    ck_assert_uint_eq(weft_semaphore_value(&two), 2);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_value_may_start_at_zero,
        permits_are_taken_and_given_back,
        release_wakes_up_to_n,
        release_of_zero_is_answered,
        overflow_is_answered_all_or_nothing,
        bounded_releasing_past_the_initial_value_is_answered,
        a_stop_request_ends_the_timed_form_alone,
        who_took_one_too_many_keeps_the_next_that_is_given,
        who_took_one_too_many_waits_while_none_is_given,
        nobody_starves_while_others_loop_on_it,
        release_is_safe_in_a_signal_handler,
        stress_never_more_inside_than_permits,
    };
    return RUN_TESTS("semaphore", tests);
}
