/* SPDX-License-Identifier: MIT */

/*
 * The deque of a worker: the owner pushes and pops at the bottom, thieves steal
 * at the top, and anybody may withdraw a future that he knows.
 *
 *     slots:  NULL  NULL   f    gone    f     f    NULL
 *                          ^                        ^
 *                         top                     bottom
 *
 * Whoever takes a future out of its slot, by a read-modify-write of the slot,
 * has it: to run it, or to cancel it. So a future that is done is in no slot,
 * and its memory is the caller's; whoever finds one in a slot does not look
 * into it before it is his. (In the deque of Chase and Lev, 2005, the indices
 * decide, and a thief may be left with a future that is no more.)
 *
 * Only the thief at `top` and the owner at `bottom` leave NULL; who withdraws
 * leaves `gone`, which those two then clear away. Hence the invariant: the
 * slots from top to bottom, and only they, are not NULL, but for what is just
 * being taken at either end. So neither needs to know the other's index. The
 * owner stops at the first NULL, since what thieves took, they took from the
 * top: `bottom` never gets below `top`. The deque is full if the slot at
 * `bottom` is not NULL.
 */

#include "pool_deque.h"

#include "weft/atomic.h"

static weft_future gone;

weft_future *weft__deque_pop(weft__deque *deque)
{
    weft_future *taken;
    do {
        weft_future **slot = weft__deque_slot(deque, deque->bottom - 1);
        if (weft__load_relaxed(slot) == NULL)
            return NULL;
        taken = weft__exchange(slot, NULL);
        if (taken == NULL)
            return NULL;
        deque->bottom--;
    } while (taken == &gone);
    return taken;
}

bool weft__deque_is_used_up(const weft__deque *deque)
{
    size_t last = (deque->bottom - 1) % WEFT__DEQUE_SLOTS;
    return weft__load_relaxed(&deque->slots[last]) == NULL;
}

/* The thief's turn: the oldest, past those that are gone. */
static weft_future *take_top(weft__deque *deque)
{
    weft_future *taken;
    do {
        size_t top = weft__load_relaxed(&deque->top);
        weft_future **slot = weft__deque_slot(deque, top);
        taken = weft__load(slot);
        do {
            if (taken == NULL)
                return NULL;
        } while (!weft__compare_swap(slot, &taken, NULL));
        weft__store(&deque->top, top + 1);
    } while (taken == &gone);
    return taken;
}

weft_future *weft__deque_steal(weft__deque *deque)
{
    uint32_t idle = 0;
    if (!weft__deque_may_have(deque) ||
        !weft__compare_swap(&deque->stealing, &idle, 1))
        return NULL;
    weft_future *taken = take_top(deque);
    weft__store(&deque->stealing, 0);
    return taken;
}

bool weft__deque_withdraw(weft__deque *own, weft_future *future)
{
    weft_future **slot = future->slot_, *expected = future;
    bool last = own != NULL && slot == weft__deque_slot(own, own->bottom - 1);
    if (!weft__compare_swap(slot, &expected, last ? NULL : &gone))
        return false;
    if (last)
        own->bottom--;
    return true;
}

/* A thief has moved the top, or is still there, if what the slot at the top
 * says is not the whole truth. */
bool weft__deque_may_have(const weft__deque *deque)
{
    size_t top = weft__load(&deque->top);
    return weft__load_ordered(&deque->slots[top % WEFT__DEQUE_SLOTS]) != NULL ||
           weft__load(&deque->stealing) != 0 || weft__load(&deque->top) != top;
}

void weft__deque_reset(weft__deque *deque)
{
    deque->bottom = deque->top = 0;
    deque->stealing = 0;
    for (size_t i = 0; i < WEFT__DEQUE_SLOTS; i++)
        deque->slots[i] = NULL;
}
