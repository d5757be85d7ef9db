/* SPDX-License-Identifier: MIT */

/*
 * The race of the conditions. A round trip: two threads hand a turn to each
 * other under one lock, each with its condition; the time is there and back. A
 * broadcast: one thread wakes all others, and waits until each has come. The
 * floor waits awake, which is the least time there is and all of the
 * processor's; `futex` is the least that sleeps, without a lock.
 */

#include "floor.h"
#include "harness.h"
#include "peers.h"

enum { ROUND_TRIP, BROADCAST };

static const bench_contest contests[] = {
    {"round trip, two cores", ROUND_TRIP, .threads = 2,
     .placement = BENCH_OWN_CORES},
    {"round trip, one core", ROUND_TRIP, .threads = 2,
     .placement = BENCH_ONE_CORE},
    {"broadcast to 4", BROADCAST, 5, BENCH_SPREAD, .size = 4},
};

#define PEER weft
#include "condition_workloads.h"
#define PEER glibc
#include "condition_workloads.h"
#define PEER c11
#include "condition_workloads.h"
#define PEER glib
#include "condition_workloads.h"
#define PEER nsync
#include "condition_workloads.h"

/* ---- The floors ---- */

static struct {
    BENCH_APART uint32_t turn;
    BENCH_APART uint32_t generation;
    BENCH_APART uint32_t arrived;
} bare;

static void prepare_bare(void)
{
    bare.turn = bare.generation = bare.arrived = 0;
}

static void take_turns_awake(bench_sample *sample, unsigned index)
{
    for (uint64_t i = 0; i < sample->operations; i++) {
        bench_await(&bare.turn, index);
        weft__exchange(&bare.turn, 1 - index);
    }
}

static void take_turns_asleep(bench_sample *sample, unsigned index)
{
    for (uint64_t i = 0; i < sample->operations; i++) {
        bench_await_asleep(&bare.turn, index);
        weft__exchange(&bare.turn, 1 - index);
        bench_wake(&bare.turn, 1);
    }
}

static void assemble_awake(bench_sample *sample, unsigned index)
{
    for (uint32_t i = 1; i <= sample->operations; i++)
        if (index == 0) {
            weft__store(&bare.generation, i);
            bench_await(&bare.arrived, i * sample->contest->size);
        } else {
            bench_await(&bare.generation, i);
            weft__fetch_add(&bare.arrived, 1);
        }
}

static void assemble_asleep(bench_sample *sample, unsigned index)
{
    uint32_t crowd = sample->contest->size;
    for (uint32_t i = 1; i <= sample->operations; i++)
        if (index == 0) {
            weft__store(&bare.generation, i);
            bench_wake(&bare.generation, INT_MAX);
            bench_await_asleep(&bare.arrived, i * crowd);
        } else {
            bench_await_asleep(&bare.generation, i);
            if (weft__fetch_add(&bare.arrived, 1) + 1 == i * crowd)
                bench_wake(&bare.arrived, 1);
        }
}

static void round_trip_floor(bench_sample *sample)
{
    prepare_bare();
    bench_threads(sample, 2, take_turns_awake);
}

static void broadcast_floor(bench_sample *sample)
{
    prepare_bare();
    bench_threads(sample, sample->contest->size + 1, assemble_awake);
}

static void round_trip_futex(bench_sample *sample)
{
    prepare_bare();
    bench_threads(sample, 2, take_turns_asleep);
}

static void broadcast_futex(bench_sample *sample)
{
    prepare_bare();
    bench_threads(sample, sample->contest->size + 1, assemble_asleep);
}

/* ---- Who takes part ---- */

static const bench_entrant floor_entrant = {
    "floor", BENCH_FLOOR, "", {round_trip_floor, broadcast_floor}};
static const bench_entrant futex_entrant = {
    "futex", BENCH_REFERENCE, "a lock", {round_trip_futex, broadcast_futex}};
static const bench_entrant weft_entrant = {
    "weft", BENCH_WEFT, "", {round_trip_weft, broadcast_weft}};
static const bench_entrant glibc_entrant = {
    "glibc", BENCH_PEER, "spurious wakes", {round_trip_glibc, broadcast_glibc}};
static const bench_entrant c11_entrant = {
    "C11", BENCH_PEER, "spurious wakes", {round_trip_c11, broadcast_c11}};
static const bench_entrant glib_entrant = {
    "GLib", BENCH_PEER, "spurious wakes", {round_trip_glib, broadcast_glib}};
static const bench_entrant nsync_entrant = {
    "nsync", BENCH_PEER, "spurious wakes", {round_trip_nsync, broadcast_nsync}};
extern const bench_entrant bench_condition_std, bench_condition_absl;

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant, &futex_entrant,       &weft_entrant,
        &glibc_entrant, &c11_entrant,         &glib_entrant,
        &nsync_entrant, &bench_condition_std, &bench_condition_absl,
    };
    const bench_race race = {"condition", contests, BENCH_COUNT(contests),
                             entrants, BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
