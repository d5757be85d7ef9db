/* SPDX-License-Identifier: MIT */

/*
 * The lock.
 *
 *     bit 31   30       29 ... 0
 *     | 0 | WAITERS |  owner's id  |
 *
 * owner 0: free. The inline paths swap 0 for the own id and back, so that they
 * succeed only while nobody waits. WAITERS says that somebody may stand in the
 * line; it is set under the line's lock by a waiter who found an owner, and
 * cleared, under the same lock, by a release that leaves nobody there.
 *
 * A release with waiters frees the lock and wakes the first, who must compete:
 * whoever runs already may be faster, which keeps short sections fast. But if
 * the first has waited longer than PATIENCE, the lock is handed to it, so that
 * nobody starves (the eventual fairness of WebKit's locks, there by a dice,
 * here by age). One that competed in vain goes back to the head of the line
 * with its age.
 *
 * Invariant: while somebody stands in line, the lock has an owner who will see
 * WAITERS when it releases, or a woken waiter is on its way to look.
 */

#include "weft/lock.h"
#include "misuse.h"
#include "registry.h"

#define WAITERS (UINT32_C(1) << 30)
#define OWNER UINT32_C(0x3fffffff)
#define PATIENCE WEFT_US(500)

enum { COMPETE, HANDED };
enum { SPINS = 40 };

static const weft__wait_kind kind = {.name = "lock"};

/* Takes a free lock, waiters or not. */
static bool take(weft_lock *lock, uint32_t id)
{
    uint32_t word = weft__load_relaxed(&lock->word_);
    while ((word & OWNER) == 0)
        if (weft__compare_swap_acquire(&lock->word_, &word, word | id))
            return true;
    return false;
}

static bool take_soon(weft_lock *lock, uint32_t id)
{
    for (int spin = 0; spin < SPINS; spin++) {
        if (take(lock, id))
            return true;
        weft__os_pause();
    }
    return false;
}

/* Marks a lock that has an owner; false: it is free. Under the line's lock. */
static bool mark_waiters(weft_lock *lock)
{
    uint32_t word = weft__load_relaxed(&lock->word_);
    while ((word & OWNER) != 0)
        if (weft__compare_swap(&lock->word_, &word, word | WAITERS))
            return true;
    return false;
}

static bool stand_in_line(weft_lock *lock, weft__waiter *waiter)
{
    bool again = waiter->since != 0;
    weft__line *line = weft__line_lock(lock);
    bool owned = mark_waiters(lock);
    if (owned && again)
        weft__line_push_front(line, waiter);
    else if (owned)
        weft__line_push(line, waiter);
    weft__line_unlock(line);
    return owned;
}

static weft_status acquire(weft_lock *lock, weft_duration deadline,
                           weft__stoppable stoppable)
{
    uint32_t id = weft__self()->id;
    weft__waiter waiter = {.kind = &kind, .object = lock};
    for (;;) {
        if (take_soon(lock, id))
            return WEFT_OK;
        if (!stand_in_line(lock, &waiter))
            continue;
        weft_status status = weft__park(&waiter, deadline, stoppable);
        if (status != WEFT_OK || waiter.answer == HANDED)
            return status;
    }
}

void weft__lock_acquire_slow(weft_lock *lock)
{
    (void)acquire(lock, WEFT_FOREVER, WEFT__UNSTOPPABLE);
}

weft_status weft__lock_try_acquire_slow(weft_lock *lock)
{
    return take(lock, weft__self()->id) ? WEFT_OK : WEFT_BUSY;
}

weft_status weft_lock_acquire_timed(weft_lock *lock, weft_duration duration)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    if (take(lock, weft__self()->id))
        return WEFT_OK;
    return duration <= 0
               ? WEFT_TIMED_OUT
               : acquire(lock, weft__deadline(duration), WEFT__STOPPABLE);
}

/* The word after a release: its last touch, since the next owner may free it.
 */
static void release_to_line(weft_lock *lock)
{
    weft__wakes wakes;
    weft__wakes_init(&wakes);
    weft__line *line = weft__line_lock(lock);
    weft__waiter *first = weft__line_first(line, lock);
    uint32_t word = 0;
    if (first != NULL) {
        word = weft__line_next(first) != NULL ? WAITERS : 0;
        bool old = weft__os_clock() - first->since > PATIENCE;
        first->answer = old ? HANDED : COMPETE;
        if (old)
            word |= first->thread->id;
        weft__line_take(line, first, &wakes);
    }
    weft__store(&lock->word_, word);
    weft__line_unlock(line);
    weft__wake(&wakes);
}

weft_status weft__lock_release_slow(weft_lock *lock)
{
    uint32_t word = weft__load_relaxed(&lock->word_);
    do {
        if ((word & OWNER) == 0)
            return weft__misuse(WEFT_NOT_OWNER, "weft_lock_release", lock,
                                "released a lock that is not held");
        if ((word & WAITERS) != 0) {
            release_to_line(lock);
            return WEFT_OK;
        }
    } while (!weft__compare_swap_release(&lock->word_, &word, 0));
    return WEFT_OK;
}

void weft_lock_reinit(weft_lock *lock)
{
    weft__store(&lock->word_, 0);
}
