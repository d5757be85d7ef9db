/* SPDX-License-Identifier: MIT */
#ifndef WEFT_RWLOCK_H
#define WEFT_RWLOCK_H

/*
 * A lock for many readers or one writer, 8 bytes. Zeroed memory is unlocked,
 * and nothing need be destroyed. Fair: who has just come may be passed for a
 * moment, then stands in a line that nobody passes, and readers next to each
 * other in line go together; so neither readers nor writers starve. A reader
 * must not acquire it again for reading: a writer that came in between would
 * wait for the one and hold up the other. Another thread may release, as with
 * weft_lock. A lock that is held must not be zeroed: see weft_rwlock_reinit.
 */

#include "atomic.h"
#include "base.h"
#include "sanitizer.h"

WEFT_BEGIN_DECLARATIONS

typedef struct WEFT_CAPABILITY("rwlock") weft_rwlock {
    uint32_t word_;   /* drawn in src/rwlock.c */
    uint32_t writer_; /* id of the thread that writes, for diagnostics */
} weft_rwlock;

#define WEFT__RWLOCK_READERS UINT32_C(0x0fffffff)
#define WEFT__RWLOCK_MOST UINT32_C(0x07ffffff) /* and room for who sits */
#define WEFT__RWLOCK_SEATS UINT32_C(0x10000000)
#define WEFT__RWLOCK_WRITER UINT32_C(0x40000000)

/* Seats for readers, a row for each thread, or for a few; in each seat is the
 * lock that is read, or NULL. See src/rwlock_seats.c. Private. */
enum { WEFT__ROWS = 64, WEFT__ROW_BITS = 3 };
typedef struct weft__row {
    weft_rwlock *seats[1 << WEFT__ROW_BITS];
} __attribute__((aligned(64))) weft__row;
extern WEFT_API weft__row weft__rows[WEFT__ROWS];

/* The paths that wait, or let others go on. Private. */
WEFT_API void weft__rwlock_read_slow(weft_rwlock *rwlock);
WEFT_API void weft__rwlock_write_slow(weft_rwlock *rwlock);
WEFT_API weft_status weft__rwlock_try_read_slow(weft_rwlock *rwlock);
WEFT_API weft_status weft__rwlock_try_write_slow(weft_rwlock *rwlock);
WEFT_API weft_status weft__rwlock_read_timed(weft_rwlock *rwlock,
                                             weft_duration duration);
WEFT_API weft_status weft__rwlock_write_timed(weft_rwlock *rwlock,
                                              weft_duration duration);
WEFT_API weft_status weft__rwlock_release_read_slow(weft_rwlock *rwlock);
WEFT_API weft_status weft__rwlock_release_write_slow(weft_rwlock *rwlock);
WEFT_API weft_status weft__rwlock_downgrade(weft_rwlock *rwlock);
WEFT_API bool weft__rwlock_withdraw(weft_rwlock *rwlock);
WEFT_API bool weft__rwlock_locked_slow(const weft_rwlock *rwlock);

/* Where a thread sits, by its id, to read this lock. Private. */
static inline weft_rwlock **weft__seat_of(uint32_t id,
                                          const weft_rwlock *rwlock)
{
    uint64_t hash = (uintptr_t)rwlock * UINT64_C(0x9e3779b97f4a7c15);
    return &weft__rows[id % WEFT__ROWS].seats[hash >> (64 - WEFT__ROW_BITS)];
}

/* Private. */
static inline bool weft__seat_leave(weft_rwlock **seat, weft_rwlock *rwlock)
{
    weft_rwlock *sitting = weft__load_relaxed(seat), *nobody = NULL;
    return sitting == rwlock &&
           weft__compare_swap_release(seat, &sitting, nobody);
}

/* Private. */
static inline bool weft__rwlock_read_fast(weft_rwlock *rwlock)
{
    uint32_t id = weft__fast_id;
    uint32_t word = weft__load_relaxed(&rwlock->word_);
    weft_rwlock *nobody = NULL;
    if (id == WEFT__UNMET)
        return false;
    if (word < WEFT__RWLOCK_MOST)
        return weft__compare_swap_acquire(&rwlock->word_, &word, word + 1);
    return (word & WEFT__RWLOCK_SEATS) != 0 &&
           weft__compare_swap_ordered(weft__seat_of(id, rwlock), &nobody,
                                      rwlock) &&
           ((weft__load_ordered(&rwlock->word_) & WEFT__RWLOCK_SEATS) != 0 ||
            weft__rwlock_withdraw(rwlock));
}

/* Private. */
static inline bool weft__rwlock_write_fast(weft_rwlock *rwlock)
{
    uint32_t open = 0;
    uint32_t id = weft__fast_id;
    if (id == WEFT__UNMET ||
        !weft__compare_swap_acquire(&rwlock->word_, &open, WEFT__RWLOCK_WRITER))
        return false;
    weft__store_relaxed(&rwlock->writer_, id);
    return true;
}

/* Waits until no writer has it and nobody waits before, then holds it for
 * reading. Never returns without it; a stop request does not end it. */
static inline void weft_rwlock_acquire_read(weft_rwlock *rwlock)
    WEFT_ACQUIRE_SHARED(rwlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__tell_acquiring(rwlock);
    if (!weft__rwlock_read_fast(rwlock))
        weft__rwlock_read_slow(rwlock);
    weft__tell_acquired(rwlock);
}

/* Waits until nobody else has it, then holds it for writing. Never returns
 * without it; a stop request does not end it. */
static inline void weft_rwlock_acquire_write(weft_rwlock *rwlock)
    WEFT_ACQUIRE(rwlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__tell_acquiring(rwlock);
    if (!weft__rwlock_write_fast(rwlock))
        weft__rwlock_write_slow(rwlock);
    weft__tell_acquired(rwlock);
}

/* The same for at most `duration` nanoseconds; <= 0 does not wait. WEFT_OK;
 * WEFT_TIMED_OUT; WEFT_STOPPED: asked to stop. */
static inline WEFT_MUST_USE weft_status
weft_rwlock_acquire_read_timed(weft_rwlock *rwlock, weft_duration duration)
    WEFT_TRY_ACQUIRE_SHARED(rwlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    return weft__tell_tried(rwlock, weft__rwlock_read_timed(rwlock, duration));
}
static inline WEFT_MUST_USE weft_status
weft_rwlock_acquire_write_timed(weft_rwlock *rwlock, weft_duration duration)
    WEFT_TRY_ACQUIRE(rwlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    return weft__tell_tried(rwlock, weft__rwlock_write_timed(rwlock, duration));
}

/* The same without waiting: WEFT_OK or WEFT_BUSY. */
static inline WEFT_MUST_USE weft_status
weft_rwlock_try_acquire_read(weft_rwlock *rwlock)
    WEFT_TRY_ACQUIRE_SHARED(rwlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    return weft__tell_tried(rwlock, weft__rwlock_read_fast(rwlock)
                                        ? (weft_status)WEFT_OK
                                        : weft__rwlock_try_read_slow(rwlock));
}
static inline WEFT_MUST_USE weft_status weft_rwlock_try_acquire_write(
    weft_rwlock *rwlock) WEFT_TRY_ACQUIRE(rwlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    return weft__tell_tried(rwlock, weft__rwlock_write_fast(rwlock)
                                        ? (weft_status)WEFT_OK
                                        : weft__rwlock_try_write_slow(rwlock));
}

/* Ends one reading. WEFT_OK; WEFT_NOT_OWNER: nobody reads; WEFT_INVALID: NULL.
 * Does not block. */
static inline weft_status weft_rwlock_release_read(weft_rwlock *rwlock)
    WEFT_RELEASE_SHARED(rwlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__tell_releasing(rwlock);
    uint32_t id = weft__fast_id;
    if (id != WEFT__UNMET && rwlock != NULL) {
        uint32_t word = weft__load_relaxed(&rwlock->word_);
        if (word - 1 < WEFT__RWLOCK_MOST
                ? weft__compare_swap_release(&rwlock->word_, &word, word - 1)
                : weft__seat_leave(weft__seat_of(id, rwlock), rwlock))
            return (weft_status)WEFT_OK;
    }
    return weft__rwlock_release_read_slow(rwlock);
}

/* Ends the writing. WEFT_OK; WEFT_NOT_OWNER: nobody writes; WEFT_INVALID: NULL.
 * Does not block. */
static inline weft_status weft_rwlock_release_write(weft_rwlock *rwlock)
    WEFT_RELEASE(rwlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__tell_releasing(rwlock);
    uint32_t word = WEFT__RWLOCK_WRITER;
    if (weft__fast_id != WEFT__UNMET && rwlock != NULL &&
        weft__compare_swap_release(&rwlock->word_, &word, 0))
        return (weft_status)WEFT_OK;
    return weft__rwlock_release_write_slow(rwlock);
}

/* Turns the caller's writing into reading, with no writer in between. WEFT_OK;
 * WEFT_NOT_OWNER: nobody writes; WEFT_INVALID: NULL. Does not block. */
static inline weft_status weft_rwlock_downgrade(weft_rwlock *rwlock)
    WEFT_RELEASE(rwlock)
        WEFT_ACQUIRE_SHARED(rwlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__tell_releasing(rwlock);
    return weft__tell_tried(rwlock, weft__rwlock_downgrade(rwlock));
}

/* Whether anybody holds it at this moment, for reading or writing. */
static inline bool weft_rwlock_locked(const weft_rwlock *rwlock)
{
    uint32_t word = weft__load(&rwlock->word_);
    return (word & (WEFT__RWLOCK_READERS | WEFT__RWLOCK_WRITER)) != 0 ||
           (word != 0 && weft__rwlock_locked_slow(rwlock));
}

/* Makes it unlocked, whoever held it: for a forked child, where the holders are
 * gone. */
WEFT_API void weft_rwlock_reinit(weft_rwlock *rwlock);

WEFT_END_DECLARATIONS

#endif
