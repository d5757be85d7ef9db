/* SPDX-License-Identifier: MIT */

/*
 * Loops on a pool. The loop lives on its caller's stack; the caller and the
 * helpers that it submits claim pieces of what is left until nothing is (guided
 * self-scheduling, Polychronopoulos and Kuck, 1987: each piece is a share of
 * the rest). A helper that has not begun by then is cancelled, so the loop
 * never waits for a busy pool; and as the caller works itself, it needs no
 * worker at all to come to its end.
 */

#include "weft/parallel.h"

#include "misuse.h"
#include "pool.h"
#include "registry.h"

#include <stdlib.h>
#include <string.h>

enum {
    MOST_HELPERS = 64,
    PARTS = 4,
    MOST_PIECES = 4096,
    AUTOMATIC_PIECES = 256
};

struct loop {
    size_t next, end; /* indices not yet claimed; only `next` changes */
    size_t grain;     /* fixed size of a piece; 0: a share of the rest */
    size_t share;     /* 1 / share of it */
    weft_body body;
    void *context;
};

static size_t piece_of(const struct loop *loop, size_t rest)
{
    size_t size = loop->grain != 0 ? loop->grain : rest / loop->share;
    if (size == 0)
        size = 1;
    return size < rest ? size : rest;
}

static bool claim(struct loop *loop, size_t *begin, size_t *end)
{
    *begin = weft__load_relaxed(&loop->next);
    do {
        if (*begin >= loop->end)
            return false;
        *end = *begin + piece_of(loop, loop->end - *begin);
    } while (!weft__compare_swap_weak(&loop->next, begin, *end));
    return true;
}

static void *work(void *arg)
{
    struct loop *loop = arg;
    size_t begin, end;
    while (claim(loop, &begin, &end))
        loop->body(begin, end, loop->context);
    return NULL;
}

static size_t helpers_for(const weft_pool *pool, const struct loop *loop)
{
    size_t rest = loop->end - loop->next;
    size_t pieces = loop->grain != 0 ? (rest - 1) / loop->grain : rest - 1;
    size_t others = weft_pool_workers(pool) - 1; /* the caller works, too */
    size_t most = others < MOST_HELPERS ? others : MOST_HELPERS;
    return pieces < most ? pieces : most;
}

static void run(weft_pool *pool, struct loop *loop)
{
    weft_future helpers[MOST_HELPERS];
    size_t most = helpers_for(pool, loop), count = 0;
    loop->share = PARTS * (most + 1);
    while (count < most &&
           weft_submit(pool, &helpers[count], work, loop) == WEFT_OK)
        count++; /* or the rest of us does it all */
    work(loop);
    for (size_t i = 0; i < count; i++) {
        weft_future_cancel(&helpers[i]);
        (void)weft__future_await(&helpers[i], WEFT_FOREVER, WEFT__UNSTOPPABLE);
    }
}

/* ---- weft_map ---- */

struct map {
    weft_target target;
    void *const *args;
    void **results;
    uint32_t failed;
    int code;
    uint64_t failure;
};

static _Thread_local struct {
    int code;
    uint64_t failure; /* 0: none yet */
} last_map;

static void map_some(size_t begin, size_t end, void *context)
{
    struct map *map = context;
    for (size_t i = begin; i < end && !weft__load_relaxed(&map->failed); i++) {
        void *result = NULL;
        weft_error error;
        bool ok = weft__run_target(map->target, map->args[i], &result, &error);
        if (ok && map->results != NULL)
            map->results[i] = result;
        if (!ok && weft__exchange(&map->failed, 1) == 0) {
            map->code = error.code;
            map->failure = weft__failure_keep(&error);
        }
    }
}

weft_status weft_map(weft_pool *pool, weft_target target, void *const *args,
                     size_t n, void **results)
{
    static const char function[] = "weft_map";
    weft_status status = weft__pool_check_open(pool, function);
    if (status != WEFT_OK)
        return status;
    if (target == NULL || (args == NULL && n > 0))
        return weft__misuse(WEFT_INVALID, function, pool,
                            "the target or the array is NULL");
    struct map map = {.target = target, .args = args, .results = results};
    struct loop loop = {
        .end = n, .grain = 1, .body = map_some, .context = &map};
    for (size_t i = 0; results != NULL && i < n; i++)
        results[i] = NULL;
    if (n > 0)
        run(pool, &loop);
    if (!map.failed)
        return WEFT_OK;
    last_map.code = map.code;
    last_map.failure = map.failure;
    return WEFT_FAILED;
}

const weft_error *weft_map_error(void)
{
    return last_map.failure != 0
               ? weft__failure_find(last_map.failure, last_map.code)
               : NULL;
}

/* ---- weft_parallel_for ---- */

static size_t grain_of(const weft_parallel_options *options)
{
    return options != NULL ? options->grain : 0;
}

weft_status weft_parallel_for_with(weft_pool *pool, size_t begin, size_t end,
                                   weft_body body, void *context,
                                   const weft_parallel_options *options)
{
    static const char function[] = "weft_parallel_for";
    weft_status status = weft__pool_check_open(pool, function);
    if (status != WEFT_OK)
        return status;
    if (body == NULL)
        return weft__misuse(WEFT_INVALID, function, pool, "the body is NULL");
    struct loop loop = {.next = begin,
                        .end = end,
                        .grain = grain_of(options),
                        .body = body,
                        .context = context};
    if (begin < end)
        run(pool, &loop);
    return WEFT_OK;
}

/* ---- weft_parallel_reduce ---- */

struct reduce {
    const weft_reduction *reduction;
    size_t begin, end, grain;
    size_t stride; /* from one piece's accumulator to the next */
    unsigned char *accumulators;
    void *context;
};

static void begin_accumulator(const weft_reduction *reduction,
                              void *accumulator)
{
    if (reduction->identity != NULL)
        memcpy(accumulator, reduction->identity, reduction->size);
    else
        memset(accumulator, 0, reduction->size);
}

/* The loop's indices are pieces. */
static void reduce_pieces(size_t first, size_t last, void *context)
{
    const struct reduce *reduce = context;
    for (size_t piece = first; piece < last; piece++) {
        size_t begin = reduce->begin + piece * reduce->grain;
        size_t end = reduce->end - begin > reduce->grain ? begin + reduce->grain
                                                         : reduce->end;
        void *accumulator = reduce->accumulators + piece * reduce->stride;
        begin_accumulator(reduce->reduction, accumulator);
        reduce->reduction->body(begin, end, accumulator, reduce->context);
    }
}

/* Depends on nothing but the range and what was asked for. */
static size_t reduce_grain(size_t count, size_t asked)
{
    size_t pieces = asked == 0 ? AUTOMATIC_PIECES : MOST_PIECES;
    size_t least = (count - 1) / pieces + 1;
    return asked > least ? asked : least;
}

static weft_status reduce_range(weft_pool *pool, struct reduce *reduce,
                                void *result)
{
    enum { LINE = 64 };
    const weft_reduction *reduction = reduce->reduction;
    size_t pieces = (reduce->end - reduce->begin - 1) / reduce->grain + 1;
    reduce->stride = (reduction->size + LINE - 1) / LINE * LINE;
    if (reduction->size > SIZE_MAX - LINE || reduce->stride > SIZE_MAX / pieces)
        return WEFT_NO_MEMORY;
    reduce->accumulators = aligned_alloc(LINE, pieces * reduce->stride);
    if (reduce->accumulators == NULL)
        return WEFT_NO_MEMORY;
    struct loop loop = {
        .end = pieces, .grain = 1, .body = reduce_pieces, .context = reduce};
    run(pool, &loop);
    memcpy(result, reduce->accumulators, reduction->size);
    for (size_t piece = 1; piece < pieces; piece++)
        reduction->combine(result,
                           reduce->accumulators + piece * reduce->stride,
                           reduce->context);
    free(reduce->accumulators);
    return WEFT_OK;
}

static bool is_complete(const weft_reduction *reduction)
{
    return reduction != NULL && reduction->body != NULL &&
           reduction->combine != NULL && reduction->size > 0;
}

weft_status weft_parallel_reduce_with(weft_pool *pool, size_t begin, size_t end,
                                      const weft_reduction *reduction,
                                      void *result, void *context,
                                      const weft_parallel_options *options)
{
    static const char function[] = "weft_parallel_reduce";
    weft_status status = weft__pool_check_open(pool, function);
    if (status != WEFT_OK)
        return status;
    if (!is_complete(reduction) || result == NULL)
        return weft__misuse(WEFT_INVALID, function, pool,
                            "the reduction is incomplete or the result NULL");
    if (begin >= end) {
        begin_accumulator(reduction, result);
        return WEFT_OK;
    }
    struct reduce reduce = {.reduction = reduction,
                            .begin = begin,
                            .end = end,
                            .grain =
                                reduce_grain(end - begin, grain_of(options)),
                            .context = context};
    return reduce_range(pool, &reduce, result);
}
