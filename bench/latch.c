/* SPDX-License-Identifier: MIT */

/*
 * The race of the latches. One thread counts a latch down and passes it; or
 * threads gather at one latch after the other. A latch serves once, so each
 * operation has a latch of its own, made before the clock starts. The floor
 * waits awake; `futex` is the same asleep.
 */

#include "weft/latch.h"
#include "floor.h"
#include "harness.h"
#include "template.h"

#include <nsync.h>
#include <stdlib.h>

enum { ONE_THREAD, GATHER };

static const bench_contest contests[] = {
    {.name = "count down + pass", .workload = ONE_THREAD},
    {"2 threads gather, two cores", GATHER, .threads = 2,
     .placement = BENCH_OWN_CORES},
    {"4 threads gather", GATHER, .threads = 4, .placement = BENCH_SPREAD},
};

static void *allocate(size_t n, size_t size)
{
    void *memory = malloc(n * size);
    if (memory == NULL)
        abort();
    return memory;
}

/* ---- The floors: a word ---- */

typedef uint32_t latch_floor, latch_futex;

static latch_floor *open_latches_floor(size_t n, unsigned count)
{
    latch_floor *latches = allocate(n, sizeof *latches);
    for (size_t i = 0; i < n; i++)
        latches[i] = count;
    return latches;
}

static void close_latches_floor(latch_floor *latches, size_t n)
{
    (void)n;
    free(latches);
}

static inline void count_down_floor(latch_floor *latch)
{
    weft__fetch_sub(latch, 1);
}

static inline void pass_floor(latch_floor *latch)
{
    bench_await(latch, 0);
}

static inline void arrive_floor(latch_floor *latch)
{
    count_down_floor(latch);
    pass_floor(latch);
}

static latch_futex *open_latches_futex(size_t n, unsigned count)
{
    return open_latches_floor(n, count);
}

static void close_latches_futex(latch_futex *latches, size_t n)
{
    close_latches_floor(latches, n);
}

static inline void count_down_futex(latch_futex *latch)
{
    if (weft__fetch_sub(latch, 1) == 1)
        bench_wake(latch, INT_MAX);
}

static inline void pass_futex(latch_futex *latch)
{
    bench_await_asleep(latch, 0);
}

static inline void arrive_futex(latch_futex *latch)
{
    count_down_futex(latch);
    pass_futex(latch);
}

/* ---- weft ---- */

typedef weft_latch latch_weft;

static latch_weft *open_latches_weft(size_t n, unsigned count)
{
    latch_weft *latches = allocate(n, sizeof *latches);
    for (size_t i = 0; i < n; i++)
        latches[i] = (weft_latch)WEFT_LATCH(count);
    return latches;
}

static void close_latches_weft(latch_weft *latches, size_t n)
{
    (void)n;
    free(latches);
}

static inline void count_down_weft(latch_weft *latch)
{
    weft_latch_count_down(latch, 1);
}

static inline void pass_weft(latch_weft *latch)
{
    weft_latch_wait(latch);
}

static inline void arrive_weft(latch_weft *latch)
{
    weft_latch_arrive_and_wait(latch);
}

/* ---- nsync: its counter ---- */

typedef nsync_counter latch_nsync;

static latch_nsync *open_latches_nsync(size_t n, unsigned count)
{
    latch_nsync *latches = allocate(n, sizeof *latches);
    for (size_t i = 0; i < n; i++)
        latches[i] = nsync_counter_new(count);
    return latches;
}

static void close_latches_nsync(latch_nsync *latches, size_t n)
{
    for (size_t i = 0; i < n; i++)
        nsync_counter_free(latches[i]);
    free(latches);
}

static inline void count_down_nsync(latch_nsync *latch)
{
    nsync_counter_add(*latch, -1);
}

static inline void pass_nsync(latch_nsync *latch)
{
    nsync_counter_wait(*latch, nsync_time_no_deadline);
}

static inline void arrive_nsync(latch_nsync *latch)
{
    count_down_nsync(latch);
    pass_nsync(latch);
}

#define PEER floor
#include "latch_workloads.h"
#define PEER futex
#include "latch_workloads.h"
#define PEER weft
#include "latch_workloads.h"
#define PEER nsync
#include "latch_workloads.h"

static const bench_entrant floor_entrant = {
    "floor", BENCH_FLOOR, "", {one_thread_floor, gather_floor}};
static const bench_entrant futex_entrant = {
    "futex", BENCH_REFERENCE, "", {NULL, gather_futex}};
static const bench_entrant weft_entrant = {
    "weft", BENCH_WEFT, "", {one_thread_weft, gather_weft}};
static const bench_entrant nsync_entrant = {
    "nsync", BENCH_PEER, "allocates", {one_thread_nsync, gather_nsync}};
extern const bench_entrant bench_latch_std, bench_latch_absl;

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant, &futex_entrant,   &weft_entrant,
        &nsync_entrant, &bench_latch_std, &bench_latch_absl,
    };
    const bench_race race = {"latch", contests, BENCH_COUNT(contests), entrants,
                             BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
