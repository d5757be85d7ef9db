/* SPDX-License-Identifier: MIT */

/*
 * The lock.
 *
 *     bit 31   30       29 ... 0
 *     | 0 | WAITERS |  owner's id  |
 *
 * owner 0: free. The inline paths swap 0 for the own id and back, so that they
 * succeed only while WAITERS is clear. Who finds the lock taken
 *
 *   - spins for about a microsecond, then stands in line, sets WAITERS, sleeps;
 *   - is called by a release, which frees the lock, and becomes a lookout. It
 *     stays in line, and takes the lock if its owner has really gone. Else it
 *     naps; WAITERS is clear meanwhile, so that an owner who comes back again
 *     and again keeps its inline paths, and no line of the cache travels;
 *   - insists after its nap: it sets WAITERS, and the next release hands it the
 *     lock, and calls the next lookout.
 *
 * So under contention the lock stays with one thread for about a nap, and then
 * goes on to the next: fast, as it seldom moves, and fair, as everybody's turn
 * comes. (That waiters compete, but not for ever, is the eventual fairness of
 * WebKit's locks.)
 *
 * Invariant: while somebody stands in line, the lock has an owner who will see
 * WAITERS when it releases, or there is a lookout, who will look again. A
 * lookout never just leaves: it takes the lock with WAITERS, or passes its duty
 * on. Everything else is about speed.
 */

#include "weft/lock.h"
#include "address.h"
#include "control.h"
#include "misuse.h"
#include "registry.h"

#define WAITERS (UINT32_C(1) << 30)
#define OWNER UINT32_C(0x3fffffff)
/* Linux adds some 50 us of its own. A longer one, and eight threads who take
 * turns wait for more than 1 ms. */
#define NAP WEFT_US(5)

enum { SLEEPS, LOOKS, INSISTS }; /* waiter.want: what it does */
enum { LOOK, INSIST, HANDED };   /* waiter.answer: what a release told it */
enum {
    SPINS = 40,      /* a microsecond or two */
    FEW = 8,         /* how far down the line a release looks */
    ENTRY_BITS = 8,  /* of the table of owners who returned */
    MEMORY = 4,      /* how often it must be wrong to forget one */
    NOW_AND_THEN = 8 /* one attempt in so many */
};

static const weft__wait_kind kind = {.name = "lock"};

/* ---- The word ---- */

/* Takes a free lock, waiters or not. */
static bool take(weft_lock *lock, uint32_t taken)
{
    uint32_t word = weft__load_relaxed(&lock->word_);
    while ((word & OWNER) == 0)
        if (weft__compare_swap_acquire(&lock->word_, &word, word | taken))
            return true;
    return false;
}

/* Takes a free lock, or else sets WAITERS. Under the line's lock. */
static bool take_or_mark(weft_lock *lock, uint32_t taken)
{
    uint32_t word = weft__load_relaxed(&lock->word_), open;
    do
        open = (word & OWNER) == 0;
    while (!weft__compare_swap(&lock->word_, &word,
                               word | (open ? taken : WAITERS)));
    return open;
}

/*
 * An owner who lets go only to come back at once is better left alone: a lock
 * taken in between moves to and fro, and what it guards with it. So where that
 * was seen lately, by the lock's address, look twice before taking it;
 * elsewhere only now and then. Locks may share an entry: it is no more than
 * advice.
 */
static uint32_t owner_returned[1 << ENTRY_BITS];

static uint32_t *advice_on(const weft_lock *lock)
{
    return &owner_returned[weft__hash_address(lock, ENTRY_BITS)];
}

static bool is_time_to_check(void)
{
    static _Thread_local unsigned attempts;
    return attempts++ % NOW_AND_THEN == 0;
}

/* Takes a lock that is free for longer than a moment. */
static bool take_if_left(weft_lock *lock, uint32_t taken)
{
    if (weft_lock_locked(lock))
        return false;
    weft__os_pause();
    bool left = take(lock, taken);
    uint32_t *advice = advice_on(lock), before = weft__load_relaxed(advice);
    uint32_t after = !left ? MEMORY : before > 0 ? before - 1 : 0;
    if (after != before)
        weft__store_relaxed(advice, after);
    return left;
}

static bool take_soon(weft_lock *lock, uint32_t taken)
{
    if (weft__controlled)
        return take(lock, taken);
    bool careful =
        weft__load_relaxed(advice_on(lock)) != 0 || is_time_to_check();
    for (int spin = 0; spin < SPINS; spin++) {
        if (!weft_lock_locked(lock)) {
            if (careful)
                return take_if_left(lock, taken);
            if (take(lock, taken))
                return true;
        }
        weft__os_pause();
    }
    return false;
}

/* ---- Waiting ---- */

/* False: the lock has been taken instead. */
static bool stand_in_line(weft_lock *lock, weft__waiter *waiter, uint32_t taken)
{
    weft__line *line = weft__line_lock(lock);
    bool wait = !take_or_mark(lock, taken);
    if (wait) {
        waiter->processor = weft__os_processor();
        waiter->drowsy = weft__line_first(line, lock) != NULL;
        weft__line_push(line, waiter);
    }
    weft__line_unlock(line);
    return wait;
}

static void leave_line(weft_lock *lock, weft__waiter *waiter)
{
    weft__line *line = weft__line_lock(lock);
    weft__line_remove(line, waiter);
    weft__line_unlock(line);
}

/* False: the lock has been taken instead. */
static bool insist(weft_lock *lock, weft__waiter *waiter, uint32_t taken)
{
    weft__line *line = weft__line_lock(lock);
    weft__line_remove(line, waiter);
    bool wait = !take_or_mark(lock, taken);
    if (wait) {
        waiter->want = INSISTS;
        waiter->drowsy = false;
        weft__line_push_front(line, waiter);
    }
    weft__line_unlock(line);
    return wait;
}

/* Sets WAITERS. False: the lock is free. */
static bool mark(weft_lock *lock)
{
    uint32_t word = weft__load_relaxed(&lock->word_);
    while ((word & OWNER) != 0)
        if (weft__compare_swap(&lock->word_, &word, word | WAITERS))
            return true;
    return false;
}

static weft__record *call(weft__waiter *waiter, uint32_t answer)
{
    waiter->want = LOOKS;
    waiter->answer = answer;
    return weft__line_call(waiter);
}

/* Whoever gives up may have been the only lookout: the owner will call another,
 * or this does. */
static void give_up(weft_lock *lock, weft__waiter *waiter)
{
    weft__record *called = NULL;
    weft__line *line = weft__line_lock(lock);
    if (weft__line_contains(line, waiter))
        weft__line_remove(line, waiter);
    weft__waiter *first = weft__line_first(line, lock);
    if (first != NULL && first->want == SLEEPS && !mark(lock))
        called = call(first, LOOK);
    weft__line_unlock(line);
    if (called != NULL)
        weft__unpark(called);
}

static bool never(void *context)
{
    (void)context;
    return false;
}

static weft_status nap(weft_lock *lock, weft_duration deadline,
                       weft__stoppable stoppable)
{
    weft_duration end = weft__deadline(NAP);
    weft_status status = weft__park_until(
        &kind, lock, never, NULL, end < deadline ? end : deadline, stoppable);
    return status == WEFT_TIMED_OUT && end < deadline ? WEFT_OK : status;
}

static weft_status wait_in_line(weft_lock *lock, weft__waiter *waiter,
                                uint32_t taken, weft_duration deadline,
                                weft__stoppable stoppable)
{
    weft_status status = weft__park(waiter, deadline, stoppable);
    if (status == WEFT_OK && waiter->answer == LOOK) {
        if (take_if_left(lock, taken)) {
            leave_line(lock, waiter);
            return WEFT_OK;
        }
        status = nap(lock, deadline, stoppable);
    }
    if (status == WEFT_OK && insist(lock, waiter, taken))
        status = weft__park(waiter, deadline, stoppable);
    return status;
}

static weft_status acquire(weft_lock *lock, weft_duration deadline,
                           weft__stoppable stoppable)
{
    uint32_t id = weft__self()->id, taken = id | WAITERS;
    weft__waiter waiter = {.kind = &kind, .object = lock, .want = SLEEPS};
    if (take_soon(lock, weft__line_seems_empty(lock) ? id : taken) ||
        !stand_in_line(lock, &waiter, taken))
        return WEFT_OK;
    weft_status status =
        wait_in_line(lock, &waiter, taken, deadline, stoppable);
    if (status != WEFT_OK)
        give_up(lock, &waiter);
    return status;
}

void weft__lock_acquire_slow(weft_lock *lock)
{
    weft__point("weft_lock_acquire", lock);
    if (weft__fast_id == WEFT__UNMET && take(lock, weft__self()->id))
        return;
    (void)acquire(lock, WEFT_FOREVER, WEFT__UNSTOPPABLE);
}

weft_status weft__lock_try_acquire_slow(weft_lock *lock)
{
    weft__point("weft_lock_try_acquire", lock);
    return take(lock, weft__self()->id) ? WEFT_OK : WEFT_BUSY;
}

weft_status weft__lock_acquire_timed(weft_lock *lock, weft_duration duration)
{
    weft__point("weft_lock_acquire_timed", lock);
    if (take(lock, weft__self()->id))
        return WEFT_OK;
    return duration <= 0
               ? WEFT_TIMED_OUT
               : acquire(lock, weft__deadline(duration), WEFT__STOPPABLE);
}

/* ---- Releasing ---- */

/* Who is there, among the first few in line. */
struct survey {
    weft__waiter *insists; /* the longest; they are at the head of the line */
    weft__waiter *sleeps_here, *sleeps_elsewhere; /* the first who does */
    bool looks_here, looks_elsewhere;
};

/* `processor`: where the owner runs. */
static struct survey survey(weft__waiter *waiter, unsigned processor)
{
    struct survey found = {0};
    for (int i = 0; i < FEW && waiter != NULL; i++) {
        bool here = waiter->processor == processor;
        weft__waiter **sleeper =
            here ? &found.sleeps_here : &found.sleeps_elsewhere;
        if (waiter->want == INSISTS)
            found.insists = waiter;
        else if (waiter->want == LOOKS)
            *(here ? &found.looks_here : &found.looks_elsewhere) = true;
        else if (*sleeper == NULL)
            *sleeper = waiter;
        waiter = weft__line_next(waiter);
    }
    return found;
}

/* Calls a lookout, if one is wanted: better one who has another processor than
 * the owner, since it can look while the owner runs. One who can't had better
 * insist at once. */
static weft__record *call_lookout(const struct survey *found)
{
    bool elsewhere = found->sleeps_elsewhere != NULL;
    if (found->insists != NULL || found->looks_elsewhere ||
        (found->looks_here && !elsewhere))
        return NULL;
    weft__waiter *waiter =
        elsewhere ? found->sleeps_elsewhere : found->sleeps_here;
    return waiter != NULL ? call(waiter, elsewhere ? LOOK : INSIST) : NULL;
}

/* The word after a release is its last touch, since the next owner may free it.
 */
static void release_to_line(weft_lock *lock)
{
    weft__wakes wakes;
    weft__wakes_init(&wakes);
    weft__line *line = weft__line_lock(lock);
    struct survey found =
        survey(weft__line_first(line, lock), weft__os_processor());
    uint32_t word = 0;
    weft__waiter *next = found.insists;
    if (next != NULL) {
        next->answer = HANDED;
        word = next->thread->id;
        weft__line_take(line, next, &wakes);
        found = survey(weft__line_first(line, lock), next->processor);
        if (found.insists != NULL)
            word |= WAITERS;
    }
    weft__record *called = call_lookout(&found);
    weft__store(&lock->word_, word);
    weft__line_unlock(line);
    weft__wake(&wakes);
    if (called != NULL)
        weft__unpark(called);
}

weft_status weft__lock_release_slow(weft_lock *lock)
{
    weft__point("weft_lock_release", lock);
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
    weft__sanitizer_renewed(lock);
    weft__store(&lock->word_, 0);
}
