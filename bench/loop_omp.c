/* SPDX-License-Identifier: MIT */

/* Loops of OpenMP. Its threads stay awake for a while after each loop: so it
 * lets them fall asleep before the next entrant's turn. */

#include "loop.h"

#include "template.h"

static void open_loops_omp(void)
{
}

static void close_loops_omp(void)
{
    weft_sleep(WEFT_MS(20));
}

static double sum_omp(void)
{
    double sum = 0;
#pragma omp parallel for reduction(+ : sum)
    for (size_t i = 0; i < SUM_LENGTH; i++)
        sum += sqrt((double)i);
    return sum;
}

/* The schedule that is meant for uneven bodies and asks for no number. */
static void uneven_omp(size_t dear, double *results)
{
#pragma omp parallel for schedule(guided)
    for (size_t i = 0; i < UNEVEN_LENGTH; i++)
        take_uneven_roots(i, i + 1, dear, results);
}

static inline void short_loop_omp(double *results)
{
#pragma omp parallel for
    for (size_t i = 0; i < SHORT_LENGTH; i++)
        results[i] = sqrt((double)i);
}

static void sort_omp(uint32_t *numbers, size_t n)
{
    (void)numbers, (void)n; /* it has no sort, and does not take part */
}

#define PEER omp
#include "loop_workloads.h"

extern const bench_entrant bench_loop_omp;

const bench_entrant bench_loop_omp = {
    "OpenMP",
    BENCH_PEER,
    "the same sum each time; its threads stay awake",
    {sum_all_omp, uneven_loop_omp, uneven_loop_omp, short_loops_omp, NULL}};
