/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_QUEUE_H
#define WEFT_BENCH_QUEUE_H

#include "latency.h"

/* The workloads by number, for the entrants in C and in C++. MANY is more than
 * one thread on a side. */
enum {
    ALONE,
    ONE_TO_ONE,
    MANY,
    UNBOUNDED_ONE_TO_ONE,
    UNBOUNDED_MANY,
    PING_PONG,
    BATCHES,
    TRICKLE,
    LOADED
};

enum { BENCH_BATCH = 64, BENCH_LONG_GAP = 100000 };

#define BENCH_LAST_ITEM UINT64_MAX

#endif
