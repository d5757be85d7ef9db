/* SPDX-License-Identifier: MIT */

/*
 * The queue beside putting and getting: what is done, shut down, asked.
 *
 *     done:  | items done | JOINING |
 *
 * Unfinished is what was put less what is done, so that putting and getting
 * need not count it. JOINING is set under the line's lock by who stands there;
 * whoever makes the last item done sees it in the word that it changes.
 */

#include "control.h"
#include "misuse.h"
#include "queue.h"

#include <errno.h>

enum { JOINING = 1, ONE_DONE = 2 };

/* ---- Done and joined ---- */

static size_t count_of(size_t done)
{
    return done / ONE_DONE;
}

static size_t unfinished(weft_queue *queue)
{
    size_t done = weft__load(&queue->done), before, open;
    do { /* until put's count was read while this one stood still */
        before = done;
        open = weft__load(&queue->put.count) - count_of(done);
        done = weft__load(&queue->done);
    } while (count_of(done) != count_of(before));
    return open;
}

/* The queue is there as long as somebody stands in line. */
static bool all_done(weft__waiter *waiter)
{
    weft_queue *queue = waiter->data;
    if (unfinished(queue) != 0)
        return false;
    if (weft__line_next(waiter) == NULL)
        weft__fetch_and(&queue->done, ~(size_t)JOINING);
    return true;
}

static const weft__wait_kind join_kind = {.name = "queue join",
                                          .grant = all_done};

/* The swap is the last touch: who joins may destroy the queue. */
size_t weft__queue_count_done(weft_queue *queue, size_t n)
{
    size_t word = weft__load(&queue->done), open, counted;
    do {
        open = weft__load(&queue->put.count) - count_of(word);
        counted = n < open ? n : open;
    } while (
        !weft__compare_swap(&queue->done, &word, word + counted * ONE_DONE));
    if ((word & JOINING) != 0 && counted == open)
        weft__settle(&queue->done);
    return counted;
}

weft_status weft_queue_task_done(weft_queue *queue)
{
    weft__point("weft_queue_task_done", queue);
    static const char function[] = "weft_queue_task_done";
    if (queue == NULL)
        return weft__queue_check(queue, function);
    if (weft__queue_count_done(queue, 1) == 0)
        return weft__misuse(WEFT_OVERFLOW, function, queue,
                            "called more often than items were put");
    return WEFT_OK;
}

static weft_status wait_for_all(weft_queue *queue, weft_duration deadline)
{
    weft__waiter waiter = {
        .kind = &join_kind, .object = &queue->done, .data = queue};
    weft__line *line = weft__line_lock(&queue->done);
    weft__fetch_or(&queue->done, JOINING); /* before the last look */
    bool wait = unfinished(queue) != 0;
    if (wait)
        weft__line_push(line, &waiter);
    weft__line_unlock(line);
    return wait ? weft__park(&waiter, deadline, WEFT__STOPPABLE) : WEFT_OK;
}

static weft_status join(weft_queue *queue, weft_duration deadline)
{
    weft_status status = weft__queue_check(queue, "weft_queue_join");
    if (status != WEFT_OK || unfinished(queue) == 0)
        return status;
    if (deadline == 0)
        return WEFT_TIMED_OUT;
    weft__fetch_add(&queue->joining, 1);
    status = wait_for_all(queue, deadline);
    weft__fetch_sub(&queue->joining, 1);
    return status;
}

weft_status weft_queue_join(weft_queue *queue)
{
    weft__point("weft_queue_join", queue);
    return join(queue, WEFT_FOREVER);
}

weft_status weft_queue_join_timed(weft_queue *queue, weft_duration duration)
{
    weft__point("weft_queue_join_timed", queue);
    return join(queue, weft__deadline(duration));
}

weft_status weft_queue_try_join(weft_queue *queue)
{
    weft__point("weft_queue_try_join", queue);
    if (queue == NULL)
        return weft__queue_check(queue, "weft_queue_try_join");
    return unfinished(queue) == 0 ? WEFT_OK : WEFT_BUSY;
}

/* ---- Changed ---- */

/* Outside all locks. Items are done when they are destroyed; to say so is the
 * last touch, as above. */
static void discard(weft_queue *queue, weft__leftover *leftover)
{
    size_t n = leftover->count;
    weft__queue_destroy_items(queue, leftover);
    if (n > 0)
        weft__queue_count_done(queue, n);
}

weft_status weft_queue_shutdown(weft_queue *queue, bool immediate)
{
    weft__point("weft_queue_shutdown", queue);
    weft_status status = weft__queue_check(queue, "weft_queue_shutdown");
    if (status != WEFT_OK)
        return status;
    weft__leftover leftover = {.count = 0};
    weft__queue_lock(queue);
    weft__store_relaxed(&queue->shut_down, true);
    if (immediate)
        leftover = weft__queue_take_all(queue);
    weft__queue_unlock(queue);
    if (immediate)
        discard(queue, &leftover);
    return WEFT_OK;
}

weft_status weft_queue_clear(weft_queue *queue, size_t *discarded)
{
    weft__point("weft_queue_clear", queue);
    weft_status status = weft__queue_check(queue, "weft_queue_clear");
    if (status != WEFT_OK)
        return status;
    weft__queue_lock(queue);
    weft__leftover leftover = weft__queue_take_all(queue);
    weft__queue_unlock(queue);
    if (discarded != NULL)
        *discarded = leftover.count;
    discard(queue, &leftover);
    return WEFT_OK;
}

weft_status weft_queue_set_maxsize(weft_queue *queue, size_t maxsize)
{
    weft__point("weft_queue_set_maxsize", queue);
    static const char function[] = "weft_queue_set_maxsize";
    if (maxsize > PTRDIFF_MAX)
        return weft__misuse(WEFT_INVALID, function, queue,
                            "the size is negative");
    weft_status status = weft__queue_check(queue, function);
    if (status != WEFT_OK)
        return status;
    weft__queue_lock(queue);
    weft__store_relaxed(&queue->maxsize, maxsize);
    weft__fifo_fit(queue);
    weft__queue_unlock(queue);
    return WEFT_OK;
}

int weft_queue_fd(weft_queue *queue)
{
    weft_status status = weft__queue_check(queue, "weft_queue_fd");
    if (status != WEFT_OK) {
        errno = status == WEFT_DEADLOCK ? EDEADLK : EINVAL;
        return -1;
    }
    weft__queue_lock(queue);
    if (queue->fd < 0)
        queue->fd = weft__os_signal_fd();
    int fd = queue->fd, error = errno;
    weft__queue_unlock(queue);
    errno = error;
    return fd;
}

/* ---- How it stands ---- */

/* With get's gate: where the next item is. WEFT_BUSY: both are needed. */
static weft_status find_next(weft_queue *queue, const void **next)
{
    weft__side *get = &queue->get;
    weft_status status = WEFT_OK;
    if (queue->kind == WEFT_FIFO && weft__queue_room(get) == 0)
        status = weft__fifo_find_items(queue);
    else if (queue->kind != WEFT_FIFO && queue->storage.count == 0)
        status = WEFT_TIMED_OUT;
    if (status == WEFT_TIMED_OUT)
        return queue->shut_down ? WEFT_SHUT_DOWN : WEFT_EMPTY;
    if (status == WEFT_OK)
        *next = queue->kind == WEFT_FIFO ? weft__fifo_place(queue, get)
                                         : weft__storage_next(&queue->storage);
    return status;
}

static weft_status copy_next(weft_queue *queue, void *item)
{
    const void *next = NULL;
    weft_status status = find_next(queue, &next);
    if (status == WEFT_OK)
        weft__copy_items(item, next, queue->item_size);
    return status;
}

weft_status weft_queue_try_peek(weft_queue *queue, void *item)
{
    weft__point("weft_queue_try_peek", queue);
    static const char function[] = "weft_queue_try_peek";
    if (item == NULL)
        return weft__misuse(WEFT_INVALID, function, queue, "the item is NULL");
    weft_status status = weft__queue_check(queue, function);
    if (status != WEFT_OK)
        return status;
    weft__queue_enter(queue, &queue->get);
    status = copy_next(queue, item);
    weft__queue_leave(queue, &queue->get);
    if (status != WEFT_BUSY)
        return status;
    weft__queue_lock(queue);
    status = copy_next(queue, item);
    weft__queue_unlock(queue);
    return status;
}

size_t weft_queue_size(weft_queue *queue)
{
    if (queue == NULL)
        return 0;
    size_t got = weft__load(&queue->get.count), before, size;
    do { /* until put's count was read while get's stood still */
        before = got;
        size = weft__load(&queue->put.count) - got;
        got = weft__load(&queue->get.count);
    } while (got != before);
    return size;
}

bool weft_queue_empty(weft_queue *queue)
{
    return weft_queue_size(queue) == 0;
}

bool weft_queue_full(weft_queue *queue)
{
    size_t maxsize = weft_queue_maxsize(queue);
    return maxsize != 0 && weft_queue_size(queue) >= maxsize;
}

size_t weft_queue_unfinished(weft_queue *queue)
{
    return queue != NULL ? unfinished(queue) : 0;
}

size_t weft_queue_maxsize(weft_queue *queue)
{
    return queue != NULL ? weft__load_relaxed(&queue->maxsize) : 0;
}
