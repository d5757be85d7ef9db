/* SPDX-License-Identifier: MIT */

/*
 * The queue: two sides that meet as seldom as they can.
 *
 *     put:  gate | count | room | at --.          get:  gate | count | room |
 * at v                                     | newest block [ x x x x x . . . . ]
 * <- ... <- oldest [ . . x x x x ] <-'
 *
 * Each side has a gate, a count of the items that it has moved, and a room: how
 * many more it may move without looking at anything else. An operation goes
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
 * Two gates are Michael's and Scott's two-lock queue (1996); room is what
 * FastForward and MCRingBuffer gain by keeping a copy of the other's index.
 */

#include "queue.h"

#include "misuse.h"

/* ---- Moving items ---- */

static inline void moved(weft__side *side, size_t n, size_t item_size)
{
    side->at += n * item_size;
    weft__store(&side->count, side->count + n);
}

static size_t run_of(const weft__moving *moving)
{
    size_t n = moving->n - moving->done;
    size_t room = weft__queue_room(moving->side);
    return n < room ? n : room;
}

static weft_status put_blocks(weft__moving *moving)
{
    weft__side *put = moving->side;
    size_t size = moving->queue->item_size;
    weft_status status = WEFT_OK;
    while (status == WEFT_OK && moving->done < moving->n) {
        if (weft__queue_room(put) == 0)
            status = weft__fifo_make_room(moving->queue);
        if (status != WEFT_OK)
            break;
        size_t run = run_of(moving);
        memcpy(put->at, moving->items + moving->done * size, run * size);
        moved(put, run, size);
        moving->done += run;
    }
    return status;
}

static weft_status put_some(weft__moving *moving)
{
    const weft_queue *queue = moving->queue;
    if (queue->shut_down)
        return WEFT_SHUT_DOWN;
    return queue->kind == WEFT_FIFO ? put_blocks(moving)
                                    : weft__stored_put(moving);
}

static weft_status get_blocks(weft__moving *moving)
{
    weft__side *get = moving->side;
    size_t size = moving->queue->item_size;
    weft_status status = WEFT_OK;
    while (status == WEFT_OK && moving->done < moving->n) {
        if (weft__queue_room(get) == 0)
            status = weft__fifo_find_items(moving->queue);
        if (status != WEFT_OK)
            break;
        size_t run = run_of(moving);
        memcpy(moving->items + moving->done * size, get->at, run * size);
        moved(get, run, size);
        moving->done += run;
    }
    return status;
}

static weft_status get_some(weft__moving *moving)
{
    const weft_queue *queue = moving->queue;
    weft_status status = queue->kind == WEFT_FIFO ? get_blocks(moving)
                                                  : weft__stored_get(moving);
    if (status != WEFT_TIMED_OUT)
        return status;
    if (moving->done > 0)
        return WEFT_OK;
    return queue->shut_down ? WEFT_SHUT_DOWN : WEFT_TIMED_OUT;
}

static weft__moving putting(weft_queue *queue, const void *items, size_t n)
{
    return (weft__moving){
        .queue = queue,
        .side = &queue->put,
        .items = (unsigned char *)(uintptr_t)items, /* only read */
        .n = n,
        .move = put_some,
    };
}

static weft__moving getting(weft_queue *queue, void *items, size_t n)
{
    return (weft__moving){
        .queue = queue,
        .side = &queue->get,
        .items = items,
        .n = n,
        .move = get_some,
    };
}

/* ---- Putting and getting ---- */

static weft_status move_some(weft__moving *moving, weft_duration deadline)
{
    weft__side *side = moving->side;
    weft__queue_enter(moving->queue, side);
    weft_status status = moving->move(moving);
    bool wait = weft__queue_goes_on(status, deadline != 0);
    side->inside += wait;
    weft__queue_leave(moving->queue, side);
    return wait ? weft__queue_wait(moving, status, deadline) : status;
}

static bool is_wrong(const weft_queue *queue, const void *items, size_t n,
                     const char *function)
{
    bool wrong = queue == NULL || (items == NULL && n > 0);
    if (wrong)
        weft__misuse(WEFT_INVALID, function, queue,
                     "the queue or the item is NULL");
    return wrong;
}

static weft_status put(weft_queue *queue, const void *items, size_t n,
                       size_t *done, weft_duration deadline)
{
    size_t none;
    if (done == NULL)
        done = &none;
    *done = 0;
    if (is_wrong(queue, items, n, "weft_queue_put"))
        return WEFT_INVALID;
    weft__moving moving = putting(queue, items, n);
    weft_status status = WEFT_OK;
    while (status == WEFT_OK && moving.done < n)
        status = move_some(&moving, deadline);
    *done = moving.done;
    return status;
}

static weft_status get(weft_queue *queue, void *items, size_t n, size_t *done,
                       weft_duration deadline)
{
    size_t none;
    if (done == NULL)
        done = &none;
    *done = 0;
    if (is_wrong(queue, items, n, "weft_queue_get"))
        return WEFT_INVALID;
    weft__moving moving = getting(queue, items, n);
    weft_status status = n > 0 ? move_some(&moving, deadline) : WEFT_OK;
    *done = moving.done;
    return status;
}

/*
 * One item through the first door or the second: what nearly all calls are, so
 * that nothing else is in it. WEFT_INVALID: nothing was tried. Who goes on to
 * wait is counted as inside.
 */
static inline __attribute__((always_inline)) weft_status put_one(
    weft_queue *queue, const void *item, bool may_wait)
{
    if (queue == NULL || item == NULL)
        return WEFT_INVALID;
    if (queue->kind != WEFT_FIFO)
        return weft__stored_put_one(queue, item, may_wait);
    weft__side *side = &queue->put;
    weft__gate_enter(&side->gate);
    weft_status status =
        weft__queue_room(side) > 0 ? WEFT_OK : weft__fifo_make_room(queue);
    if (WEFT__LIKELY(status == WEFT_OK)) {
        weft__copy_items(side->at, item, queue->item_size);
        moved(side, 1, queue->item_size);
    } else {
        side->inside += weft__queue_goes_on(status, may_wait);
    }
    weft__gate_leave(&side->gate);
    return status;
}

static inline __attribute__((always_inline)) weft_status get_one(
    weft_queue *queue, void *item, bool may_wait)
{
    if (queue == NULL || item == NULL)
        return WEFT_INVALID;
    if (queue->kind != WEFT_FIFO)
        return weft__stored_get_one(queue, item, may_wait);
    weft__side *side = &queue->get;
    weft__gate_enter(&side->gate);
    weft_status status =
        weft__queue_room(side) > 0 ? WEFT_OK : weft__fifo_find_items(queue);
    if (WEFT__LIKELY(status == WEFT_OK)) {
        weft__copy_items(item, side->at, queue->item_size);
        moved(side, 1, queue->item_size);
    } else {
        side->inside += weft__queue_goes_on(status, may_wait);
    }
    weft__gate_leave(&side->gate);
    return status;
}

/* What there is to do after that. A try looks again, as it may be shut down. */
static weft_status put_after(weft_status status, weft_queue *queue,
                             const void *item, weft_duration deadline)
{
    if (!weft__queue_goes_on(status, deadline != 0))
        return put(queue, item, 1, NULL, deadline);
    weft__moving moving = putting(queue, item, 1);
    return weft__queue_wait(&moving, status, deadline);
}

static weft_status get_after(weft_status status, weft_queue *queue, void *item,
                             weft_duration deadline)
{
    if (!weft__queue_goes_on(status, deadline != 0))
        return get(queue, item, 1, NULL, deadline);
    weft__moving moving = getting(queue, item, 1);
    return weft__queue_wait(&moving, status, deadline);
}

/* A try does not wait, so it says what is in the way. */
static weft_status instead_of_timed_out(weft_status status, weft_status instead)
{
    return status == WEFT_TIMED_OUT ? instead : status;
}

weft_status weft_queue_put(weft_queue *queue, const void *item)
{
    weft_status status = put_one(queue, item, true);
    return status == WEFT_OK ? status
                             : put_after(status, queue, item, WEFT_FOREVER);
}

weft_status weft_queue_put_timed(weft_queue *queue, const void *item,
                                 weft_duration duration)
{
    weft_status status = put_one(queue, item, duration > 0);
    return status == WEFT_OK
               ? status
               : put_after(status, queue, item, weft__deadline(duration));
}

weft_status weft_queue_try_put(weft_queue *queue, const void *item)
{
    weft_status status = put_one(queue, item, false);
    if (status != WEFT_OK)
        status = put_after(status, queue, item, 0);
    return instead_of_timed_out(status, WEFT_FULL);
}

weft_status weft_queue_get(weft_queue *queue, void *item)
{
    weft_status status = get_one(queue, item, true);
    return status == WEFT_OK ? status
                             : get_after(status, queue, item, WEFT_FOREVER);
}

weft_status weft_queue_get_timed(weft_queue *queue, void *item,
                                 weft_duration duration)
{
    weft_status status = get_one(queue, item, duration > 0);
    return status == WEFT_OK
               ? status
               : get_after(status, queue, item, weft__deadline(duration));
}

weft_status weft_queue_try_get(weft_queue *queue, void *item)
{
    weft_status status = get_one(queue, item, false);
    if (status != WEFT_OK)
        status = get_after(status, queue, item, 0);
    return instead_of_timed_out(status, WEFT_EMPTY);
}

weft_status weft_queue_put_many(weft_queue *queue, const void *items, size_t n,
                                size_t *done)
{
    return put(queue, items, n, done, WEFT_FOREVER);
}

weft_status weft_queue_put_many_timed(weft_queue *queue, const void *items,
                                      size_t n, size_t *done,
                                      weft_duration duration)
{
    return put(queue, items, n, done, weft__deadline(duration));
}

weft_status weft_queue_try_put_many(weft_queue *queue, const void *items,
                                    size_t n, size_t *done)
{
    return instead_of_timed_out(put(queue, items, n, done, 0), WEFT_FULL);
}

weft_status weft_queue_get_many(weft_queue *queue, void *items, size_t n,
                                size_t *done)
{
    return get(queue, items, n, done, WEFT_FOREVER);
}

weft_status weft_queue_get_many_timed(weft_queue *queue, void *items, size_t n,
                                      size_t *done, weft_duration duration)
{
    return get(queue, items, n, done, weft__deadline(duration));
}

weft_status weft_queue_try_get_many(weft_queue *queue, void *items, size_t n,
                                    size_t *done)
{
    return instead_of_timed_out(get(queue, items, n, done, 0), WEFT_EMPTY);
}
