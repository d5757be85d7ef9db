/* SPDX-License-Identifier: MIT */

/*
 * The race of once, when the function has long run: what every later call
 * costs. The floor is one load and a test. Each has its object where it mostly
 * is in programs: in static memory, where the compiler knows its address.
 */

#include "weft/once.h"
#include "floor.h"
#include "harness.h"
#include "template.h"

#include <glib.h>
#include <nsync.h>
#include <pthread.h>
#include <threads.h>

enum { PASSED };

static const bench_contest contests[] = {
    {.name = "passed", .workload = PASSED},
};

static uint32_t runs;

static void run(void)
{
    runs++;
}

static void run_with(void *arg)
{
    (void)arg;
    runs++;
}

static void *run_for(void *arg)
{
    runs++;
    return arg;
}

static inline void pass_floor(void)
{
    static uint32_t once;
    if (!WEFT__LIKELY(weft__load(&once) != 0)) {
        run();
        weft__store(&once, 1);
    }
}

static inline void pass_weft(void)
{
    static weft_once once;
    weft_call_once(&once, run_with, NULL);
}

static inline void pass_glibc(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, run);
}

static inline void pass_c11(void)
{
    static once_flag once = ONCE_FLAG_INIT;
    call_once(&once, run);
}

static inline void pass_glib(void)
{
    static GOnce once = G_ONCE_INIT;
    g_once(&once, run_for, NULL);
}

static inline void pass_nsync(void)
{
    static nsync_once once = NSYNC_ONCE_INIT;
    nsync_run_once(&once, run);
}

#define PEER floor
#include "once_workloads.h"
#define PEER weft
#include "once_workloads.h"
#define PEER glibc
#include "once_workloads.h"
#define PEER c11
#include "once_workloads.h"
#define PEER glib
#include "once_workloads.h"
#define PEER nsync
#include "once_workloads.h"

static const bench_entrant floor_entrant = {
    "floor", BENCH_FLOOR, "", {passed_floor}};
static const bench_entrant weft_entrant = {
    "weft", BENCH_WEFT, "", {passed_weft}};
static const bench_entrant glibc_entrant = {
    "glibc", BENCH_PEER, "", {passed_glibc}};
static const bench_entrant c11_entrant = {"C11", BENCH_PEER, "", {passed_c11}};
static const bench_entrant glib_entrant = {
    "GLib", BENCH_PEER, "", {passed_glib}};
static const bench_entrant nsync_entrant = {
    "nsync", BENCH_PEER, "", {passed_nsync}};
extern const bench_entrant bench_once_std, bench_once_absl;

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant, &weft_entrant,  &glibc_entrant,  &c11_entrant,
        &glib_entrant,  &nsync_entrant, &bench_once_std, &bench_once_absl,
    };
    const bench_race race = {"once", contests, BENCH_COUNT(contests), entrants,
                             BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
