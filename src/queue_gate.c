/* SPDX-License-Identifier: MIT */

/*
 * Waiting at a gate. Each look takes the line of the cache from the owner, so
 * they become rare quickly: meanwhile the owner goes in and out some hundred
 * times, which is what keeps a contended gate as fast as a free one. Who has
 * waited for that long has itself chosen: from then on all others stay out, and
 * the next leave lets it in. One at a time is chosen; the others compete to be
 * the next one.
 *
 * If the owner does not leave within its turn, it has lost its processor. Then
 * who waits lets others run, and then naps. The leave of an owner that sees the
 * chosen one nap wakes it; one that just misses it costs no more than the rest
 * of a nap.
 */

#include "queue_gate.h"

enum { LONGEST_PAUSE = 64, LOOKS = 8, YIELDS = 8 };

#define SHORTEST_NAP WEFT_US(50)
#define LONGEST_NAP WEFT_MS(1)

static bool take(weft__gate *gate)
{
    uint32_t open = 0;
    return weft__load_relaxed(&gate->held) == 0 &&
           weft__compare_swap_acquire(&gate->held, &open, 1);
}

/* Unless another is chosen. */
static bool take_in_turn(weft__gate *gate)
{
    return weft__load_relaxed(&gate->chosen) == 0 && take(gate);
}

static bool become_chosen(weft__gate *gate)
{
    uint32_t nobody = 0;
    return weft__load_relaxed(&gate->chosen) == 0 &&
           weft__compare_swap(&gate->chosen, &nobody, WEFT__GATE_SPINS);
}

static void pause_for(int pauses)
{
    for (int i = 0; i < pauses; i++)
        weft__os_pause();
}

static bool take_soon(weft__gate *gate)
{
    for (int pauses = 1; pauses <= LONGEST_PAUSE; pauses *= 2) {
        if (take_in_turn(gate))
            return true;
        pause_for(pauses);
    }
    return false;
}

static bool spin(weft__gate *gate, bool (*try_take)(weft__gate *))
{
    for (int look = 0; look < LOOKS; look++) {
        if (try_take(gate))
            return true;
        pause_for(LOOKS);
    }
    for (int look = 0; look < YIELDS; look++) {
        if (try_take(gate))
            return true;
        weft__os_yield();
    }
    return false;
}

static void nap(weft__gate *gate, weft_duration length)
{
    weft__os_wait(&gate->held, 1, weft__os_clock() + length);
}

static void enter_as_chosen(weft__gate *gate)
{
    weft_duration length = SHORTEST_NAP;
    while (!spin(gate, take)) {
        weft__store_relaxed(&gate->chosen, WEFT__GATE_NAPS);
        nap(gate, length);
        weft__store_relaxed(&gate->chosen, WEFT__GATE_SPINS);
        length = length < LONGEST_NAP ? 2 * length : length;
    }
    weft__store_relaxed(&gate->chosen, 0);
}

void weft__gate_enter_slow(weft__gate *gate)
{
    weft_duration length = SHORTEST_NAP;
    if (take_soon(gate))
        return;
    while (!become_chosen(gate)) {
        if (spin(gate, take_in_turn))
            return;
        nap(gate, length);
        length = length < LONGEST_NAP ? 2 * length : length;
    }
    enter_as_chosen(gate);
}
