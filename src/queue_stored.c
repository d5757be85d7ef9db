/* SPDX-License-Identifier: MIT */

/* Moving items of the kinds other than first in, first out. Their sides share
 * one storage, so they share put's gate; one that is not special needs nothing
 * beside it. */

#include "queue.h"

static bool is_full(const weft_queue *queue)
{
    return queue->maxsize != 0 && queue->storage.count >= queue->maxsize;
}

static weft_status store_item(weft_queue *queue, const void *item)
{
    if (is_full(queue))
        return WEFT_TIMED_OUT;
    if (queue->storage.count >= queue->mark)
        return WEFT_BUSY;
    if (!weft__storage_put(&queue->storage, item))
        return WEFT_NO_MEMORY;
    weft__store(&queue->put.count, queue->put.count + 1);
    return WEFT_OK;
}

weft_status weft__stored_put(weft__moving *moving)
{
    size_t size = moving->queue->item_size;
    weft_status status = WEFT_OK;
    while (status == WEFT_OK && moving->done < moving->n) {
        status = store_item(moving->queue, moving->items + moving->done * size);
        moving->done += status == WEFT_OK;
    }
    return status;
}

static weft_status fetch_item(weft_queue *queue, void *item)
{
    if (queue->storage.count == 0)
        return WEFT_TIMED_OUT;
    weft__copy_items(item, weft__storage_next(&queue->storage),
                     queue->item_size);
    weft__storage_drop(&queue->storage);
    weft__store(&queue->get.count, queue->get.count + 1);
    return WEFT_OK;
}

weft_status weft__stored_get(weft__moving *moving)
{
    size_t size = moving->queue->item_size;
    weft_status status = WEFT_OK;
    while (status == WEFT_OK && moving->done < moving->n) {
        status = fetch_item(moving->queue, moving->items + moving->done * size);
        moving->done += status == WEFT_OK;
    }
    return status;
}

weft_status weft__stored_put_one(weft_queue *queue, const void *item,
                                 bool may_wait)
{
    weft__gate_enter(&queue->put.gate);
    weft_status status =
        queue->put.special ? WEFT_BUSY : store_item(queue, item);
    queue->put.inside += weft__queue_goes_on(status, may_wait);
    weft__gate_leave(&queue->put.gate);
    return status;
}

weft_status weft__stored_get_one(weft_queue *queue, void *item, bool may_wait)
{
    weft__gate_enter(&queue->put.gate);
    weft_status status =
        queue->get.special ? WEFT_BUSY : fetch_item(queue, item);
    queue->get.inside += weft__queue_goes_on(status, may_wait);
    weft__gate_leave(&queue->put.gate);
    return status;
}
