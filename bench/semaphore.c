/* SPDX-License-Identifier: MIT */

/*
 * The race of the semaphores. Alone: one permit taken and given back.
 * Contended: all threads take one of few permits, in turns, for a while. The
 * floor is as many threads as there are permits, who never wait.
 */

#include "weft/semaphore.h"
#include "floor.h"
#include "harness.h"
#include "template.h"

#include <semaphore.h>

enum { UNCONTENDED, CONTENDED };

static const bench_contest contests[] = {
    {.name = "acquire + release", .workload = UNCONTENDED},
    {"4 threads, 2 permits, 1 us inside", CONTENDED, 4, BENCH_SPREAD,
     .inside = 1000, .size = 2},
};

/* ---- The floor ---- */

typedef uint32_t semaphore_floor;

static inline void prepare_semaphore_floor(semaphore_floor *semaphore,
                                           unsigned permits)
{
    *semaphore = permits;
}

static inline void take_floor(semaphore_floor *semaphore)
{
    weft__fetch_sub(semaphore, 1);
}

static inline void give_floor(semaphore_floor *semaphore)
{
    weft__fetch_add(semaphore, 1);
}

/* ---- weft ---- */

typedef weft_semaphore semaphore_weft;

static inline void prepare_semaphore_weft(semaphore_weft *semaphore,
                                          unsigned permits)
{
    *semaphore = (weft_semaphore)WEFT_SEMAPHORE(permits);
}

static inline void take_weft(semaphore_weft *semaphore)
{
    weft_semaphore_acquire(semaphore);
}

static inline void give_weft(semaphore_weft *semaphore)
{
    weft_semaphore_release(semaphore, 1);
}

/* ---- glibc ---- */

typedef sem_t semaphore_glibc;

static inline void prepare_semaphore_glibc(semaphore_glibc *semaphore,
                                           unsigned permits)
{
    sem_init(semaphore, 0, permits);
}

static inline void take_glibc(semaphore_glibc *semaphore)
{
    sem_wait(semaphore);
}

static inline void give_glibc(semaphore_glibc *semaphore)
{
    sem_post(semaphore);
}

#define PEER floor
#include "semaphore_workloads.h"
#define PEER weft
#include "semaphore_workloads.h"
#define PEER glibc
#include "semaphore_workloads.h"

static void never_wait(bench_sample *sample)
{
    bench_threads_until(sample, sample->contest->size, contend_floor);
}

static const bench_entrant floor_entrant = {
    "floor", BENCH_FLOOR, "", {uncontended_floor, never_wait}};
static const bench_entrant weft_entrant = {
    "weft", BENCH_WEFT, "", {uncontended_weft, contended_weft}};
static const bench_entrant glibc_entrant = {
    "glibc", BENCH_PEER, "", {uncontended_glibc, contended_glibc}};
extern const bench_entrant bench_semaphore_std, bench_semaphore_moodycamel;

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant,
        &weft_entrant,
        &glibc_entrant,
        &bench_semaphore_std,
        &bench_semaphore_moodycamel,
    };
    const bench_race race = {"semaphore", contests, BENCH_COUNT(contests),
                             entrants, BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
