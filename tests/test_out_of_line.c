/* SPDX-License-Identifier: MIT */

/*
 * The inline paths may be closed at run time, for diagnostics to look on. Here:
 * that they are, and that one may change over at any moment. That all objects
 * still work is for the other tests to say, which run once more without them.
 */

#include "support.h"

#include <pthread.h>
#include <weft/rlock.h>
#include <weft/rwlock.h>

static weft_lock lock;
static weft_rlock rlock;
static weft_rwlock rwlock;

static void *own_fast_id(void *arg)
{
    weft_lock_acquire(&lock); /* weft has met the thread by now */
    assert_ok(weft_lock_release(&lock));
    *(uint32_t *)arg = weft__fast_id;
    return NULL;
}

static uint32_t fast_id_of_a_foreign_thread(void)
{
    uint32_t id = 1;
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, own_fast_id, &id), 0);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    return id;
}

static uint32_t fast_id_of_a_new_thread(void)
{
    uint32_t id = 1;
    weft_thread thread = WEFT_THREAD(own_fast_id, &id);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    return id;
}

START_TEST(closed_they_are_for_the_caller_and_for_who_comes_later)
{
    weft__fast_paths(false);
    ck_assert(!weft__lock_take(&lock));
    ck_assert_uint_eq(fast_id_of_a_new_thread(), WEFT__UNMET);
    ck_assert_uint_eq(fast_id_of_a_foreign_thread(), WEFT__UNMET);
    weft__fast_paths(true);
    ck_assert(weft__lock_take(&lock));
    ck_assert(weft__lock_give(&lock));
    ck_assert_uint_ne(fast_id_of_a_new_thread(), WEFT__UNMET);
    ck_assert_uint_ne(fast_id_of_a_foreign_thread(), WEFT__UNMET);
}
END_TEST

static void acquire_all(void)
{
    weft_lock_acquire(&lock);
    weft_rlock_acquire(&rlock);
    weft_rwlock_acquire_read(&rwlock);
}

static void release_all(void)
{
    assert_ok(weft_lock_release(&lock));
    assert_ok(weft_rlock_release(&rlock));
    assert_ok(weft_rwlock_release_read(&rwlock));
    ck_assert(!weft_lock_locked(&lock));
    ck_assert(!weft_rwlock_locked(&rwlock));
}

START_TEST(what_was_acquired_one_way_may_be_released_the_other)
{
    for (int closed = 0; closed < 2; closed++) {
        weft__fast_paths(closed == 0);
        acquire_all();
        weft__fast_paths(closed != 0);
        ck_assert_uint_eq(weft_rlock_level(&rlock), 1);
        weft_rlock_acquire(&rlock);
        ck_assert_uint_eq(weft_rlock_level(&rlock), 2);
        assert_ok(weft_rlock_release(&rlock));
        release_all();
        ck_assert(!weft_rlock_locked(&rlock));
        weft_rwlock_acquire_write(&rwlock);
        weft__fast_paths(closed == 0);
        assert_ok(weft_rwlock_release_write(&rwlock));
        ck_assert(!weft_rwlock_locked(&rwlock));
    }
}
END_TEST

enum { THREADS = 4, ROUNDS = SANITIZED ? 2000 : 20000 };

static int count; /* guarded by lock */

static void *change_over_and_count(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        weft__fast_paths(i % 7 < 3);
        weft_lock_acquire(&lock);
        weft__fast_paths(i % 5 < 2);
        count++;
        assert_ok(weft_lock_release(&lock));
    }
    return arg;
}

START_TEST(stress_no_count_is_lost_while_threads_change_over)
{
    weft_thread threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(change_over_and_count, NULL);
        start(&threads[i]);
    }
    for (int i = 0; i < THREADS; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_int_eq(count, THREADS * ROUNDS);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        closed_they_are_for_the_caller_and_for_who_comes_later,
        what_was_acquired_one_way_may_be_released_the_other,
        stress_no_count_is_lost_while_threads_change_over,
    };
    return RUN_TESTS("out of line", tests);
}
