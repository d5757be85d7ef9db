/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_POOL_DEQUE_H
#define WEFT_SRC_POOL_DEQUE_H

/* What a worker's tasks have submitted; drawn in pool_deque.c. */

#include "weft/atomic.h"
#include "weft/future.h"

enum { WEFT__DEQUE_SLOTS = 256 };

typedef struct weft__deque {
    _Alignas(64) size_t bottom; /* the owner's */
    _Alignas(64) size_t top;    /* the thieves' ... */
    uint32_t stealing;          /* ... of whom there is one at a time */
    _Alignas(64) weft_future *slots[WEFT__DEQUE_SLOTS];
} weft__deque;

/* ---- By its owner ---- */

static inline weft_future **weft__deque_slot(weft__deque *deque, size_t index)
{
    return &deque->slots[index % WEFT__DEQUE_SLOTS];
}

/* Adds a future that is pending. It may be gone when this returns. False: the
 * deque is full. The store is ordered before whatever the owner then asks of
 * the pool. */
static inline bool weft__deque_push(weft__deque *deque, weft_future *future)
{
    weft_future **slot = weft__deque_slot(deque, deque->bottom);
    if (weft__load_relaxed(slot) != NULL)
        return false;
    future->slot_ = slot;
    weft__store_ordered(slot, future);
    deque->bottom++;
    return true;
}

/* Takes this very one if it is the youngest there; else false. */
static inline bool weft__deque_take_youngest(weft__deque *deque,
                                             weft_future *future)
{
    weft_future **slot = weft__deque_slot(deque, deque->bottom - 1);
    if (weft__load_relaxed(slot) != future ||
        !weft__compare_swap(slot, &future, NULL))
        return false;
    deque->bottom--;
    return true;
}

/* Takes the youngest; NULL: there is none. */
weft_future *weft__deque_pop(weft__deque *deque);

/* Has it nothing that the owner could pop? Others may only make it so. */
bool weft__deque_is_used_up(const weft__deque *deque);

/* ---- By anybody ---- */

/* Takes the oldest; NULL: there is none, or another thief is at it. */
weft_future *weft__deque_steal(weft__deque *deque);

/* Takes this very one out of its slot. `own`: the calling worker's deque, NULL:
 * it has none here. False: somebody else has it. */
bool weft__deque_withdraw(weft__deque *own, weft_future *future);

/* May it have something to steal? Ordered after what the caller wrote. */
bool weft__deque_may_have(const weft__deque *deque);

/* Empties it; nobody else is there. */
void weft__deque_reset(weft__deque *deque);

#endif
