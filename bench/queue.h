/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_QUEUE_H
#define WEFT_BENCH_QUEUE_H

#include "latency.h"
#include "weft/atomic.h"

/* The workloads by number, for the entrants in all languages. MANY is more than
 * one getter, MANY_TO_ONE more than one putter to one getter. */
enum {
    ALONE,
    ONE_TO_ONE,
    MANY,
    MANY_TO_ONE,
    UNBOUNDED_ONE_TO_ONE,
    UNBOUNDED_MANY,
    UNBOUNDED_MANY_TO_ONE,
    PING_PONG,
    BATCHES,
    TRICKLE,
    LOADED,
    LIFO,
    LIFO_MANY,
    PRIORITY,
    PRIORITY_MANY
};

enum { BENCH_BATCH = 64, BENCH_LONG_GAP = 100000 };

#define BENCH_LAST_ITEM UINT64_MAX

/* The next of `all` numbers that nobody took: from the answer up to *end. */
static inline uint64_t bench_take(uint64_t *taken, uint64_t all, uint64_t *end)
{
    enum { AT_ONCE = 32 };
    uint64_t first = weft__fetch_add(taken, AT_ONCE);
    *end = first + AT_ONCE < all ? first + AT_ONCE : all;
    return first;
}

#endif
