/* SPDX-License-Identifier: MIT */
#ifndef WEFT_RLOCK_H
#define WEFT_RLOCK_H

/*
 * A lock that its owner may acquire again (reentrant), 8 bytes; free once each
 * acquire has been released, by the owner alone. Zeroed memory is unlocked.
 */

#include "lock.h"

WEFT_BEGIN_DECLARATIONS

typedef struct WEFT_CAPABILITY("rlock") weft_rlock {
    weft_lock lock_;
    uint32_t again_; /* levels beyond the first; the owner's alone */
} weft_rlock;

/* Private: the paths that the inline ones leave out. */
WEFT_API void weft__rlock_acquire_slow(weft_rlock *rlock);
WEFT_API weft_status weft__rlock_try_acquire_slow(weft_rlock *rlock);
WEFT_API weft_status weft__rlock_release_slow(weft_rlock *rlock);

/* Waits until the lock is the caller's, one level deeper if it already is.
 * Nothing else ends the wait. At 2^32 levels the further ones are reported as
 * misuse (WEFT_OVERFLOW) and not counted. */
static inline void weft_rlock_acquire(weft_rlock *rlock)
    WEFT_ACQUIRE(rlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    if (WEFT__LIKELY(weft__lock_take(&rlock->lock_)))
        return;
    weft__rlock_acquire_slow(rlock);
}

/* The same without waiting. WEFT_OK; WEFT_BUSY: another thread has it;
 * WEFT_OVERFLOW: 2^32 levels. */
static inline WEFT_MUST_USE weft_status weft_rlock_try_acquire(
    weft_rlock *rlock) WEFT_TRY_ACQUIRE(rlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    if (WEFT__LIKELY(weft__lock_take(&rlock->lock_)))
        return (weft_status)WEFT_OK;
    return weft__rlock_try_acquire_slow(rlock);
}

/* Waits at most `duration` nanoseconds; <= 0 tries. WEFT_OK; WEFT_TIMED_OUT;
 * WEFT_STOPPED; WEFT_OVERFLOW. */
WEFT_API WEFT_MUST_USE weft_status weft_rlock_acquire_timed(
    weft_rlock *rlock, weft_duration duration) WEFT_TRY_ACQUIRE(rlock);

/* Goes back one level; the last one frees the lock. WEFT_OK; WEFT_NOT_OWNER:
 * the caller does not hold it, nothing changed. Does not wait. */
static inline weft_status weft_rlock_release(weft_rlock *rlock)
    WEFT_RELEASE(rlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    /* Only the owner writes again_, and a word with its id in it is its own;
     * for anybody else the swap fails whatever again_ was read. */
    if (weft__load_relaxed(&rlock->again_) == 0 &&
        WEFT__LIKELY(weft__lock_give(&rlock->lock_)))
        return (weft_status)WEFT_OK;
    return weft__rlock_release_slow(rlock);
}

/* Is it held by anybody at this moment? */
static inline bool weft_rlock_locked(const weft_rlock *rlock)
{
    return weft_lock_locked(&rlock->lock_);
}

/* How many levels the caller holds: 0 if it does not own the lock. */
WEFT_API uint32_t weft_rlock_level(const weft_rlock *rlock);

/* As weft_lock_reinit. */
WEFT_API void weft_rlock_reinit(weft_rlock *rlock);

WEFT_END_DECLARATIONS

#endif
