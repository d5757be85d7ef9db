/* SPDX-License-Identifier: MIT */

/*
 * Loops on a pool: what runs in the pieces of the loop of loop.c.
 *
 * A reduction's pieces are cut by range and grain alone, and so is the tree in
 * which they are combined: pieces 2k and 2k + 1 first, then these pairs, and so
 * on, each into the left one of the two.
 *
 *     piece    0   1   2   3   4        0+1  2+3  4     0..3  4    0..4
 *
 * Of two halves the thread that completes the second combines them, and goes
 * on upwards; nobody waits. So each call adds the same numbers in the same
 * order, whoever does it, and an error of rounding grows with the logarithm of
 * the number of pieces.
 */

#include "control.h"
#include "loop.h"

#include "misuse.h"
#include "pool.h"
#include "registry.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_PIECES = 4096, AUTOMATIC_PIECES = 256 };

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
    weft__point("weft_map", pool);
    static const char function[] = "weft_map";
    weft_status status = weft__pool_check_open(pool, function);
    if (status != WEFT_OK)
        return status;
    if (target == NULL || (args == NULL && n > 0))
        return weft__misuse(WEFT_INVALID, function, pool,
                            "the target or the array is NULL");
    struct map map = {.target = target, .args = args, .results = results};
    weft__loop loop = {.end = n, .grain = 1, .body = map_some, .context = &map};
    for (size_t i = 0; results != NULL && i < n; i++)
        results[i] = NULL;
    if (n > 0)
        weft__loop_run(pool, &loop);
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
    weft__point("weft_parallel_for_with", pool);
    static const char function[] = "weft_parallel_for";
    weft_status status = weft__pool_check_open(pool, function);
    if (status != WEFT_OK)
        return status;
    if (body == NULL)
        return weft__misuse(WEFT_INVALID, function, pool, "the body is NULL");
    weft__loop loop = {.begin = begin,
                       .end = end,
                       .grain = grain_of(options),
                       .body = body,
                       .context = context};
    if (begin < end)
        weft__loop_run(pool, &loop);
    return WEFT_OK;
}

/* ---- weft_parallel_reduce ---- */

struct reduce {
    const weft_reduction *reduction;
    size_t begin, end, grain, pieces;
    size_t stride; /* from one piece's accumulator to the next */
    size_t met;    /* where in it stands whether its left half is met */
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

static void *accumulator_of(const struct reduce *reduce, size_t piece)
{
    return reduce->accumulators + piece * reduce->stride;
}

/* Between the left half and the right one, which begins with that piece: true
 * for who comes second. */
static bool meet(const struct reduce *reduce, size_t right)
{
    unsigned char *slot = accumulator_of(reduce, right);
    return weft__exchange(slot + reduce->met, 1) != 0;
}

/* Combines what has become complete with that piece. */
static void climb(const struct reduce *reduce, size_t piece)
{
    for (size_t bit = 1; bit < reduce->pieces; bit *= 2) {
        size_t left = piece & ~bit, right = piece | bit;
        if (right >= reduce->pieces)
            continue; /* the left half is all there is */
        if (!meet(reduce, right))
            return;
        reduce->reduction->combine(accumulator_of(reduce, left),
                                   accumulator_of(reduce, right),
                                   reduce->context);
        piece = left;
    }
}

/* The loop's indices are pieces. */
static void reduce_pieces(size_t first, size_t last, void *context)
{
    const struct reduce *reduce = context;
    for (size_t piece = first; piece < last; piece++) {
        size_t begin = reduce->begin + piece * reduce->grain;
        size_t end = reduce->end - begin > reduce->grain ? begin + reduce->grain
                                                         : reduce->end;
        unsigned char *accumulator = accumulator_of(reduce, piece);
        begin_accumulator(reduce->reduction, accumulator);
        reduce->reduction->body(begin, end, accumulator, reduce->context);
        climb(reduce, piece);
    }
}

/* Depends on nothing but the range and what was asked for. */
static size_t reduce_grain(size_t count, size_t asked)
{
    size_t pieces = asked == 0 ? AUTOMATIC_PIECES : MOST_PIECES;
    size_t least = (count - 1) / pieces + 1;
    return asked > least ? asked : least;
}

/* One allocation, however many pieces; each has a line of the cache. */
static bool make_accumulators(struct reduce *reduce)
{
    enum { LINE = 64 };
    size_t size = reduce->reduction->size;
    if (size > SIZE_MAX - LINE)
        return false;
    reduce->met = size;
    reduce->stride = (size + 1 + LINE - 1) / LINE * LINE;
    if (reduce->stride > SIZE_MAX / reduce->pieces)
        return false;
    reduce->accumulators = aligned_alloc(LINE, reduce->pieces * reduce->stride);
    if (reduce->accumulators == NULL)
        return false;
    for (size_t piece = 0; piece < reduce->pieces; piece++)
        reduce->accumulators[piece * reduce->stride + reduce->met] = 0;
    return true;
}

static weft_status reduce_range(weft_pool *pool, struct reduce *reduce,
                                void *result)
{
    if (!make_accumulators(reduce))
        return WEFT_NO_MEMORY;
    weft__loop loop = {.end = reduce->pieces,
                       .grain = 1,
                       .body = reduce_pieces,
                       .context = reduce};
    weft__loop_run(pool, &loop);
    memcpy(result, reduce->accumulators, reduce->reduction->size);
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
    weft__point("weft_parallel_reduce_with", pool);
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
    size_t grain = reduce_grain(end - begin, grain_of(options));
    struct reduce reduce = {.reduction = reduction,
                            .begin = begin,
                            .end = end,
                            .grain = grain,
                            .pieces = (end - begin - 1) / grain + 1,
                            .context = context};
    return reduce_range(pool, &reduce, result);
}
