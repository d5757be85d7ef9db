/* SPDX-License-Identifier: MIT */

/*
 * The lock for readers and writers.
 *
 *     bit 31      30       29       28      27 ... 0
 *     | WAITERS | WRITER | WANTED | SEATS | readers |
 *
 *     readers  that are counted here; who sits is not
 *     SEATS    readers may sit down: rwlock_seats.c
 *     WANTED   a writer waits awake, and readers that come wait for it:
 *              rwlock_awake.c
 *     WRITER   somebody writes
 *     WAITERS  somebody stands in line
 *
 * The inline paths read while all but `readers` is clear, or SEATS is set, and
 * write while all is clear. SEATS stands with `readers` alone: it is set by a
 * reader, and who comes to write or to stand in line clears it. WANTED is
 * cleared by who goes in to write, or stands in line.
 *
 * WAITERS is set under the line's lock by who stands in line, and cleared,
 * under the same lock, with the one that leaves nobody there. A release with
 * WAITERS takes its share out of the word (its last touch of the lock), then
 * walks along the line and lets in, on their behalf, the waiters that can go
 * together: readers until the first writer, or one writer. Nobody passes the
 * line, and one waits but a moment before one stands in it, so nobody starves.
 *
 * Invariant: while somebody stands in line, the first of them cannot go on, or
 * a walk is on its way: each release makes one, and so does each waiter that
 * gives up, as it may have held up those behind.
 */

#include "control.h"
#include "rwlock_state.h"

#include "misuse.h"
#include "registry.h"

#define READERS WEFT__RWLOCK_READERS
#define SEATS WEFT__RWLOCK_SEATS
#define WANTED WEFT__RWLOCK_WANTED
#define WRITER WEFT__RWLOCK_WRITER
#define WAITERS WEFT__RWLOCK_WAITERS

/* ---- Taking it, under the line's lock ---- */

/* Takes a share for reading, and with it WAITERS if `last` in line. */
static bool take_read(weft_rwlock *rwlock, bool last)
{
    uint32_t word = weft__load_relaxed(&rwlock->word_);
    while ((word & WRITER) == 0 && (word & READERS) < WEFT__RWLOCK_MOST) {
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

const weft__wait_kind weft__rwlock_reads = {.name = "rwlock (read)",
                                            .grant = let_reader_in};
const weft__wait_kind weft__rwlock_writes = {.name = "rwlock (write)",
                                             .grant = let_writer_in};

static bool take(weft_rwlock *rwlock, const weft__wait_kind *kind)
{
    return kind == &weft__rwlock_reads
               ? take_read(rwlock, true)
               : take_write(rwlock, true, weft__self()->id);
}

/* From now on nobody passes the line, nor sits. */
static void mark(weft_rwlock *rwlock)
{
    uint32_t word = weft__load_relaxed(&rwlock->word_);
    while (!weft__compare_swap_ordered(&rwlock->word_, &word,
                                       (word | WAITERS) & ~(SEATS | WANTED)))
        ;
    if ((word & SEATS) != 0)
        weft__seats_clear(rwlock);
}

/* Nobody stands in line after all. */
static void unmark(weft_rwlock *rwlock)
{
    weft__fetch_and(&rwlock->word_, ~WAITERS);
}

bool weft__rwlock_take_first(weft_rwlock *rwlock, const weft__wait_kind *kind)
{
    bool taken = false;
    weft__line *line = weft__line_lock(rwlock);
    if (weft__line_first(line, rwlock) == NULL) {
        mark(rwlock);
        taken = take(rwlock, kind);
        if (!taken)
            unmark(rwlock);
    }
    weft__line_unlock(line);
    return taken;
}

/* ---- Waiting for it ---- */

static void leave_line(weft_rwlock *rwlock)
{
    weft__line *line = weft__line_lock(rwlock);
    bool last = weft__line_first(line, rwlock) == NULL;
    if (last)
        unmark(rwlock);
    weft__line_unlock(line);
    if (!last)
        weft__settle(rwlock); /* those behind may be free to go */
}

static weft_status stand_in_line(weft_rwlock *rwlock,
                                 const weft__wait_kind *kind,
                                 weft_duration deadline,
                                 weft__stoppable stoppable)
{
    weft__waiter waiter = {
        .kind = kind, .object = rwlock, .data = rwlock, .drowsy = true};
    weft__line *line = weft__line_lock(rwlock);
    bool first = weft__line_first(line, rwlock) == NULL;
    mark(rwlock); /* before the last look */
    bool taken = first && take(rwlock, kind);
    if (!taken)
        weft__line_push(line, &waiter);
    weft__line_unlock(line);
    if (taken)
        return WEFT_OK;
    weft_status status = weft__park(&waiter, deadline, stoppable);
    if (status != WEFT_OK)
        leave_line(rwlock);
    return status;
}

static weft_status acquire(weft_rwlock *rwlock, const weft__wait_kind *kind,
                           weft_duration deadline, weft__stoppable stoppable)
{
    weft__self(); /* what is inline needs to have met the thread */
    weft_status status =
        kind == &weft__rwlock_reads
            ? weft__rwlock_read_awake(rwlock)
            : weft__rwlock_write_awake(rwlock, deadline, stoppable);
    return status != WEFT_BUSY
               ? status
               : stand_in_line(rwlock, kind, deadline, stoppable);
}

/* Those who sit are left in peace where that can be. */
static weft_status try_read(weft_rwlock *rwlock)
{
    return weft__rwlock_read_now(rwlock) ||
                   ((weft__load(&rwlock->word_) & WRITER) == 0 &&
                    weft__rwlock_take_first(rwlock, &weft__rwlock_reads))
               ? WEFT_OK
               : WEFT_BUSY;
}

static weft_status try_write(weft_rwlock *rwlock)
{
    return !weft_rwlock_locked(rwlock) &&
                   weft__rwlock_take_first(rwlock, &weft__rwlock_writes)
               ? WEFT_OK
               : WEFT_BUSY;
}

static weft_status try_acquire(weft_rwlock *rwlock, const weft__wait_kind *kind)
{
    weft__self();
    return kind == &weft__rwlock_reads ? try_read(rwlock) : try_write(rwlock);
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
    weft__point("weft_rwlock_read", rwlock);
    (void)acquire(rwlock, &weft__rwlock_reads, WEFT_FOREVER, WEFT__UNSTOPPABLE);
}

void weft__rwlock_write_slow(weft_rwlock *rwlock)
{
    weft__point("weft_rwlock_write", rwlock);
    (void)acquire(rwlock, &weft__rwlock_writes, WEFT_FOREVER,
                  WEFT__UNSTOPPABLE);
}

weft_status weft__rwlock_try_read_slow(weft_rwlock *rwlock)
{
    weft__point("weft_rwlock_try_read", rwlock);
    return try_acquire(rwlock, &weft__rwlock_reads);
}

weft_status weft__rwlock_try_write_slow(weft_rwlock *rwlock)
{
    weft__point("weft_rwlock_try_write", rwlock);
    return try_acquire(rwlock, &weft__rwlock_writes);
}

weft_status weft__rwlock_read_timed(weft_rwlock *rwlock, weft_duration duration)
{
    weft__point("weft_rwlock_read_timed", rwlock);
    return acquire_timed(rwlock, &weft__rwlock_reads, duration);
}

weft_status weft__rwlock_write_timed(weft_rwlock *rwlock,
                                     weft_duration duration)
{
    weft__point("weft_rwlock_write_timed", rwlock);
    return acquire_timed(rwlock, &weft__rwlock_writes, duration);
}

/* ---- Giving it back ---- */

static bool end_counted_read(weft_rwlock *rwlock)
{
    uint32_t word = weft__load_relaxed(&rwlock->word_);
    do
        if ((word & READERS) == 0)
            return false;
    while (!weft__compare_swap(&rwlock->word_, &word, word - 1));
    if ((word & (WAITERS | READERS)) == (WAITERS | 1))
        weft__settle(rwlock);
    return true;
}

/*
 * For who has found neither its own seat taken nor a reader in the word: its
 * reading may be in another's seat, and may have gone there meanwhile. Once no
 * seats are left, what the word says is sure.
 */
static bool end_any_read(weft_rwlock *rwlock)
{
    weft__line *line = weft__line_lock(rwlock);
    uint32_t waiters = weft__line_first(line, rwlock) != NULL ? WAITERS : 0;
    mark(rwlock);
    uint32_t word = weft__load_relaxed(&rwlock->word_), left;
    do
        left = (word & WRITER) | waiters |
               ((word & READERS) - ((word & READERS) != 0));
    while (!weft__compare_swap(&rwlock->word_, &word, left));
    weft__line_unlock(line);
    if (waiters != 0 && (left & (WRITER | READERS)) == 0)
        weft__settle(rwlock);
    return (word & READERS) != 0;
}

/* A thread that weft has not met sits nowhere. */
static bool end_read(weft_rwlock *rwlock)
{
    const weft__record *self = weft__current;
    return (self != NULL &&
            weft__seat_leave(weft__seat_of(self->id, rwlock), rwlock)) ||
           end_counted_read(rwlock) || end_any_read(rwlock);
}

/* Who sat down too late stands up: its own seat first, as nobody looks at it
 * while SEATS is clear. */
bool weft__rwlock_withdraw(weft_rwlock *rwlock)
{
    (void)end_read(rwlock);
    return false;
}

weft_status weft__rwlock_release_read_slow(weft_rwlock *rwlock)
{
    weft__point("weft_rwlock_release_read", rwlock);
    static const char function[] = "weft_rwlock_release_read";
    if (rwlock == NULL)
        return weft__misuse(WEFT_INVALID, function, NULL, "the lock is NULL");
    if (!end_read(rwlock))
        return weft__misuse(WEFT_NOT_OWNER, function, rwlock,
                            "released a lock that nobody reads");
    return WEFT_OK;
}

/* The writer leaves `readers` in its place. */
static weft_status end_write(weft_rwlock *rwlock, uint32_t readers,
                             const char *function)
{
    if (rwlock == NULL)
        return weft__misuse(WEFT_INVALID, function, NULL, "the lock is NULL");
    uint32_t word = weft__load_relaxed(&rwlock->word_);
    do
        if ((word & WRITER) == 0)
            return weft__misuse(WEFT_NOT_OWNER, function, rwlock,
                                "released a lock that nobody writes");
    while (
        !weft__compare_swap(&rwlock->word_, &word, (word & WAITERS) | readers));
    if ((word & WAITERS) != 0)
        weft__settle(rwlock);
    return WEFT_OK;
}

weft_status weft__rwlock_release_write_slow(weft_rwlock *rwlock)
{
    weft__point("weft_rwlock_release_write", rwlock);
    return end_write(rwlock, 0, "weft_rwlock_release_write");
}

weft_status weft__rwlock_downgrade(weft_rwlock *rwlock)
{
    weft__point("weft_rwlock_downgrade", rwlock);
    return end_write(rwlock, 1, "weft_rwlock_downgrade");
}

/* Under the line's lock, so that no seats are being cleared. */
bool weft__rwlock_locked_slow(const weft_rwlock *rwlock)
{
    weft__line *line = weft__line_lock(rwlock);
    bool locked = weft__seats_taken(rwlock) ||
                  (weft__load(&rwlock->word_) & (WRITER | READERS)) != 0;
    weft__line_unlock(line);
    return locked;
}

void weft_rwlock_reinit(weft_rwlock *rwlock)
{
    weft__sanitizer_renewed(rwlock);
    weft__store(&rwlock->word_, 0);
    weft__seats_forget(rwlock);
}
