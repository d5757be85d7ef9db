/* SPDX-License-Identifier: MIT */

/* What latencies come to. */

#include "latency.h"

#include <stdlib.h>
#include <time.h>

static int compare(const void *one, const void *other)
{
    weft_duration a = *(const weft_duration *)one;
    weft_duration b = *(const weft_duration *)other;
    return (a > b) - (a < b);
}

/* All but one in `n` are not longer. */
static weft_duration all_but_one_in(const bench_latencies *latencies, size_t n)
{
    return latencies->latency[latencies->count - 1 - latencies->count / n];
}

void bench_tell_latencies(bench_sample *sample, bench_latencies *latencies)
{
    size_t count = latencies->count;
    sample->wrong = sample->wrong || count == 0;
    if (count == 0)
        return;
    qsort(latencies->latency, count, sizeof *latencies->latency, compare);
    sample->operations = count;
    sample->wall = latencies->latency[count / 2] * (weft_duration)count;
    sample->fairness = -1;
    sample->p99_wait = all_but_one_in(latencies, 100);
    sample->p999_wait = all_but_one_in(latencies, 1000);
    sample->worst_wait = latencies->latency[count - 1];
}

weft_duration bench_thread_cpu(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (weft_duration)now.tv_sec * 1000000000 + now.tv_nsec;
}

void bench_sleep_until(weft_duration moment)
{
    struct timespec until = {.tv_sec = moment / 1000000000,
                             .tv_nsec = moment % 1000000000};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

void bench_spin_until(weft_duration moment)
{
    while (weft_monotonic() < moment)
        continue;
}
