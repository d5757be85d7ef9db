/* SPDX-License-Identifier: MIT */

/*
 * The race of thread-local values that are objects, made at run time and
 * destroyed with their thread: to find one's own. The floor is the compiler's
 * own _Thread_local, which is neither. `two cycles` takes two of the processor
 * on any of them, for the goal is told in these.
 */

#include "weft/local.h"
#include "harness.h"
#include "template.h"

#include <glib.h>
#include <pthread.h>
#include <stdlib.h>
#include <threads.h>

enum { GET };

static const bench_contest contests[] = {
    {.name = "get", .workload = GET},
};

/* ---- The floor ---- */

static _Thread_local int own;

static inline void prepare_local_floor(void)
{
}

static inline int *value_floor(void)
{
    int *value = &own;
    BENCH_FORGET(value);
    return value;
}

/* ---- Two cycles: each addition needs what the one before has made ---- */

static void get_cycles(bench_sample *sample)
{
    uint64_t operations = sample->operations, sum = 0;
    bench_begin(sample);
    for (uint64_t i = 0; i < operations; i++) {
        sum++;
        BENCH_FORGET(sum);
        sum++;
        BENCH_FORGET(sum);
    }
    bench_end(sample);
    sample->wrong = sum != 2 * operations;
}

/* ---- weft ---- */

static weft_local local_weft = WEFT_LOCAL(int);

static inline void prepare_local_weft(void)
{
}

static inline int *value_weft(void)
{
    weft_local *local = &local_weft;
    BENCH_FORGET(local);
    return weft_local_get(local);
}

/* ---- glibc: POSIX ---- */

static pthread_key_t key_glibc;

static inline void prepare_local_glibc(void)
{
    static bool made;
    if (!made)
        pthread_key_create(&key_glibc, free);
    made = true;
    if (pthread_getspecific(key_glibc) == NULL)
        pthread_setspecific(key_glibc, calloc(1, sizeof(int)));
}

static inline int *value_glibc(void)
{
    return pthread_getspecific(key_glibc);
}

/* ---- glibc: C11 ---- */

static tss_t key_c11;

static inline void prepare_local_c11(void)
{
    static bool made;
    if (!made)
        tss_create(&key_c11, free);
    made = true;
    if (tss_get(key_c11) == NULL)
        tss_set(key_c11, calloc(1, sizeof(int)));
}

static inline int *value_c11(void)
{
    return tss_get(key_c11);
}

/* ---- GLib ---- */

static GPrivate private_glib = G_PRIVATE_INIT(g_free);

static inline void prepare_local_glib(void)
{
    if (g_private_get(&private_glib) == NULL)
        g_private_set(&private_glib, g_malloc0(sizeof(int)));
}

static inline int *value_glib(void)
{
    return g_private_get(&private_glib);
}

#define PEER floor
#include "local_workloads.h"
#define PEER weft
#include "local_workloads.h"
#define PEER glibc
#include "local_workloads.h"
#define PEER c11
#include "local_workloads.h"
#define PEER glib
#include "local_workloads.h"

static const bench_entrant floor_entrant = {
    "floor", BENCH_FLOOR, "", {get_floor}};
static const bench_entrant weft_entrant = {"weft", BENCH_WEFT, "", {get_weft}};
static const bench_entrant glibc_entrant = {
    "glibc", BENCH_PEER, "makes no value", {get_glibc}};
static const bench_entrant c11_entrant = {
    "C11", BENCH_PEER, "makes no value", {get_c11}};
static const bench_entrant glib_entrant = {
    "GLib", BENCH_PEER, "makes no value", {get_glib}};
static const bench_entrant cycles_entrant = {
    "two cycles", BENCH_REFERENCE, "", {get_cycles}};
extern const bench_entrant bench_local_tbb;

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant, &cycles_entrant, &weft_entrant,    &glibc_entrant,
        &c11_entrant,   &glib_entrant,   &bench_local_tbb,
    };
    const bench_race race = {"local", contests, BENCH_COUNT(contests), entrants,
                             BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
