/* SPDX-License-Identifier: MIT */

/*
 * Moving items of the kinds other than first in, first out. Their sides share
 * one storage, so they share put's gate; one that is not special needs nothing
 * beside it.
 *
 * A user's `compare` runs with that gate. What it calls on the same queue would
 * wait for itself; so who runs it is written down, by the address of something
 * that each thread has one of. No thread but that one can find its own there.
 */

#include "queue.h"

#include "misuse.h"

static _Thread_local bool is_told;

static const void *own_mark(void)
{
    return &is_told;
}

static bool is_comparing(const weft_queue *queue)
{
    return weft__load_relaxed(&queue->comparing) == own_mark();
}

static void compare_begins(weft_queue *queue)
{
    if (queue->kind == WEFT_PRIORITY)
        weft__store_relaxed(&queue->comparing, own_mark());
}

static void compare_is_over(weft_queue *queue)
{
    if (queue->kind == WEFT_PRIORITY)
        weft__store_relaxed(&queue->comparing, NULL);
}

/* A handler that uses this very queue hears nothing of that. */
static weft_status is_own_comparison(const weft_queue *queue,
                                     const char *function)
{
    if (!is_told) {
        is_told = true;
        weft__misuse(WEFT_DEADLOCK, function, queue,
                     "called by the comparison of the same queue");
        is_told = false;
    }
    return WEFT_DEADLOCK;
}

weft_status weft__queue_check(const weft_queue *queue, const char *function)
{
    if (queue == NULL)
        return weft__misuse(WEFT_INVALID, function, NULL, "the queue is NULL");
    return is_comparing(queue) ? is_own_comparison(queue, function) : WEFT_OK;
}

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
    compare_begins(queue);
    bool stored = weft__storage_put(&queue->storage, item);
    compare_is_over(queue);
    if (!stored)
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
    compare_begins(queue);
    weft__storage_drop(&queue->storage);
    compare_is_over(queue);
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
    if (is_comparing(queue))
        return WEFT_DEADLOCK; /* whoever asked finds out, and says so */
    weft__gate_enter(&queue->put.gate);
    weft_status status =
        queue->put.special ? WEFT_BUSY : store_item(queue, item);
    queue->put.inside += weft__queue_goes_on(status, may_wait);
    weft__gate_leave(&queue->put.gate);
    return status;
}

weft_status weft__stored_get_one(weft_queue *queue, void *item, bool may_wait)
{
    if (is_comparing(queue))
        return WEFT_DEADLOCK;
    weft__gate_enter(&queue->put.gate);
    weft_status status =
        queue->get.special ? WEFT_BUSY : fetch_item(queue, item);
    queue->get.inside += weft__queue_goes_on(status, may_wait);
    weft__gate_leave(&queue->put.gate);
    return status;
}

/* ---- A stack's next item, within a block ---- */

static bool may_push(const weft_queue *queue)
{
    const weft__storage *storage = &queue->storage;
    return !queue->put.special && storage->newest != NULL &&
           storage->last < storage->newest->places && !is_full(queue) &&
           storage->count < queue->mark;
}

/* The last of a block goes with the block, unless it is the first one. */
static bool may_pop(const weft_queue *queue)
{
    const weft__storage *storage = &queue->storage;
    return !queue->get.special && storage->count > 0 &&
           (storage->last > 1 || storage->newest->older == NULL);
}

static inline bool push(weft_queue *queue, const void *item, size_t size)
{
    weft__storage *storage = &queue->storage;
    if (!may_push(queue))
        return false;
    memcpy(weft__block_items(storage->newest) + storage->last * size, item,
           size);
    storage->last++;
    storage->count++;
    weft__store(&queue->put.count, queue->put.count + 1);
    return true;
}

static inline bool pop(weft_queue *queue, void *item, size_t size)
{
    weft__storage *storage = &queue->storage;
    if (!may_pop(queue))
        return false;
    storage->last--;
    storage->count--;
    memcpy(item, weft__block_items(storage->newest) + storage->last * size,
           size);
    weft__store(&queue->get.count, queue->get.count + 1);
    return true;
}

weft_status weft__stack_put_one(weft_queue *queue, const void *item,
                                weft_duration duration)
{
    weft__gate *gate = &queue->put.gate;
    if (!weft__gate_try_enter(gate))
        return weft__queue_put_otherwise(queue, item, duration, false);
    size_t size = queue->item_size;
    bool pushed = size == WEFT__QUEUE_WORD ? push(queue, item, WEFT__QUEUE_WORD)
                                           : push(queue, item, size);
    weft__gate_leave(gate);
    return pushed ? WEFT_OK
                  : weft__queue_put_otherwise(queue, item, duration, false);
}

weft_status weft__stack_get_one(weft_queue *queue, void *item,
                                weft_duration duration)
{
    weft__gate *gate = &queue->put.gate;
    if (!weft__gate_try_enter(gate))
        return weft__queue_get_otherwise(queue, item, duration, false);
    size_t size = queue->item_size;
    bool popped = size == WEFT__QUEUE_WORD ? pop(queue, item, WEFT__QUEUE_WORD)
                                           : pop(queue, item, size);
    weft__gate_leave(gate);
    return popped ? WEFT_OK
                  : weft__queue_get_otherwise(queue, item, duration, false);
}
