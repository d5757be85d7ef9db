/* SPDX-License-Identifier: MIT */

/*
 * Seats for readers. Readers that count themselves in one word send its cache
 * line to and fro, which costs more than most of what they read. So once they
 * have met there often enough, SEATS is set in the lock's word, and readers
 * leave the word alone: each sits down, that is, writes the lock's address into
 * a seat. A thread's row of seats is used by few others, and has room for
 * several locks, if their addresses agree. A writer clears SEATS, then goes
 * round. (Dice and Kogan, "BRAVO: Biased Locking for Reader-Writer Locks",
 * USENIX ATC 2019; there the writer waits for each one who sits.)
 *
 *     reader: writes its seat, then looks whether SEATS is set still
 *     writer: clears SEATS, then looks at each seat
 *
 * These four stand in one order that all threads agree on (seq_cst): the reader
 * sees SEATS gone, and stands up again, or the writer sees the reader.
 *
 * The writer does not wait for those who sit: it empties each seat and counts
 * its reader in the word, after which the lock is like one without seats. Who
 * ends its reading and does not find its seat taken takes a reader out of the
 * word. That may be another than the one counted there for it, as they are all
 * alike:
 *
 *     readers in the word + seats with this lock = readings not yet ended.
 *
 * So threads may share a seat, who finds its seat taken is counted in the word,
 * and any thread may end any reading. Between emptying a seat and counting, the
 * left side is one too few; but that is under the line's lock and with WAITERS
 * set, so that whoever relies on it waits for that lock first.
 *
 * Who sits acquires what the last writer wrote from the word with SEATS, which
 * was set after the writer's release by a reader that had acquired it. Emptying
 * a seat releases what its reader did to the writer that finds it empty, or
 * taken anew, as all changes of a seat are read-modify-writes.
 */

#include "rwlock_state.h"

weft__row weft__rows[WEFT__ROWS];

bool weft__seats_taken(const weft_rwlock *rwlock)
{
    for (uint32_t row = 0; row < WEFT__ROWS; row++)
        if (weft__load_ordered(weft__seat_of(row, rwlock)) == rwlock)
            return true;
    return false;
}

/* Who has just left by itself releases to the failed swap. */
void weft__seats_clear(weft_rwlock *rwlock)
{
    for (uint32_t row = 0; row < WEFT__ROWS; row++) {
        weft_rwlock **seat = weft__seat_of(row, rwlock), *nobody = NULL;
        weft_rwlock *sitting = weft__load_ordered(seat);
        if (sitting == rwlock && weft__compare_swap(seat, &sitting, nobody))
            weft__fetch_add(&rwlock->word_, 1);
    }
}

void weft__seats_forget(weft_rwlock *rwlock)
{
    for (uint32_t row = 0; row < WEFT__ROWS; row++)
        (void)weft__seat_leave(weft__seat_of(row, rwlock), rwlock);
}
