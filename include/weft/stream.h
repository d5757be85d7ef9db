/* SPDX-License-Identifier: MIT */
#ifndef WEFT_STREAM_H
#define WEFT_STREAM_H

/*
 * A map over a stream: items come from a source, nobody knows how many, a pool
 * works on some of them at a time, and the results come out in the order of the
 * items.
 *
 *     source --> | at most look_ahead items in flight | --> weft_stream_next
 *
 * The source is asked only while fewer are in flight, so that a fast source
 * fills no memory.
 */

#include "pool.h"

WEFT_BEGIN_DECLARATIONS

typedef struct weft_stream weft_stream;

/*
 * Gives the next item: `*item` and WEFT_OK. Any other answer ends the stream,
 * and comes out of weft_stream_next, from then on, once all items have:
 * WEFT_EMPTY at its end, or why it goes no further, such as what weft_queue_get
 * said. Only WEFT_BUSY ends nothing: there is none just now, ask at the next
 * call again. Called by weft_stream_next, on the thread that calls that; while
 * it waits, nothing comes out.
 */
typedef weft_status (*weft_source)(void **item, void *context);

/* What to do with an item that will not come out. `result` is what its target
 * returned, NULL if it did not. */
typedef void (*weft_drop)(void *item, void *result, void *context);

typedef struct weft_stream_options {
    size_t look_ahead; /* items in flight, at most; 0: four for each worker */
    weft_drop drop;    /* for weft_stream_destroy; may be NULL */
    uint8_t private_;
} weft_stream_options;

/*
 * A new stream of the results of target(item), worked on in the pool; the
 * caller destroys it. `context` is for the source and for `drop`. `options` may
 * be NULL. All memory is allocated here, none for an item. NULL with errno:
 * ENOMEM, or EINVAL for NULL. Asks the source for nothing yet; does not block.
 */
WEFT_API weft_stream *weft_map_stream_with(weft_pool *pool, weft_target target,
                                           weft_source source, void *context,
                                           const weft_stream_options *options);

/*
 * Asks the source for as many items as may be in flight, then waits for the
 * oldest one and hands it out: `*item` and, if it was a success, `*result`;
 * each may be NULL. WEFT_OK; WEFT_FAILED: its target failed, see
 * weft_stream_error, and the next call goes on with the next item; or what the
 * source answered, with `*item` NULL, if nothing is in flight. Of an item that
 * the pool refused, the status of weft_submit (an item waits in the stream for
 * room in a full pool, and only as the oldest one for what that pool does
 * then); WEFT_BROKEN: the pool broke (or was the parent's, in a forked child);
 * WEFT_CANCELLED: it was shut down. WEFT_STOPPED: the caller was asked to stop
 * while it waited; nothing came out, and the item is still the next.
 * WEFT_NOT_OWNER: another thread is in such a call, or the source calls it;
 * WEFT_INVALID: NULL. WEFT_DEADLOCK: a target waits for itself. Any thread may
 * call, one at a time.
 */
WEFT_API WEFT_MUST_USE weft_status weft_stream_next(weft_stream *stream,
                                                    void **item, void **result);

/* The same, and waits for the item for at most `duration` nanoseconds, then
 * WEFT_TIMED_OUT; the source's time is its own business. */
WEFT_API WEFT_MUST_USE weft_status weft_stream_next_timed(
    weft_stream *stream, void **item, void **result, weft_duration duration);

/* The same without waiting: WEFT_TIMED_OUT is WEFT_BUSY. */
WEFT_API WEFT_MUST_USE weft_status weft_stream_try_next(weft_stream *stream,
                                                        void **item,
                                                        void **result);

/* How many items have been taken from the source and have not come out. Does
 * not block. */
WEFT_API size_t weft_stream_in_flight(const weft_stream *stream);

/* The error behind the last call that answered WEFT_FAILED; NULL: there was
 * none. The memory is the calling thread's own and stays until it next asks.
 * Does not block. */
WEFT_API const weft_error *weft_stream_error(const weft_stream *stream);

/*
 * Ends the stream, wherever it is: cancels what has not begun, asks what runs
 * to stop, waits for that (not even a stop request ends this wait), and drops
 * what has not come out, in order. WEFT_OK, also for NULL. WEFT_NOT_OWNER:
 * somebody is in a call of it; WEFT_DEADLOCK: one of its own targets would wait
 * for itself; then nothing changed.
 */
WEFT_API weft_status weft_stream_destroy(weft_stream *stream);

#ifndef __cplusplus
/* weft_map_stream(pool, target, source, context, .look_ahead = 16) */
#define weft_map_stream(...) weft__map_stream_macro(__VA_ARGS__, .private_ = 0)
#define weft__map_stream_macro(pool, target, source, context, ...) \
    weft_map_stream_with((pool), (target), (source), (context),    \
                         &(const weft_stream_options){__VA_ARGS__})
#endif

WEFT_END_DECLARATIONS

#endif
