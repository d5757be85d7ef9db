/* SPDX-License-Identifier: MIT */

/*
 * Moving any number of items, of any size, through whichever door: what
 * queue.c leaves over. As many as there is room for are moved with one taking
 * of the gate.
 */

#include "control.h"
#include "queue.h"

#include "misuse.h"

/* ---- Moving items ---- */

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
        moving->done +=
            weft__fifo_put(moving->queue, moving->items + moving->done * size,
                           moving->n - moving->done);
    }
    return status;
}

weft_status weft__queue_put_some(weft__moving *moving)
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
        moving->done +=
            weft__fifo_get(moving->queue, moving->items + moving->done * size,
                           moving->n - moving->done);
    }
    return status;
}

weft_status weft__queue_get_some(weft__moving *moving)
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

weft__moving weft__queue_putting(weft_queue *queue, const void *items, size_t n)
{
    return (weft__moving){
        .queue = queue,
        .side = &queue->put,
        .items = (unsigned char *)(uintptr_t)items, /* only read */
        .n = n,
        .move = weft__queue_put_some,
    };
}

weft__moving weft__queue_getting(weft_queue *queue, void *items, size_t n)
{
    return (weft__moving){
        .queue = queue,
        .side = &queue->get,
        .items = items,
        .n = n,
        .move = weft__queue_get_some,
    };
}

/* ---- Putting and getting ---- */

static weft_status move_some(weft__moving *moving, weft_duration deadline)
{
    weft__side *side = moving->side;
    weft__queue_enter(moving->queue, side);
    weft_status status = weft__queue_move(moving, NULL);
    bool wait = weft__queue_goes_on(status, deadline != 0);
    side->inside += wait;
    weft__queue_leave(moving->queue, side);
    return wait ? weft__queue_wait(moving, status, deadline) : status;
}

static weft_status check(const weft_queue *queue, const void *items, size_t n,
                         const char *function)
{
    if (items == NULL && n > 0)
        return weft__misuse(WEFT_INVALID, function, queue, "the item is NULL");
    return weft__queue_check(queue, function);
}

weft_status weft__queue_put_all(weft_queue *queue, const void *items, size_t n,
                                size_t *done, weft_duration deadline)
{
    size_t none;
    if (done == NULL)
        done = &none;
    *done = 0;
    weft_status status = check(queue, items, n, "weft_queue_put");
    if (status != WEFT_OK)
        return status;
    weft__moving moving = weft__queue_putting(queue, items, n);
    while (status == WEFT_OK && moving.done < n)
        status = move_some(&moving, deadline);
    *done = moving.done;
    return status;
}

weft_status weft__queue_get_any(weft_queue *queue, void *items, size_t n,
                                size_t *done, weft_duration deadline)
{
    size_t none;
    if (done == NULL)
        done = &none;
    *done = 0;
    weft_status status = check(queue, items, n, "weft_queue_get");
    if (status != WEFT_OK)
        return status;
    weft__moving moving = weft__queue_getting(queue, items, n);
    if (n > 0)
        status = move_some(&moving, deadline);
    *done = moving.done;
    return status;
}

/* ---- Many ---- */

weft_status weft_queue_put_many(weft_queue *queue, const void *items, size_t n,
                                size_t *done)
{
    weft__point("weft_queue_put_many", queue);
    return weft__queue_put_all(queue, items, n, done, WEFT_FOREVER);
}

weft_status weft_queue_put_many_timed(weft_queue *queue, const void *items,
                                      size_t n, size_t *done,
                                      weft_duration duration)
{
    weft__point("weft_queue_put_many_timed", queue);
    return weft__queue_put_all(queue, items, n, done, weft__deadline(duration));
}

weft_status weft_queue_try_put_many(weft_queue *queue, const void *items,
                                    size_t n, size_t *done)
{
    weft__point("weft_queue_try_put_many", queue);
    return weft__queue_instead_of_timed_out(
        weft__queue_put_all(queue, items, n, done, 0), WEFT_FULL);
}

weft_status weft_queue_get_many(weft_queue *queue, void *items, size_t n,
                                size_t *done)
{
    weft__point("weft_queue_get_many", queue);
    return weft__queue_get_any(queue, items, n, done, WEFT_FOREVER);
}

weft_status weft_queue_get_many_timed(weft_queue *queue, void *items, size_t n,
                                      size_t *done, weft_duration duration)
{
    weft__point("weft_queue_get_many_timed", queue);
    return weft__queue_get_any(queue, items, n, done, weft__deadline(duration));
}

weft_status weft_queue_try_get_many(weft_queue *queue, void *items, size_t n,
                                    size_t *done)
{
    weft__point("weft_queue_try_get_many", queue);
    return weft__queue_instead_of_timed_out(
        weft__queue_get_any(queue, items, n, done, 0), WEFT_EMPTY);
}
