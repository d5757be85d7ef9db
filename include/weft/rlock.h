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
WEFT_API weft_status weft__rlock_acquire_timed(weft_rlock *rlock,
                                               weft_duration duration);
WEFT_API weft_status weft__rlock_release_slow(weft_rlock *rlock);

/* Does the calling thread own it, and nobody wait? No, if weft has not met the
 * thread. Private. */
static inline bool weft__rlock_is_own(const weft_rlock *rlock)
{
    return weft__load_relaxed(&rlock->lock_.word_) == weft__fast_id;
}

/* Looks before it swaps: a swap that fails costs as much as one that does not.
 * Inner levels are laid out straight, as there is no swap beside which a jump
 * costs nothing. Private. */
static inline bool weft__rlock_take(weft_rlock *rlock)
{
    if (!WEFT__LIKELY(weft__rlock_is_own(rlock)))
        return weft__lock_take(&rlock->lock_);
    uint32_t again = weft__load_relaxed(&rlock->again_) + 1;
    if (!WEFT__LIKELY(again != 0))
        return false;
    weft__store_relaxed(&rlock->again_, again);
    return true;
}

/* Only the owner writes again_, and a word with its id in it is its own: for
 * anybody else the swap fails, whatever again_ was read. Private. */
static inline bool weft__rlock_give(weft_rlock *rlock)
{
    uint32_t left = weft__load_relaxed(&rlock->again_) - 1;
    if (!WEFT__LIKELY(left != UINT32_MAX))
        return weft__lock_give(&rlock->lock_);
    if (!WEFT__LIKELY(weft__rlock_is_own(rlock)))
        return false;
    weft__store_relaxed(&rlock->again_, left);
    return true;
}

/* Levels but the last are nothing to tell of. Private. */
static inline void weft__rlock_tell_releasing(const weft_rlock *rlock)
{
    if (WEFT__SANITIZE_THREAD && weft__load_relaxed(&rlock->again_) == 0)
        weft__tell_releasing(rlock);
}

/* Waits until the lock is the caller's, one level deeper if it already is.
 * Nothing else ends the wait. At 2^32 levels the further ones are reported as
 * misuse (WEFT_OVERFLOW) and not counted. */
static inline void weft_rlock_acquire(weft_rlock *rlock)
    WEFT_ACQUIRE(rlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__tell_acquiring(rlock);
    if (!WEFT__LIKELY(weft__rlock_take(rlock)))
        weft__rlock_acquire_slow(rlock);
    weft__tell_acquired(rlock);
}

/* The same without waiting. WEFT_OK; WEFT_BUSY: another thread has it;
 * WEFT_OVERFLOW: 2^32 levels. */
static inline WEFT_MUST_USE weft_status weft_rlock_try_acquire(
    weft_rlock *rlock) WEFT_TRY_ACQUIRE(rlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    return weft__tell_tried(rlock, WEFT__LIKELY(weft__rlock_take(rlock))
                                       ? (weft_status)WEFT_OK
                                       : weft__rlock_try_acquire_slow(rlock));
}

/* Waits at most `duration` nanoseconds; <= 0 tries. WEFT_OK; WEFT_TIMED_OUT;
 * WEFT_STOPPED; WEFT_OVERFLOW. */
static inline WEFT_MUST_USE weft_status
weft_rlock_acquire_timed(weft_rlock *rlock, weft_duration duration)
    WEFT_TRY_ACQUIRE(rlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    return weft__tell_tried(rlock, weft__rlock_acquire_timed(rlock, duration));
}

/* Goes back one level; the last one frees the lock. WEFT_OK; WEFT_NOT_OWNER:
 * the caller does not hold it, nothing changed. Does not wait. */
static inline weft_status weft_rlock_release(weft_rlock *rlock)
    WEFT_RELEASE(rlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__rlock_tell_releasing(rlock);
    if (WEFT__LIKELY(weft__rlock_give(rlock)))
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
