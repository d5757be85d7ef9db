/* SPDX-License-Identifier: MIT */

/*
 * First in, first out, with few places: a ring of as many slots, in the queue's
 * own memory, and never given to anything else.
 *
 *     slot:  put | got | item          put, got: the last count of that side
 *                                      that belongs here, modulo 2^32
 *
 * The sides' counts say all that there is to know, as ever. But they are two
 * lines of the cache for which the sides would fight with each item. So each
 * side also marks the slot that it has just filled, or emptied, after its
 * count: who sees the mark knows that the other's count is past this place, and
 * has the item with the same line. Meanwhile the other side is busy with the
 * line after that. A mark that is yet to come says nothing. Each has one
 * writer, who holds its side's gate, and one that comes late is not taken for
 * another.
 *
 * With a limit that is not the number of slots any more, an empty slot does not
 * say that there is room; so putters ask the counts. If it becomes greater, or
 * if items are to be destroyed where they lie, putters leave the ring for good,
 * at `ring_end`, and getters follow when they have come so far.
 */

#include "queue.h"

typedef struct marks {
    uint32_t put, got;
} marks;

/* Where in a slot the item is: nothing is aligned to more than its size. */
static inline size_t header_of(size_t item_size)
{
    size_t most = _Alignof(max_align_t);
    return item_size % most == 0 && most > sizeof(marks) ? most : sizeof(marks);
}

static inline size_t slot_size_of(size_t item_size)
{
    size_t size = header_of(item_size) + item_size;
    return (size + sizeof(marks) - 1) / sizeof(marks) * sizeof(marks);
}

static inline unsigned char *item_in(marks *slot, size_t item_size)
{
    return (unsigned char *)slot + header_of(item_size);
}

static inline void copy(void *to, const void *from, size_t size)
{
    if (size == sizeof(uint32_t))
        memcpy(to, from, sizeof(uint32_t));
    else if (size % WEFT__QUEUE_WORD == 0)
        weft__copy_words(to, from, size / WEFT__QUEUE_WORD);
    else
        memcpy(to, from, size);
}

/* Calls an inline function for items of one word, or any. */
#define SIZED(function, queue, item)               \
    ((queue)->item_size == WEFT__QUEUE_WORD        \
         ? function(queue, item, WEFT__QUEUE_WORD) \
         : function(queue, item, (queue)->item_size))

static marks *slot_of(weft_queue *queue, size_t count)
{
    return (void *)(queue->ring + count % queue->ring_places *
                                      slot_size_of(queue->item_size));
}

/* The slot of this side's next item. */
static inline marks *next_slot(const weft_queue *queue, weft__side *side,
                               size_t item_size)
{
    size_t place = side->count - side->begin;
    if (place == queue->ring_places) {
        side->begin = side->count;
        place = 0;
    }
    return (void *)(side->items + place * slot_size_of(item_size));
}

static inline bool is_empty(const weft_queue *queue, const marks *slot,
                            size_t count)
{
    size_t before = count - queue->ring_places;
    return weft__load(&slot->got) == (uint32_t)(before + 1);
}

static inline bool is_full(const marks *slot, size_t count)
{
    return weft__load(&slot->put) == (uint32_t)(count + 1);
}

/* With its gate. */
static inline void moved(weft__side *side, uint32_t *mark)
{
    size_t count = side->count + 1;
    weft__store(&side->count, count);
    weft__store(mark, (uint32_t)count);
}

static inline bool put(weft_queue *queue, const void *item, size_t size)
{
    weft__side *side = &queue->put;
    if (!side->ringed || side->count == side->reach)
        return false;
    marks *slot = next_slot(queue, side, size);
    if (!is_empty(queue, slot, side->count))
        return false;
    copy(item_in(slot, size), item, size);
    moved(side, &slot->put);
    return true;
}

static inline bool get(weft_queue *queue, void *item, size_t size)
{
    weft__side *side = &queue->get;
    if (!side->ringed || side->count == side->reach)
        return false;
    marks *slot = next_slot(queue, side, size);
    if (!is_full(slot, side->count))
        return false;
    copy(item, item_in(slot, size), size);
    moved(side, &slot->got);
    return true;
}

bool weft__ring_try_put(weft_queue *queue, const void *item)
{
    return SIZED(put, queue, item);
}

bool weft__ring_try_get(weft_queue *queue, void *item)
{
    return SIZED(get, queue, item);
}

weft_status weft__ring_put(weft_queue *queue, const void *item,
                           weft_duration duration)
{
    weft__gate *gate = &queue->put.gate;
    if (!weft__gate_try_enter(gate))
        return weft__queue_put_otherwise(queue, item, duration, false);
    if (!weft__ring_try_put(queue, item))
        return weft__queue_put_otherwise(queue, item, duration, true);
    weft__gate_leave(gate);
    return WEFT_OK;
}

weft_status weft__ring_get(weft_queue *queue, void *item,
                           weft_duration duration)
{
    weft__gate *gate = &queue->get.gate;
    if (!weft__gate_try_enter(gate))
        return weft__queue_get_otherwise(queue, item, duration, false);
    if (!weft__ring_try_get(queue, item))
        return weft__queue_get_otherwise(queue, item, duration, true);
    weft__gate_leave(gate);
    return WEFT_OK;
}

weft_status weft__ring_put_some(weft__moving *moving)
{
    if (!weft__ring_try_put(moving->queue, moving->items))
        return weft__queue_put_some(moving);
    moving->done = 1;
    return WEFT_OK;
}

weft_status weft__ring_get_some(weft__moving *moving)
{
    if (!weft__ring_try_get(moving->queue, moving->items))
        return weft__queue_get_some(moving);
    moving->done = 1;
    return WEFT_OK;
}

/* ---- Where the counts say that there is room ---- */

unsigned char *weft__ring_place(const weft_queue *queue, weft__side *side)
{
    size_t size = queue->item_size;
    return item_in(next_slot(queue, side, size), size);
}

void weft__ring_moved(const weft_queue *queue, weft__side *side)
{
    marks *slot = next_slot(queue, side, queue->item_size);
    moved(side, side == &queue->put ? &slot->put : &slot->got);
}

/* ---- Waiting ---- */

bool weft__ring_watch(weft__moving *moving)
{
    weft_queue *queue = moving->queue;
    if (weft__load_relaxed(&queue->ring_end) != SIZE_MAX)
        return false;
    size_t count = weft__load_relaxed(&moving->side->count);
    moving->at = count;
    if (moving->side == &queue->get) {
        moving->mark = &slot_of(queue, count)->put;
        moving->marked = (uint32_t)(count + 1);
        return true;
    }
    moving->mark = &slot_of(queue, count)->got;
    moving->marked = (uint32_t)(count - queue->ring_places + 1);
    return weft__load_relaxed(&queue->maxsize) == queue->ring_places;
}

bool weft__ring_sees(weft__moving *moving)
{
    size_t count = weft__load_relaxed(&moving->side->count);
    if (count == moving->at)
        return weft__load(moving->mark) == moving->marked;
    return !weft__ring_watch(moving);
}

/* ---- With both gates ---- */

size_t weft__ring_size(size_t item_size, size_t places)
{
    return places * slot_size_of(item_size);
}

void weft__ring_init(weft_queue *queue, size_t places)
{
    queue->ring_places = places;
    queue->put.items = queue->get.items = queue->ring;
    queue->put.ringed = queue->get.ringed = places > 0;
    queue->ring_end = places > 0 ? SIZE_MAX : 0;
    for (size_t i = 0; i < places; i++)
        *slot_of(queue, i) = (marks){.put = (uint32_t)(i - places + 1),
                                     .got = (uint32_t)(i - places + 1)};
}

void weft__ring_skip(weft_queue *queue)
{
    while (queue->get.count != queue->put.count)
        weft__ring_moved(queue, &queue->get);
    weft__queue_close_room(&queue->put);
    weft__queue_close_room(&queue->get);
}

void weft__ring_destroy_items(weft_queue *queue, size_t from, size_t n)
{
    for (size_t i = from; i < from + n && queue->destroy != NULL; i++)
        queue->destroy(item_in(slot_of(queue, i), queue->item_size));
}
