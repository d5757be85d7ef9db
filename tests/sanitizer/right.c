/* SPDX-License-Identifier: MIT */

/*
 * Programs that are right, and of which ThreadSanitizer must report nothing:
 * orders of locks that only look like inversions to who believes that a lock is
 * released by its owner, and lives as long as its memory; and data that locks
 * guard. Also built with weft and this file compiled differently.
 */

#include "threads.h"

#include <sched.h>
#include <weft.h>

static weft_lock lock, other;
static weft_rlock rlock, third;
static weft_rwlock rwlock;
static weft_condition changed;

static void one_then_another(weft_lock *one, weft_lock *another)
{
    weft_lock_acquire(one);
    weft_lock_acquire(another);
    weft_lock_release(another);
    weft_lock_release(one);
}

static void lock_then_other(void)
{
    one_then_another(&lock, &other);
}

static void other_alone(void)
{
    weft_lock_acquire(&other);
    weft_lock_release(&other);
}

static void release_other(void)
{
    weft_lock_release(&other);
}

static void same_order_everywhere(void)
{
    lock_then_other();
    do_in_another_thread(lock_then_other);
    WEFT_WITH(&lock) {
        WEFT_WITH(&other) {
            continue;
        }
    }
}

static void released_by_another_thread(void)
{
    weft_lock_acquire(&other);
    do_in_another_thread(release_other);
    lock_then_other();
    weft_lock_acquire(&other);
    do_in_another_thread(release_other);
    do_in_another_thread(lock_then_other);
}

static void release_reading(void)
{
    weft_rwlock_release_read(&rwlock);
}

static void lock_then_write(void)
{
    weft_lock_acquire(&lock);
    weft_rwlock_acquire_write(&rwlock);
    weft_rwlock_downgrade(&rwlock);
    weft_rwlock_release_read(&rwlock);
    weft_lock_release(&lock);
}

static void reading_ended_by_another_thread(void)
{
    weft_rwlock_acquire_read(&rwlock);
    do_in_another_thread(release_reading);
    lock_then_write();
    do_in_another_thread(lock_then_write);
}

/* ---- Memory of a lock that has ended ---- */

static weft_lock *object;

static void make_object(void)
{
    object = calloc(1, sizeof *object);
    require(object != NULL);
}

static void lock_then_object(void)
{
    weft_lock_acquire(&lock);
    weft_lock_acquire(object);
    weft_lock_release(&lock);
}

static void release_and_free_object(void)
{
    weft_lock_release(object);
    free(object);
}

static void freed_by_who_it_was_handed_to(void)
{
    for (int i = 0; i < 100; i++) {
        make_object();
        lock_then_object();
        do_in_another_thread(release_and_free_object);
        lock_then_other();
    }
}

static void freed_while_held(void)
{
    for (int i = 0; i < 100; i++) {
        make_object();
        lock_then_object();
        free(object);
        make_object();
        lock_then_object();
        release_and_free_object();
    }
}

static void object_then_lock(void)
{
    weft_lock_acquire(object);
    weft_lock_acquire(&lock);
    weft_lock_release(&lock);
}

/* The allocator gives the same memory soon; AddressSanitizer's does not, and
 * there is nothing to find there. */
static void heap_used_again(void)
{
    uintptr_t before = 0;
    for (int tries = 0, again = 0; again < 3 && tries < 1000; tries++) {
        make_object();
        again += (uintptr_t)object == before;
        before = (uintptr_t)object;
        (tries % 2 == 0 ? lock_then_object : object_then_lock)();
        release_and_free_object();
    }
}

/* As on a stack, or in memory that a program gives out itself. */
static void memory_used_again_that_was_not_freed(void)
{
    static weft_lock place;
    object = &place;
    for (int i = 0; i < 4; i++) {
        weft_lock_reinit(object);
        (i % 2 == 0 ? lock_then_object : object_then_lock)();
        weft_lock_release(object);
    }
}

/* ---- Forms that end by themselves, levels, misuse ---- */

static void tries_in_the_other_order(void)
{
    lock_then_other();
    weft_lock_acquire(&other);
    require(weft_lock_try_acquire(&lock) == WEFT_OK);
    weft_rlock_acquire(&third);
    weft_rlock_release(&third);
    weft_lock_release(&lock);
    require(weft_lock_acquire_timed(&lock, WEFT_SECONDS(9)) == WEFT_OK);
    weft_lock_release(&lock);
    weft_lock_release(&other);
    lock_then_write();
    require(weft_rwlock_acquire_read_timed(&rwlock, 0) == WEFT_OK);
    require(weft_lock_try_acquire(&lock) == WEFT_OK);
    require(weft_lock_acquire_timed(&lock, 0) == WEFT_TIMED_OUT);
    weft_lock_release(&lock);
    weft_rwlock_release_read(&rwlock);
}

/* The order is outer, middle, inner. */
static void levels_of_an_rlock(void)
{
    static weft_rlock outer;
    static weft_lock middle, inner;
    weft_rlock_acquire(&outer);
    weft_lock_acquire(&inner);
    weft_rlock_acquire(&outer);
    weft_rlock_release(&outer);
    weft_lock_release(&inner);
    one_then_another(&middle, &inner);
    weft_rlock_release(&outer);
}

static void more_than_are_remembered(void)
{
    enum { MANY = 100 };
    static weft_lock many[MANY];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < MANY; i++)
            weft_lock_acquire(&many[i]);
        for (int i = 0; i < MANY; i++)
            weft_lock_release(&many[i]);
    }
}

static void say_nothing(const weft_misuse *misuse)
{
    (void)misuse;
}

static void release_what_is_not_held(void)
{
    require(weft_rlock_release(&rlock) == WEFT_NOT_OWNER);
}

static void wrong_releases(void)
{
    weft_misuse_handler before = weft_set_misuse_handler(say_nothing);
    require(weft_lock_release(&lock) == WEFT_NOT_OWNER);
    require(weft_rwlock_release_read(NULL) == WEFT_INVALID);
    require(weft_rwlock_release_write(NULL) == WEFT_INVALID);
    weft_rlock_acquire(&rlock);
    do_in_another_thread(release_what_is_not_held);
    weft_rlock_release(&rlock);
    weft_set_misuse_handler(before);
}

/* ---- Data, while threads contend ---- */

enum { ROUNDS = 3000 };
static long count, counted_twice, written, turn;

/* So that others find it held now and then. */
static void dawdle(int round)
{
    if (round % 32 == 0)
        sched_yield();
}

static void count_under_locks(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        weft_lock_acquire(&lock);
        count++;
        dawdle(i);
        weft_lock_release(&lock);
        weft_rlock_acquire(&rlock);
        counted_twice++;
        weft_rlock_acquire(&rlock);
        counted_twice++;
        dawdle(i);
        weft_rlock_release(&rlock);
        weft_rlock_release(&rlock);
    }
}

static void read_and_write(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        weft_rwlock_acquire_read(&rwlock);
        long now = written;
        dawdle(i);
        require(now == written);
        weft_rwlock_release_read(&rwlock);
        if (weft_rwlock_acquire_write_timed(&rwlock, WEFT_SECONDS(60)) != 0)
            continue;
        written++;
        dawdle(i);
        weft_rwlock_downgrade(&rwlock);
        require(written > now);
        weft_rwlock_release_read(&rwlock);
    }
}

static void take_even_turns(void)
{
    for (int i = 0; i < ROUNDS; i++) {
        weft_lock_acquire(&lock);
        while (turn % 2 != 0)
            weft_condition_wait(&changed, &lock);
        turn++;
        weft_condition_notify_all(&changed);
        weft_lock_release(&lock);
    }
}

static void take_odd_turns(void)
{
    for (int i = 0; i < ROUNDS; i++)
        WEFT_WITH(&lock) {
            while (turn % 2 == 0)
                weft_condition_wait(&changed, &lock);
            turn++;
            weft_condition_notify_all(&changed);
        }
}

static void guarded_data(void)
{
    deed all[] = {count_under_locks, count_under_locks, count_under_locks,
                  read_and_write,    read_and_write,    read_and_write,
                  take_even_turns,   take_odd_turns};
    do_together(all, sizeof all / sizeof *all);
    require(count == 3 * ROUNDS && counted_twice == 6 * ROUNDS);
    require(turn == 2 * ROUNDS && written <= 3 * ROUNDS);
}

int main(void)
{
    same_order_everywhere();
    released_by_another_thread();
    reading_ended_by_another_thread();
    freed_by_who_it_was_handed_to();
    freed_while_held();
    heap_used_again();
    memory_used_again_that_was_not_freed();
    tries_in_the_other_order();
    levels_of_an_rlock();
    more_than_are_remembered();
    wrong_releases();
    guarded_data();
    do_in_another_thread(other_alone);
    return EXIT_SUCCESS;
}
