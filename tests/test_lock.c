/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <weft/event.h>
#include <weft/lock.h>

static weft_lock lock;

static void *acquire_and_release(void *arg)
{
    weft_lock_acquire(&lock);
    ++*(int *)arg;
    weft_lock_release(&lock);
    return NULL;
}

static void *release_it(void *arg)
{
    (void)arg;
    return weft_lock_release(&lock) == WEFT_OK ? "released" : NULL;
}

START_TEST(zeroed_memory_is_an_unlocked_lock)
{
    weft_lock zeroed;
    memset(&zeroed, 0, sizeof zeroed);
    ck_assert_uint_eq(sizeof zeroed, 4);
    ck_assert(!weft_lock_locked(&zeroed));
    weft_lock_acquire(&zeroed);
    ck_assert(weft_lock_locked(&zeroed));
    assert_ok(weft_lock_release(&zeroed));
    ck_assert(!weft_lock_locked(&zeroed));
}
END_TEST

START_TEST(releasing_an_unlocked_lock_is_answered_and_changes_nothing)
{
    expect_misuse(weft_lock_release(&lock), WEFT_NOT_OWNER);
    ck_assert(!weft_lock_locked(&lock));
    assert_ok(weft_lock_try_acquire(&lock));
    assert_ok(weft_lock_release(&lock));
    expect_misuse(weft_lock_release(&lock), WEFT_NOT_OWNER);
}
END_TEST

START_TEST(another_thread_may_release_a_held_lock)
{
    weft_thread thread = WEFT_THREAD(release_it, NULL);
    weft_lock_acquire(&lock);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    ck_assert_ptr_nonnull(weft_thread_result(&thread));
    ck_assert(!weft_lock_locked(&lock));
}
END_TEST

START_TEST(the_holder_that_acquires_again_waits_until_another_releases)
{
    weft_thread thread = WEFT_THREAD(release_it, NULL);
    weft_lock_acquire(&lock);
    start(&thread);
    weft_lock_acquire(&lock);
    assert_ok(weft_thread_join(&thread));
    ck_assert(weft_lock_locked(&lock));
}
END_TEST

START_TEST(the_timed_form_times_out_and_leaves_the_lock_usable)
{
    weft_lock_acquire(&lock);
    assert_status(weft_lock_acquire_timed(&lock, WEFT_MS(5)), WEFT_TIMED_OUT);
    assert_ok(weft_lock_release(&lock));
    assert_ok(weft_lock_acquire_timed(&lock, WEFT_MS(5)));
    assert_ok(weft_lock_release(&lock));
    ck_assert_uint_eq(lock.word_, 0);
}
END_TEST

START_TEST(a_duration_of_zero_or_less_tries)
{
    assert_ok(weft_lock_acquire_timed(&lock, 0));
    assert_status(weft_lock_acquire_timed(&lock, 0), WEFT_TIMED_OUT);
    assert_status(weft_lock_acquire_timed(&lock, INT64_MIN), WEFT_TIMED_OUT);
    assert_status(weft_lock_try_acquire(&lock), WEFT_BUSY);
}
END_TEST

static void *acquire_timed(void *arg)
{
    weft_status *status = arg;
    *status = weft_lock_acquire_timed(&lock, INT64_MAX - 1);
    return NULL;
}

START_TEST(the_longest_durations_do_not_overflow)
{
    weft_status status = WEFT_INVALID;
    weft_thread thread = WEFT_THREAD(acquire_timed, &status);
    weft_lock_acquire(&lock);
    start(&thread);
    wait_until_waiting(&lock, 1);
    assert_ok(weft_lock_release(&lock));
    assert_ok(weft_thread_join(&thread));
    assert_ok(status);
}
END_TEST

START_TEST(a_stop_request_ends_a_timed_acquire)
{
    weft_status status = WEFT_INVALID;
    weft_thread thread = WEFT_THREAD(acquire_timed, &status);
    weft_lock_acquire(&lock);
    start(&thread);
    wait_until_waiting(&lock, 1);
    assert_ok(weft_thread_stop(&thread));
    assert_ok(weft_thread_join(&thread));
    assert_status(status, WEFT_STOPPED);
    assert_ok(weft_lock_release(&lock));
}
END_TEST

START_TEST(a_plain_acquire_never_returns_without_the_lock)
{
    int got = 0;
    weft_thread thread = WEFT_THREAD(acquire_and_release, &got);
    weft_lock_acquire(&lock);
    start(&thread);
    wait_until_waiting(&lock, 1);
    assert_ok(weft_thread_stop(&thread));
    assert_status(weft_thread_join_timed(&thread, WEFT_MS(20)), WEFT_TIMED_OUT);
    ck_assert_int_eq(got, 0);
    assert_ok(weft_lock_release(&lock));
    assert_ok(weft_thread_join(&thread));
    ck_assert_int_eq(got, 1);
}
END_TEST

START_TEST(five_waiters_each_get_it_once)
{
    int got = 0;
    weft_thread threads[5];
    weft_lock_acquire(&lock);
    for (int i = 0; i < 5; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(acquire_and_release, &got);
        start(&threads[i]);
    }
    wait_until_waiting(&lock, 5);
    assert_ok(weft_lock_release(&lock));
    for (int i = 0; i < 5; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_int_eq(got, 5);
    ck_assert_uint_eq(lock.word_, 0);
}
END_TEST

static bool enough;
static long guarded; /* by the lock */

static void *loop_on_it(void *arg)
{
    while (!weft__load(&enough)) {
        weft_lock_acquire(&lock);
        ++*(long *)arg;
        weft_lock_release(&lock);
    }
    return NULL;
}

START_TEST(nobody_starves_while_others_loop_on_it)
{
    long turns = 0;
    weft_thread threads[3];
    for (int i = 0; i < 3; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(loop_on_it, &turns);
        start(&threads[i]);
    }
    for (int i = 0; i < 50; i++) {
        weft_lock_acquire(&lock);
        weft_lock_release(&lock);
    }
    weft__store(&enough, true);
    for (int i = 0; i < 3; i++)
        assert_ok(weft_thread_join(&threads[i]));
}
END_TEST

static void *count_many(void *arg)
{
    for (int i = 0; i < 20000; i++)
        acquire_and_release(arg);
    return NULL;
}

START_TEST(stress_no_count_is_lost)
{
    int count = 0;
    weft_thread threads[8];
    for (int i = 0; i < 8; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(count_many, &count);
        start(&threads[i]);
    }
    for (int i = 0; i < 8; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_int_eq(count, 8 * 20000);
    ck_assert_uint_eq(lock.word_, 0);
}
END_TEST

/* Time-outs that race with releases: neither loses the lock. */
static void *time_out_often(void *arg)
{
    int *got = arg;
    for (int i = 0; i < 2000; i++) {
        if (weft_lock_acquire_timed(&lock, WEFT_US(i % 50)) == WEFT_OK) {
            ++*got;
            weft_lock_release(&lock);
        }
    }
    return NULL;
}

START_TEST(stress_time_outs_cost_nobody_the_lock)
{
    int got = 0;
    weft_thread threads[4];
    for (int i = 0; i < 4; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(time_out_often, &got);
        start(&threads[i]);
    }
    int own = 0;
    count_many(&own);
    for (int i = 0; i < 4; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert(!weft_lock_locked(&lock));
    assert_ok(weft_lock_try_acquire(&lock));
}
END_TEST

/* Every way to wait at once, over sections short and long, so that there are
 * waiters of all kinds when one gives up: asleep, looking out, and insisting.
 */
static void *wait_in_every_way(void *arg)
{
    long *sections = arg;
    for (int i = 0; i < 1000; i++) {
        if (i % 3 == 0)
            weft_lock_acquire(&lock);
        else if (weft_lock_acquire_timed(&lock, WEFT_US(i % 211)) != WEFT_OK)
            continue;
        ++*sections;
        ++guarded;
        if (i % 7 == 0)
            sched_yield();
        weft_lock_release(&lock);
    }
    return NULL;
}

START_TEST(stress_every_way_to_wait_at_once)
{
    long sections[6] = {0}, sum = 0;
    weft_thread threads[6];
    guarded = 0;
    for (int i = 0; i < 6; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(wait_in_every_way, &sections[i]);
        start(&threads[i]);
    }
    for (int i = 0; i < 6; i++) {
        assert_ok(weft_thread_join(&threads[i]));
        sum += sections[i];
        ck_assert_int_ge(sections[i], 334);
    }
    ck_assert_int_eq(guarded, sum);
    assert_ok(weft_lock_try_acquire(&lock));
    assert_ok(weft_lock_release(&lock));
    ck_assert_uint_eq(lock.word_, 0);
}
END_TEST

static void *hold_for_ever(void *arg)
{
    weft_lock_acquire(&lock);
    weft_event_set(arg);
    weft_sleep(WEFT_FOREVER);
    return NULL;
}

START_TEST(after_fork_a_lock_of_another_thread_stays_held_until_reinit)
{
    static weft_event held;
    weft_thread holder = WEFT_THREAD(hold_for_ever, &held, .daemon = true);
    start(&holder);
    assert_ok(weft_event_wait(&held));
    pid_t child = fork();
    if (child == 0) {
        bool was_held = weft_lock_try_acquire(&lock) == WEFT_BUSY;
        weft_lock_reinit(&lock);
        _exit(was_held && weft_lock_try_acquire(&lock) == WEFT_OK ? 0 : 1);
    }
    int status;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        zeroed_memory_is_an_unlocked_lock,
        releasing_an_unlocked_lock_is_answered_and_changes_nothing,
        another_thread_may_release_a_held_lock,
        the_holder_that_acquires_again_waits_until_another_releases,
        the_timed_form_times_out_and_leaves_the_lock_usable,
        a_duration_of_zero_or_less_tries,
        the_longest_durations_do_not_overflow,
        a_stop_request_ends_a_timed_acquire,
        a_plain_acquire_never_returns_without_the_lock,
        five_waiters_each_get_it_once,
        nobody_starves_while_others_loop_on_it,
        stress_no_count_is_lost,
        stress_time_outs_cost_nobody_the_lock,
        stress_every_way_to_wait_at_once,
        after_fork_a_lock_of_another_thread_stays_held_until_reinit,
    };
    return RUN_TESTS("lock", tests);
}
