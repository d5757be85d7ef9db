/* SPDX-License-Identifier: MIT */

/*
 * The race of the barriers: threads that do nothing but meet; the time is one
 * meeting. The floor waits awake: a count and a number of the round in one
 * word; `futex` is the same asleep.
 */

#include "weft/barrier.h"
#include "floor.h"
#include "harness.h"
#include "template.h"

#include <pthread.h>

enum { CYCLE };

static const bench_contest contests[] = {
    {"2 threads, two cores", CYCLE, .threads = 2, .placement = BENCH_OWN_CORES},
    {"4 threads", CYCLE, .threads = 4, .placement = BENCH_SPREAD},
};

/* ---- The floors ---- */

typedef struct barrier_floor {
    uint32_t parties, arrived, round;
} barrier_floor, barrier_futex;

static inline void prepare_barrier_floor(barrier_floor *barrier,
                                         unsigned parties)
{
    *barrier = (barrier_floor){.parties = parties};
}

static inline void prepare_barrier_futex(barrier_futex *barrier,
                                         unsigned parties)
{
    prepare_barrier_floor(barrier, parties);
}

/* The last to arrive begins the next round. */
static inline bool arrive_last(barrier_floor *barrier)
{
    if (weft__fetch_add(&barrier->arrived, 1) + 1 != barrier->parties)
        return false;
    weft__store_relaxed(&barrier->arrived, 0);
    weft__fetch_add(&barrier->round, 1);
    return true;
}

static inline void meet_floor(barrier_floor *barrier)
{
    uint32_t round = weft__load_relaxed(&barrier->round);
    if (!arrive_last(barrier))
        bench_await(&barrier->round, round + 1);
}

static inline void meet_futex(barrier_futex *barrier)
{
    uint32_t round = weft__load_relaxed(&barrier->round);
    if (arrive_last(barrier))
        bench_wake(&barrier->round, INT_MAX);
    else
        bench_await_asleep(&barrier->round, round + 1);
}

/* ---- weft ---- */

typedef weft_barrier barrier_weft;

static inline void prepare_barrier_weft(barrier_weft *barrier, unsigned parties)
{
    *barrier = (weft_barrier)WEFT_BARRIER(parties);
}

static inline void meet_weft(barrier_weft *barrier)
{
    weft_barrier_wait(barrier, NULL);
}

/* ---- glibc ---- */

typedef pthread_barrier_t barrier_glibc;

static inline void prepare_barrier_glibc(barrier_glibc *barrier,
                                         unsigned parties)
{
    pthread_barrier_init(barrier, NULL, parties);
}

static inline void meet_glibc(barrier_glibc *barrier)
{
    pthread_barrier_wait(barrier);
}

#define PEER floor
#include "barrier_workloads.h"
#define PEER futex
#include "barrier_workloads.h"
#define PEER weft
#include "barrier_workloads.h"
#define PEER glibc
#include "barrier_workloads.h"

static const bench_entrant floor_entrant = {
    "floor", BENCH_FLOOR, "", {cycle_floor}};
static const bench_entrant futex_entrant = {
    "futex", BENCH_REFERENCE, "breaking", {cycle_futex}};
static const bench_entrant weft_entrant = {
    "weft", BENCH_WEFT, "", {cycle_weft}};
static const bench_entrant glibc_entrant = {
    "glibc", BENCH_PEER, "time-out, breaking", {cycle_glibc}};
extern const bench_entrant bench_barrier_std;

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant, &futex_entrant,     &weft_entrant,
        &glibc_entrant, &bench_barrier_std,
    };
    const bench_race race = {"barrier", contests, BENCH_COUNT(contests),
                             entrants, BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
