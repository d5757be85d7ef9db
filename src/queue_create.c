/* SPDX-License-Identifier: MIT */

/* Making a queue, destroying it, and what happens to it in a fork: the forking
 * thread holds both gates, so that the child's copy is whole. */

#include "misuse.h"
#include "queue.h"

#include "control.h"

#include <errno.h>
#include <stdlib.h>

static void hold(weft__fork_guard *guard)
{
    weft__queue_lock(WEFT_CONTAINER_OF(guard, weft_queue, guard));
}

static void let_go(weft__fork_guard *guard)
{
    weft__queue_unlock(WEFT_CONTAINER_OF(guard, weft_queue, guard));
}

static void forget_waiters(weft__side *side)
{
    side->gate.chosen = 0;
    side->sleeping = side->called = side->inside = 0;
    side->insisting = NULL;
}

static void mend_in_child(weft__fork_guard *guard)
{
    weft_queue *queue = WEFT_CONTAINER_OF(guard, weft_queue, guard);
    forget_waiters(&queue->put);
    forget_waiters(&queue->get);
    queue->joining = 0;
    if (queue->fd >= 0) {
        weft__os_signal_fd_renew(queue->fd);
        queue->raised = false;
    }
}

/* Lines of the cache must not be shared with anybody else. */
static weft_queue *allocate(size_t ring)
{
    enum { LINE = _Alignof(weft_queue) };
    size_t size = sizeof(weft_queue) + (ring + LINE - 1) / LINE * LINE;
    weft_queue *queue = aligned_alloc(LINE, size);
    if (queue != NULL)
        memset(queue, 0, size);
    return queue;
}

static const char *what_is_wrong(size_t item_size,
                                 const weft_queue_options *options)
{
    if (item_size == 0 || item_size > PTRDIFF_MAX / 8)
        return "the size of an item makes no sense";
    if (options->maxsize > PTRDIFF_MAX)
        return "maxsize is negative";
    if (options->kind > WEFT_PRIORITY)
        return "there is no such kind of queue";
    if (options->kind == WEFT_PRIORITY && options->compare == NULL)
        return "a priority queue needs `compare`";
    return NULL;
}

static unsigned few_words(size_t item_size, weft_queue_kind kind)
{
    if (kind == WEFT_LIFO && !weft__controlled)
        return WEFT__QUEUE_STACK;
    size_t words = item_size / WEFT__QUEUE_WORD;
    bool few = kind == WEFT_FIFO && item_size % WEFT__QUEUE_WORD == 0 &&
               words <= WEFT__QUEUE_MOST_WORDS;
    return few && !weft__controlled ? (unsigned)words : 0;
}

static size_t places_of_ring(size_t item_size,
                             const weft_queue_options *options)
{
    size_t places = options->maxsize;
    bool ring = options->kind == WEFT_FIFO && places <= WEFT__RING_PLACES &&
                item_size <= WEFT__RING_ITEM && !weft__controlled;
    return ring ? places : 0;
}

weft_queue *weft_queue_create_with(size_t item_size,
                                   const weft_queue_options *options)
{
    static const weft_queue_options defaults = {.private_ = 0};
    if (options == NULL)
        options = &defaults;
    const char *wrong = what_is_wrong(item_size, options);
    if (wrong != NULL) {
        weft__misuse(WEFT_INVALID, "weft_queue_create", NULL, wrong);
        errno = EINVAL;
        return NULL;
    }
    size_t places = places_of_ring(item_size, options);
    weft_queue *queue = allocate(weft__ring_size(item_size, places));
    if (queue == NULL)
        return NULL; /* errno is ENOMEM */
    queue->item_size = item_size;
    queue->kind = options->kind;
    queue->words =
        places > 0 ? WEFT__QUEUE_RING : few_words(item_size, options->kind);
    queue->destroy = options->destroy;
    queue->maxsize = options->maxsize;
    queue->fd = -1;
    queue->put.block = queue->get.block = &queue->first;
    weft__ring_init(queue, places);
    weft__storage_init(&queue->storage, item_size, options->kind,
                       options->compare);
    queue->mark = SIZE_MAX;
    if (options->statistics)
        (void)weft_queue_set_statistics(queue, true);
    queue->guard = (weft__fork_guard){
        .hold = hold, .let_go = let_go, .in_child = mend_in_child};
    weft__fork_guard_add(&queue->guard);
    return queue;
}

weft_status weft_queue_destroy(weft_queue *queue)
{
    static const char function[] = "weft_queue_destroy";
    if (queue == NULL)
        return WEFT_OK;
    weft_status status = weft__queue_check(queue, function);
    if (status != WEFT_OK)
        return status;
    weft__queue_lock(queue);
    bool busy = queue->put.inside > 0 || queue->get.inside > 0 ||
                weft__load(&queue->joining) > 0;
    weft__queue_unlock(queue);
    if (busy)
        return weft__misuse(WEFT_BUSY, function, queue,
                            "threads wait in the queue");
    weft__fork_guard_remove(&queue->guard);
    weft__leftover leftover = weft__queue_take_all(queue);
    weft__queue_destroy_items(queue, &leftover);
    if (queue->fd >= 0)
        weft__os_signal_fd_close(queue->fd);
    weft__block_free(queue->spare);
    free(queue);
    return WEFT_OK;
}
