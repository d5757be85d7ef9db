/* SPDX-License-Identifier: MIT */

/*
 * Tasks in OpenMP, as gcc's library runs them: a thread of a parallel region
 * makes them and waits for all. The others of the region spin for new ones.
 */

#include "pool.h"

#include <omp.h>

/* Else the threads would spin on in the others' turns. */
static void end_threads(void)
{
    (void)omp_pause_resource_all(omp_pause_hard);
}

static uint64_t results[LENGTH];

static void run_bursts(bench_sample *sample, uint64_t burst)
{
    static uint64_t numbers[MANY];
    uint64_t rounds = (sample->operations + burst - 1) / burst, sum = 0;
    for (uint64_t j = 0; j < burst; j++)
        numbers[j] = 0;
    sample->operations = rounds * burst;
#pragma omp parallel
#pragma omp single
    {
        bench_begin(sample);
        for (uint64_t i = 0; i < rounds; i++) {
            for (uint64_t j = 0; j < burst; j++) {
#pragma omp task firstprivate(j)
                run_task(&numbers[j]);
            }
#pragma omp taskwait
        }
        bench_end(sample);
    }
    end_threads();
    for (uint64_t j = 0; j < burst; j++)
        sum += numbers[j];
    sample->wrong = sum != sample->operations;
}

static void one_by_one(bench_sample *sample)
{
    run_bursts(sample, 1);
}

static void burst(bench_sample *sample)
{
    run_bursts(sample, BURST);
}

static void many(bench_sample *sample)
{
    run_bursts(sample, MANY);
}

static void slow(bench_sample *sample)
{
    bench_pool_mode = WORKING;
    run_bursts(sample, SLOW_TASKS);
    bench_pool_mode = COUNTING;
}

static unsigned long fib(unsigned n)
{
    if (n < 2)
        return n;
    unsigned long one, other;
#pragma omp task shared(one)
    one = fib(n - 1);
    other = fib(n - 2);
#pragma omp taskwait
    return one + other;
}

static void nested(bench_sample *sample)
{
    bench_fib whole = bench_pool_fib(sample);
#pragma omp parallel
#pragma omp single
    {
        bench_begin(sample);
        for (uint64_t i = 0; i < whole.rounds; i++)
            if (fib(whole.depth) != whole.value)
                sample->wrong = true;
        bench_end(sample);
    }
    end_threads();
}

static void submit_another(uint64_t *number)
{
#pragma omp task
    run_task(number);
#pragma omp taskwait
}

static void pairs(bench_sample *sample)
{
    uint64_t numbers[BURST] = {0};
    uint64_t rounds = (sample->operations + BURST - 1) / BURST, sum = 0;
    sample->operations = rounds * BURST;
#pragma omp parallel
#pragma omp single
    {
        bench_begin(sample);
        for (uint64_t i = 0; i < rounds; i++) {
            for (unsigned j = 0; j < BURST; j++) {
#pragma omp task firstprivate(j)
                submit_another(&numbers[j]);
            }
#pragma omp taskwait
        }
        bench_end(sample);
    }
    end_threads();
    for (unsigned j = 0; j < BURST; j++)
        sum += numbers[j];
    sample->wrong = sum != sample->operations;
}

static void run_loop(void)
{
#pragma omp parallel for
    for (size_t j = 0; j < LENGTH; j++)
        loop_body(j, j + 1, results);
}

static void loop(bench_sample *sample)
{
    run_loop(); /* with its threads, then */
    bench_begin(sample);
    for (uint64_t i = 0; i < sample->operations; i++)
        run_loop();
    bench_end(sample);
    end_threads();
}

static void idle(bench_sample *sample)
{
    run_loop();
    bench_pool_idle(sample);
    end_threads();
}

const bench_entrant bench_pool_openmp = {
    "OpenMP",
    BENCH_PEER,
    "idle threads that sleep, waiting for one task, results",
    {one_by_one, burst, nested, loop, many, NULL, NULL, slow, nested, pairs,
     NULL, idle}};
