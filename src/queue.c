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
 * Two gates are Michael's and Scott's two-lock queue (1996); room is what
 * FastForward and MCRingBuffer gain by keeping a copy of the other's index.
 */

#include "queue.h"

#include "misuse.h"

#define NOINLINE __attribute__((noinline))
#define ALWAYS_INLINE inline __attribute__((always_inline))

/* ---- Moving items ---- */

static inline void moved(weft__side *side, size_t n)
{
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
        memcpy(weft__queue_place(put, size),
               moving->items + moving->done * size, run * size);
        moved(put, run);
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
        memcpy(moving->items + moving->done * size,
               weft__queue_place(get, size), run * size);
        moved(get, run);
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

weft__moving weft__queue_putting(weft_queue *queue, const void *item)
{
    return putting(queue, item, 1);
}

weft__moving weft__queue_getting(weft_queue *queue, void *item)
{
    return getting(queue, item, 1);
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

static weft_status check(const weft_queue *queue, const void *items, size_t n,
                         const char *function)
{
    if (items == NULL && n > 0)
        return weft__misuse(WEFT_INVALID, function, queue, "the item is NULL");
    return weft__queue_check(queue, function);
}

static weft_status put(weft_queue *queue, const void *items, size_t n,
                       size_t *done, weft_duration deadline)
{
    size_t none;
    if (done == NULL)
        done = &none;
    *done = 0;
    weft_status status = check(queue, items, n, "weft_queue_put");
    if (status != WEFT_OK)
        return status;
    weft__moving moving = putting(queue, items, n);
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
    weft_status status = check(queue, items, n, "weft_queue_get");
    if (status != WEFT_OK)
        return status;
    weft__moving moving = getting(queue, items, n);
    if (n > 0)
        status = move_some(&moving, deadline);
    *done = moving.done;
    return status;
}

/* A try does not wait, so it says what is in the way. */
static weft_status instead_of_timed_out(weft_status status, weft_status instead)
{
    return status == WEFT_TIMED_OUT ? instead : status;
}

/* ---- One item: what nearly all calls are for ---- */

/* `words` > 0 of them, without a call. */
static ALWAYS_INLINE void copy_words(unsigned char *to,
                                     const unsigned char *from, size_t words)
{
    do {
        memcpy(to, from, WEFT__QUEUE_WORD);
        to += WEFT__QUEUE_WORD;
        from += WEFT__QUEUE_WORD;
    } while (--words > 0);
}

/* As put_some and get_some, and quick, as the word may be waited for. */
static weft_status put_word(weft__moving *moving)
{
    weft_queue *queue = moving->queue;
    weft__side *put = moving->side;
    if (queue->shut_down ||
        (weft__queue_room(put) == 0 && weft__fifo_make_room(queue) != WEFT_OK))
        return put_some(moving);
    copy_words(weft__queue_place(put, WEFT__QUEUE_WORD), moving->items, 1);
    moved(put, 1);
    moving->done = 1;
    return WEFT_OK;
}

static weft_status get_word(weft__moving *moving)
{
    weft__side *get = moving->side;
    if (weft__queue_room(get) == 0 && !weft__fifo_see_items(moving->queue))
        return get_some(moving);
    copy_words(moving->items, weft__queue_place(get, WEFT__QUEUE_WORD), 1);
    moved(get, 1);
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
        return put(queue, item, 1, NULL, deadline);
    weft__moving moving = putting(queue, item, 1);
    if (queue->words == 1)
        moving.move = put_word;
    return weft__queue_wait(&moving, status, deadline);
}

static NOINLINE weft_status get_after(weft_status status, weft_queue *queue,
                                      void *item, weft_duration duration)
{
    weft_duration deadline = weft__deadline(duration);
    if (!weft__queue_goes_on(status, duration > 0))
        return get(queue, item, 1, NULL, deadline);
    weft__moving moving = getting(queue, item, 1);
    if (queue->words == 1)
        moving.move = get_word;
    return weft__queue_wait(&moving, status, deadline);
}

/* With its gate, which it leaves. */
static NOINLINE weft_status put_inside(weft_queue *queue, const void *item,
                                       bool may_wait)
{
    weft__side *side = &queue->put;
    size_t size = queue->item_size;
    weft_status status =
        weft__queue_room(side) > 0 ? WEFT_OK : weft__fifo_make_room(queue);
    if (status == WEFT_OK) {
        weft__copy_items(weft__queue_place(side, size), item, size);
        moved(side, 1);
    } else {
        side->inside += weft__queue_goes_on(status, may_wait);
    }
    weft__gate_leave(&side->gate);
    return status;
}

static NOINLINE weft_status put_otherwise(weft_queue *queue, const void *item,
                                          weft_duration duration, bool inside)
{
    weft_status status;
    if (queue == NULL || item == NULL)
        return put(queue, item, 1, NULL, 0); /* says so */
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

static NOINLINE weft_status get_inside(weft_queue *queue, void *item,
                                       bool may_wait)
{
    weft__side *side = &queue->get;
    size_t size = queue->item_size;
    weft_status status =
        weft__queue_room(side) > 0 ? WEFT_OK : weft__fifo_find_items(queue);
    if (status == WEFT_OK) {
        weft__copy_items(item, weft__queue_place(side, size), size);
        moved(side, 1);
    } else {
        side->inside += weft__queue_goes_on(status, may_wait);
    }
    weft__gate_leave(&side->gate);
    return status;
}

static NOINLINE weft_status get_otherwise(weft_queue *queue, void *item,
                                          weft_duration duration, bool inside)
{
    weft_status status;
    if (queue == NULL || item == NULL)
        return get(queue, item, 1, NULL, 0); /* says so */
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
        return put_otherwise(queue, item, duration, false);
    size_t count = side->count;
    if (count == side->known)
        return put_otherwise(queue, item, duration, true);
    copy_words(weft__queue_place(side, words * WEFT__QUEUE_WORD), item, words);
    weft__store(&side->count, count + 1);
    weft__gate_leave(&side->gate);
    return WEFT_OK;
}

static ALWAYS_INLINE weft_status get_words(weft_queue *queue, void *item,
                                           size_t words, weft_duration duration)
{
    weft__side *side = &queue->get;
    if (!weft__gate_try_enter(&side->gate))
        return get_otherwise(queue, item, duration, false);
    size_t count = side->count;
    if (count == side->known && !weft__fifo_see_items(queue))
        return get_otherwise(queue, item, duration, true);
    copy_words(item, weft__queue_place(side, words * WEFT__QUEUE_WORD), words);
    weft__store(&side->count, count + 1);
    weft__gate_leave(&side->gate);
    return WEFT_OK;
}

static NOINLINE weft_status put_some_words(weft_queue *queue, const void *item,
                                           weft_duration duration)
{
    return put_words(queue, item, queue->words, duration);
}

static NOINLINE weft_status get_some_words(weft_queue *queue, void *item,
                                           weft_duration duration)
{
    return get_words(queue, item, queue->words, duration);
}

static ALWAYS_INLINE weft_status put_one(weft_queue *queue, const void *item,
                                         weft_duration duration)
{
    if (queue == NULL || item == NULL || queue->words == 0)
        return put_otherwise(queue, item, duration, false);
    return WEFT__LIKELY(queue->words == 1)
               ? put_words(queue, item, 1, duration)
               : put_some_words(queue, item, duration);
}

static ALWAYS_INLINE weft_status get_one(weft_queue *queue, void *item,
                                         weft_duration duration)
{
    if (queue == NULL || item == NULL || queue->words == 0)
        return get_otherwise(queue, item, duration, false);
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
    return instead_of_timed_out(put_one(queue, item, 0), WEFT_FULL);
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
    return instead_of_timed_out(get_one(queue, item, 0), WEFT_EMPTY);
}

/* ---- Many ---- */

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
