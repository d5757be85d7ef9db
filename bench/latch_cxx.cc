/* SPDX-License-Identifier: MIT */

/* The latches of C++. Abseil's lets only one thread wait, so it does not
 * gather. */

#include "harness.h"
#include "template.h"

#include <absl/synchronization/blocking_counter.h>
#include <latch>
#include <new>

template <typename latch, typename number>
static latch *open_latches(size_t n, number count)
{
    latch *latches = static_cast<latch *>(::operator new(n * sizeof(latch)));
    for (size_t i = 0; i < n; i++)
        new (&latches[i]) latch(count);
    return latches;
}

template <typename latch> static void close_latches(latch *latches, size_t n)
{
    for (size_t i = 0; i < n; i++)
        latches[i].~latch();
    ::operator delete(latches);
}

typedef std::latch latch_std;

static latch_std *open_latches_std(size_t n, unsigned count)
{
    return open_latches<latch_std>(n, static_cast<std::ptrdiff_t>(count));
}

static void close_latches_std(latch_std *latches, size_t n)
{
    close_latches(latches, n);
}

static inline void count_down_std(latch_std *latch)
{
    latch->count_down();
}

static inline void pass_std(latch_std *latch)
{
    latch->wait();
}

static inline void arrive_std(latch_std *latch)
{
    latch->arrive_and_wait();
}

typedef absl::BlockingCounter latch_absl;

static latch_absl *open_latches_absl(size_t n, unsigned count)
{
    return open_latches<latch_absl>(n, static_cast<int>(count));
}

static void close_latches_absl(latch_absl *latches, size_t n)
{
    close_latches(latches, n);
}

static inline void count_down_absl(latch_absl *latch)
{
    latch->DecrementCount();
}

static inline void pass_absl(latch_absl *latch)
{
    latch->Wait();
}

static inline void arrive_absl(latch_absl *latch)
{
    count_down_absl(latch);
    pass_absl(latch);
}

#define PEER std
#include "latch_workloads.h"
#define PEER absl
#include "latch_workloads.h"

extern const bench_entrant bench_latch_std, bench_latch_absl;

const bench_entrant bench_latch_std = {
    "std", BENCH_PEER, "time-out", {one_thread_std, gather_std}};
const bench_entrant bench_latch_absl = {
    "Abseil", BENCH_PEER, "more than one waiter", {one_thread_absl, NULL}};
