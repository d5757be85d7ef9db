/* SPDX-License-Identifier: MIT */

/*
 * The race of the locks. Alone: one acquire and release. Contended: all threads
 * take the one lock in turns as fast as they can, for a while; an operation is
 * one section, whoever's. The floor is one thread that does the sections alone:
 * no number of threads can do them faster. Where most of the work is outside
 * the lock, it is as many threads with a lock each, so nothing travels from one
 * processor to another; what that costs is seen by `spinning`: a bare word, and
 * whoever finds it taken looks until it is not.
 */

#include "floor.h"
#include "harness.h"
#include "peers.h"

enum { UNCONTENDED, CONTENDED, SELDOM };

static const bench_contest contests[] = {
    {.name = "acquire + release", .workload = UNCONTENDED},
    {"2 threads, 20 ns inside", CONTENDED, 2, BENCH_SPREAD, .inside = 20},
    {"4 threads, 20 ns inside", CONTENDED, 4, BENCH_SPREAD, .inside = 20},
    {"8 threads, 20 ns inside", CONTENDED, 8, BENCH_SPREAD, .inside = 20},
    {"2 threads, 1 us inside", CONTENDED, 2, BENCH_SPREAD, .inside = 1000},
    {"4 threads, 1 us inside", CONTENDED, 4, BENCH_SPREAD, .inside = 1000},
    {"8 threads, 1 us inside", CONTENDED, 8, BENCH_SPREAD, .inside = 1000},
    {"2 threads, 20 us inside", CONTENDED, 2, BENCH_SPREAD, .inside = 20000},
    {"4 threads, 20 us inside", CONTENDED, 4, BENCH_SPREAD, .inside = 20000},
    {"2 threads, 20 ns inside, 1 us outside", SELDOM, 2, BENCH_SPREAD,
     .inside = 20, .outside = 1000},
};

/* ---- The floor: two read-modify-writes ---- */

typedef uint32_t lock_floor;

static inline void prepare_floor(lock_floor *lock)
{
    *lock = 0;
}

static inline void acquire_floor(lock_floor *lock)
{
    uint32_t open = 0;
    (void)weft__compare_swap_acquire(lock, &open, 1);
}

static inline void release_floor(lock_floor *lock)
{
    weft__exchange(lock, 0);
}

/* ---- The same, and somebody may have it ---- */

typedef uint32_t lock_spin;

static inline void prepare_spin(lock_spin *lock)
{
    *lock = 0;
}

static inline void acquire_spin(lock_spin *lock)
{
    uint32_t open = 0;
    while (!weft__compare_swap_acquire(lock, &open, 1)) {
        bench_await(lock, 0);
        open = 0;
    }
}

static inline void release_spin(lock_spin *lock)
{
    weft__exchange(lock, 0);
}

#define PEER floor
#include "lock_workloads.h"
#define PEER spin
#include "lock_workloads.h"
#define PEER weft
#include "lock_workloads.h"
#define PEER glibc
#include "lock_workloads.h"
#define PEER c11
#include "lock_workloads.h"
#define PEER glib
#include "lock_workloads.h"
#define PEER nsync
#include "lock_workloads.h"

/* As many as have a processor, each with a lock of its own. */
static void stay_apart(bench_sample *sample, unsigned index)
{
    static struct {
        BENCH_APART lock_floor lock;
    } own[64];
    uint64_t operations = 0, number = index;
    for (; !bench_stopped(); operations++) {
        acquire_floor(&own[index].lock);
        number = bench_work(sample->inside, number);
        release_floor(&own[index].lock);
        number = bench_work(sample->outside, number);
    }
    bench_done(index, operations, NULL);
}

static void alone(bench_sample *sample)
{
    run_contest_floor(sample, 1, contend_floor);
}

static void apart(bench_sample *sample)
{
    bench_threads_until(sample, sample->contest->threads, stay_apart);
}

static const bench_entrant floor_entrant = {
    "floor", BENCH_FLOOR, "", {uncontended_floor, alone, apart}};
static const bench_entrant spin_entrant = {
    "spinning", BENCH_REFERENCE, "sleep", {NULL, NULL, contended_spin}};
static const bench_entrant weft_entrant = {
    "weft", BENCH_WEFT, "", {uncontended_weft, contended_weft, contended_weft}};
static const bench_entrant glibc_entrant = {
    "glibc",
    BENCH_PEER,
    "",
    {uncontended_glibc, contended_glibc, contended_glibc}};
static const bench_entrant c11_entrant = {
    "C11", BENCH_PEER, "", {uncontended_c11, contended_c11, contended_c11}};
static const bench_entrant glib_entrant = {
    "GLib", BENCH_PEER, "", {uncontended_glib, contended_glib, contended_glib}};
static const bench_entrant nsync_entrant = {
    "nsync",
    BENCH_PEER,
    "",
    {uncontended_nsync, contended_nsync, contended_nsync}};
extern const bench_entrant bench_lock_std, bench_lock_absl, bench_lock_tbb;

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant,   &spin_entrant,   &weft_entrant,  &glibc_entrant,
        &c11_entrant,     &glib_entrant,   &nsync_entrant, &bench_lock_std,
        &bench_lock_absl, &bench_lock_tbb,
    };
    const bench_race race = {"lock", contests, BENCH_COUNT(contests), entrants,
                             BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
