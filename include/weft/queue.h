/* SPDX-License-Identifier: MIT */
#ifndef WEFT_QUEUE_H
#define WEFT_QUEUE_H

/*
 * Queues between threads: first in first out, last in first out, or smallest
 * first. Items are copied by value, of one size; no value is special, so NULL
 * pointers and zeroes are items like others.
 */

#include "base.h"

WEFT_BEGIN_DECLARATIONS

typedef struct weft_queue weft_queue;

typedef enum weft_queue_kind {
    WEFT_FIFO,    /* first in, first out: one total order */
    WEFT_LIFO,    /* last in, first out */
    WEFT_PRIORITY /* smallest first; equals in order of arrival */
} weft_queue_kind;

/*
 * < 0, 0, > 0 as `one` comes out before, with, after `other`: always the same
 * for the same two. Called inside put and get with the queue locked, so all its
 * users wait for it, and it must not wait for any of them: it may read the
 * items, what they point to, and the queue's size. Its other calls of that
 * queue change nothing and answer WEFT_DEADLOCK.
 */
typedef int (*weft_compare)(const void *one, const void *other);

typedef struct weft_queue_options {
    size_t maxsize; /* most items at a time, exactly; 0: no limit */
    weft_queue_kind kind;
    weft_compare compare; /* for WEFT_PRIORITY */
    /* Called, outside all locks, with an item that nobody will get: discarded
     * by a shutdown or a clear, or left over at the end. May be NULL. */
    void (*destroy)(void *item);
    bool statistics; /* from the beginning; see weft_queue_stats */
    uint8_t private_;
} weft_queue_options;

/*
 * A new queue for items of `item_size` bytes; the caller owns it and destroys
 * it. `options` may be NULL. `compare` and `destroy` see items aligned for
 * their type, up to max_align_t. NULL with errno EINVAL: item_size is 0 or
 * absurd, a maxsize that is negative, a priority queue without `compare`;
 * ENOMEM.
 */
WEFT_API weft_queue *weft_queue_create_with(size_t item_size,
                                            const weft_queue_options *options);

#ifndef __cplusplus
/* weft_queue_create(sizeof(struct job), .maxsize = 5, .destroy = free_job) */
#define weft_queue_create(...) \
    weft__queue_create_macro(__VA_ARGS__, .private_ = 0)
#define weft__queue_create_macro(item_size, ...) \
    weft_queue_create_with((item_size),          \
                           &(const weft_queue_options){__VA_ARGS__})
#endif

/* Destroys what is left in it, and the queue. WEFT_OK, also for NULL;
 * WEFT_BUSY, with nothing changed: threads wait in it. */
WEFT_API weft_status weft_queue_destroy(weft_queue *queue);

/*
 * Copies `*item` into the queue; waits while it is full. WEFT_OK;
 * WEFT_SHUT_DOWN: also if that happens during the wait; WEFT_STOPPED: asked to
 * stop while it waited; WEFT_NO_MEMORY; WEFT_INVALID: NULL. Without WEFT_OK the
 * item is still the caller's.
 */
WEFT_API WEFT_MUST_USE weft_status weft_queue_put(weft_queue *queue,
                                                  const void *item);
/* Waits at most `duration` nanoseconds, then WEFT_TIMED_OUT. */
WEFT_API WEFT_MUST_USE weft_status weft_queue_put_timed(weft_queue *queue,
                                                        const void *item,
                                                        weft_duration duration);
/* Does not wait: WEFT_FULL, also where the only place left is kept for a thread
 * that has waited for long. */
WEFT_API WEFT_MUST_USE weft_status weft_queue_try_put(weft_queue *queue,
                                                      const void *item);

/*
 * Takes the next item out into `*item`; waits while the queue is empty.
 * WEFT_OK; WEFT_SHUT_DOWN: and nothing is left; WEFT_STOPPED: asked to stop
 * while it waited; WEFT_INVALID: NULL. Without WEFT_OK `*item` is unchanged.
 */
WEFT_API WEFT_MUST_USE weft_status weft_queue_get(weft_queue *queue,
                                                  void *item);
/* Waits at most `duration` nanoseconds, then WEFT_TIMED_OUT. */
WEFT_API WEFT_MUST_USE weft_status weft_queue_get_timed(weft_queue *queue,
                                                        void *item,
                                                        weft_duration duration);
/* Does not wait: WEFT_EMPTY, also where the only item left is kept for a thread
 * that has waited for long. */
WEFT_API WEFT_MUST_USE weft_status weft_queue_try_get(weft_queue *queue,
                                                      void *item);

/*
 * Copies the item that the next get would take into `*item`, and leaves it
 * there. It need not still be there when this returns: what the copy points to
 * is for whoever takes the item out, and may be gone. There is no form that
 * waits, as what it waited for might be gone, too. WEFT_OK; WEFT_EMPTY;
 * WEFT_SHUT_DOWN: and nothing is left; WEFT_INVALID: NULL. Without WEFT_OK
 * `*item` is unchanged.
 */
WEFT_API WEFT_MUST_USE weft_status weft_queue_try_peek(weft_queue *queue,
                                                       void *item);

/*
 * Puts `n` items from an array, in order, waiting for room as often as needed;
 * others may put theirs in between; none at all is WEFT_OK. `*done`, unless
 * NULL, is how many went in.
 * As weft_queue_put; after anything but WEFT_OK the rest is the caller's.
 */
WEFT_API WEFT_MUST_USE weft_status weft_queue_put_many(weft_queue *queue,
                                                       const void *items,
                                                       size_t n, size_t *done);
WEFT_API WEFT_MUST_USE weft_status
weft_queue_put_many_timed(weft_queue *queue, const void *items, size_t n,
                          size_t *done, weft_duration duration);
/* Puts what there is room for: WEFT_FULL if that was not all. */
WEFT_API WEFT_MUST_USE weft_status weft_queue_try_put_many(weft_queue *queue,
                                                           const void *items,
                                                           size_t n,
                                                           size_t *done);

/*
 * Takes up to `n` items at once into an array; waits until there is at least
 * one. `*done`, unless NULL, is how many came. As weft_queue_get.
 */
WEFT_API WEFT_MUST_USE weft_status weft_queue_get_many(weft_queue *queue,
                                                       void *items, size_t n,
                                                       size_t *done);
WEFT_API WEFT_MUST_USE weft_status
weft_queue_get_many_timed(weft_queue *queue, void *items, size_t n,
                          size_t *done, weft_duration duration);
/* Does not wait: WEFT_EMPTY. */
WEFT_API WEFT_MUST_USE weft_status weft_queue_try_get_many(weft_queue *queue,
                                                           void *items,
                                                           size_t n,
                                                           size_t *done);

/* Says that one item that was taken out has been dealt with. WEFT_OK;
 * WEFT_OVERFLOW: more often than items were put; WEFT_INVALID: NULL. */
WEFT_API weft_status weft_queue_task_done(weft_queue *queue);

/* Waits until task_done was said for every item put. WEFT_OK; WEFT_STOPPED;
 * WEFT_INVALID: NULL. */
WEFT_API weft_status weft_queue_join(weft_queue *queue);
/* Waits at most `duration` nanoseconds, then WEFT_TIMED_OUT. */
WEFT_API weft_status weft_queue_join_timed(weft_queue *queue,
                                           weft_duration duration);
/* Does not wait: WEFT_BUSY. */
WEFT_API weft_status weft_queue_try_join(weft_queue *queue);

/*
 * Closes the queue for good: puts are refused, those that wait too. Gets go on
 * until it is empty; or, if `immediate`, what is in it is discarded now:
 * `destroy` is called for each, and then they count as done. Again is allowed,
 * also to go from the one to the other. WEFT_OK; WEFT_INVALID: NULL. Does not
 * block.
 */
WEFT_API weft_status weft_queue_shutdown(weft_queue *queue, bool immediate);

/*
 * Discards what is in it, as an immediate shutdown does, but the queue goes on:
 * putters that waited for room follow. `*discarded`, unless NULL, is how many
 * items that were. WEFT_OK; WEFT_INVALID: NULL. Does not block.
 */
WEFT_API weft_status weft_queue_clear(weft_queue *queue, size_t *discarded);

/* How it stands at this moment; do not block. `unfinished` counts items put and
 * not yet task_done. NULL: 0, or true for `empty`. */
WEFT_API size_t weft_queue_size(weft_queue *queue);
WEFT_API bool weft_queue_empty(weft_queue *queue);
WEFT_API bool weft_queue_full(weft_queue *queue);
WEFT_API size_t weft_queue_unfinished(weft_queue *queue);
WEFT_API size_t weft_queue_maxsize(weft_queue *queue);

/* Changes the limit; 0: none. Blocked putters follow; items over a lowered
 * limit stay. WEFT_OK; WEFT_INVALID: NULL, or a size that is negative. */
WEFT_API weft_status weft_queue_set_maxsize(weft_queue *queue, size_t maxsize);

/* What happened in a queue since its statistics were switched on. */
typedef struct weft_queue_info {
    size_t deepest;                /* most items in it at one time, exactly */
    uint64_t puts, gets;           /* items that went in and came out */
    uint64_t discarded;            /* items that nobody got */
    uint64_t put_waits, get_waits; /* how often a call had to wait, ... */
    weft_duration put_waiting, get_waiting; /* ... and for how long in all */
} weft_queue_info;

/* All counters; a wait counts when it is over, however it ends. Zeroes while
 * they are switched off, and for NULL. */
WEFT_API weft_queue_info weft_queue_stats(weft_queue *queue);

/*
 * Switches statistics on, all from zero, or off. Off, they cost nothing; on, a
 * wait reads the clock, and a put that makes the queue deeper than it ever was
 * stops the getters for a moment. WEFT_OK; WEFT_INVALID: NULL. Does not block.
 */
WEFT_API weft_status weft_queue_set_statistics(weft_queue *queue, bool on);

/*
 * A descriptor that poll, select and epoll find readable while the queue is not
 * empty or is shut down: for event loops. Only to be polled: the queue owns,
 * raises, lowers and closes it. Who is told of edges only (EPOLLET) takes until
 * WEFT_EMPTY each time; if others take, too, it may be readable for them. From
 * the first call on, each put and get costs more. In a forked child it is the
 * child's own. -1 with errno: EINVAL for NULL, or the system has no more
 * descriptors.
 */
WEFT_API int weft_queue_fd(weft_queue *queue);

WEFT_END_DECLARATIONS

#endif
