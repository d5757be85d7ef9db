/* SPDX-License-Identifier: MIT */

/* The queue beside putting and getting: what is done, shut down, asked. */

#include "misuse.h"
#include "park.h"
#include "queue.h"

#include <errno.h>

static weft_status null_queue(const char *function)
{
    return weft__misuse(WEFT_INVALID, function, NULL, "the queue is NULL");
}

weft_status weft_queue_task_done(weft_queue *queue)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    static const char function[] = "weft_queue_task_done";
    if (queue == NULL)
        return null_queue(function);
    weft_lock_acquire(&queue->lock);
    bool too_often = queue->unfinished == 0;
    if (!too_often && --queue->unfinished == 0)
        weft_condition_notify_all(&queue->all_done);
    weft_lock_release(&queue->lock);
    if (too_often)
        return weft__misuse(WEFT_OVERFLOW, function, queue,
                            "called more often than items were put");
    return WEFT_OK;
}

static bool all_done(const weft_queue *queue)
{
    return queue->unfinished == 0;
}

static weft_status join(weft_queue *queue,
                        weft_duration deadline) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    if (queue == NULL)
        return null_queue("weft_queue_join");
    weft_lock_acquire(&queue->lock);
    weft_status status =
        weft__queue_wait(queue, &queue->all_done, all_done, deadline);
    weft_lock_release(&queue->lock);
    return status;
}

weft_status weft_queue_join(weft_queue *queue)
{
    return join(queue, WEFT_FOREVER);
}

weft_status weft_queue_join_timed(weft_queue *queue, weft_duration duration)
{
    return join(queue, weft__deadline(duration));
}

weft_status weft_queue_try_join(weft_queue *queue)
{
    if (queue == NULL)
        return null_queue("weft_queue_try_join");
    return weft_queue_unfinished(queue) == 0 ? WEFT_OK : WEFT_BUSY;
}

/* Takes all items out, for destroying them outside the lock. */
static weft__storage discard(weft_queue *queue)
{
    weft__storage all = queue->storage;
    weft__storage_init(&queue->storage, all.item_size, all.kind, all.compare);
    /* Some may have been called done before anybody got them. */
    queue->unfinished -=
        all.count < queue->unfinished ? all.count : queue->unfinished;
    if (queue->unfinished == 0)
        weft_condition_notify_all(&queue->all_done);
    return all;
}

weft_status weft_queue_shutdown(weft_queue *queue,
                                bool immediate) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    if (queue == NULL)
        return null_queue("weft_queue_shutdown");
    weft__storage discarded = {.count = 0};
    weft_lock_acquire(&queue->lock);
    queue->shut_down = true;
    if (immediate)
        discarded = discard(queue);
    weft__queue_update_fd(queue);
    weft_condition_notify_all(&queue->not_empty);
    weft_condition_notify_all(&queue->not_full);
    weft_lock_release(&queue->lock);
    weft__queue_destroy_items(&discarded, queue->destroy);
    return WEFT_OK;
}

weft_status weft_queue_set_maxsize(weft_queue *queue, size_t maxsize)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    if (queue == NULL || maxsize > PTRDIFF_MAX)
        return weft__misuse(WEFT_INVALID, "weft_queue_set_maxsize", queue,
                            "the queue is NULL or the size negative");
    weft_lock_acquire(&queue->lock);
    queue->maxsize = maxsize;
    weft_condition_notify_all(&queue->not_full); /* let them look again */
    weft_lock_release(&queue->lock);
    return WEFT_OK;
}

int weft_queue_fd(weft_queue *queue) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    if (queue == NULL) {
        null_queue("weft_queue_fd");
        errno = EINVAL;
        return -1;
    }
    weft_lock_acquire(&queue->lock);
    if (queue->fd < 0)
        queue->fd = weft__os_signal_fd();
    weft__queue_update_fd(queue);
    int fd = queue->fd;
    weft_lock_release(&queue->lock);
    return fd;
}

/* ---- How it stands ---- */

typedef struct standing {
    size_t size, maxsize, unfinished;
} standing;

static standing look(weft_queue *queue) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    if (queue == NULL)
        return (standing){.size = 0};
    weft_lock_acquire(&queue->lock);
    standing seen = {.size = queue->storage.count,
                     .maxsize = queue->maxsize,
                     .unfinished = queue->unfinished};
    weft_lock_release(&queue->lock);
    return seen;
}

size_t weft_queue_size(weft_queue *queue)
{
    return look(queue).size;
}

bool weft_queue_empty(weft_queue *queue)
{
    return look(queue).size == 0;
}

bool weft_queue_full(weft_queue *queue)
{
    standing seen = look(queue);
    return seen.maxsize != 0 && seen.size >= seen.maxsize;
}

size_t weft_queue_unfinished(weft_queue *queue)
{
    return look(queue).unfinished;
}

size_t weft_queue_maxsize(weft_queue *queue)
{
    return look(queue).maxsize;
}
