/* SPDX-License-Identifier: MIT */

/*
 * The queue: a storage, a lock, and a condition for each thing that one may
 * wait for.
 *
 * Invariant, whenever the lock is free: a getter stands in line only if the
 * queue is empty or enough wakes for its items are under way, a putter only if
 * it is full or likewise. Each item put wakes one getter, each taken one
 * putter; as the condition's wakes are never spurious and never lost on a
 * waiter that gave up, that is enough. Whoever comes between a wake and the
 * woken takes an item that the woken then waits for again.
 *
 * The descriptor is raised and lowered under the lock, when the queue changes
 * between empty and not.
 */

#include "queue.h"

#include "misuse.h"
#include "park.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- With the lock held ---- */

void weft__queue_update_fd(weft_queue *queue)
{
    bool raise = queue->storage.count > 0 || queue->shut_down;
    if (queue->fd < 0 || raise == queue->raised)
        return;
    queue->raised = raise;
    if (raise)
        weft__os_signal_fd_raise(queue->fd);
    else
        weft__os_signal_fd_lower(queue->fd);
}

static bool is_full(const weft_queue *queue)
{
    return queue->maxsize != 0 && queue->storage.count >= queue->maxsize;
}

static weft_status wait(weft_queue *queue, weft_condition *condition,
                        weft_duration deadline) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    queue->waiting++;
    weft_status status = weft_condition_wait_timed(condition, &queue->lock,
                                                   weft__remaining(deadline));
    queue->waiting--;
    return status;
}

/* What a putter and a getter wait for. */
static bool can_put(const weft_queue *queue)
{
    return queue->shut_down || !is_full(queue);
}

static bool can_get(const weft_queue *queue)
{
    return queue->shut_down || queue->storage.count > 0;
}

weft_status weft__queue_wait(weft_queue *queue, weft_condition *condition,
                             bool (*ready)(const weft_queue *),
                             weft_duration deadline)
{
    weft_status status = deadline == 0 ? WEFT_TIMED_OUT : WEFT_OK; /* a try */
    while (!ready(queue) && status == WEFT_OK)
        status = wait(queue, condition, deadline);
    return ready(queue) ? WEFT_OK : status;
}

/* Puts what there is room for. */
static weft_status put_some(weft_queue *queue, const unsigned char *items,
                            size_t n, size_t *done)
{
    weft_status status = WEFT_OK;
    size_t before = *done;
    if (queue->shut_down)
        return WEFT_SHUT_DOWN;
    while (*done < n && !is_full(queue) && status == WEFT_OK) {
        if (weft__storage_put(&queue->storage,
                              items + *done * queue->storage.item_size))
            ++*done;
        else
            status = WEFT_NO_MEMORY;
    }
    queue->unfinished += *done - before;
    weft__queue_update_fd(queue);
    weft_condition_notify(&queue->not_empty, *done - before);
    if (status == WEFT_NO_MEMORY) /* it leaves the room to another */
        weft_condition_notify(&queue->not_full, 1);
    return status;
}

static size_t get_some(weft_queue *queue, unsigned char *items, size_t n)
{
    size_t got = 0;
    size_t size = queue->storage.item_size;
    for (; got < n && queue->storage.count > 0; got++) {
        memcpy(items + got * size, weft__storage_next(&queue->storage), size);
        weft__storage_drop(&queue->storage);
    }
    weft__queue_update_fd(queue);
    weft_condition_notify(&queue->not_full, got);
    return got;
}

/* ---- Making and destroying ---- */

static void mend_in_child(weft__fork_guard *guard)
{
    weft_queue *queue = WEFT_CONTAINER_OF(guard, weft_queue, guard);
    queue->not_empty = queue->not_full = queue->all_done =
        (weft_condition){.private_ = 0};
    queue->waiting = 0;
    if (queue->fd >= 0) {
        weft__os_signal_fd_renew(queue->fd);
        queue->raised = false;
        weft__queue_update_fd(queue);
    }
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
    weft_queue *queue = calloc(1, sizeof *queue);
    if (queue == NULL)
        return NULL; /* errno is ENOMEM */
    weft__storage_init(&queue->storage, item_size, options->kind,
                       options->compare);
    queue->maxsize = options->maxsize;
    queue->destroy = options->destroy;
    queue->fd = -1;
    queue->guard =
        (weft__fork_guard){.lock = &queue->lock, .in_child = mend_in_child};
    weft__fork_guard_add(&queue->guard);
    return queue;
}

/* Destroys all items of a storage that no other thread can see. */
void weft__queue_destroy_items(weft__storage *storage, void (*destroy)(void *))
{
    while (destroy != NULL && storage->count > 0) {
        destroy(weft__storage_next(storage));
        weft__storage_drop(storage);
    }
    weft__storage_free(storage);
}

weft_status weft_queue_destroy(weft_queue *queue) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    if (queue == NULL)
        return WEFT_OK;
    weft_lock_acquire(&queue->lock);
    bool busy = queue->waiting > 0;
    weft_lock_release(&queue->lock);
    if (busy)
        return weft__misuse(WEFT_BUSY, "weft_queue_destroy", queue,
                            "threads wait in the queue");
    weft__fork_guard_remove(&queue->guard);
    weft__queue_destroy_items(&queue->storage, queue->destroy);
    if (queue->fd >= 0)
        weft__os_signal_fd_close(queue->fd);
    free(queue);
    return WEFT_OK;
}

/* ---- Putting and getting ---- */

static weft_status check(const weft_queue *queue, const void *items, size_t n,
                         const char *function)
{
    if (queue == NULL || (items == NULL && n > 0))
        return weft__misuse(WEFT_INVALID, function, queue,
                            "the queue or the item is NULL");
    return WEFT_OK;
}

static weft_status put(weft_queue *queue, const void *items, size_t n,
                       size_t *done,
                       weft_duration deadline) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    size_t none;
    if (done == NULL)
        done = &none;
    *done = 0;
    weft_status status = check(queue, items, n, "weft_queue_put");
    if (status != WEFT_OK || n == 0)
        return status;
    weft_lock_acquire(&queue->lock);
    do {
        status = weft__queue_wait(queue, &queue->not_full, can_put, deadline);
        if (status == WEFT_OK)
            status = put_some(queue, items, n, done);
    } while (status == WEFT_OK && *done < n);
    weft_lock_release(&queue->lock);
    return status;
}

static weft_status get(weft_queue *queue, void *items, size_t n, size_t *done,
                       weft_duration deadline) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    size_t none;
    if (done == NULL)
        done = &none;
    *done = 0;
    weft_status status = check(queue, items, n, "weft_queue_get");
    if (status != WEFT_OK || n == 0)
        return status;
    weft_lock_acquire(&queue->lock);
    status = weft__queue_wait(queue, &queue->not_empty, can_get, deadline);
    if (status == WEFT_OK) {
        *done = get_some(queue, items, n);
        if (*done == 0)
            status = WEFT_SHUT_DOWN;
    }
    weft_lock_release(&queue->lock);
    return status;
}

/* A try does not wait, so it says what is in the way. */
static weft_status instead_of_timed_out(weft_status status, weft_status instead)
{
    return status == WEFT_TIMED_OUT ? instead : status;
}

weft_status weft_queue_put(weft_queue *queue, const void *item)
{
    return put(queue, item, 1, NULL, WEFT_FOREVER);
}

weft_status weft_queue_put_timed(weft_queue *queue, const void *item,
                                 weft_duration duration)
{
    return put(queue, item, 1, NULL, weft__deadline(duration));
}

weft_status weft_queue_try_put(weft_queue *queue, const void *item)
{
    return instead_of_timed_out(put(queue, item, 1, NULL, 0), WEFT_FULL);
}

weft_status weft_queue_get(weft_queue *queue, void *item)
{
    return get(queue, item, 1, NULL, WEFT_FOREVER);
}

weft_status weft_queue_get_timed(weft_queue *queue, void *item,
                                 weft_duration duration)
{
    return get(queue, item, 1, NULL, weft__deadline(duration));
}

weft_status weft_queue_try_get(weft_queue *queue, void *item)
{
    return instead_of_timed_out(get(queue, item, 1, NULL, 0), WEFT_EMPTY);
}

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
