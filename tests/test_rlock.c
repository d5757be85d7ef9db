/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <weft/rlock.h>

static weft_rlock rlock;

/* What another thread sees of the lock. */
typedef struct sight {
    bool locked;
    uint32_t level;
    weft_status try, release;
} sight;

static void *look(void *arg)
{
    sight *view = arg;
    view->locked = weft_rlock_locked(&rlock);
    view->level = weft_rlock_level(&rlock);
    view->try = weft_rlock_try_acquire(&rlock);
    if (view->try == WEFT_OK)
        weft_rlock_release(&rlock);
    else
        view->release = weft_rlock_release(&rlock);
    return NULL;
}

static sight look_from_another_thread(void)
{
    sight view = {0};
    weft_thread thread = WEFT_THREAD(look, &view);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    return view;
}

START_TEST(nested_acquire_is_released_when_every_level_is)
{
    ck_assert_uint_eq(sizeof rlock, 8);
    for (uint32_t level = 1; level <= 3; level++) {
        weft_rlock_acquire(&rlock);
        ck_assert_uint_eq(weft_rlock_level(&rlock), level);
    }
    for (uint32_t level = 3; level > 0; level--) {
        ck_assert(weft_rlock_locked(&rlock));
        ck_assert_uint_eq(weft_rlock_level(&rlock), level);
        assert_ok(weft_rlock_release(&rlock));
    }
    ck_assert(!weft_rlock_locked(&rlock));
    ck_assert_uint_eq(weft_rlock_level(&rlock), 0);
}
END_TEST

START_TEST(try_and_timed_nest_too)
{
    assert_ok(weft_rlock_try_acquire(&rlock));
    assert_ok(weft_rlock_try_acquire(&rlock));
    assert_ok(weft_rlock_acquire_timed(&rlock, 0));
    ck_assert_uint_eq(weft_rlock_level(&rlock), 3);
}
END_TEST

START_TEST(release_by_a_non_owner_is_answered)
{
    weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
    weft_rlock_acquire(&rlock);
    sight view = look_from_another_thread();
    weft_set_misuse_handler(before);
    assert_status(view.release, WEFT_NOT_OWNER);
    ck_assert_int_eq(misuses_, 1);
    ck_assert_uint_eq(weft_rlock_level(&rlock), 1);
}
END_TEST

START_TEST(release_when_unheld_is_answered)
{
    expect_misuse(weft_rlock_release(&rlock), WEFT_NOT_OWNER);
    ck_assert(!weft_rlock_locked(&rlock));
}
END_TEST

START_TEST(locked_is_seen_and_the_level_is_zero_from_other_threads)
{
    weft_set_misuse_handler(count_misuse_);
    weft_rlock_acquire(&rlock);
    weft_rlock_acquire(&rlock);
    sight view = look_from_another_thread();
    ck_assert(view.locked);
    ck_assert_uint_eq(view.level, 0);
    assert_status(view.try, WEFT_BUSY);
    weft_rlock_release(&rlock);
    weft_rlock_release(&rlock);
    view = look_from_another_thread();
    ck_assert(!view.locked);
    assert_ok(view.try);
}
END_TEST

START_TEST(level_overflow_is_answered)
{
    assert_ok(weft_rlock_try_acquire(&rlock));
    rlock.again_ = UINT32_MAX;
    expect_misuse(weft_rlock_try_acquire(&rlock), WEFT_OVERFLOW);
    expect_misuse(weft_rlock_acquire_timed(&rlock, 1), WEFT_OVERFLOW);
    expect_misuse((weft_rlock_acquire(&rlock), WEFT_OVERFLOW), WEFT_OVERFLOW);
    ck_assert_uint_eq(rlock.again_, UINT32_MAX);
}
END_TEST

static void *acquire_timed(void *arg)
{
    *(weft_status *)arg = weft_rlock_acquire_timed(&rlock, WEFT_MS(5));
    return NULL;
}

START_TEST(the_timed_form_times_out_for_others)
{
    weft_status status = WEFT_INVALID;
    weft_thread thread = WEFT_THREAD(acquire_timed, &status);
    weft_rlock_acquire(&rlock);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    assert_status(status, WEFT_TIMED_OUT);
    assert_ok(weft_rlock_release(&rlock));
}
END_TEST

START_TEST(reinit_frees_all_levels)
{
    weft_rlock_acquire(&rlock);
    weft_rlock_acquire(&rlock);
    weft_rlock_reinit(&rlock);
    ck_assert(!weft_rlock_locked(&rlock));
    weft_rlock_acquire(&rlock);
    ck_assert_uint_eq(weft_rlock_level(&rlock), 1);
}
END_TEST

static void *count_nested(void *arg)
{
    for (int i = 0; i < 10000; i++) {
        weft_rlock_acquire(&rlock);
        weft_rlock_acquire(&rlock);
        ++*(int *)arg;
        weft_rlock_release(&rlock);
        weft_rlock_release(&rlock);
    }
    return NULL;
}

START_TEST(stress_no_count_is_lost)
{
    int count = 0;
    weft_thread threads[4];
    for (int i = 0; i < 4; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(count_nested, &count);
        start(&threads[i]);
    }
    for (int i = 0; i < 4; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_int_eq(count, 4 * 10000);
    ck_assert(!weft_rlock_locked(&rlock));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        nested_acquire_is_released_when_every_level_is,
        try_and_timed_nest_too,
        release_by_a_non_owner_is_answered,
        release_when_unheld_is_answered,
        locked_is_seen_and_the_level_is_zero_from_other_threads,
        level_overflow_is_answered,
        the_timed_form_times_out_for_others,
        reinit_frees_all_levels,
        stress_no_count_is_lost,
    };
    return RUN_TESTS("rlock", tests);
}
