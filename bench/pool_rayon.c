/* SPDX-License-Identifier: MIT */

/* The pool of rayon, see pool_rayon.rs. */

#include "pool.h"

#include "crew.h"

typedef struct pool_rayon pool_rayon;

pool_rayon *bench_rayon_open(unsigned threads);
void bench_rayon_close(pool_rayon *pool);
void bench_rayon_burst(pool_rayon *pool, uint64_t *numbers, size_t count);
void bench_rayon_pairs(pool_rayon *pool, uint64_t *numbers, size_t count);
unsigned long bench_rayon_fib(pool_rayon *pool, unsigned long n);
void bench_rayon_task(uint64_t *number);

void bench_rayon_task(uint64_t *number)
{
    run_task(number);
}

static pool_rayon *pool;
static uint64_t numbers[MANY];

static void open_pool(void)
{
    pool = bench_rayon_open(bench_pool_size());
    bench_rayon_burst(pool, numbers, BURST);
}

static void check(bench_sample *sample, unsigned count)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < count; i++)
        sum += numbers[i];
    sample->wrong = sum != sample->operations;
}

static void clear(unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        numbers[i] = 0;
}

static void run_bursts(bench_sample *sample, unsigned burst,
                       void (*once)(pool_rayon *, uint64_t *, size_t))
{
    uint64_t rounds = (sample->operations + burst - 1) / burst;
    sample->operations = rounds * burst;
    open_pool();
    clear(burst);
    bench_begin(sample);
    for (uint64_t i = 0; i < rounds; i++)
        once(pool, numbers, burst);
    bench_end(sample);
    bench_rayon_close(pool);
    check(sample, burst);
}

static void one_by_one(bench_sample *sample)
{
    run_bursts(sample, 1, bench_rayon_burst);
}

static void burst(bench_sample *sample)
{
    run_bursts(sample, BURST, bench_rayon_burst);
}

static void many(bench_sample *sample)
{
    run_bursts(sample, MANY, bench_rayon_burst);
}

static void pairs(bench_sample *sample)
{
    run_bursts(sample, BURST, bench_rayon_pairs);
}

static void slow(bench_sample *sample)
{
    bench_pool_mode = WORKING;
    run_bursts(sample, SLOW_TASKS, bench_rayon_burst);
    bench_pool_mode = COUNTING;
}

static void crowded(bench_sample *sample)
{
    bench_pool_crowd = CROWD;
    burst(sample);
    bench_pool_crowd = 0;
}

static void submit_own(bench_sample *sample, unsigned index)
{
    for (uint64_t i = 0; i < sample->operations / BURST; i++)
        bench_rayon_burst(pool, &numbers[index * OWN], OWN);
}

static void four(bench_sample *sample)
{
    sample->operations = (sample->operations + BURST - 1) / BURST * BURST;
    open_pool();
    clear(BURST);
    bench_threads(sample, SUBMITTERS, submit_own);
    bench_rayon_close(pool);
    check(sample, BURST);
}

static void submit_once(uint64_t *began)
{
    bench_rayon_burst(pool, began, 1);
}

static void from_idle(bench_sample *sample)
{
    open_pool();
    bench_pool_from_idle(sample, submit_once);
    bench_rayon_close(pool);
}

static void fib_of_rayon(bench_sample *sample)
{
    bench_fib whole = bench_pool_fib(sample);
    open_pool();
    bench_begin(sample);
    for (uint64_t i = 0; i < whole.rounds; i++)
        if (bench_rayon_fib(pool, whole.depth) != whole.value)
            sample->wrong = true;
    bench_end(sample);
    bench_rayon_close(pool);
}

static void idle(bench_sample *sample)
{
    open_pool();
    bench_pool_idle(sample);
    bench_rayon_close(pool);
}

extern const bench_entrant bench_pool_rayon;

const bench_entrant bench_pool_rayon = {
    "rayon",
    BENCH_PEER,
    "waiting for one task, results, cancelling",
    {one_by_one, burst, fib_of_rayon, NULL, many, four, from_idle, slow,
     fib_of_rayon, pairs, crowded, idle}};
