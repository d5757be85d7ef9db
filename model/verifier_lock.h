/* SPDX-License-Identifier: MIT */
#ifndef WEFT_LOCK_H
#define WEFT_LOCK_H /* this one, not include/weft/lock.h */

/*
 * GenMC's own mutex in place of weft_lock, for what is built on it: its ways of
 * waiting are explored by the clients of the lock. The word holds the owner.
 */

#include "verifier.h"
#include "weft/atomic.h"
#include "weft/base.h"
#include "weft/sanitizer.h"

typedef struct weft_lock {
    uint32_t word_;
    __VERIFIER_mutex_t mutex_;
} weft_lock;

weft_status weft__lock_acquire_timed(weft_lock *lock, weft_duration duration);
void weft_lock_reinit(weft_lock *lock);

static inline bool weft__lock_take(weft_lock *lock)
{
    (void)lock;
    return false;
}

static inline bool weft__lock_give(weft_lock *lock)
{
    (void)lock;
    return false;
}

static inline void weft__lock_acquire(weft_lock *lock)
{
    __VERIFIER_mutex_lock(&lock->mutex_);
    weft__store_relaxed(&lock->word_, weft__fast_id);
}

static inline weft_status weft__lock_try_acquire(weft_lock *lock)
{
    if (__VERIFIER_mutex_trylock(&lock->mutex_) != 0)
        return WEFT_BUSY;
    weft__store_relaxed(&lock->word_, weft__fast_id);
    return (weft_status)WEFT_OK;
}

static inline weft_status weft__lock_release(weft_lock *lock)
{
    weft__store_relaxed(&lock->word_, 0);
    __VERIFIER_mutex_unlock(&lock->mutex_);
    return (weft_status)WEFT_OK;
}

static inline void weft_lock_acquire(weft_lock *lock)
{
    weft__lock_acquire(lock);
}

static inline weft_status weft_lock_try_acquire(weft_lock *lock)
{
    return weft__lock_try_acquire(lock);
}

static inline weft_status weft_lock_release(weft_lock *lock)
{
    return weft__lock_release(lock);
}

static inline bool weft_lock_locked(const weft_lock *lock)
{
    return weft__load(&lock->word_) != 0;
}

#endif
