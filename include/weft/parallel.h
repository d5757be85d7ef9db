/* SPDX-License-Identifier: MIT */
#ifndef WEFT_PARALLEL_H
#define WEFT_PARALLEL_H

/*
 * Loops on a pool. At most as many threads as the pool has workers take part,
 * 65 at most, the caller among them: a loop goes on with whatever workers are
 * free, none if need be, so loops inside loops and inside tasks are fine. Each
 * takes some 8 KiB of its caller's stack. A stop request of the caller does not
 * end a loop early: what the others work on is usually the caller's own.
 */

#include "pool.h"

WEFT_BEGIN_DECLARATIONS

/*
 * results[i] = target(args[i]) for each i below n, in any order; waits for all.
 * `results` may be NULL. The first failure keeps those that have not begun from
 * beginning, their results are NULL. WEFT_OK; WEFT_FAILED: see weft_map_error;
 * WEFT_SHUT_DOWN, WEFT_BROKEN: the pool is, also if n is 0; WEFT_INVALID: NULL.
 */
WEFT_API weft_status weft_map(weft_pool *pool, weft_target target,
                              void *const *args, size_t n, void **results);

/* The error behind the last weft_map of this thread that answered WEFT_FAILED;
 * NULL: there was none. Stays until the next one. Does not block. */
WEFT_API const weft_error *weft_map_error(void);

/* Works on the indices from `begin` up to, not including, `end`. */
typedef void (*weft_body)(size_t begin, size_t end, void *context);

typedef struct weft_parallel_options {
    size_t grain; /* indices at a time, at most; 0: chosen by weft */
    uint8_t private_;
} weft_parallel_options;

/*
 * Calls the body for pieces that make up begin to end, each index once, and
 * waits for all. Without a grain the pieces are cut to take some 20 us each,
 * single indices where these take longer; whoever has none left takes half of
 * what another has: so uneven bodies finish together. Allocates nothing.
 * `options` may be NULL. WEFT_OK; WEFT_SHUT_DOWN, WEFT_BROKEN: the pool is,
 * also if the range is empty, which else is WEFT_OK; WEFT_INVALID: NULL.
 */
WEFT_API weft_status weft_parallel_for_with(
    weft_pool *pool, size_t begin, size_t end, weft_body body, void *context,
    const weft_parallel_options *options);

/* Adds what the body makes of a piece to `*accumulator`. */
typedef void (*weft_reduce_body)(size_t begin, size_t end, void *accumulator,
                                 void *context);
/* Adds to `*accumulator` the `*other` of the pieces that follow its own. */
typedef void (*weft_combine)(void *accumulator, const void *other,
                             void *context);

typedef struct weft_reduction {
    weft_reduce_body body;
    weft_combine combine;
    size_t size;          /* of an accumulator, in bytes */
    const void *identity; /* what each begins as; NULL: zeroes */
} weft_reduction;

/*
 * Leaves in `*result` what the bodies of all pieces add up to; an empty range
 * gives the identity. Neighbours are combined, the earlier with the later, then
 * neighbouring pairs, and so on, by several threads at once. Where the pieces
 * are cut, and in which pairs they are combined, depends on the range and the
 * grain alone, so that equal calls give equal results, to the last bit of a
 * float, on any number of workers. Allocates once, whatever the range.
 * `options` may be NULL. As weft_parallel_for; WEFT_NO_MEMORY besides.
 */
WEFT_API weft_status weft_parallel_reduce_with(
    weft_pool *pool, size_t begin, size_t end, const weft_reduction *reduction,
    void *result, void *context, const weft_parallel_options *options);

#ifndef __cplusplus
/* weft_parallel_for(pool, 0, n, body, context, .grain = 1000) */
#define weft_parallel_for(...) \
    weft__parallel_for_macro(__VA_ARGS__, .private_ = 0)
#define weft__parallel_for_macro(pool, begin, end, body, context, ...) \
    weft_parallel_for_with((pool), (begin), (end), (body), (context),  \
                           &(const weft_parallel_options){__VA_ARGS__})

/* weft_parallel_reduce(pool, 0, n, &sum, &total, context, .grain = 1000) */
#define weft_parallel_reduce(...) \
    weft__parallel_reduce_macro(__VA_ARGS__, .private_ = 0)
#define weft__parallel_reduce_macro(pool, begin, end, reduction, result,     \
                                    context, ...)                            \
    weft_parallel_reduce_with((pool), (begin), (end), (reduction), (result), \
                              (context),                                     \
                              &(const weft_parallel_options){__VA_ARGS__})
#endif

WEFT_END_DECLARATIONS

#endif
