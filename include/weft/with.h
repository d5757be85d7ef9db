/* SPDX-License-Identifier: MIT */
#ifndef WEFT_WITH_H
#define WEFT_WITH_H

/*
 * Python's `with lock:` for C.
 *
 *     WEFT_WITH(&lock) {
 *         if (is_there)
 *             return x;
 *         ...
 *     }
 *
 * acquires before the block and releases once on any way out of it: its end,
 * break, continue (both leave the block, as it is a loop of one turn), return,
 * goto. As to compilers it is a loop, a function whose block always returns
 * still needs a return behind it. For weft_lock, weft_rlock, weft_semaphore and
 * weft_bounded_semaphore; WEFT_WITH_READ and WEFT_WITH_WRITE for weft_rwlock.
 * The acquire is the plain one: it waits until it has the lock, whatever
 * happens. C only: C++ has std::lock_guard. Optimised, nothing is left but the
 * two calls.
 */

#include "lock.h"
#include "rlock.h"
#include "rwlock.h"
#include "semaphore.h"

#ifndef __cplusplus

/*
 * What must be released; the kind is a constant by then. That holding "asserts"
 * is for Clang's thread-safety analysis, which knows no clean-up: so it takes
 * the lock for held in the block, and expects no release. That it "excludes" is
 * there to find the block inside of which another waits for ever. Private.
 */
typedef struct weft__held {
    enum {
        WEFT__HELD_LOCK,
        WEFT__HELD_RLOCK,
        WEFT__HELD_READ,
        WEFT__HELD_WRITE,
        WEFT__HELD_SEMAPHORE,
        WEFT__HELD_BOUNDED_SEMAPHORE
    } kind;
    void *object;
} weft__held;

static inline weft__held weft__hold_lock(weft_lock *lock) WEFT_EXCLUDES(lock)
    WEFT_ASSERT_HELD(lock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_lock_acquire(lock);
    return (weft__held){WEFT__HELD_LOCK, lock};
}

static inline weft__held weft__hold_rlock(weft_rlock *rlock)
    WEFT_ASSERT_HELD(rlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_rlock_acquire(rlock);
    return (weft__held){WEFT__HELD_RLOCK, rlock};
}

static inline weft__held weft__hold_read(weft_rwlock *rwlock)
    WEFT_EXCLUDES(rwlock)
        WEFT_ASSERT_HELD_SHARED(rwlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_rwlock_acquire_read(rwlock);
    return (weft__held){WEFT__HELD_READ, rwlock};
}

static inline weft__held weft__hold_write(weft_rwlock *rwlock)
    WEFT_EXCLUDES(rwlock)
        WEFT_ASSERT_HELD(rwlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_rwlock_acquire_write(rwlock);
    return (weft__held){WEFT__HELD_WRITE, rwlock};
}

static inline weft__held weft__hold_semaphore(weft_semaphore *semaphore)
{
    weft_semaphore_acquire(semaphore);
    return (weft__held){WEFT__HELD_SEMAPHORE, semaphore};
}

static inline weft__held weft__hold_bounded_semaphore(
    weft_bounded_semaphore *semaphore)
{
    weft_bounded_semaphore_acquire(semaphore);
    return (weft__held){WEFT__HELD_BOUNDED_SEMAPHORE, semaphore};
}

static inline void weft__let_go(weft__held *held) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    switch (held->kind) {
    case WEFT__HELD_LOCK:
        (void)weft_lock_release((weft_lock *)held->object);
        break;
    case WEFT__HELD_RLOCK:
        (void)weft_rlock_release((weft_rlock *)held->object);
        break;
    case WEFT__HELD_READ:
        (void)weft_rwlock_release_read((weft_rwlock *)held->object);
        break;
    case WEFT__HELD_WRITE:
        (void)weft_rwlock_release_write((weft_rwlock *)held->object);
        break;
    case WEFT__HELD_SEMAPHORE:
        (void)weft_semaphore_release((weft_semaphore *)held->object, 1);
        break;
    case WEFT__HELD_BOUNDED_SEMAPHORE:
        (void)weft_bounded_semaphore_release(
            (weft_bounded_semaphore *)held->object, 1);
        break;
    }
}

/* `with lock:`, and the two ways to hold a weft_rwlock; each is given a pointer
 * and followed by a block. */
#define WEFT_WITH(lock)                                                  \
    WEFT__HOLD(_Generic((lock), weft_lock *                              \
                        : weft__hold_lock, weft_rlock *                  \
                        : weft__hold_rlock, weft_semaphore *             \
                        : weft__hold_semaphore, weft_bounded_semaphore * \
                        : weft__hold_bounded_semaphore)((lock)),         \
               __COUNTER__)
#define WEFT_WITH_READ(rwlock) \
    WEFT__HOLD(weft__hold_read((rwlock)), __COUNTER__)
#define WEFT_WITH_WRITE(rwlock) \
    WEFT__HOLD(weft__hold_write((rwlock)), __COUNTER__)

/* The number makes the names new, so that blocks may nest. The condition, not
 * the declaration, acquires, so that the analysis takes the lock for held in
 * the block alone. */
#define WEFT__HOLD(hold, number) WEFT__HOLD_NAMED(hold, number)
#define WEFT__HOLD_NAMED(hold, number)                                     \
    for (weft__held weft__held_##number                                    \
             WEFT__CLEANUP(weft__let_go) = {WEFT__HELD_LOCK, NULL},        \
             *weft__turn_##number = &weft__held_##number;                  \
         weft__turn_##number != NULL && (weft__held_##number = (hold), 1); \
         weft__turn_##number = NULL)

#endif

#endif
