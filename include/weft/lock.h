/* SPDX-License-Identifier: MIT */
#ifndef WEFT_LOCK_H
#define WEFT_LOCK_H

/*
 * A lock (mutual exclusion), 4 bytes. Zeroed memory is an unlocked lock, and
 * nothing need be destroyed. As in Python, another thread than the one that
 * acquired it may release it; acquiring it twice waits for that.
 */

#include "atomic.h"
#include "base.h"
#include "sanitizer.h"

WEFT_BEGIN_DECLARATIONS

typedef struct WEFT_CAPABILITY("lock") weft_lock {
    uint32_t word_; /* drawn in src/lock.c */
} weft_lock;

/* The paths for a thread not yet met, a lock taken, a lock waited for. Private:
 * call the functions below. */
WEFT_API void weft__lock_acquire_slow(weft_lock *lock);
WEFT_API weft_status weft__lock_try_acquire_slow(weft_lock *lock);
WEFT_API weft_status weft__lock_release_slow(weft_lock *lock);

/* True if the calling thread took a free lock just now, without waiting. */
static inline bool weft__lock_take(weft_lock *lock)
{
    uint32_t id = weft__fast_id, open = 0;
    return WEFT__LIKELY(id != WEFT__UNMET) &&
           weft__compare_swap_acquire(&lock->word_, &open, id);
}

/* True if the calling thread held the lock, nobody waited, and it is free. */
static inline bool weft__lock_give(weft_lock *lock)
{
    uint32_t mine = weft__fast_id;
    return weft__compare_swap_release(&lock->word_, &mine, 0);
}

/* The functions below without what they tell the sanitizer: for what is built
 * on a lock. Private. */
WEFT_API WEFT_MUST_USE weft_status
weft__lock_acquire_timed(weft_lock *lock, weft_duration duration);

static inline void weft__lock_acquire(weft_lock *lock)
{
    if (WEFT__LIKELY(weft__lock_take(lock)))
        return;
    weft__lock_acquire_slow(lock);
}

static inline WEFT_MUST_USE weft_status weft__lock_try_acquire(weft_lock *lock)
{
    if (WEFT__LIKELY(weft__lock_take(lock)))
        return (weft_status)WEFT_OK;
    return weft__lock_try_acquire_slow(lock);
}

static inline weft_status weft__lock_release(weft_lock *lock)
{
    if (WEFT__LIKELY(weft__lock_give(lock)))
        return (weft_status)WEFT_OK;
    return weft__lock_release_slow(lock);
}

/* Waits until the lock is the caller's. Nothing ends the wait but the lock: not
 * a stop request, not a signal. Nobody waits for ever: under contention those
 * who wait take turns, of some 0.1 ms or one section each. */
static inline void weft_lock_acquire(weft_lock *lock)
    WEFT_ACQUIRE(lock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__tell_acquiring(lock);
    weft__lock_acquire(lock);
    weft__tell_acquired(lock);
}

/* Takes the lock if it is free. WEFT_OK; WEFT_BUSY. Does not wait. */
static inline WEFT_MUST_USE weft_status weft_lock_try_acquire(weft_lock *lock)
    WEFT_TRY_ACQUIRE(lock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    return weft__tell_tried(lock, weft__lock_try_acquire(lock));
}

/* Waits at most `duration` nanoseconds; <= 0 tries. WEFT_OK; WEFT_TIMED_OUT;
 * WEFT_STOPPED: the caller was asked to stop. */
static inline WEFT_MUST_USE weft_status
weft_lock_acquire_timed(weft_lock *lock, weft_duration duration)
    WEFT_TRY_ACQUIRE(lock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    return weft__tell_tried(lock, weft__lock_acquire_timed(lock, duration));
}

/* Frees the lock and lets a waiter go on. WEFT_OK; WEFT_NOT_OWNER: it was not
 * held, nothing changed. Does not wait. */
static inline weft_status weft_lock_release(weft_lock *lock)
    WEFT_RELEASE(lock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__tell_releasing(lock);
    return weft__lock_release(lock);
}

/* Is it held by anybody at this moment? */
static inline bool weft_lock_locked(const weft_lock *lock)
{
    return (weft__load(&lock->word_) & UINT32_C(0x3fffffff)) != 0;
}

/* Makes the lock free, and as new to the sanitizers: in a forked child, if a
 * thread of the parent held it; where a lock begins in memory of an earlier
 * one. Only while no thread of this process uses the lock. */
WEFT_API void weft_lock_reinit(weft_lock *lock);

WEFT_END_DECLARATIONS

#endif
