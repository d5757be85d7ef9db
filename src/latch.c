/* SPDX-License-Identifier: MIT */

/*
 * The latch.
 *
 *     bit 31     30 ... 0
 *     | WAITERS |  pending  |
 *
 * WAITERS is set, under the line's lock, by who stands in line while something
 * is pending. The swap that takes the last pending clears both, and is the last
 * touch of the latch: those in line are found by its address, and woken because
 * nothing can ever be pending again.
 */

#include "weft/latch.h"

#include "control.h"
#include "misuse.h"
#include "registry.h"

#define WAITERS (UINT32_C(1) << 31)
#define PENDING ((uint32_t)WEFT_LATCH_MAX)

static bool is_open(weft__waiter *waiter)
{
    return weft_latch_pending(waiter->data) == 0;
}

static const weft__wait_kind kind = {.name = "latch", .grant = is_open};

weft_status weft__latch_count_down_slow(weft_latch *latch, uint32_t n)
{
    weft__point("weft_latch_count_down", latch);
    static const char function[] = "weft_latch_count_down";
    if (latch == NULL)
        return weft__misuse(WEFT_INVALID, function, NULL, "the latch is NULL");
    uint32_t word = weft__load_relaxed(&latch->word_), left;
    do {
        if (n > (word & PENDING))
            return weft__misuse(WEFT_OVERFLOW, function, latch,
                                "counted down past zero");
        left = (word & PENDING) == n ? 0 : word - n;
    } while (!weft__compare_swap(&latch->word_, &word, left));
    if (left == 0 && (word & WAITERS) != 0)
        weft__settle(latch);
    return WEFT_OK;
}

/* False: it is open. Under the line's lock. */
static bool mark_waiters(weft_latch *latch)
{
    uint32_t word = weft__load(&latch->word_);
    while ((word & PENDING) != 0)
        if (weft__compare_swap(&latch->word_, &word, word | WAITERS))
            return true;
    return false;
}

static bool is_open_now(void *latch)
{
    return weft_latch_pending(latch) == 0;
}

weft_status weft__latch_wait_slow(weft_latch *latch, weft_duration duration)
{
    weft__point("weft_latch_wait", latch);
    if (latch == NULL)
        return weft__misuse(WEFT_INVALID, "weft_latch_wait", NULL,
                            "the latch is NULL");
    if (duration <= 0)
        return is_open_now(latch) ? WEFT_OK : WEFT_TIMED_OUT;
    weft_duration deadline = weft__deadline(duration);
    if (weft__wait_awake(latch, is_open_now, latch))
        return WEFT_OK;
    weft__waiter waiter = {
        .kind = &kind, .object = latch, .data = latch, .drowsy = true};
    weft__line *line = weft__line_lock(latch);
    bool wait = mark_waiters(latch);
    if (wait)
        weft__line_push(line, &waiter);
    weft__line_unlock(line);
    return wait ? weft__park(&waiter, deadline, WEFT__STOPPABLE) : WEFT_OK;
}
