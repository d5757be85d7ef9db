/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_POOL_H
#define WEFT_BENCH_POOL_H

/* The workloads, for the entrants in C and in C++. */

#include "harness.h"

enum {
    ONE_BY_ONE,
    IN_A_BURST,
    NESTED,
    LOOP,
    MANY_AT_ONCE,
    FOUR_SUBMIT,
    FROM_IDLE,
    SLOW,
    DEEP,
    PAIRS,
    CROWDED,
    IDLE
};

/* What a task does. */
typedef enum pool_mode {
    COUNTING, /* add one to its number */
    NOTING,   /* note there when it began */
    WORKING   /* be busy for a millisecond, then add one */
} pool_mode;

WEFT_BEGIN_DECLARATIONS

extern pool_mode bench_pool_mode;
void bench_pool_do(uint64_t *number); /* what is not just counting */

static inline void run_task(uint64_t *number)
{
    if (WEFT__LIKELY(bench_pool_mode == COUNTING))
        ++*number;
    else
        bench_pool_do(number);
}

/* Until the sample's end, sleeps a while, then has once() submit a task to the
 * idle pool, and wait for it; the time is from then until the task began. */
void bench_pool_from_idle(bench_sample *sample, void (*once)(uint64_t *began));

/* Sleeps beside a pool that has nothing to do; the time is the processor's, of
 * the whole process, for a second. */
void bench_pool_idle(bench_sample *sample);

/* How many threads a pool is to have. */
unsigned bench_pool_size(void);
extern unsigned bench_pool_crowd; /* so many, if it is not 0 */

/* fib(depth) by its definition: one of each two calls is a task. Counted are
 * its tasks, or where it is deep its calls. */
typedef struct bench_fib {
    unsigned depth;
    unsigned long value;
    uint64_t rounds;
} bench_fib;

bench_fib bench_pool_fib(bench_sample *sample);

WEFT_END_DECLARATIONS

enum { MANY = 200000, SLOW_TASKS = 200 };
enum { SUBMITTERS = 4, OWN = 64, BURST = SUBMITTERS * OWN, CROWD = 8 };

/* A loop over LENGTH indices of WORK turns each. */
enum { LENGTH = 20000, WORK = 16 };

static inline void loop_body(size_t begin, size_t end, uint64_t *results)
{
    for (size_t i = begin; i < end; i++)
        results[i] = bench_work(WORK, i);
}

#endif
