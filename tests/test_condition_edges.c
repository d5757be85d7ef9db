/* SPDX-License-Identifier: MIT */

/* Conditions where waits end for more than one reason. */

#include "registry.h"
#include "support.h"

#include <stdatomic.h>
#include <weft/condition.h>

static weft_lock lock;
static weft_rlock rlock;
static weft_condition condition;
static atomic_bool finished;

/* ---- The predicate ---- */

static int asked;

static bool holds_and_false(void *arg)
{
    (void)arg;
    uint32_t word = weft__load_relaxed(&lock.word_);
    ck_assert_uint_eq(word & WEFT__ID_MASK, weft__self()->id);
    asked++;
    return false;
}

static void *notify_until_finished(void *arg)
{
    while (!finished) {
        weft_lock_acquire(&lock);
        weft_condition_notify_all(&condition);
        assert_ok(weft_lock_release(&lock));
        weft_sleep(WEFT_US(200));
    }
    return arg;
}

/* It is asked again after each wake; all of them share the one deadline, else
 * this would never end. */
START_TEST(wakes_in_vain_do_not_move_the_deadline)
{
    weft_thread notifier = WEFT_THREAD(notify_until_finished, NULL);
    start(&notifier);
    weft_duration before = weft_monotonic();
    weft_lock_acquire(&lock);
    assert_status(weft_condition_wait_until_timed(
                      &condition, &lock, holds_and_false, NULL, WEFT_MS(20)),
                  WEFT_TIMED_OUT);
    assert_ok(weft_lock_release(&lock));
    ck_assert(weft_monotonic() - before >= WEFT_MS(20));
    finished = true;
    assert_ok(weft_thread_join(&notifier));
    ck_assert_int_ge(asked, 2);
}
END_TEST

static bool holds_and_third(void *arg)
{
    holds_and_false(arg);
    return asked == 3;
}

START_TEST(the_predicate_is_asked_with_the_lock_held)
{
    weft_thread notifier = WEFT_THREAD(notify_until_finished, NULL);
    start(&notifier);
    weft_lock_acquire(&lock);
    assert_ok(
        weft_condition_wait_until(&condition, &lock, holds_and_third, NULL));
    ck_assert(weft_lock_locked(&lock));
    assert_ok(weft_lock_release(&lock));
    finished = true;
    assert_ok(weft_thread_join(&notifier));
    ck_assert_int_eq(asked, 3);
}
END_TEST

/* ---- An rlock's depth ---- */

static void *wait_two_deep(void *arg)
{
    weft_rlock_acquire(&rlock);
    weft_rlock_acquire(&rlock);
    weft_status status = weft_condition_wait(&condition, &rlock);
    ck_assert_uint_eq(weft_rlock_level(&rlock), 2);
    assert_ok(weft_rlock_release(&rlock));
    assert_ok(weft_rlock_release(&rlock));
    return status == WEFT_STOPPED ? arg : NULL;
}

START_TEST(the_depth_comes_back_after_a_time_out_and_a_stop)
{
    int value;
    weft_thread thread = WEFT_THREAD(wait_two_deep, &value);
    start(&thread);
    wait_until_waiting(&condition, 1);
    weft_rlock_acquire(&rlock);
    weft_rlock_acquire(&rlock);
    weft_rlock_acquire(&rlock);
    assert_status(weft_condition_wait_timed(&condition, &rlock, WEFT_MS(1)),
                  WEFT_TIMED_OUT);
    ck_assert_uint_eq(weft_rlock_level(&rlock), 3);
    for (int i = 0; i < 3; i++)
        assert_ok(weft_rlock_release(&rlock));
    assert_ok(weft_thread_stop(&thread));
    assert_ok(weft_thread_join(&thread));
    ck_assert_ptr_eq(weft_thread_result(&thread), &value);
    ck_assert(!weft_rlock_locked(&rlock));
}
END_TEST

/* ---- Wakes and time-outs at once ---- */

static long woken; /* guarded by `lock` */

static void *wait_shortly(void *seed)
{
    unsigned random = (unsigned)(uintptr_t)seed;
    while (!finished) {
        random = random * 1103515245 + 12345;
        weft_lock_acquire(&lock);
        woken += weft_condition_wait_timed(
                     &condition, &lock, WEFT_US(random >> 16 & 63)) == WEFT_OK;
        assert_ok(weft_lock_release(&lock));
    }
    return NULL;
}

/* A notify wakes no more than one, whoever gives up at that moment; one that it
 * took out of the line but did not wake would wait for ever. Those seen before
 * the notify may all have given up by then, so it may also wake nobody. */
START_TEST(stress_each_notify_wakes_one_while_others_time_out)
{
    weft_thread threads[3];
    long notified = 0;
    for (uintptr_t i = 0; i < 3; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(wait_shortly, (void *)i);
        start(&threads[i]);
    }
    while (notified < (SANITIZED ? 1000 : 10000)) {
        weft_lock_acquire(&lock);
        notified += weft__load_relaxed(&condition.waiters_) > 0;
        weft_condition_notify(&condition, 1);
        assert_ok(weft_lock_release(&lock));
        weft_sleep(WEFT_US(10));
    }
    finished = true;
    for (int i = 0; i < 3; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_int_gt(woken, 0);
    ck_assert_int_le(woken, notified);
    ck_assert_uint_eq(condition.waiters_, 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        wakes_in_vain_do_not_move_the_deadline,
        the_predicate_is_asked_with_the_lock_held,
        the_depth_comes_back_after_a_time_out_and_a_stop,
        stress_each_notify_wakes_one_while_others_time_out,
    };
    return RUN_TESTS("condition edges", tests);
}
