/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_RWLOCK_STATE_H
#define WEFT_SRC_RWLOCK_STATE_H

/*
 * What the three files of the lock for readers and writers share: rwlock.c,
 * where the word is drawn, and who holds it and who stands in line; waiting
 * awake in rwlock_awake.c; readers' seats in rwlock_seats.c.
 */

#include "park.h"
#include "weft/rwlock.h"

#define WEFT__RWLOCK_WANTED (UINT32_C(1) << 29)
#define WEFT__RWLOCK_WAITERS (UINT32_C(1) << 31)

extern const weft__wait_kind weft__rwlock_reads, weft__rwlock_writes;

/* Takes it if that can be done at once and nobody stands in line. */
bool weft__rwlock_take_first(weft_rwlock *rwlock, const weft__wait_kind *kind);

/* ---- rwlock_awake.c ---- */

/* Takes it for reading if that can be done at once, passing no writer. */
bool weft__rwlock_read_now(weft_rwlock *rwlock);

/* Waits a little while without standing in line. WEFT_OK: has it; WEFT_BUSY:
 * should stand in line; WEFT_TIMED_OUT and WEFT_STOPPED, for the writer. */
weft_status weft__rwlock_read_awake(weft_rwlock *rwlock);
weft_status weft__rwlock_write_awake(weft_rwlock *rwlock,
                                     weft_duration deadline,
                                     weft__stoppable stoppable);

/* ---- rwlock_seats.c ---- */

/* Whether somebody sits and reads this lock, at this moment. */
bool weft__seats_taken(const weft_rwlock *rwlock);

/* Counts all who sit and read this lock among the readers in its word instead.
 * Under the line's lock, after SEATS was cleared. */
void weft__seats_clear(weft_rwlock *rwlock);

/* Ends the reading of all who sit and read this lock. */
void weft__seats_forget(weft_rwlock *rwlock);

#endif
