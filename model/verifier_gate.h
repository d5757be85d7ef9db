/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_QUEUE_GATE_H
#define WEFT_SRC_QUEUE_GATE_H /* this one, not src/queue_gate.h */

/*
 * GenMC's own mutex in place of a queue's gate. Who waits at a real one naps
 * and looks again, without end; that is left to the stress tests.
 */

#include "mutex.h"
#include "verifier.h"

typedef struct weft__gate {
    __VERIFIER_mutex_t mutex;
    uint32_t chosen;
} weft__gate;

static inline void weft__gate_enter(weft__gate *gate)
{
    __VERIFIER_mutex_lock(&gate->mutex);
}

/* Who does not succeed enters by the way above, so this does. */
static inline bool weft__gate_try_enter(weft__gate *gate)
{
    weft__gate_enter(gate);
    return true;
}

static inline void weft__gate_leave(weft__gate *gate)
{
    __VERIFIER_mutex_unlock(&gate->mutex);
}

#endif
