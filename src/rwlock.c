/* SPDX-License-Identifier: MIT */

/*
 * The lock for readers and writers.
 *
 *     bit 31     30        29 ... 0
 *     | WAITERS | WRITER |  readers  |
 *
 * The inline paths change the word while WAITERS is clear. WAITERS is set under
 * the line's lock by who stands in line, and cleared, under the same lock, with
 * the one that leaves nobody there. A release with WAITERS takes its share out
 * of the word (its last touch of the lock), then walks along the line and lets
 * in, on their behalf, the waiters that can go together: readers until the
 * first writer, or one writer. Nobody passes the line, so nobody starves.
 *
 * Invariant: while somebody stands in line, the first of them cannot go on, or
 * a walk is on its way: each release makes one, and so does each waiter that
 * gives up, as it may have held up those behind.
 */

#include "weft/rwlock.h"

#include "misuse.h"
#include "registry.h"

#define READERS WEFT__RWLOCK_READERS
#define WRITER WEFT__RWLOCK_WRITER
#define WAITERS (UINT32_C(1) << 31)

/* Takes a share for reading, and with it WAITERS if `last` in line. */
static bool take_read(weft_rwlock *rwlock, bool last)
{
    uint32_t word = weft__load_relaxed(&rwlock->word_);
    while ((word & WRITER) == 0 && (word & READERS) < READERS) {
        uint32_t taken = (last ? word & ~WAITERS : word) + 1;
        if (weft__compare_swap(&rwlock->word_, &word, taken))
            return true;
    }
    return false;
}

static bool take_write(weft_rwlock *rwlock, bool last, uint32_t id)
{
    uint32_t word = weft__load_relaxed(&rwlock->word_);
    while ((word & (WRITER | READERS)) == 0)
        if (weft__compare_swap(&rwlock->word_, &word,
                               WRITER | (last ? 0 : word))) {
            weft__store_relaxed(&rwlock->writer_, id);
            return true;
        }
    return false;
}

static bool let_reader_in(weft__waiter *waiter)
{
    return take_read(waiter->data, weft__line_next(waiter) == NULL);
}

static bool let_writer_in(weft__waiter *waiter)
{
    return take_write(waiter->data, weft__line_next(waiter) == NULL,
                      waiter->thread->id);
}

static const weft__wait_kind read_kind = {.name = "rwlock (read)",
                                          .grant = let_reader_in};
static const weft__wait_kind write_kind = {.name = "rwlock (write)",
                                           .grant = let_writer_in};

static bool take(weft_rwlock *rwlock, const weft__wait_kind *kind)
{
    return kind == &read_kind ? take_read(rwlock, true)
                              : take_write(rwlock, true, weft__self()->id);
}

static weft_status try_acquire(weft_rwlock *rwlock, const weft__wait_kind *kind)
{
    weft__line *line = weft__line_lock(rwlock);
    bool taken = weft__line_first(line, rwlock) == NULL && take(rwlock, kind);
    weft__line_unlock(line);
    return taken ? WEFT_OK : WEFT_BUSY;
}

/* Nobody who waits is passed. */
static bool read_if_no_line(void *rwlock)
{
    return weft__rwlock_read_fast(rwlock);
}

static bool write_if_no_line(void *rwlock)
{
    return weft__rwlock_write_fast(rwlock);
}

static weft_status acquire(weft_rwlock *rwlock, const weft__wait_kind *kind,
                           weft_duration deadline, weft__stoppable stoppable)
{
    weft__self(); /* what is inline needs to have met the thread */
    if (weft__wait_awake(
            rwlock, kind == &read_kind ? read_if_no_line : write_if_no_line,
            rwlock))
        return WEFT_OK;
    weft__waiter waiter = {
        .kind = kind, .object = rwlock, .data = rwlock, .drowsy = true};
    weft__line *line = weft__line_lock(rwlock);
    bool first = weft__line_first(line, rwlock) == NULL;
    weft__fetch_or(&rwlock->word_, WAITERS); /* before the last look */
    bool taken = first && take(rwlock, kind);
    if (!taken)
        weft__line_push(line, &waiter);
    weft__line_unlock(line);
    if (taken)
        return WEFT_OK;
    weft_status status = weft__park(&waiter, deadline, stoppable);
    if (status != WEFT_OK)
        weft__settle(rwlock);
    return status;
}

static weft_status acquire_timed(weft_rwlock *rwlock,
                                 const weft__wait_kind *kind,
                                 weft_duration duration)
{
    if (duration <= 0)
        return try_acquire(rwlock, kind) == WEFT_OK ? WEFT_OK : WEFT_TIMED_OUT;
    return acquire(rwlock, kind, weft__deadline(duration), WEFT__STOPPABLE);
}

void weft__rwlock_read_slow(weft_rwlock *rwlock)
{
    weft__self();
    (void)acquire(rwlock, &read_kind, WEFT_FOREVER, WEFT__UNSTOPPABLE);
}

void weft__rwlock_write_slow(weft_rwlock *rwlock)
{
    (void)acquire(rwlock, &write_kind, WEFT_FOREVER, WEFT__UNSTOPPABLE);
}

weft_status weft__rwlock_try_read_slow(weft_rwlock *rwlock)
{
    weft__self();
    return try_acquire(rwlock, &read_kind);
}

weft_status weft__rwlock_try_write_slow(weft_rwlock *rwlock)
{
    return try_acquire(rwlock, &write_kind);
}

weft_status weft_rwlock_acquire_read_timed(
    weft_rwlock *rwlock, weft_duration duration) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__self();
    return acquire_timed(rwlock, &read_kind, duration);
}

weft_status weft_rwlock_acquire_write_timed(
    weft_rwlock *rwlock, weft_duration duration) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    return acquire_timed(rwlock, &write_kind, duration);
}

weft_status weft__rwlock_release_read_slow(weft_rwlock *rwlock)
{
    static const char function[] = "weft_rwlock_release_read";
    if (rwlock == NULL)
        return weft__misuse(WEFT_INVALID, function, NULL, "the lock is NULL");
    uint32_t word = weft__load_relaxed(&rwlock->word_);
    do
        if ((word & READERS) == 0)
            return weft__misuse(WEFT_NOT_OWNER, function, rwlock,
                                "released a lock that nobody reads");
    while (!weft__compare_swap(&rwlock->word_, &word, word - 1));
    if (word == (WAITERS | 1))
        weft__settle(rwlock);
    return WEFT_OK;
}

/* The writer leaves `readers` in its place. */
static weft_status end_write(weft_rwlock *rwlock, uint32_t readers,
                             const char *function)
{
    if (rwlock == NULL)
        return weft__misuse(WEFT_INVALID, function, NULL, "the lock is NULL");
    uint32_t word = weft__load_relaxed(&rwlock->word_);
    if ((word & WRITER) == 0)
        return weft__misuse(WEFT_NOT_OWNER, function, rwlock,
                            "released a lock that nobody writes");
    weft__store_relaxed(&rwlock->writer_, 0);
    while (
        !weft__compare_swap(&rwlock->word_, &word, (word & WAITERS) | readers))
        ;
    if ((word & WAITERS) != 0)
        weft__settle(rwlock);
    return WEFT_OK;
}

weft_status weft_rwlock_release_write(weft_rwlock *rwlock)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    return end_write(rwlock, 0, "weft_rwlock_release_write");
}

weft_status weft_rwlock_downgrade(weft_rwlock *rwlock)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    return end_write(rwlock, 1, "weft_rwlock_downgrade");
}

void weft_rwlock_reinit(weft_rwlock *rwlock)
{
    weft__store_relaxed(&rwlock->writer_, 0);
    weft__store(&rwlock->word_, 0);
}
