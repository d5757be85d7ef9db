/* SPDX-License-Identifier: MIT */
#ifndef WEFT_CONDITION_H
#define WEFT_CONDITION_H

/*
 * A condition, 8 bytes: threads that hold a lock wait for others to say that
 * something changed. Zeroed memory is ready; nothing need be destroyed. Wakes
 * are first in, first out and never spurious: a notify wakes those who waited
 * before it, longest first, and nobody else.
 *
 * The functions take a weft_lock; the macros of the same name without a suffix
 * take a weft_lock or a weft_rlock, whose whole depth is released and restored.
 */

#include "lock.h"
#include "rlock.h"

WEFT_BEGIN_DECLARATIONS

typedef struct weft_condition {
    uint32_t waiters_; /* how many stand in line */
    uint32_t private_;
} weft_condition;

/* Something that becomes true; called with the lock held. */
typedef bool (*weft_predicate)(void *arg);

/*
 * Releases the lock, waits until notified, acquires the lock again. The lock is
 * held again on every return but WEFT_NOT_OWNER, WEFT_INVALID. WEFT_OK:
 * notified; WEFT_TIMED_OUT (timed form): `duration` nanoseconds passed first,
 * <= 0 at once; WEFT_STOPPED: asked to stop; WEFT_NOT_OWNER: the caller does
 * not hold the lock; WEFT_INVALID: NULL.
 */
WEFT_API weft_status weft_condition_wait_lock(weft_condition *condition,
                                              weft_lock *lock)
    WEFT_REQUIRES(lock);
WEFT_API weft_status weft_condition_wait_rlock(weft_condition *condition,
                                               weft_rlock *rlock)
    WEFT_REQUIRES(rlock);
WEFT_API weft_status weft_condition_wait_timed_lock(weft_condition *condition,
                                                    weft_lock *lock,
                                                    weft_duration duration)
    WEFT_REQUIRES(lock);
WEFT_API weft_status weft_condition_wait_timed_rlock(weft_condition *condition,
                                                     weft_rlock *rlock,
                                                     weft_duration duration)
    WEFT_REQUIRES(rlock);

/*
 * Waits until predicate(arg) is true, asked before the first wait, after each
 * notify, and once more after the deadline. WEFT_OK: it is true; else it was
 * false when last asked, and the answers are as above.
 */
WEFT_API weft_status weft_condition_wait_until_lock(weft_condition *condition,
                                                    weft_lock *lock,
                                                    weft_predicate predicate,
                                                    void *arg)
    WEFT_REQUIRES(lock);
WEFT_API weft_status weft_condition_wait_until_rlock(weft_condition *condition,
                                                     weft_rlock *rlock,
                                                     weft_predicate predicate,
                                                     void *arg)
    WEFT_REQUIRES(rlock);
WEFT_API weft_status weft_condition_wait_until_timed_lock(
    weft_condition *condition, weft_lock *lock, weft_predicate predicate,
    void *arg, weft_duration duration) WEFT_REQUIRES(lock);
WEFT_API weft_status weft_condition_wait_until_timed_rlock(
    weft_condition *condition, weft_rlock *rlock, weft_predicate predicate,
    void *arg, weft_duration duration) WEFT_REQUIRES(rlock);

/* Waking those who wait; the condition may be NULL. Private. */
WEFT_API void weft__condition_notify_slow(weft_condition *condition, size_t n);

/* Wakes the n threads that have waited longest, all if there are fewer; 0 wakes
 * nobody. The lock need not be held, but usually is. Does not wait. */
static inline void weft_condition_notify(weft_condition *condition, size_t n)
{
    if (condition == NULL || weft__fast_id == WEFT__UNMET ||
        weft__load_relaxed(&condition->waiters_) != 0)
        weft__condition_notify_slow(condition, n);
}

/* Wakes all that wait now. */
static inline void weft_condition_notify_all(weft_condition *condition)
{
    weft_condition_notify(condition, SIZE_MAX);
}

#ifndef __cplusplus
/* The forms for either lock, by the type of the pointer: as the functions above
 * whose names go on with _lock or _rlock. C only. */
#define WEFT__BY_LOCK(function, lock)        \
    _Generic((lock), weft_lock *             \
             : function##_lock, weft_rlock * \
             : function##_rlock)
#define weft_condition_wait(condition, lock) \
    WEFT__BY_LOCK(weft_condition_wait, lock)((condition), (lock))
#define weft_condition_wait_timed(condition, lock, duration) \
    WEFT__BY_LOCK(weft_condition_wait_timed, lock)           \
    ((condition), (lock), (duration))
#define weft_condition_wait_until(condition, lock, predicate, arg) \
    WEFT__BY_LOCK(weft_condition_wait_until, lock)                 \
    ((condition), (lock), (predicate), (arg))
#define weft_condition_wait_until_timed(condition, lock, predicate, arg, \
                                        duration)                        \
    WEFT__BY_LOCK(weft_condition_wait_until_timed, lock)                 \
    ((condition), (lock), (predicate), (arg), (duration))
#endif

WEFT_END_DECLARATIONS

#endif
