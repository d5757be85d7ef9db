/* SPDX-License-Identifier: MIT */

/*
 * The race of the loops: a sum of ten million square roots; a million of which
 * one tenth, at the beginning or at the end, are a hundred times dearer; loops
 * too short to be shared; one and ten million numbers sorted. The time is for
 * one element.
 *
 * The floor does the part of one processor alone. The serial entrant does all.
 */

#include "loop.h"

#include "crew.h"
#include "template.h"
#include "weft/parallel.h"

#include <stdlib.h>
#include <string.h>

static const bench_contest contests[] = {
    {.name = "sum of 10 M square roots", .workload = SUM},
    {.name = "1 M, the first tenth 100 x dearer", .workload = DEAR_FIRST},
    {.name = "1 M, the last tenth 100 x dearer", .workload = DEAR_LAST},
    {.name = "loops over 100", .workload = SHORT},
    {.name = "sort 1 M numbers", .workload = SORT},
    {.name = "sort 10 M numbers", .workload = SORT_MANY},
};

static void must(bool done)
{
    if (!done)
        abort();
}

void fill_with_numbers(uint32_t *numbers, size_t n)
{
    uint64_t number = 1;
    for (size_t i = 0; i < n; i++) {
        number = bench_work(1, number);
        numbers[i] = (uint32_t)(number >> 32);
    }
}

bool are_sorted(const uint32_t *numbers, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (numbers[i - 1] > numbers[i])
            return false;
    return true;
}

/* ---- Sorting: the left half is merged from a copy ---- */

enum { TINY = 24, SMALL = 4096 };

static void insert_each(uint32_t *numbers, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        uint32_t number = numbers[i];
        size_t place = i;
        for (; place > 0 && numbers[place - 1] > number; place--)
            numbers[place] = numbers[place - 1];
        numbers[place] = number;
    }
}

/* Two sorted halves of `numbers`; `space` is for one. */
static void merge(uint32_t *numbers, size_t n, uint32_t *space)
{
    size_t half = n / 2, left = 0, right = half, at = 0;
    memcpy(space, numbers, half * sizeof *numbers);
    while (left < half && right < n) {
        uint32_t one = space[left], other = numbers[right];
        bool takes_right = other < one;
        numbers[at++] = takes_right ? other : one;
        right += takes_right;
        left += !takes_right;
    }
    memcpy(numbers + at, space + left, (half - left) * sizeof *numbers);
}

static void sort_serially(uint32_t *numbers, size_t n, uint32_t *space)
{
    if (n <= TINY) {
        insert_each(numbers, n);
        return;
    }
    sort_serially(numbers, n / 2, space);
    sort_serially(numbers + n / 2, n - n / 2, space + n / 2);
    merge(numbers, n, space);
}

static uint32_t sort_space[MOST_LENGTH];

/* ---- The floor: the part of one processor ---- */

static void sum_all_floor(bench_sample *sample)
{
    uint64_t loops = whole_loops(sample, SUM_LENGTH);
    bench_begin(sample);
    for (uint64_t i = 0; i < loops; i++) {
        double sum = sum_roots(0, SUM_LENGTH / bench_processors());
        BENCH_USE(sum);
    }
    bench_end(sample);
}

static void uneven_loop_floor(bench_sample *sample)
{
    static double results[UNEVEN_LENGTH];
    size_t dear = UNEVEN_LENGTH / 10 / bench_processors();
    uint64_t loops = whole_loops(sample, UNEVEN_LENGTH);
    bench_begin(sample);
    for (uint64_t i = 0; i < loops; i++) {
        take_uneven_roots(0, dear, 0, results);
        take_uneven_roots(dear, 10 * dear, UNEVEN_LENGTH, results);
    }
    bench_end(sample);
}

static void short_loops_floor(bench_sample *sample)
{
    static double results[SHORT_LENGTH];
    uint64_t loops = whole_loops(sample, SHORT_LENGTH);
    bench_begin(sample);
    for (uint64_t i = 0; i < loops; i++) {
        take_roots(0, SHORT_LENGTH, results);
        BENCH_FORGET(sample);
    }
    bench_end(sample);
}

static void sort_all_floor(bench_sample *sample)
{
    static uint32_t numbers[MOST_LENGTH];
    size_t n = sample->operations = sort_length(sample);
    fill_with_numbers(numbers, n);
    bench_begin(sample);
    sort_serially(numbers, n / bench_processors(), sort_space);
    bench_end(sample);
}

/* ---- One thread ---- */

static void open_loops_serial(void)
{
}

static void close_loops_serial(void)
{
}

static double sum_serial(void)
{
    return sum_roots(0, SUM_LENGTH);
}

static void uneven_serial(size_t dear, double *results)
{
    take_uneven_roots(0, UNEVEN_LENGTH, dear, results);
}

static inline void short_loop_serial(double *results)
{
    take_roots(0, SHORT_LENGTH, results);
}

static void sort_serial(uint32_t *numbers, size_t n)
{
    sort_serially(numbers, n, sort_space);
}

/* ---- The C library's sort ---- */

static int compare(const void *one, const void *other)
{
    uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
    return (a > b) - (a < b);
}

static void sort_all_qsort(bench_sample *sample)
{
    static uint32_t numbers[MOST_LENGTH];
    size_t n = sample->operations = sort_length(sample);
    fill_with_numbers(numbers, n);
    bench_begin(sample);
    qsort(numbers, n, sizeof *numbers, compare);
    bench_end(sample);
    sample->wrong = !are_sorted(numbers, n);
}

/* ---- weft ---- */

static weft_pool *pool;

static void work_unevenly(size_t begin, size_t end, void *context)
{
    double **results = context;
    size_t dear = (size_t)(results[1] - results[0]);
    take_uneven_roots(begin, end, dear, results[0]);
}

static void uneven_weft(size_t dear, double *results)
{
    double *context[] = {results, results + dear};
    must(weft_parallel_for(pool, 0, UNEVEN_LENGTH, work_unevenly, context) ==
         WEFT_OK);
}

/* With its threads, which are started when there is work: peers keep theirs. */
static void open_loops_weft(void)
{
    static double results[UNEVEN_LENGTH];
    pool = weft_pool_create(.name = "bench");
    must(pool != NULL);
    uneven_weft(0, results);
}

static void close_loops_weft(void)
{
    must(weft_pool_destroy(pool) == WEFT_OK);
}

static void sum_piece(size_t begin, size_t end, void *sum, void *context)
{
    (void)context;
    *(double *)sum += sum_roots(begin, end);
}

static void add(void *sum, const void *other, void *context)
{
    (void)context;
    *(double *)sum += *(const double *)other;
}

static double sum_weft(void)
{
    static const weft_reduction reduction = {
        .body = sum_piece, .combine = add, .size = sizeof(double)};
    double sum;
    must(weft_parallel_reduce(pool, 0, SUM_LENGTH, &reduction, &sum, NULL) ==
         WEFT_OK);
    return sum;
}

static void work_shortly(size_t begin, size_t end, void *results)
{
    take_roots(begin, end, results);
}

static inline void short_loop_weft(double *results)
{
    must(weft_parallel_for(pool, 0, SHORT_LENGTH, work_shortly, results) ==
         WEFT_OK);
}

struct part {
    uint32_t *numbers, *space;
    size_t n;
};

static void *sort_part(void *arg)
{
    const struct part *part = arg;
    size_t half = part->n / 2;
    if (part->n <= SMALL) {
        sort_serially(part->numbers, part->n, part->space);
        return NULL;
    }
    struct part left = {part->numbers, part->space, half};
    struct part right = {part->numbers + half, part->space + half,
                         part->n - half};
    weft_future other;
    must(weft_submit(pool, &other, sort_part, &right) == WEFT_OK);
    sort_part(&left);
    must(weft_future_result(&other, NULL) == WEFT_OK);
    merge(part->numbers, part->n, part->space);
    return NULL;
}

static void sort_weft(uint32_t *numbers, size_t n)
{
    struct part all = {numbers, sort_space, n};
    weft_future future;
    must(weft_submit(pool, &future, sort_part, &all) == WEFT_OK);
    must(weft_future_result(&future, NULL) == WEFT_OK);
}

#define PEER serial
#include "loop_workloads.h"
#define PEER weft
#include "loop_workloads.h"

static const bench_entrant floor_entrant = {
    "floor",
    BENCH_FLOOR,
    "",
    {sum_all_floor, uneven_loop_floor, uneven_loop_floor, short_loops_floor,
     sort_all_floor, sort_all_floor}};
static const bench_entrant serial_entrant = {
    "serial",
    BENCH_REFERENCE,
    "more than one thread",
    {sum_all_serial, uneven_loop_serial, uneven_loop_serial, NULL,
     sort_all_serial, sort_all_serial}};
static const bench_entrant qsort_entrant = {
    "qsort",
    BENCH_REFERENCE,
    "more than one thread",
    {NULL, NULL, NULL, NULL, sort_all_qsort, sort_all_qsort}};
static const bench_entrant weft_entrant = {"weft",
                                           BENCH_WEFT,
                                           "",
                                           {sum_all_weft, uneven_loop_weft,
                                            uneven_loop_weft, short_loops_weft,
                                            sort_all_weft, sort_all_weft}};
extern const bench_entrant bench_loop_omp, bench_loop_tbb;

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant, &serial_entrant, &qsort_entrant,
        &weft_entrant,  &bench_loop_tbb, &bench_loop_omp,
    };
    const bench_race race = {"loop", contests, BENCH_COUNT(contests), entrants,
                             BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
