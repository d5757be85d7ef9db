/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_LOOP_H
#define WEFT_BENCH_LOOP_H

/* The loops, for the entrants in C and in C++. */

#include "harness.h"

#include <math.h>

enum { SUM, DEAR_FIRST, DEAR_LAST, SHORT, SORT, SORT_MANY };

/* Of the uneven loop, one tenth takes DEARER times as long for each element. */
enum { SUM_LENGTH = 10000000, UNEVEN_LENGTH = 1000000, DEARER = 100 };
enum { SHORT_LENGTH = 100, SORT_LENGTH = 1000000, MOST_LENGTH = 10000000 };

static inline double sum_roots(size_t begin, size_t end)
{
    double sum = 0;
    for (size_t i = begin; i < end; i++)
        sum += sqrt((double)i);
    return sum;
}

static inline void take_roots(size_t begin, size_t end, double *results)
{
    for (size_t i = begin; i < end; i++)
        results[i] = sqrt((double)i);
}

/* The dear tenth begins at `dear`. */
static inline void take_uneven_roots(size_t begin, size_t end, size_t dear,
                                     double *results)
{
    for (size_t i = begin; i < end; i++) {
        bool is_dear = i >= dear && i < dear + UNEVEN_LENGTH / 10;
        results[i] = sum_roots(i, i + (is_dear ? DEARER : 1));
    }
}

static inline size_t dear_tenth(const bench_sample *sample)
{
    return sample->contest->workload == DEAR_FIRST ? 0 : UNEVEN_LENGTH / 10 * 9;
}

/* How often to loop over `length`; the operations are as many elements. */
static inline uint64_t whole_loops(bench_sample *sample, size_t length)
{
    uint64_t loops = (sample->operations + length - 1) / length;
    sample->operations = loops * length;
    return loops;
}

/* How many numbers are to be sorted. */
static inline size_t sort_length(const bench_sample *sample)
{
    return sample->contest->workload == SORT ? SORT_LENGTH : MOST_LENGTH;
}

WEFT_BEGIN_DECLARATIONS

/* To be sorted: the same `n` numbers each time, and whether they are. */
void fill_with_numbers(uint32_t *numbers, size_t n);
bool are_sorted(const uint32_t *numbers, size_t n);

WEFT_END_DECLARATIONS

#endif
