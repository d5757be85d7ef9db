/* SPDX-License-Identifier: MIT */
#ifndef WEFT_POOL_STATS_H
#define WEFT_POOL_STATS_H

/*
 * What happened in a pool. Counted only if the pool was created with
 * `.statistics = true`; else it costs nothing.
 */

#include "pool.h"

WEFT_BEGIN_DECLARATIONS

#define WEFT_SPANS 32 /* of a histogram */

/* How many took how long: counts[0] less than 1,024 nanoseconds, counts[i] less
 * than 1,024 << i, but not less than 1,024 << (i - 1); the last one counts all
 * that took longer, too. */
typedef struct weft_histogram {
    uint64_t counts[WEFT_SPANS];
} weft_histogram;

typedef struct weft_pool_info {
    /* Since the pool was created. */
    uint64_t submitted; /* accepted: pending + running + done + cancelled */
    uint64_t done;      /* run to their end ... */
    uint64_t failed;    /* ... and, of these, by weft_fail */
    uint64_t cancelled; /* withdrawn, dropped, or broken with the pool */
    uint64_t stolen;    /* by a worker from another's deque */
    /* At this moment, and at most so far. */
    uint64_t pending, most_pending;
    uint64_t running, most_running; /* or waiting for others */
    uint64_t workers, most_workers;
    weft_histogram waited; /* from submit to begin; 73 minutes count as none */
    weft_histogram ran;    /* from begin to end */
} weft_pool_info;

/* Each number is right, if not all of the same instant; zeroes for a pool that
 * does not count (a wrong call, as is NULL). Does not wait. */
WEFT_API weft_pool_info weft_pool_stats(weft_pool *pool);

WEFT_END_DECLARATIONS

#endif
