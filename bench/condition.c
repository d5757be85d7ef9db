/* SPDX-License-Identifier: MIT */

/*
 * The race of the conditions. A round trip: two threads hand a turn to each
 * other under one lock, each with its condition; the time is there and back. A
 * broadcast: one thread wakes all others, and waits until each has come. A
 * producer: it puts items one by one where there is room for a few, four others
 * take them. The floor waits awake, which is the least time there is and all of
 * the processor's; `futex` is the least that sleeps, without a lock.
 */

#include "floor.h"
#include "harness.h"
#include "peers.h"

enum { ROUND_TRIP, BROADCAST, PRODUCE_AND_CONSUME };

static const bench_contest contests[] = {
    {"round trip, two cores", ROUND_TRIP, .threads = 2,
     .placement = BENCH_OWN_CORES},
    {"round trip, one core", ROUND_TRIP, .threads = 2,
     .placement = BENCH_ONE_CORE},
    {"broadcast to 4", BROADCAST, 5, BENCH_SPREAD, .size = 4},
    {"1 producer, 4 consumers", PRODUCE_AND_CONSUME, 5, BENCH_SPREAD,
     .spins = true},
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

/* ---- The floor of the producer: two counts, and the items between ---- */

enum { ROOM = 8 };

static struct {
    BENCH_APART uint32_t put;
    BENCH_APART uint32_t taken;
    BENCH_APART uint64_t items[ROOM];
    BENCH_APART uint64_t sum;
} counts;

static void put_all(uint32_t items)
{
    for (uint32_t i = 0; i < items; i++) {
        unsigned looks = 0;
        while (i - weft__load(&counts.taken) == ROOM)
            bench_relax(&looks);
        weft__store_relaxed(&counts.items[i % ROOM], i + 1u);
        weft__store(&counts.put, i + 1);
    }
}

/* Whoever counts an item as taken has read it: until then its place is not
 * used again. */
static uint64_t take_some(uint32_t items)
{
    uint64_t sum = 0;
    unsigned looks = 0;
    for (;;) {
        uint32_t next = weft__load(&counts.taken);
        if (next == items)
            return sum;
        if (next == weft__load(&counts.put)) {
            bench_relax(&looks);
            continue;
        }
        uint64_t item = weft__load_relaxed(&counts.items[next % ROOM]);
        if (weft__compare_swap(&counts.taken, &next, next + 1)) {
            sum += item;
            looks = 0;
        }
    }
}

static void produce_or_consume(bench_sample *sample, unsigned index)
{
    uint32_t items = (uint32_t)sample->operations;
    if (index == 0)
        put_all(items);
    else
        weft__fetch_add(&counts.sum, take_some(items));
}

static void produce_and_consume_floor(bench_sample *sample)
{
    uint64_t items = sample->operations;
    counts.put = counts.taken = 0;
    counts.sum = 0;
    bench_threads(sample, sample->contest->threads, produce_or_consume);
    sample->wrong = counts.sum != items * (items + 1) / 2;
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
    "floor",
    BENCH_FLOOR,
    "",
    {round_trip_floor, broadcast_floor, produce_and_consume_floor}};
static const bench_entrant futex_entrant = {
    "futex", BENCH_REFERENCE, "a lock", {round_trip_futex, broadcast_futex}};
static const bench_entrant weft_entrant = {
    "weft",
    BENCH_WEFT,
    "",
    {round_trip_weft, broadcast_weft, produce_and_consume_weft}};
static const bench_entrant glibc_entrant = {
    "glibc",
    BENCH_PEER,
    "spurious wakes",
    {round_trip_glibc, broadcast_glibc, produce_and_consume_glibc}};
static const bench_entrant c11_entrant = {
    "C11",
    BENCH_PEER,
    "spurious wakes",
    {round_trip_c11, broadcast_c11, produce_and_consume_c11}};
static const bench_entrant glib_entrant = {
    "GLib",
    BENCH_PEER,
    "spurious wakes",
    {round_trip_glib, broadcast_glib, produce_and_consume_glib}};
static const bench_entrant nsync_entrant = {
    "nsync",
    BENCH_PEER,
    "spurious wakes",
    {round_trip_nsync, broadcast_nsync, produce_and_consume_nsync}};
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
