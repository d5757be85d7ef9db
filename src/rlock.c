/* SPDX-License-Identifier: MIT */

/*
 * The reentrant lock: a lock, whose word names the owner, and a count of the
 * levels beyond the first.
 *
 *     lock_   | 0 | WAITERS |  owner's id  |    as lock.c draws it
 *     again_  |           levels           |
 *
 * The count is written by the owner alone, so that relaxed accesses do; it is 0
 * whenever the lock changes hands.
 */

#include "weft/rlock.h"

#include "misuse.h"
#include "registry.h"

static bool is_owner(const weft_rlock *rlock)
{
    uint32_t word = weft__load_relaxed(&rlock->lock_.word_);
    return (word & WEFT__ID_MASK) == weft__self()->id;
}

/* One level deeper; the caller is the owner. */
static weft_status again(weft_rlock *rlock, const char *function)
{
    uint32_t before = weft__load_relaxed(&rlock->again_);
    if (before == UINT32_MAX)
        return weft__misuse(WEFT_OVERFLOW, function, rlock,
                            "acquired 2^32 times without a release");
    weft__store_relaxed(&rlock->again_, before + 1);
    return WEFT_OK;
}

void weft__rlock_acquire_slow(weft_rlock *rlock)
{
    if (is_owner(rlock))
        (void)again(rlock, "weft_rlock_acquire");
    else
        weft__lock_acquire(&rlock->lock_);
}

weft_status weft__rlock_try_acquire_slow(weft_rlock *rlock)
{
    return is_owner(rlock) ? again(rlock, "weft_rlock_try_acquire")
                           : weft__lock_try_acquire(&rlock->lock_);
}

weft_status weft__rlock_acquire_timed(weft_rlock *rlock, weft_duration duration)
{
    return is_owner(rlock) ? again(rlock, "weft_rlock_acquire_timed")
                           : weft__lock_acquire_timed(&rlock->lock_, duration);
}

weft_status weft__rlock_release_slow(weft_rlock *rlock)
{
    if (!is_owner(rlock))
        return weft__misuse(WEFT_NOT_OWNER, "weft_rlock_release", rlock,
                            "released a reentrant lock held by another thread "
                            "or by none");
    uint32_t levels = weft__load_relaxed(&rlock->again_);
    if (levels == 0)
        return weft__lock_release(&rlock->lock_);
    weft__store_relaxed(&rlock->again_, levels - 1);
    return WEFT_OK;
}

uint32_t weft_rlock_level(const weft_rlock *rlock)
{
    return is_owner(rlock) ? weft__load_relaxed(&rlock->again_) + 1 : 0;
}

void weft_rlock_reinit(weft_rlock *rlock)
{
    weft__store_relaxed(&rlock->again_, 0);
    weft_lock_reinit(&rlock->lock_);
}
