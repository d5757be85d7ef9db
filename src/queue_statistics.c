/* SPDX-License-Identifier: MIT */

/*
 * What happens in a queue, for those who ask. Items are counted anyway. Waits
 * are rare, so each reads the clock when it begins and when it ends.
 *
 * The depth is exact, and yet seldom looked at: the greatest one so far is a
 * mark that putters do not pass but through the third door, with both gates.
 * Below it they go on as ever, as it would not rise.
 */

#include "queue.h"

/* With both gates. */
static void begin_counting(weft_queue *queue)
{
    weft__store_relaxed(&queue->counting, weft__os_clock());
    queue->put_before = queue->put.count;
    queue->got_before = queue->get.count;
    queue->deepest = queue->discarded = 0;
    queue->put.waited = queue->get.waited = 0;
    queue->put.waiting = queue->get.waiting = 0;
}

static void stop_counting(weft_queue *queue)
{
    weft__store_relaxed(&queue->counting, 0);
    queue->mark = SIZE_MAX;
}

void weft__queue_count_depth(weft_queue *queue)
{
    if (queue->counting == 0)
        return;
    size_t depth = queue->put.count - queue->get.count;
    if (depth > queue->deepest)
        queue->deepest = depth;
    queue->mark = queue->deepest;
    weft__queue_close_room(&queue->put);
}

void weft__queue_note_begin(weft__moving *moving)
{
    if (moving->since == 0)
        moving->since = weft__os_clock();
}

void weft__queue_note_end(weft__moving *moving)
{
    weft_duration began = moving->since;
    weft_duration counting = moving->queue->counting;
    moving->since = 0;
    if (counting == 0 || began < counting)
        return;
    moving->side->waited++;
    moving->side->waiting += weft__os_clock() - began;
}

weft_status weft_queue_set_statistics(weft_queue *queue, bool on)
{
    weft_status status = weft__queue_check(queue, "weft_queue_set_statistics");
    if (status != WEFT_OK)
        return status;
    weft__queue_lock(queue);
    if (on)
        begin_counting(queue);
    else
        stop_counting(queue);
    weft__queue_unlock(queue);
    return WEFT_OK;
}

/* With both gates. */
static weft_queue_info read_all(const weft_queue *queue)
{
    const weft__side *put = &queue->put, *get = &queue->get;
    return (weft_queue_info){
        .deepest = queue->deepest,
        .puts = put->count - queue->put_before,
        .gets = get->count - queue->got_before - queue->discarded,
        .discarded = queue->discarded,
        .put_waits = put->waited,
        .get_waits = get->waited,
        .put_waiting = put->waiting,
        .get_waiting = get->waiting,
    };
}

weft_queue_info weft_queue_stats(weft_queue *queue)
{
    weft_queue_info info = {.deepest = 0};
    if (queue == NULL ||
        weft__queue_check(queue, "weft_queue_stats") != WEFT_OK)
        return info;
    weft__queue_lock(queue);
    if (queue->counting != 0)
        info = read_all(queue);
    weft__queue_unlock(queue);
    return info;
}
