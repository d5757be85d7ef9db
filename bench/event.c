/* SPDX-License-Identifier: MIT */

/*
 * The race of the events. A round trip: each of two threads waits for its own
 * event, clears it and sets the other's; the time is there and back. The floor
 * waits awake, which is the least time there is and all of the processor's;
 * `futex` is the least that sleeps. Libraries without an event use the one that
 * textbooks make of a lock and a condition; std uses its atomic's wait.
 */

#include "weft/event.h"
#include "floor.h"
#include "harness.h"
#include "peers.h"

enum { SET_WAIT_CLEAR, ROUND_TRIP };

static const bench_contest contests[] = {
    {.name = "set + wait + clear", .workload = SET_WAIT_CLEAR},
    {"round trip, two cores", ROUND_TRIP, .threads = 2,
     .placement = BENCH_OWN_CORES},
    {"round trip, one core", ROUND_TRIP, .threads = 2,
     .placement = BENCH_ONE_CORE},
};

/* ---- The floor: a word ---- */

typedef uint32_t event_floor;

static inline void prepare_event_floor(event_floor *event)
{
    weft__store(event, 0);
}

static inline void set_floor(event_floor *event)
{
    weft__store(event, 1);
}

static inline void clear_floor(event_floor *event)
{
    weft__store(event, 0);
}

static inline void await_floor(event_floor *event)
{
    bench_await(event, 1);
}

/* ---- A word and a futex ---- */

typedef uint32_t event_futex;

static inline void prepare_event_futex(event_futex *event)
{
    weft__store(event, 0);
}

static inline void set_futex(event_futex *event)
{
    weft__store(event, 1);
    bench_wake(event, INT_MAX);
}

static inline void clear_futex(event_futex *event)
{
    weft__store(event, 0);
}

static inline void await_futex(event_futex *event)
{
    bench_await_asleep(event, 1);
}

/* ---- weft ---- */

typedef weft_event event_weft;

static inline void prepare_event_weft(event_weft *event)
{
    weft_event_clear(event);
}

static inline void set_weft(event_weft *event)
{
    weft_event_set(event);
}

static inline void clear_weft(event_weft *event)
{
    weft_event_clear(event);
}

static inline void await_weft(event_weft *event)
{
    weft_event_wait(event);
}

#define PEER floor
#include "event_workloads.h"

/* One word to hand to and fro, which is less than two events. */
static void hand_over(bench_sample *sample, unsigned index)
{
    static BENCH_APART uint32_t turn;
    for (uint64_t i = 0; i < sample->operations; i++) {
        bench_await(&turn, index);
        weft__store(&turn, 1 - index);
    }
}

static void least_round_trip(bench_sample *sample)
{
    bench_threads(sample, 2, hand_over);
}

#define PEER futex
#include "event_workloads.h"
#define PEER weft
#include "event_workloads.h"
#define PEER glibc
#include "event_textbook.h"
#include "event_workloads.h"
#define PEER c11
#include "event_textbook.h"
#include "event_workloads.h"
#define PEER glib
#include "event_textbook.h"
#include "event_workloads.h"
#define PEER nsync
#include "event_textbook.h"
#include "event_workloads.h"

static const bench_entrant floor_entrant = {
    "floor", BENCH_FLOOR, "", {set_wait_clear_floor, least_round_trip}};
static const bench_entrant futex_entrant = {
    "futex", BENCH_REFERENCE, "a wake for each set", {NULL, round_trip_futex}};
static const bench_entrant weft_entrant = {
    "weft", BENCH_WEFT, "", {set_wait_clear_weft, round_trip_weft}};
static const bench_entrant glibc_entrant = {
    "glibc",
    BENCH_PEER,
    "a pulse may be lost",
    {set_wait_clear_glibc, round_trip_glibc}};
static const bench_entrant c11_entrant = {"C11",
                                          BENCH_PEER,
                                          "a pulse may be lost",
                                          {set_wait_clear_c11, round_trip_c11}};
static const bench_entrant glib_entrant = {
    "GLib",
    BENCH_PEER,
    "a pulse may be lost",
    {set_wait_clear_glib, round_trip_glib}};
static const bench_entrant nsync_entrant = {
    "nsync",
    BENCH_PEER,
    "a pulse may be lost",
    {set_wait_clear_nsync, round_trip_nsync}};
extern const bench_entrant bench_event_std, bench_event_absl;

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant, &futex_entrant,   &weft_entrant,
        &glibc_entrant, &c11_entrant,     &glib_entrant,
        &nsync_entrant, &bench_event_std, &bench_event_absl,
    };
    const bench_race race = {"event", contests, BENCH_COUNT(contests), entrants,
                             BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
