/* SPDX-License-Identifier: MIT */

/*
 * How readers and writers wait for a lock before they stand in line.
 *
 * A writer announces itself with WANTED: who reads goes on, who comes to read
 * waits awake until the writer has been in. That is soon, and both processors
 * read again afterwards. But where sections are so short that telling each
 * other takes longer, it is faster to let the other thread run on alone, which
 * then has all that it needs in its own cache, and to sleep for a moment. A
 * reader has nothing to announce; it shares or waits its turn.
 *
 * How short they are shows in how soon after its announcement a writer gets in.
 * That is remembered by the lock's address, and is advice only: locks may share
 * an entry, and counts may be lost. Who naps announces itself afterwards, so
 * that each nap is judged anew.
 *
 * A nap is not worth it while readers sit: many reads, side by side, are then
 * held up by few writes.
 */

#include "rwlock_state.h"

#include "address.h"
#include "registry.h"

#define SEATS WEFT__RWLOCK_SEATS
#define WANTED WEFT__RWLOCK_WANTED
#define WRITER WEFT__RWLOCK_WRITER
#define WAITERS WEFT__RWLOCK_WAITERS
#define NAP WEFT_US(20) /* and what the kernel adds, some 50 us */

enum {
    MEETINGS = 64, /* of readers since the last write, before they sit */
    LOOKS = 8,     /* 0.2 us: who is let in by then met a short section */
    PAUSES = 16,   /* at most, between two looks before a nap */
    ENTRY_BITS = 8,
    SURE = 4, /* short sections in a row; a long one outweighs as many */
    SUREST = 8
};

/* ---- Reading ---- */

/* A reader has lost a race for the word, most likely to another one. writer_,
 * which means nothing while nobody writes, counts how often that happened since
 * the last write, which left an id there: a greater number. */
static void note_meeting(weft_rwlock *rwlock)
{
    uint32_t meetings = weft__load_relaxed(&rwlock->writer_);
    if (meetings != MEETINGS) {
        meetings = meetings < MEETINGS ? meetings + 1 : 0;
        weft__store_relaxed(&rwlock->writer_, meetings);
        return;
    }
    uint32_t word = weft__load_relaxed(&rwlock->word_);
    while ((word & (WAITERS | WANTED | SEATS)) == 0 &&
           !weft__compare_swap(&rwlock->word_, &word, word | SEATS))
        ;
}

bool weft__rwlock_read_now(weft_rwlock *rwlock)
{
    uint32_t word = weft__load_relaxed(&rwlock->word_);
    while ((word & (WRITER | WANTED | WAITERS)) == 0 &&
           (word & WEFT__RWLOCK_READERS) < WEFT__RWLOCK_MOST)
        if (weft__compare_swap(&rwlock->word_, &word, word + 1)) {
            note_meeting(rwlock);
            return true;
        }
    return false;
}

static bool is_read_now(void *rwlock)
{
    return weft__rwlock_read_now(rwlock);
}

weft_status weft__rwlock_read_awake(weft_rwlock *rwlock)
{
    return weft__wait_awake(rwlock, is_read_now, rwlock) ? WEFT_OK : WEFT_BUSY;
}

/* ---- Writing ---- */

static bool take_if_free(void *context)
{
    weft_rwlock *rwlock = context;
    uint32_t word = weft__load_relaxed(&rwlock->word_);
    while (word == 0 || word == WANTED)
        if (weft__compare_swap(&rwlock->word_, &word, WRITER)) {
            weft__store_relaxed(&rwlock->writer_, weft__self()->id);
            return true;
        }
    return false;
}

/* Where somebody stands in line the announcement would pass him. */
static bool take_or_announce(void *context)
{
    weft_rwlock *rwlock = context;
    if (take_if_free(rwlock))
        return true;
    uint32_t word = weft__load_relaxed(&rwlock->word_);
    if ((word & SEATS) != 0)
        return weft__rwlock_take_first(rwlock, &weft__rwlock_writes);
    while (word != 0 && (word & (WAITERS | WANTED | SEATS)) == 0 &&
           !weft__compare_swap(&rwlock->word_, &word, word | WANTED))
        ;
    return false;
}

static uint32_t *advice_on(const weft_rwlock *rwlock)
{
    static struct {
        uint32_t short_sections;
    } __attribute__((aligned(64))) entries[1 << ENTRY_BITS];
    return &entries[weft__hash_address(rwlock, ENTRY_BITS)].short_sections;
}

static bool naps_pay(const weft_rwlock *rwlock)
{
    return weft__load_relaxed(advice_on(rwlock)) >= SURE &&
           (weft__load_relaxed(&rwlock->word_) & SEATS) == 0;
}

static void note_section(const weft_rwlock *rwlock, bool is_short)
{
    uint32_t *advice = advice_on(rwlock);
    uint32_t before = weft__load_relaxed(advice);
    if (is_short && before < SUREST)
        weft__store_relaxed(advice, before + 1);
    else if (!is_short && before > 0)
        weft__store_relaxed(advice, before > SURE ? before - SURE : 0);
}

static bool wait_announced(weft_rwlock *rwlock)
{
    for (int looks = 0; looks < LOOKS; looks++) {
        if (take_or_announce(rwlock)) {
            if (looks > 0)
                note_section(rwlock, true);
            return true;
        }
        weft__os_pause();
    }
    if ((weft__load_relaxed(&rwlock->word_) & WANTED) != 0)
        note_section(rwlock, false);
    return weft__wait_awake(rwlock, take_or_announce, rwlock);
}

/* Looks ever more rarely: each look costs the others a trip of the line. */
static bool take_soon(weft_rwlock *rwlock)
{
    for (int pauses = 1; pauses <= PAUSES; pauses *= 2) {
        if (take_if_free(rwlock))
            return true;
        for (int i = 0; i < pauses; i++)
            weft__os_pause();
    }
    return false;
}

/* WEFT_BUSY: the nap is over. */
static weft_status nap(weft_rwlock *rwlock, weft_duration deadline,
                       weft__stoppable stoppable)
{
    weft_duration end = weft__deadline(NAP);
    if (end >= deadline)
        return weft__park_until(&weft__rwlock_writes, rwlock, take_if_free,
                                rwlock, deadline, stoppable);
    weft_status status = weft__park_until(&weft__rwlock_writes, rwlock,
                                          take_if_free, rwlock, end, stoppable);
    return status == WEFT_TIMED_OUT ? (weft_status)WEFT_BUSY : status;
}

weft_status weft__rwlock_write_awake(weft_rwlock *rwlock,
                                     weft_duration deadline,
                                     weft__stoppable stoppable)
{
    if (naps_pay(rwlock)) {
        if (take_soon(rwlock))
            return WEFT_OK;
        weft_status status = nap(rwlock, deadline, stoppable);
        if (status != WEFT_BUSY)
            return status;
    }
    return wait_announced(rwlock) ? WEFT_OK : WEFT_BUSY;
}
