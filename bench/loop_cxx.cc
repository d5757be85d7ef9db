/* SPDX-License-Identifier: MIT */

/* Loops of oneTBB, each with the partitioner that it takes by itself. */

#include "loop.h"

#include "template.h"

#include <functional>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/parallel_reduce.h>
#include <oneapi/tbb/parallel_sort.h>

using range = tbb::blocked_range<size_t>;

static void open_loops_tbb(void)
{
}

static void close_loops_tbb(void)
{
}

static double sum_tbb(void)
{
    return tbb::parallel_reduce(
        range(0, SUM_LENGTH), 0.0,
        [](const range &piece, double sum) {
            return sum + sum_roots(piece.begin(), piece.end());
        },
        std::plus<double>());
}

static void uneven_tbb(size_t dear, double *results)
{
    tbb::parallel_for(range(0, UNEVEN_LENGTH), [=](const range &piece) {
        take_uneven_roots(piece.begin(), piece.end(), dear, results);
    });
}

static inline void short_loop_tbb(double *results)
{
    tbb::parallel_for(range(0, SHORT_LENGTH), [=](const range &piece) {
        take_roots(piece.begin(), piece.end(), results);
    });
}

static void sort_tbb(uint32_t *numbers, size_t n)
{
    tbb::parallel_sort(numbers, numbers + n);
}

#define PEER tbb
#include "loop_workloads.h"

extern const bench_entrant bench_loop_tbb;

const bench_entrant bench_loop_tbb = {"oneTBB",
                                      BENCH_PEER,
                                      "the same sum each time",
                                      {sum_all_tbb, uneven_loop_tbb,
                                       uneven_loop_tbb, short_loops_tbb,
                                       sort_all_tbb, sort_all_tbb}};
