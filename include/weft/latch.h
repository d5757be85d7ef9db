/* SPDX-License-Identifier: MIT */
#ifndef WEFT_LATCH_H
#define WEFT_LATCH_H

/*
 * A latch, 4 bytes: opens for good once it has been counted down to zero.
 * WEFT_LATCH(3) waits for 3; zeroed memory is an open latch. Nothing need be
 * destroyed, and who waited may give its memory away at once.
 */

#include "atomic.h"
#include "base.h"

WEFT_BEGIN_DECLARATIONS

typedef struct weft_latch {
    uint32_t word_; /* drawn in src/latch.c */
} weft_latch;

/* For statics, locals and members; the count is 0 to WEFT_LATCH_MAX. */
#define WEFT_LATCH(count) \
    {                     \
        (count)           \
    }
#define WEFT_LATCH_MAX 0x7fffffff

/* The parts in which somebody waits, or the call is wrong. Private. */
WEFT_API weft_status weft__latch_count_down_slow(weft_latch *latch, uint32_t n);
WEFT_API weft_status weft__latch_wait_slow(weft_latch *latch,
                                           weft_duration duration);

/* How many are still to be counted down. Does not block. */
static inline uint32_t weft_latch_pending(const weft_latch *latch)
{
    return weft__load(&latch->word_) & WEFT_LATCH_MAX;
}

/* WEFT_OK if it is open, else WEFT_BUSY. Does not block. */
static inline weft_status weft_latch_try_wait(const weft_latch *latch)
{
    return weft_latch_pending(latch) == 0 ? (weft_status)WEFT_OK : WEFT_BUSY;
}

/* Counts n down; at zero wakes all who wait. What was written before is seen
 * by whoever passes the latch. WEFT_OK; WEFT_OVERFLOW: n is more than is
 * pending; WEFT_INVALID: NULL; then nothing changes. Does not block;
 * async-signal-safe. */
static inline weft_status weft_latch_count_down(weft_latch *latch, uint32_t n)
{
    uint32_t word =
        latch != NULL ? weft__load_relaxed(&latch->word_) : WEFT_LATCH_MAX + 1U;
    if (word <= WEFT_LATCH_MAX && n <= word &&
        weft__compare_swap_release(&latch->word_, &word, word - n))
        return (weft_status)WEFT_OK;
    return weft__latch_count_down_slow(latch, n);
}

/* Waits until it is open. WEFT_OK; WEFT_STOPPED: asked to stop; WEFT_INVALID:
 * NULL. */
static inline weft_status weft_latch_wait(weft_latch *latch)
{
    if (latch != NULL && weft_latch_pending(latch) == 0)
        return (weft_status)WEFT_OK;
    return weft__latch_wait_slow(latch, WEFT_FOREVER);
}

/* The same for at most `duration` nanoseconds, then WEFT_TIMED_OUT; <= 0 does
 * not wait. */
static inline weft_status weft_latch_wait_timed(weft_latch *latch,
                                                weft_duration duration)
{
    if (latch != NULL && weft_latch_pending(latch) == 0)
        return (weft_status)WEFT_OK;
    return weft__latch_wait_slow(latch, duration);
}

/* Counts one down, then waits until it is open. As the two calls; if the first
 * is refused, nothing is waited for. */
static inline weft_status weft_latch_arrive_and_wait(weft_latch *latch)
{
    weft_status status = weft_latch_count_down(latch, 1);
    return status == WEFT_OK ? weft_latch_wait(latch) : status;
}

WEFT_END_DECLARATIONS

#endif
