/* SPDX-License-Identifier: MIT */

/*
 * The queue: two sides that meet as seldom as they can.
 *
 *     put:  gate | known | reach | block --.           count
 *                                          v
 *     newest [x x x . . .] <- [x x x x x x] <- [. . x x x x] oldest
 *                                                    ^
 *     get:  gate | known | reach | block ------------'    count
 *
 * Each side has a gate and a count of the items that it has moved; what it may
 * still move without looking at anything else is its room. An operation goes
 * through one of three doors, each only if the one before is closed:
 *
 *  1. its gate, and there is room: one read-modify-write, a copy, two stores.
 *  2. its gate: reads the other's count, steps into the next block, and knows
 *     of room again.
 *  3. both gates: everything else. Who holds both has all to itself, as under
 *     one lock: standing in line, calling those who sleep, shutdown, a changed
 *     limit, the descriptor. To be sure that a side comes this way, one sets
 *     it `special` and takes its room away.
 *
 * Exact: size is put's count less get's. A put is refused for want of room, and
 * a get for want of items, only with the own count held still by the gate, at
 * the moment when the other's count is read. Order: the gate.
 *
 * No wake is lost: who sleeps has stood in line with both gates held and
 * nothing to move, and left the other side special. Invariant, whenever both
 * gates are free: if somebody sleeps on a side and could go on, somebody is
 * called and on its way, and will call the next.
 *
 * A queue of few places has a ring, whose slots say what otherwise the counts
 * are asked for: queue_ring.c.
 *
 * Two gates are Michael's and Scott's two-lock queue (1996); room is what
 * FastForward and MCRingBuffer gain by keeping a copy of the other's index.
 */

#include "queue.h"

#include "control.h"

#define NOINLINE __attribute__((noinline))
#define ALWAYS_INLINE inline __attribute__((always_inline))

/* As weft__queue_put_some and _get_some, and quick, as the word may be waited
 * for. */
static weft_status put_word(weft__moving *moving)
{
    weft_queue *queue = moving->queue;
    weft__side *put = moving->side;
    if (queue->shut_down ||
        (weft__queue_room(put) == 0 && weft__fifo_make_room(queue) != WEFT_OK))
        return weft__queue_put_some(moving);
    weft__copy_words(weft__queue_place(put, WEFT__QUEUE_WORD), moving->items,
                     1);
    weft__queue_moved(put, 1);
    moving->done = 1;
    return WEFT_OK;
}

static weft_status get_word(weft__moving *moving)
{
    weft__side *get = moving->side;
    if (weft__queue_room(get) == 0 && !weft__fifo_see_items(moving->queue))
        return weft__queue_get_some(moving);
    weft__copy_words(moving->items, weft__queue_place(get, WEFT__QUEUE_WORD),
                     1);
    weft__queue_moved(get, 1);
    moving->done = 1;
    return WEFT_OK;
}

/* What there is to do after such an answer; who goes on to wait has been
 * counted as inside. A try looks again, as it may be shut down. */
static NOINLINE weft_status put_after(weft_status status, weft_queue *queue,
                                      const void *item, weft_duration duration)
{
    weft_duration deadline = weft__deadline(duration);
    if (!weft__queue_goes_on(status, duration > 0))
        return weft__queue_put_all(queue, item, 1, NULL, deadline);
    weft__moving moving = weft__queue_putting(queue, item, 1);
    if (queue->words == 1)
        moving.move = put_word;
    else if (queue->words == WEFT__QUEUE_RING)
        moving.move = weft__ring_put_some;
    return weft__queue_wait(&moving, status, deadline);
}

static NOINLINE weft_status get_after(weft_status status, weft_queue *queue,
                                      void *item, weft_duration duration)
{
    weft_duration deadline = weft__deadline(duration);
    if (!weft__queue_goes_on(status, duration > 0))
        return weft__queue_get_any(queue, item, 1, NULL, deadline);
    weft__moving moving = weft__queue_getting(queue, item, 1);
    if (queue->words == 1)
        moving.move = get_word;
    else if (queue->words == WEFT__QUEUE_RING)
        moving.move = weft__ring_get_some;
    return weft__queue_wait(&moving, status, deadline);
}

/* With its gate. */
static weft_status put_as_told(weft_queue *queue, const void *item,
                               bool may_wait)
{
    weft__side *side = &queue->put;
    if (side->ringed && weft__ring_try_put(queue, item))
        return WEFT_OK;
    if (may_wait && weft__ring_is_awaited(side))
        return WEFT_TIMED_OUT;
    weft_status status =
        weft__queue_room(side) > 0 ? WEFT_OK : weft__fifo_make_room(queue);
    if (status == WEFT_OK)
        weft__fifo_put(queue, item, 1);
    return status;
}

/* With its gate, which it leaves. */
static NOINLINE weft_status put_inside(weft_queue *queue, const void *item,
                                       bool may_wait)
{
    weft__side *side = &queue->put;
    weft_status status = put_as_told(queue, item, may_wait);
    side->inside += weft__queue_goes_on(status, may_wait);
    weft__gate_leave(&side->gate);
    return status;
}

NOINLINE weft_status weft__queue_put_otherwise(weft_queue *queue,
                                               const void *item,
                                               weft_duration duration,
                                               bool inside)
{
    weft__point("weft_queue_put", queue);
    weft_status status;
    if (queue == NULL || item == NULL)
        return weft__queue_put_all(queue, item, 1, NULL, 0); /* says so */
    if (queue->kind == WEFT_FIFO) {
        if (!inside)
            weft__gate_enter(&queue->put.gate);
        status = put_inside(queue, item, duration > 0);
    } else {
        status = weft__stored_put_one(queue, item, duration > 0);
    }
    return status == WEFT_OK ? status
                             : put_after(status, queue, item, duration);
}

static weft_status get_as_told(weft_queue *queue, void *item, bool may_wait)
{
    weft__side *side = &queue->get;
    if (side->ringed && weft__ring_try_get(queue, item))
        return WEFT_OK;
    if (may_wait && weft__ring_is_awaited(side))
        return WEFT_TIMED_OUT;
    weft_status status =
        weft__queue_room(side) > 0 ? WEFT_OK : weft__fifo_find_items(queue);
    if (status == WEFT_OK)
        weft__fifo_get(queue, item, 1);
    return status;
}

static NOINLINE weft_status get_inside(weft_queue *queue, void *item,
                                       bool may_wait)
{
    weft__side *side = &queue->get;
    weft_status status = get_as_told(queue, item, may_wait);
    side->inside += weft__queue_goes_on(status, may_wait);
    weft__gate_leave(&side->gate);
    return status;
}

NOINLINE weft_status weft__queue_get_otherwise(weft_queue *queue, void *item,
                                               weft_duration duration,
                                               bool inside)
{
    weft__point("weft_queue_get", queue);
    weft_status status;
    if (queue == NULL || item == NULL)
        return weft__queue_get_any(queue, item, 1, NULL, 0); /* says so */
    if (queue->kind == WEFT_FIFO) {
        if (!inside)
            weft__gate_enter(&queue->get.gate);
        status = get_inside(queue, item, duration > 0);
    } else {
        status = weft__stored_get_one(queue, item, duration > 0);
    }
    return status == WEFT_OK ? status
                             : get_after(status, queue, item, duration);
}

/*
 * An item of a few words through the first door, or for a getter the second. No
 * call is on this way, so that no register need be saved: whoever takes a gate
 * waits until all stores before are done.
 */
static ALWAYS_INLINE weft_status put_words(weft_queue *queue, const void *item,
                                           size_t words, weft_duration duration)
{
    weft__side *side = &queue->put;
    if (!weft__gate_try_enter(&side->gate))
        return weft__queue_put_otherwise(queue, item, duration, false);
    size_t count = side->count;
    if (count == side->known)
        return weft__queue_put_otherwise(queue, item, duration, true);
    weft__copy_words(weft__queue_place(side, words * WEFT__QUEUE_WORD), item,
                     words);
    weft__store(&side->count, count + 1);
    weft__gate_leave(&side->gate);
    return WEFT_OK;
}

static ALWAYS_INLINE weft_status get_words(weft_queue *queue, void *item,
                                           size_t words, weft_duration duration)
{
    weft__side *side = &queue->get;
    if (!weft__gate_try_enter(&side->gate))
        return weft__queue_get_otherwise(queue, item, duration, false);
    size_t count = side->count;
    if (count == side->known && !weft__fifo_see_items(queue))
        return weft__queue_get_otherwise(queue, item, duration, true);
    weft__copy_words(item, weft__queue_place(side, words * WEFT__QUEUE_WORD),
                     words);
    weft__store(&side->count, count + 1);
    weft__gate_leave(&side->gate);
    return WEFT_OK;
}

static NOINLINE weft_status put_some_words(weft_queue *queue, const void *item,
                                           weft_duration duration)
{
    if (queue->words == WEFT__QUEUE_RING)
        return weft__ring_put(queue, item, duration);
    if (queue->words == WEFT__QUEUE_STACK)
        return weft__stack_put_one(queue, item, duration);
    return put_words(queue, item, queue->words, duration);
}

static NOINLINE weft_status get_some_words(weft_queue *queue, void *item,
                                           weft_duration duration)
{
    if (queue->words == WEFT__QUEUE_RING)
        return weft__ring_get(queue, item, duration);
    if (queue->words == WEFT__QUEUE_STACK)
        return weft__stack_get_one(queue, item, duration);
    return get_words(queue, item, queue->words, duration);
}

static ALWAYS_INLINE weft_status put_one(weft_queue *queue, const void *item,
                                         weft_duration duration)
{
    if (queue == NULL || item == NULL || queue->words == 0)
        return weft__queue_put_otherwise(queue, item, duration, false);
    return WEFT__LIKELY(queue->words == 1)
               ? put_words(queue, item, 1, duration)
               : put_some_words(queue, item, duration);
}

static ALWAYS_INLINE weft_status get_one(weft_queue *queue, void *item,
                                         weft_duration duration)
{
    if (queue == NULL || item == NULL || queue->words == 0)
        return weft__queue_get_otherwise(queue, item, duration, false);
    return WEFT__LIKELY(queue->words == 1)
               ? get_words(queue, item, 1, duration)
               : get_some_words(queue, item, duration);
}

weft_status weft_queue_put(weft_queue *queue, const void *item)
{
    return put_one(queue, item, WEFT_FOREVER);
}

weft_status weft_queue_put_timed(weft_queue *queue, const void *item,
                                 weft_duration duration)
{
    return put_one(queue, item, duration);
}

weft_status weft_queue_try_put(weft_queue *queue, const void *item)
{
    return weft__queue_instead_of_timed_out(put_one(queue, item, 0), WEFT_FULL);
}

weft_status weft_queue_get(weft_queue *queue, void *item)
{
    return get_one(queue, item, WEFT_FOREVER);
}

weft_status weft_queue_get_timed(weft_queue *queue, void *item,
                                 weft_duration duration)
{
    return get_one(queue, item, duration);
}

weft_status weft_queue_try_get(weft_queue *queue, void *item)
{
    return weft__queue_instead_of_timed_out(get_one(queue, item, 0),
                                            WEFT_EMPTY);
}
