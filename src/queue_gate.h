/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_QUEUE_GATE_H
#define WEFT_SRC_QUEUE_GATE_H

/*
 * A gate: the lock of one side of a queue, for sections of a few nanoseconds.
 * One read-modify-write takes it and a plain store gives it back, half of what
 * a lock costs. That store cannot tell who came to wait at the same moment, so
 * those who wait never sleep for longer than a nap; see queue_gate.c.
 */

#include "mutex.h"

enum { WEFT__GATE_SPINS = 1, WEFT__GATE_NAPS };

typedef struct weft__gate {
    uint32_t held;
    uint32_t chosen; /* somebody is to have it next: who SPINS, or NAPS */
} weft__gate;

void weft__gate_enter_slow(weft__gate *gate);

/* Unless somebody is inside, or chosen. */
static inline bool weft__gate_try_enter(weft__gate *gate)
{
    uint32_t open = 0;
    return weft__load_relaxed(&gate->chosen) == 0 &&
           weft__compare_swap_acquire(&gate->held, &open, 1);
}

static inline void weft__gate_enter(weft__gate *gate)
{
    if (!weft__gate_try_enter(gate))
        weft__gate_enter_slow(gate);
}

/* The store is the last touch: the next one in may free the gate. */
static inline void weft__gate_leave(weft__gate *gate)
{
    uint32_t chosen = weft__load_relaxed(&gate->chosen);
    weft__store(&gate->held, 0);
    if (chosen == WEFT__GATE_NAPS)
        weft__os_wake(&gate->held);
}

#endif
