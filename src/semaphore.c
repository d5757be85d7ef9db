/* SPDX-License-Identifier: MIT */

/*
 * The semaphore.
 *
 *     bit 31 ... 1   0
 *     |  permits  | WAITERS |
 *
 * A release adds its permits in one step, its last touch of the semaphore, and
 * if WAITERS was there walks along the line, taking a permit on behalf of each
 * waiter until there are none. Taking a permit without waiting is one step
 * while WAITERS is clear; else it goes through the line's lock, where it may
 * pass those who wait, unless the first of them has done so for longer than
 * PATIENCE.
 *
 * These steps are additions: an acquire looks whether there is a permit and
 * then subtracts one, which is faster than a compare-and-swap, that must wait
 * for what it compares with. Where others took the last one in between, the
 * permits fall below 0: a debt. Its maker keeps it as a permit if by the time
 * that it looks again there is one for each debt, else gives it back:
 *
 *     the word's permits = permits that there are - debts.
 *
 * So nobody has a permit that was not there. A debt is given back only while
 * the sum is below 0, so no permit comes to light by that, for which nobody in
 * line would be called. A release adds unseen only where it can't be too much:
 * to less than 2^29 permits, 64 at most, by each of at most 2^22 threads.
 *
 * Invariant: permits and waiters are both there only between a release's step
 * and its walk; so whoever stands in line although there are permits will be
 * served by that walk. WAITERS is set, under the line's lock, by who stands in
 * line, and cleared with the permit of the last one; where the last one left
 * without, it stays until the next who takes a permit finds the line empty.
 */

#include "weft/semaphore.h"

#include "control.h"
#include "misuse.h"
#include "registry.h"

#define WAITERS UINT32_C(1)
#define PERMIT UINT32_C(2)
#define MOST ((uint32_t)WEFT_SEMAPHORE_MAX)
#define PATIENCE WEFT_US(500)

/* Takes a permit, and with it WAITERS if `last`. */
static bool take(weft_semaphore *semaphore, bool last)
{
    uint32_t word = weft__load_relaxed(&semaphore->word_);
    while (weft__semaphore_left(word) > 0) {
        uint32_t taken =
            (last && !weft__controlled ? word & ~WAITERS : word) - PERMIT;
        if (weft__compare_swap(&semaphore->word_, &word, taken))
            return true;
    }
    return false;
}

static bool take_for_waiter(weft__waiter *waiter)
{
    return take(waiter->data, weft__line_next(waiter) == NULL);
}

static const weft__wait_kind kind = {.name = "semaphore",
                                     .grant = take_for_waiter};

static bool may_pass(const weft__waiter *first)
{
    return first == NULL || weft__os_clock() - first->since < PATIENCE;
}

/* With the line locked. */
static bool take_past_the_line(weft_semaphore *semaphore, weft__line *line)
{
    const weft__waiter *first = weft__line_first(line, semaphore);
    return may_pass(first) && take(semaphore, first == NULL);
}

static bool take_if_there(weft_semaphore *semaphore)
{
    if (weft_semaphore_value(semaphore) == 0)
        return false;
    weft__line *line = weft__line_lock(semaphore);
    bool taken = take_past_the_line(semaphore, line);
    weft__line_unlock(line);
    return taken;
}

bool weft__semaphore_take(weft_semaphore *semaphore)
{
    weft__point("weft_semaphore_try_acquire", semaphore);
    return take_if_there(semaphore);
}

/* Nobody who waits is passed. */
static bool take_if_no_line(void *semaphore)
{
    return weft__semaphore_take_fast(semaphore);
}

static weft_status acquire(weft_semaphore *semaphore, weft_duration deadline,
                           weft__stoppable stoppable)
{
    if (weft__wait_awake(semaphore, take_if_no_line, semaphore))
        return WEFT_OK;
    weft__waiter waiter = {.kind = &kind,
                           .object = semaphore,
                           .data = semaphore,
                           .since = weft__os_clock(),
                           .drowsy = true};
    weft__line *line = weft__line_lock(semaphore);
    weft__fetch_or(&semaphore->word_, WAITERS); /* before the last look */
    bool taken = take_past_the_line(semaphore, line);
    if (!taken)
        weft__line_push(line, &waiter);
    weft__line_unlock(line);
    return taken ? WEFT_OK : weft__park(&waiter, deadline, stoppable);
}

void weft__semaphore_acquire_slow(weft_semaphore *semaphore)
{
    weft__point("weft_semaphore_acquire", semaphore);
    (void)acquire(semaphore, WEFT_FOREVER, WEFT__UNSTOPPABLE);
}

/* Whether the caller's debt is covered; else it is given back. */
static bool is_covered(weft_semaphore *semaphore)
{
    uint32_t word = weft__load(&semaphore->word_);
    while (weft__semaphore_left(word) < 0)
        if (weft__compare_swap(&semaphore->word_, &word, word + PERMIT))
            return false;
    return true;
}

void weft__semaphore_overdrawn(weft_semaphore *semaphore)
{
    if (!is_covered(semaphore))
        weft__semaphore_acquire_slow(semaphore);
}

weft_status weft_semaphore_acquire_timed(weft_semaphore *semaphore,
                                         weft_duration duration)
{
    weft__point("weft_semaphore_acquire_timed", semaphore);
    if (weft__semaphore_take_fast(semaphore) || take_if_there(semaphore))
        return WEFT_OK;
    if (duration <= 0)
        return WEFT_TIMED_OUT;
    return acquire(semaphore, weft__deadline(duration), WEFT__STOPPABLE);
}

/* Adds n permits unless there were more than `bound` then. */
static weft_status release(weft_semaphore *semaphore, uint32_t n,
                           uint32_t bound, const char *function)
{
    if (n == 0)
        return weft__misuse(WEFT_INVALID, function, semaphore,
                            "released no permit at all");
    uint32_t word = weft__load_relaxed(&semaphore->word_);
    do
        if (n > bound || weft__semaphore_left(word) > (int32_t)(bound - n))
            return weft__misuse(WEFT_OVERFLOW, function, semaphore,
                                "released more permits than there can be");
    while (!weft__compare_swap(&semaphore->word_, &word, word + n * PERMIT));
    if ((word & WAITERS) != 0)
        weft__settle(semaphore);
    return WEFT_OK;
}

void weft__semaphore_serve(weft_semaphore *semaphore)
{
    weft__point("weft_semaphore_release", semaphore);
    weft__settle(semaphore);
}

weft_status weft__semaphore_release_slow(weft_semaphore *semaphore, uint32_t n)
{
    weft__point("weft_semaphore_release", semaphore);
    static const char function[] = "weft_semaphore_release";
    if (semaphore == NULL)
        return weft__misuse(WEFT_INVALID, function, NULL,
                            "the semaphore is NULL");
    return release(semaphore, n, MOST, function);
}

weft_status weft_bounded_semaphore_release(weft_bounded_semaphore *semaphore,
                                           uint32_t n)
{
    weft__point("weft_bounded_semaphore_release", semaphore);
    static const char function[] = "weft_bounded_semaphore_release";
    if (semaphore == NULL)
        return weft__misuse(WEFT_INVALID, function, NULL,
                            "the semaphore is NULL");
    return release(&semaphore->semaphore_, n, semaphore->bound_, function);
}
