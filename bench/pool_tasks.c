/* SPDX-License-Identifier: MIT */

/* What the entrants of the pools' race have in common: what a task does, and
 * what is measured otherwise than by the time from begin to end. */

#include "pool.h"

#include "crew.h"

#include <time.h>

pool_mode bench_pool_mode;

void bench_pool_do(uint64_t *number)
{
    weft_duration now = weft_monotonic();
    if (bench_pool_mode == NOTING) {
        *number = (uint64_t)now;
        return;
    }
    while (weft_monotonic() - now < WEFT_MS(1))
        ;
    ++*number;
}

void bench_pool_from_idle(bench_sample *sample, void (*once)(uint64_t *began))
{
    const struct timespec idle = {.tv_nsec = 2000000};
    uint64_t sum = 0, began = 0;
    bench_pool_mode = NOTING;
    bench_begin(sample);
    weft_duration end = weft_monotonic() + sample->length;
    sample->operations = 0;
    do {
        nanosleep(&idle, NULL);
        uint64_t before = (uint64_t)weft_monotonic();
        once(&began);
        sum += began - before;
        sample->operations++;
    } while (weft_monotonic() < end);
    bench_end(sample);
    sample->wall = (weft_duration)sum;
    sample->until_stopped = true;
    bench_pool_mode = COUNTING;
}

void bench_pool_idle(bench_sample *sample)
{
    const struct timespec settle = {.tv_nsec = 10000000};
    const struct timespec idle = {.tv_nsec = 100000000};
    nanosleep(&settle, NULL);
    bench_begin(sample);
    nanosleep(&idle, NULL);
    bench_end(sample);
    sample->operations = 1;
    sample->cpu *= 10;
    sample->wall = sample->cpu;
    sample->until_stopped = true;
}

unsigned bench_pool_crowd;

unsigned bench_pool_size(void)
{
    return bench_pool_crowd != 0 ? bench_pool_crowd : bench_processors();
}

bench_fib bench_pool_fib(bench_sample *sample)
{
    enum { TASKS_OF_15 = 986, CALLS_OF_25 = 242785 };
    bool deep = sample->contest->workload == DEEP;
    uint64_t each = deep ? CALLS_OF_25 : TASKS_OF_15;
    uint64_t rounds = (sample->operations + each - 1) / each;
    sample->operations = rounds * each;
    return deep ? (bench_fib){25, 75025, rounds} : (bench_fib){15, 610, rounds};
}
