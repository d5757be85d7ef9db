/* SPDX-License-Identifier: MIT */

/*
 * Wrong on purpose: two threads acquire the same two locks in two orders, one
 * thread after the other, so that nothing ever blocks. Called with the name of
 * a case; without, names them all. ThreadSanitizer must report each.
 */

#include "threads.h"

#include <string.h>
#include <weft.h>

static weft_lock lock, other;
static weft_rlock rlock;
static weft_rwlock rwlock;
static weft_condition condition;

static void lock_then_other(void)
{
    weft_lock_acquire(&lock);
    weft_lock_acquire(&other);
    weft_lock_release(&other);
    weft_lock_release(&lock);
}

static void other_then_lock(void)
{
    weft_lock_acquire(&other);
    weft_lock_acquire(&lock);
    weft_lock_release(&other);
    weft_lock_release(&lock);
}

static void lock_then_other_in_blocks(void)
{
    WEFT_WITH(&lock) {
        WEFT_WITH(&other) {
            continue;
        }
    }
}

static void try_other_then_lock(void)
{
    require(weft_lock_try_acquire(&other) == WEFT_OK);
    weft_lock_acquire(&lock);
    weft_lock_release(&lock);
    weft_lock_release(&other);
}

static void timed_other_then_lock(void)
{
    require(weft_lock_acquire_timed(&other, WEFT_SECONDS(9)) == WEFT_OK);
    weft_lock_acquire(&lock);
    weft_lock_release(&lock);
    weft_lock_release(&other);
}

static void rlock_then_lock(void)
{
    weft_rlock_acquire(&rlock);
    weft_rlock_acquire(&rlock);
    weft_rlock_release(&rlock);
    weft_lock_acquire(&lock);
    weft_lock_release(&lock);
    weft_rlock_release(&rlock);
}

/* However deep, it is one lock, and others are remembered beside it. */
static void lock_then_other_in_many_levels(void)
{
    enum { LEVELS = 100 };
    for (int i = 0; i < LEVELS; i++)
        weft_rlock_acquire(&rlock);
    lock_then_other();
    for (int i = 0; i < LEVELS; i++)
        weft_rlock_release(&rlock);
}

static void lock_then_rlock(void)
{
    WEFT_WITH(&lock) {
        WEFT_WITH(&rlock) {
            continue;
        }
    }
}

static void read_then_lock(void)
{
    weft_rwlock_acquire_read(&rwlock);
    weft_lock_acquire(&lock);
    weft_lock_release(&lock);
    weft_rwlock_release_read(&rwlock);
}

static void lock_then_write(void)
{
    weft_lock_acquire(&lock);
    weft_rwlock_acquire_write(&rwlock);
    weft_rwlock_release_write(&rwlock);
    weft_lock_release(&lock);
}

static void write_then_lock(void)
{
    WEFT_WITH_WRITE(&rwlock) {
        WEFT_WITH(&lock) {
            continue;
        }
    }
}

static void lock_then_read(void)
{
    WEFT_WITH(&lock) {
        WEFT_WITH_READ(&rwlock) {
            continue;
        }
    }
}

static void downgrade_then_lock(void)
{
    weft_rwlock_acquire_write(&rwlock);
    weft_rwlock_downgrade(&rwlock);
    weft_lock_acquire(&lock);
    weft_lock_release(&lock);
    weft_rwlock_release_read(&rwlock);
}

/* The wait gives lock back, and acquires it again while other is held. */
static void wait_with_another_held(void)
{
    weft_lock_acquire(&lock);
    weft_lock_acquire(&other);
    require(weft_condition_wait_timed(&condition, &lock, 0) == WEFT_TIMED_OUT);
    weft_lock_release(&other);
    weft_lock_release(&lock);
}

static void wait_with_a_lock_held(void)
{
    weft_rlock_acquire(&rlock);
    weft_rlock_acquire(&rlock);
    weft_lock_acquire(&lock);
    require(weft_condition_wait_timed(&condition, &rlock, 0) == WEFT_TIMED_OUT);
    weft_lock_release(&lock);
    weft_rlock_release(&rlock);
    weft_rlock_release(&rlock);
}

static void release_lock(void)
{
    weft_lock_release(&lock);
}

static void hand_over_then_invert(void)
{
    weft_lock_acquire(&lock);
    do_in_another_thread(release_lock);
    other_then_lock();
}

static void nothing(void)
{
}

static const struct {
    const char *name;
    deed one, another;
} cases[] = {
    {"locks", lock_then_other, other_then_lock},
    {"blocks", lock_then_other_in_blocks, other_then_lock},
    {"tried", lock_then_other, try_other_then_lock},
    {"timed", lock_then_other, timed_other_then_lock},
    {"rlock", rlock_then_lock, lock_then_rlock},
    {"rlock_deep", lock_then_other_in_many_levels, other_then_lock},
    {"rwlock_read", read_then_lock, lock_then_write},
    {"rwlock_write", write_then_lock, lock_then_read},
    {"rwlock_downgraded", downgrade_then_lock, lock_then_write},
    {"condition", wait_with_another_held, nothing},
    {"condition_rlock", wait_with_a_lock_held, nothing},
    {"after_a_hand_over", lock_then_other, hand_over_then_invert},
};

int main(int argc, char **argv)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (argc < 2) {
            puts(cases[i].name);
        } else if (strcmp(argv[1], cases[i].name) == 0) {
            do_in_another_thread(cases[i].one);
            do_in_another_thread(cases[i].another);
        }
    }
    return EXIT_SUCCESS;
}
