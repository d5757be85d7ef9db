/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BARRIER_H
#define WEFT_BARRIER_H

/*
 * A barrier: each of `parties` threads waits there until all have arrived.
 * Usable again at once, as often as you like. Nothing need be destroyed; its
 * memory is yours when every wait on it has returned.
 */

#include "thread.h"

WEFT_BEGIN_DECLARATIONS

typedef struct weft_barrier {
    unsigned parties;   /* how many meet, at least 1 */
    weft_target action; /* run by the last to arrive, before any leaves */
    void *arg;
    uint8_t private_;
    bool broken_;
    uint32_t arrived_;
    uint32_t breaks_; /* how often it was broken or reset */
} weft_barrier;

/* WEFT_BARRIER(4) or WEFT_BARRIER(4, .action = next_round, .arg = &game) */
#define WEFT_BARRIER(...) WEFT__INITIALISER(__VA_ARGS__)

/*
 * Arrives, and waits for the others; the last to arrive runs the action first.
 * `*index`, unless NULL, is then 0 to parties - 1 in order of arrival. WEFT_OK:
 * all have arrived; WEFT_BROKEN: the barrier is or was broken, by another's
 * time-out, stop or abort, by a reset, or because the action said
 * `return weft_fail(...)` (its error goes to the excepthook); WEFT_STOPPED:
 * asked to stop, which breaks the barrier for all; WEFT_INVALID: NULL, or no
 * parties. Once all have arrived, neither a stop nor a deadline ends the wait
 * for the action. There is no try: not to wait for the others is to abort.
 */
WEFT_API weft_status weft_barrier_wait(weft_barrier *barrier, unsigned *index);

/* The same for at most `duration` nanoseconds, then WEFT_TIMED_OUT, which
 * breaks the barrier for all; <= 0 does so at once, unless all others are
 * there. */
WEFT_API weft_status weft_barrier_wait_timed(weft_barrier *barrier,
                                             unsigned *index,
                                             weft_duration duration);

/* Makes it whole and empty again; those who wait get WEFT_BROKEN. WEFT_OK;
 * WEFT_INVALID: NULL. Does not block. */
WEFT_API weft_status weft_barrier_reset(weft_barrier *barrier);

/* Breaks it: those who wait, and those who come until a reset, get WEFT_BROKEN.
 * WEFT_OK; WEFT_INVALID: NULL. Does not block. */
WEFT_API weft_status weft_barrier_abort(weft_barrier *barrier);

/* How many have arrived and wait for others; 0 while nobody is missing. */
WEFT_API unsigned weft_barrier_n_waiting(weft_barrier *barrier);

/* Whether it is broken. */
WEFT_API bool weft_barrier_broken(weft_barrier *barrier);

/* How many meet there. */
WEFT_API unsigned weft_barrier_parties(const weft_barrier *barrier);

WEFT_END_DECLARATIONS

#endif
