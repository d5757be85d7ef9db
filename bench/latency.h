/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_LATENCY_H
#define WEFT_BENCH_LATENCY_H

/* How long each of some things took, one by one: for workloads whose time is a
 * latency. */

#include "harness.h"

WEFT_BEGIN_DECLARATIONS

enum { BENCH_LATENCIES = 1 << 17 }; /* those that come after are forgotten */

typedef struct bench_latencies {
    size_t count;
    weft_duration latency[BENCH_LATENCIES];
} bench_latencies;

static inline void bench_note_latency(bench_latencies *latencies,
                                      weft_duration latency)
{
    if (latencies->count < BENCH_LATENCIES)
        latencies->latency[latencies->count++] = latency;
}

/* The sample's wall time becomes their median, for each; its waits their ends.
 * Leaves them sorted. */
void bench_tell_latencies(bench_sample *sample, bench_latencies *latencies);

/* The calling thread's processor time. */
weft_duration bench_thread_cpu(void);

/* Asleep, or awake, until weft_monotonic() is there. */
void bench_sleep_until(weft_duration moment);
void bench_spin_until(weft_duration moment);

WEFT_END_DECLARATIONS

#endif
