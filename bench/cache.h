/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_CACHE_H
#define WEFT_BENCH_CACHE_H

/* The workloads, for the entrants in C and in C++. */

#include "harness.h"

enum { HIT, SHARED, EVICT };

enum { KEYS = 1000 };

/* Each key in turn, in an order that no processor guesses. */
static inline int64_t some_key(uint64_t i)
{
    return (int64_t)(i * 7919 % KEYS);
}

#endif
