/* SPDX-License-Identifier: MIT */

/*
 * Maps over streams. Items in flight stand in a ring of `look_ahead` slots,
 * each with its future; the oldest is the next to come out.
 *
 *     slots:  |     | oldest |  >  |  >  | youngest |     |
 *                     first        count
 *
 * Only the call that is inside, one at a time, touches all that. Who is inside
 * is not asked to wait for: two at once have no order to speak of.
 */

#include "weft/stream.h"

#include "control.h"
#include "misuse.h"
#include "pool.h"
#include "registry.h"

#include <errno.h>
#include <stdlib.h>

enum { AHEAD_OF_EACH_WORKER = 4 };

typedef struct slot {
    weft_future future;
    void *item;
    weft_status refused; /* WEFT_FULL: not yet submitted; else for good */
} slot;

struct weft_stream {
    weft_pool *pool;
    weft_target target;
    weft_source source;
    weft_drop drop;
    void *context;
    size_t look_ahead, first, count;
    weft_status end; /* what the source ended with; WEFT_OK: it has not */
    uint32_t inside;
    int code; /* of the last failure that came out */
    uint64_t failure;
    slot slots[];
};

static slot *slot_at(weft_stream *stream, size_t place)
{
    return &stream->slots[(stream->first + place) % stream->look_ahead];
}

static void count(weft_stream *stream, size_t in_flight)
{
    weft__store_relaxed(&stream->count, in_flight);
}

/* ---- Beginning ---- */

static size_t look_ahead_of(const weft_pool *pool,
                            const weft_stream_options *options)
{
    if (options != NULL && options->look_ahead != 0)
        return options->look_ahead;
    return (size_t)AHEAD_OF_EACH_WORKER * weft_pool_workers(pool);
}

weft_stream *weft_map_stream_with(weft_pool *pool, weft_target target,
                                  weft_source source, void *context,
                                  const weft_stream_options *options)
{
    if (pool == NULL || target == NULL || source == NULL) {
        weft__misuse(WEFT_INVALID, "weft_map_stream", pool,
                     "the pool, the target or the source is NULL");
        errno = EINVAL;
        return NULL;
    }
    size_t look_ahead = look_ahead_of(pool, options);
    weft_stream *stream = NULL;
    if (look_ahead <= (SIZE_MAX / 2 - sizeof *stream) / sizeof(slot))
        stream = malloc(sizeof *stream + look_ahead * sizeof(slot));
    if (stream == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    *stream = (weft_stream){.pool = pool,
                            .target = target,
                            .source = source,
                            .drop = options != NULL ? options->drop : NULL,
                            .context = context,
                            .look_ahead = look_ahead};
    return stream;
}

/* ---- Inside ---- */

static bool enter(weft_stream *stream, const char *function)
{
    uint32_t nobody = 0;
    if (weft__compare_swap(&stream->inside, &nobody, 1))
        return true;
    weft__misuse(WEFT_NOT_OWNER, function, stream,
                 "another call for the stream has not returned");
    return false;
}

static void leave(weft_stream *stream)
{
    weft__store(&stream->inside, 0);
}

/* Only the youngest may not yet be submitted; false: the pool is still full. */
static bool submit_youngest(weft_stream *stream)
{
    if (stream->count == 0)
        return true;
    slot *youngest = slot_at(stream, stream->count - 1);
    if (youngest->refused == WEFT_FULL)
        youngest->refused = weft_try_submit(stream->pool, &youngest->future,
                                            stream->target, youngest->item);
    return youngest->refused != WEFT_FULL;
}

/* Takes in what may be in flight; what there is to say if nothing is. */
static weft_status fill(weft_stream *stream)
{
    while (submit_youngest(stream) && stream->end == WEFT_OK &&
           stream->count < stream->look_ahead) {
        slot *place = slot_at(stream, stream->count);
        place->item = NULL;
        weft_status status = stream->source(&place->item, stream->context);
        if (status == WEFT_BUSY)
            return WEFT_BUSY;
        if (status == WEFT_OK) {
            place->refused = WEFT_FULL;
            count(stream, stream->count + 1);
        }
        stream->end = status;
    }
    return stream->end;
}

static bool is_to_come(weft_status awaited)
{
    return awaited == WEFT_TIMED_OUT || awaited == WEFT_STOPPED ||
           awaited == WEFT_DEADLOCK;
}

/* Nothing else is in flight: the pool does with a full pool's submit what it
 * was told to. */
static weft_status submit_at_last(weft_stream *stream, slot *oldest,
                                  weft_duration deadline)
{
    if (deadline == 0)
        return WEFT_TIMED_OUT;
    weft_status status =
        weft_submit_timed(stream->pool, &oldest->future, stream->target,
                          oldest->item, weft__remaining(deadline));
    if (!is_to_come(status))
        oldest->refused = status;
    return status;
}

static weft_status take_oldest(weft_stream *stream, void **item, void **result,
                               weft_duration deadline)
{
    slot *oldest = slot_at(stream, 0);
    weft_status status = oldest->refused;
    if (status == WEFT_FULL)
        status = submit_at_last(stream, oldest, deadline);
    bool submitted = status == WEFT_OK;
    if (submitted)
        status = weft__future_await(&oldest->future, deadline, WEFT__STOPPABLE);
    if (is_to_come(status))
        return status;
    if (submitted)
        status = weft_future_try_result(&oldest->future, result);
    if (status == WEFT_FAILED) {
        stream->code = oldest->future.code_;
        stream->failure = oldest->future.failure_;
    }
    if (item != NULL)
        *item = oldest->item;
    stream->first = (stream->first + 1) % stream->look_ahead;
    count(stream, stream->count - 1);
    return status;
}

static weft_status next(weft_stream *stream, void **item, void **result,
                        weft_duration deadline)
{
    static const char function[] = "weft_stream_next";
    if (stream == NULL)
        return weft__misuse(WEFT_INVALID, function, NULL, "the stream is NULL");
    if (!enter(stream, function))
        return WEFT_NOT_OWNER;
    weft_status status = fill(stream);
    if (stream->count > 0)
        status = take_oldest(stream, item, result, deadline);
    else if (item != NULL)
        *item = NULL;
    leave(stream);
    return status;
}

weft_status weft_stream_next(weft_stream *stream, void **item, void **result)
{
    weft__point("weft_stream_next", stream);
    return next(stream, item, result, WEFT_FOREVER);
}

weft_status weft_stream_next_timed(weft_stream *stream, void **item,
                                   void **result, weft_duration duration)
{
    weft__point("weft_stream_next_timed", stream);
    return next(stream, item, result, weft__deadline(duration));
}

weft_status weft_stream_try_next(weft_stream *stream, void **item,
                                 void **result)
{
    weft_status status = next(stream, item, result, 0);
    return status == WEFT_TIMED_OUT ? WEFT_BUSY : status;
}

/* ---- Asking ---- */

size_t weft_stream_in_flight(const weft_stream *stream)
{
    return stream != NULL ? weft__load_relaxed(&stream->count) : 0;
}

const weft_error *weft_stream_error(const weft_stream *stream)
{
    if (stream == NULL || stream->failure == 0)
        return NULL;
    return weft__failure_find(stream->failure, stream->code);
}

/* ---- Ending ---- */

static bool is_run_by_caller(weft_stream *stream)
{
    const weft__worker *self = weft__worker_self();
    bool runs = false;
    for (size_t i = 0; i < stream->count && self != NULL && !runs; i++)
        runs = weft__worker_runs(self, &slot_at(stream, i)->future);
    return runs;
}

/* The youngest first, else a worker could begin it meanwhile. */
static void stop_all(weft_stream *stream)
{
    for (size_t i = stream->count; i-- > 0;)
        if (slot_at(stream, i)->refused == WEFT_OK)
            weft_future_stop(&slot_at(stream, i)->future);
}

static void drop_oldest(weft_stream *stream)
{
    slot *oldest = slot_at(stream, 0);
    void *result = NULL;
    if (oldest->refused == WEFT_OK) {
        (void)weft__future_await(&oldest->future, WEFT_FOREVER,
                                 WEFT__UNSTOPPABLE);
        (void)weft_future_try_result(&oldest->future, &result);
    }
    if (stream->drop != NULL)
        stream->drop(oldest->item, result, stream->context);
    stream->first = (stream->first + 1) % stream->look_ahead;
    count(stream, stream->count - 1);
}

weft_status weft_stream_destroy(weft_stream *stream)
{
    static const char function[] = "weft_stream_destroy";
    if (stream == NULL)
        return WEFT_OK;
    if (!enter(stream, function))
        return WEFT_NOT_OWNER;
    if (is_run_by_caller(stream)) {
        leave(stream);
        return weft__misuse(WEFT_DEADLOCK, function, stream,
                            "one of its targets would wait for itself");
    }
    stop_all(stream);
    while (stream->count > 0)
        drop_oldest(stream);
    free(stream);
    return WEFT_OK;
}
