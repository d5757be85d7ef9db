/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_POOL_H
#define WEFT_BENCH_POOL_H

/* The workloads, for the entrants in C and in C++. */

#include "harness.h"

enum { ONE_BY_ONE, IN_A_BURST, NESTED, LOOP };

/* fib(DEPTH) by its definition: one of each two calls is a task. */
enum { BURST = 256, DEPTH = 15, FIB_OF_DEPTH = 610, TASKS = 986 };

/* A loop over LENGTH indices of WORK turns each. */
enum { LENGTH = 20000, WORK = 16 };

static inline void loop_body(size_t begin, size_t end, uint64_t *results)
{
    for (size_t i = begin; i < end; i++)
        results[i] = bench_work(WORK, i);
}

#endif
