/* SPDX-License-Identifier: MIT */

/*
 * Waiting at a queue while one waits elsewhere, too. The waiter stands in line
 * like any other, and who calls it does not ask what else it waits for. Its
 * thread, once awake, comes back to every queue in whose line it stood: it
 * takes an item or gives up its place; and where it was called, it says that it
 * is back. So a call that it does not follow goes to the next in line, by the
 * rule by which who comes back calls the next, and nothing is ever handed to it
 * that it would have to give back.
 */

#include "queue.h"

/* What it moves is one item, so that it moved all or nothing. */
static bool did_not_move(weft_status status)
{
    return status == WEFT_TIMED_OUT || status == WEFT_BUSY;
}

weft_status weft__queue_begin(weft__moving *moving)
{
    weft__side *side = moving->side;
    weft__queue_enter(moving->queue, side);
    weft_status status = weft__queue_move(moving, NULL);
    bool inside = did_not_move(status);
    side->inside += inside;
    weft__queue_leave(moving->queue, side);
    return inside ? WEFT_TIMED_OUT : status;
}

/* With both gates. */
static void go_out(weft__moving *moving, const weft__waiter *waiter)
{
    weft__side *side = moving->side;
    if (side->insisting == waiter)
        weft__store_relaxed(&side->insisting, NULL);
    side->inside--;
    weft__queue_wait_ends(moving);
}

weft_status weft__queue_watch(weft__moving *moving, weft__waiter *waiter,
                              bool called)
{
    weft__side *side = moving->side;
    weft__queue_lock(moving->queue);
    side->called -= called;
    weft_status status = weft__queue_move(moving, waiter);
    if (status == WEFT_TIMED_OUT) {
        weft__queue_wait_begins(moving);
        weft__queue_stand(moving, waiter);
    } else {
        go_out(moving, waiter);
    }
    weft__queue_unlock(moving->queue);
    return status;
}

/* With both gates. False: it has been called. */
static bool leave_line(weft__side *side, weft__waiter *waiter)
{
    weft__line *line = weft__line_lock(side);
    bool in_line = weft__line_contains(line, waiter);
    if (in_line)
        weft__line_remove(line, waiter);
    weft__line_unlock(line);
    side->sleeping -= in_line;
    side->called -= !in_line;
    return in_line;
}

weft_status weft__queue_unwatch(weft__moving *moving, weft__waiter *waiter,
                                bool wanted)
{
    weft__side *side = moving->side;
    weft_status status = WEFT_TIMED_OUT;
    weft__queue_lock(moving->queue);
    bool called = !leave_line(side, waiter);
    if (wanted)
        status = weft__queue_move(moving, waiter);
    go_out(moving, waiter);
    weft__queue_unlock(moving->queue);
    if (called) /* the wake may still be on its way */
        (void)weft__park(waiter, WEFT_FOREVER, WEFT__UNSTOPPABLE);
    return status;
}

void weft__queue_end(weft__moving *moving)
{
    weft__queue_enter(moving->queue, moving->side);
    moving->side->inside--;
    weft__queue_leave(moving->queue, moving->side);
}
