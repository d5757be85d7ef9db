/* SPDX-License-Identifier: MIT */

/*
 * First in, first out: a chain of blocks. Items never move. Putters fill the
 * newest block, getters empty the oldest; each side knows its place in its
 * block, and touches nothing of the other's but the count. A getter that reads
 * putters' count sees everything that was written before it, the link to the
 * next block too.
 *
 * An emptied block becomes the spare, which putters take before they allocate:
 * a queue that keeps going allocates nothing. If there is a spare already, the
 * block is freed, so that a burst's memory goes back.
 */

#include "queue.h"

void weft__queue_close_room(weft__side *side)
{
    side->known = side->reach = side->count;
}

static size_t end_of(const weft_queue *queue, const weft__side *side)
{
    if (side->ringed)
        return queue->ring_end;
    return side->begin + side->block->places;
}

static void open_room(const weft_queue *queue, weft__side *side,
                      size_t available)
{
    side->reach = end_of(queue, side);
    size_t left = side->reach - side->count;
    side->known = side->count + (available < left ? available : left);
}

static void enter_block(weft__side *side, weft__block *block)
{
    side->block = block;
    side->items = weft__block_items(block);
    side->begin = side->count;
}

static bool add_block(weft_queue *queue)
{
    weft__side *put = &queue->put;
    weft__block *block = weft__exchange(&queue->spare, NULL);
    if (block == NULL)
        block = weft__block_create(queue->item_size, weft__queue_size(queue));
    if (block == NULL)
        return false;
    block->newer = NULL;
    put->block->newer = block;
    enter_block(put, block);
    return true;
}

/* What is available without passing the mark. */
static bool below_mark(const weft_queue *queue, size_t *available)
{
    size_t size = weft__queue_size(queue);
    size_t below = queue->mark > size ? queue->mark - size : 0;
    if (*available > below)
        *available = below;
    return below > 0;
}

/* Else there is less room than empty slots. */
static bool slots_tell_of_room(const weft_queue *queue)
{
    return queue->maxsize == queue->ring_places && queue->mark == SIZE_MAX;
}

weft_status weft__fifo_make_room(weft_queue *queue)
{
    weft__side *put = &queue->put;
    if (put->special)
        return WEFT_BUSY;
    size_t available = weft__queue_places(queue);
    if (available == 0)
        return WEFT_TIMED_OUT;
    if (queue->mark != SIZE_MAX && !below_mark(queue, &available))
        return WEFT_BUSY;
    if (put->count == end_of(queue, put) && !add_block(queue))
        return WEFT_NO_MEMORY;
    open_room(queue, put, available);
    if (put->ringed && !slots_tell_of_room(queue))
        put->reach = put->known;
    return WEFT_OK;
}

static void leave_block(weft_queue *queue)
{
    weft__side *get = &queue->get;
    get->ringed = false;
    weft__block *empty = get->block;
    enter_block(get, empty->newer);
    if (empty != &queue->first)
        weft__block_free(weft__exchange(&queue->spare, empty));
}

weft_status weft__fifo_find_items(weft_queue *queue)
{
    weft__side *get = &queue->get;
    if (get->special)
        return WEFT_BUSY;
    size_t available = weft__queue_size(queue);
    if (available == 0)
        return WEFT_TIMED_OUT;
    if (get->count == end_of(queue, get))
        leave_block(queue);
    open_room(queue, get, available);
    return WEFT_OK;
}

unsigned char *weft__fifo_place(const weft_queue *queue, weft__side *side)
{
    return side->ringed ? weft__ring_place(queue, side)
                        : weft__queue_place(side, queue->item_size);
}

static size_t moved(const weft_queue *queue, weft__side *side, size_t n)
{
    if (side->ringed)
        weft__ring_moved(queue, side);
    else
        weft__queue_moved(side, n);
    return n;
}

static size_t run_of(const weft__side *side, size_t n)
{
    size_t most = side->ringed ? 1 : weft__queue_room(side);
    return n < most ? n : most;
}

size_t weft__fifo_put(weft_queue *queue, const void *items, size_t n)
{
    weft__side *put = &queue->put;
    n = run_of(put, n);
    weft__copy_items(weft__fifo_place(queue, put), items, n * queue->item_size);
    return moved(queue, put, n);
}

size_t weft__fifo_get(weft_queue *queue, void *items, size_t n)
{
    weft__side *get = &queue->get;
    n = run_of(get, n);
    weft__copy_items(items, weft__fifo_place(queue, get), n * queue->item_size);
    return moved(queue, get, n);
}

static void begin_again(weft_queue *queue, weft__side *side)
{
    side->ringed = false;
    enter_block(side, &queue->first);
    weft__queue_close_room(side);
}

/* With both gates: what is put from now on goes to blocks. */
static void leave_ring(weft_queue *queue)
{
    weft__store_relaxed(&queue->ring_end, queue->put.count);
    begin_again(queue, &queue->put);
    weft__queue_close_room(&queue->get);
}

void weft__fifo_fit(weft_queue *queue)
{
    size_t maxsize = queue->maxsize;
    if (queue->put.ringed && (maxsize == 0 || maxsize > queue->ring_places))
        leave_ring(queue);
    weft__queue_close_room(&queue->put);
}

/* ---- Items that nobody will get ---- */

static void take_ring(weft_queue *queue, weft__leftover *leftover)
{
    if (queue->put.ringed)
        leave_ring(queue);
    leftover->from = queue->get.count;
    leftover->ringed = queue->ring_end - leftover->from;
}

/* What get's side has left of the chain. */
static void take_chain(weft_queue *queue, weft__leftover *leftover)
{
    weft__side *get = &queue->get;
    if (get->block == &queue->first && queue->first.newer != NULL)
        enter_block(get, queue->first.newer);
    if (get->block != &queue->first) {
        leftover->block = get->block;
        leftover->at = weft__queue_place(get, queue->item_size);
        leftover->left = get->begin + get->block->places - get->count;
    }
    queue->first.newer = NULL;
}

weft__leftover weft__queue_take_all(weft_queue *queue)
{
    weft__leftover leftover = {
        .count = queue->put.count - queue->get.count,
        .storage = queue->storage,
    };
    weft__storage_init(&queue->storage, leftover.storage.item_size,
                       leftover.storage.kind, leftover.storage.compare);
    queue->discarded += leftover.count;
    if (queue->put.ringed && (queue->destroy == NULL || leftover.count == 0)) {
        weft__ring_skip(queue);
        return leftover;
    }
    if (queue->get.ringed)
        take_ring(queue, &leftover);
    take_chain(queue, &leftover);
    weft__store(&queue->get.count, queue->put.count);
    begin_again(queue, &queue->put);
    begin_again(queue, &queue->get);
    return leftover;
}

static void destroy_stored(weft__storage *storage, void (*destroy)(void *))
{
    while (destroy != NULL && storage->count > 0) {
        destroy(weft__storage_next(storage));
        weft__storage_drop(storage);
    }
    weft__storage_free(storage);
}

/* Goes on to the next. */
static void free_block(weft__leftover *leftover)
{
    weft__block *newer = leftover->block->newer;
    weft__block_free(leftover->block);
    leftover->block = newer;
    leftover->left = newer != NULL ? newer->places : 0;
    leftover->at = newer != NULL ? weft__block_items(newer) : NULL;
}

static void destroy_chain(weft_queue *queue, weft__leftover *leftover)
{
    weft__ring_destroy_items(queue, leftover->from, leftover->ringed);
    leftover->count -= leftover->ringed;
    while (leftover->block != NULL) {
        for (; leftover->left > 0 && leftover->count > 0; leftover->left--) {
            if (queue->destroy != NULL)
                queue->destroy(leftover->at);
            leftover->at += queue->item_size;
            leftover->count--;
        }
        free_block(leftover);
    }
}

void weft__queue_destroy_items(weft_queue *queue, weft__leftover *leftover)
{
    if (queue->kind == WEFT_FIFO)
        destroy_chain(queue, leftover);
    else
        destroy_stored(&leftover->storage, queue->destroy);
}
