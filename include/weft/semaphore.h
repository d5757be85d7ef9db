/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SEMAPHORE_H
#define WEFT_SEMAPHORE_H

/*
 * A semaphore, 4 bytes: a number of permits, 0 to 2^30 - 1, that threads take
 * and give back. WEFT_SEMAPHORE(3) starts with 3; zeroed memory has none. A
 * bounded semaphore, 8 bytes, refuses more permits than it started with.
 * Nothing need be destroyed.
 *
 * Who runs may take a permit before those who wait; but a thread that has
 * waited for half a millisecond lets nobody pass any more.
 */

#include "atomic.h"
#include "base.h"

WEFT_BEGIN_DECLARATIONS

typedef struct weft_semaphore {
    uint32_t word_; /* drawn in src/semaphore.c */
} weft_semaphore;

typedef struct weft_bounded_semaphore {
    weft_semaphore semaphore_;
    uint32_t bound_;
} weft_bounded_semaphore;

/* For statics, locals and members; the value is 0 to WEFT_SEMAPHORE_MAX. */
#define WEFT_SEMAPHORE(value)  \
    {                          \
        (uint32_t)(value) << 1 \
    }
#define WEFT_BOUNDED_SEMAPHORE(value)  \
    {                                  \
        WEFT_SEMAPHORE(value), (value) \
    }
#define WEFT_SEMAPHORE_MAX 0x3fffffff

/* What the functions below leave out: no permit, or somebody waits; a permit
 * was taken where there was none; many are given. Private. */
WEFT_API void weft__semaphore_acquire_slow(weft_semaphore *semaphore);
WEFT_API void weft__semaphore_overdrawn(weft_semaphore *semaphore);
WEFT_API bool weft__semaphore_take(weft_semaphore *semaphore);
WEFT_API void weft__semaphore_serve(weft_semaphore *semaphore);
WEFT_API weft_status weft__semaphore_release_slow(weft_semaphore *semaphore,
                                                  uint32_t n);

/* How many permits the word says; below 0: so many too many are being taken.
 * Private. */
static inline int32_t weft__semaphore_left(uint32_t word)
{
    return (int32_t)(word & ~UINT32_C(1)) / 2;
}

/* There are permits, and nobody waits. Private. */
static inline bool weft__semaphore_is_open(uint32_t word)
{
    return (word & 1) == 0 && (int32_t)word > 0;
}

/* Takes one permit if nobody waits. Private. */
static inline bool weft__semaphore_take_fast(weft_semaphore *semaphore)
{
    uint32_t word = weft__load_relaxed(&semaphore->word_);
    return weft__semaphore_is_open(word) &&
           weft__compare_swap_acquire(&semaphore->word_, &word, word - 2);
}

/* Takes a permit, waiting for one as long as it takes: a stop request does not
 * end it. */
static inline void weft_semaphore_acquire(weft_semaphore *semaphore)
{
    if (!weft__semaphore_is_open(weft__load_relaxed(&semaphore->word_)))
        weft__semaphore_acquire_slow(semaphore);
    else if ((int32_t)weft__fetch_sub(&semaphore->word_, 2) < 2)
        weft__semaphore_overdrawn(semaphore);
}

/* The same for at most `duration` nanoseconds; <= 0 does not wait. WEFT_OK;
 * WEFT_TIMED_OUT; WEFT_STOPPED: asked to stop. Without WEFT_OK no permit was
 * taken. */
WEFT_API WEFT_MUST_USE weft_status
weft_semaphore_acquire_timed(weft_semaphore *semaphore, weft_duration duration);

/* Takes a permit if there is one: WEFT_OK, else WEFT_BUSY. Does not block. */
static inline WEFT_MUST_USE weft_status
weft_semaphore_try_acquire(weft_semaphore *semaphore)
{
    if (weft__semaphore_take_fast(semaphore) || weft__semaphore_take(semaphore))
        return (weft_status)WEFT_OK;
    return WEFT_BUSY;
}

/* A release is one addition while so few are given, nobody waits, and there are
 * so few permits that all threads together can't make them too many. Private.
 */
#define WEFT__SEMAPHORE_FEW 64
#define WEFT__SEMAPHORE_RARE UINT32_C(0xc0000001)

/*
 * Gives n permits, waking up to n who wait. WEFT_OK; WEFT_INVALID: n is 0 or
 * the semaphore NULL; WEFT_OVERFLOW: more than WEFT_SEMAPHORE_MAX; then nothing
 * was given. Does not block; async-signal-safe.
 */
static inline weft_status weft_semaphore_release(weft_semaphore *semaphore,
                                                 uint32_t n)
{
    if (n - 1 >= WEFT__SEMAPHORE_FEW || semaphore == NULL ||
        (weft__load_relaxed(&semaphore->word_) & WEFT__SEMAPHORE_RARE) != 0)
        return weft__semaphore_release_slow(semaphore, n);
    if ((weft__fetch_add(&semaphore->word_, 2 * n) & 1) != 0)
        weft__semaphore_serve(semaphore); /* needs no more than the address */
    return (weft_status)WEFT_OK;
}

/* How many permits there are at this moment. Does not block. */
static inline uint32_t weft_semaphore_value(const weft_semaphore *semaphore)
{
    int32_t left = weft__semaphore_left(weft__load(&semaphore->word_));
    return left > 0 ? (uint32_t)left : 0;
}

/* As for the semaphore. */
static inline void weft_bounded_semaphore_acquire(
    weft_bounded_semaphore *semaphore)
{
    weft_semaphore_acquire(&semaphore->semaphore_);
}

/* As for the semaphore. */
static inline WEFT_MUST_USE weft_status weft_bounded_semaphore_acquire_timed(
    weft_bounded_semaphore *semaphore, weft_duration duration)
{
    return weft_semaphore_acquire_timed(&semaphore->semaphore_, duration);
}

/* As for the semaphore. */
static inline WEFT_MUST_USE weft_status
weft_bounded_semaphore_try_acquire(weft_bounded_semaphore *semaphore)
{
    return weft_semaphore_try_acquire(&semaphore->semaphore_);
}

/* As for the semaphore; but WEFT_OVERFLOW, with nothing given, when there would
 * be more permits than at the start. Async-signal-safe. */
WEFT_API weft_status
weft_bounded_semaphore_release(weft_bounded_semaphore *semaphore, uint32_t n);

/* As for the semaphore. */
static inline uint32_t weft_bounded_semaphore_value(
    const weft_bounded_semaphore *semaphore)
{
    return weft_semaphore_value(&semaphore->semaphore_);
}

WEFT_END_DECLARATIONS

#endif
