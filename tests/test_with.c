/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <weft/with.h>

static weft_lock lock;
static weft_rlock rlock;
static weft_rwlock rwlock;
static weft_semaphore semaphore = WEFT_SEMAPHORE(1);
static weft_bounded_semaphore bounded = WEFT_BOUNDED_SEMAPHORE(1);

START_TEST(the_end_of_the_block_releases)
{
    int turns = 0;
    WEFT_WITH(&lock) {
        ck_assert(weft_lock_locked(&lock));
        turns++;
    }
    ck_assert(!weft_lock_locked(&lock));
    ck_assert_int_eq(turns, 1);
}
END_TEST

START_TEST(break_and_continue_release)
{
    for (int i = 0; i < 2; i++) {
        WEFT_WITH(&lock) {
            if (i == 0)
                break;
            continue;
        }
        ck_assert(!weft_lock_locked(&lock));
    }
}
END_TEST

static int return_from_inside(void)
{
    WEFT_WITH(&lock) {
        WEFT_WITH(&semaphore) {
            return weft_lock_locked(&lock) &&
                   weft_semaphore_value(&semaphore) == 0;
        }
    }
    return 0;
}

START_TEST(return_releases)
{
    ck_assert_int_eq(return_from_inside(), 1);
    ck_assert(!weft_lock_locked(&lock));
    ck_assert_uint_eq(weft_semaphore_value(&semaphore), 1);
}
END_TEST

START_TEST(goto_releases)
{
    WEFT_WITH(&lock) {
        goto outside;
    }
outside:
    ck_assert(!weft_lock_locked(&lock));
}
END_TEST

START_TEST(all_kinds_nest)
{
    WEFT_WITH(&lock)
        WEFT_WITH(&rlock)
            WEFT_WITH(&rlock)
                WEFT_WITH(&bounded) {
                    ck_assert_uint_eq(weft_rlock_level(&rlock), 2);
                    ck_assert_uint_eq(weft_bounded_semaphore_value(&bounded),
                                      0);
                    WEFT_WITH_READ(&rwlock) {
                        ck_assert(weft_rwlock_locked(&rwlock));
                        assert_status(weft_rwlock_try_acquire_write(&rwlock),
                                      WEFT_BUSY);
                    }
                    WEFT_WITH_WRITE(&rwlock) {
                        assert_status(weft_rwlock_try_acquire_read(&rwlock),
                                      WEFT_BUSY);
                    }
                }
    ck_assert(!weft_lock_locked(&lock));
    ck_assert(!weft_rlock_locked(&rlock));
    ck_assert(!weft_rwlock_locked(&rwlock));
    ck_assert_uint_eq(weft_bounded_semaphore_value(&bounded), 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_end_of_the_block_releases,
        break_and_continue_release,
        return_releases,
        goto_releases,
        all_kinds_nest,
    };
    return RUN_TESTS("with", tests);
}
