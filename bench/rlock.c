/* SPDX-License-Identifier: MIT */

/*
 * The race of the reentrant locks: one thread acquires and releases, one level
 * deep and three. The floor of three is the floor of one, for the outermost
 * level, and a plain counter for the others.
 */

#include "weft/rlock.h"
#include "floor.h"
#include "harness.h"
#include "template.h"

#include <glib.h>
#include <pthread.h>
#include <threads.h>

enum { DEPTH_1, DEPTH_3 };

static const bench_contest contests[] = {
    {.name = "depth 1", .workload = DEPTH_1},
    {.name = "depth 3", .workload = DEPTH_3},
};

/* ---- The floor ---- */

typedef struct rlock_floor {
    uint32_t owner;
    uint32_t again;
} rlock_floor;

static _Thread_local uint32_t floor_id = 1;

static inline void prepare_rlock_floor(rlock_floor *rlock)
{
    rlock->owner = rlock->again = 0;
}

static inline void enter_floor(rlock_floor *rlock)
{
    uint32_t id = floor_id, open = 0;
    if (weft__load_relaxed(&rlock->owner) == id)
        rlock->again++;
    else
        (void)weft__compare_swap_acquire(&rlock->owner, &open, id);
}

static inline void leave_floor(rlock_floor *rlock)
{
    if (rlock->again > 0)
        rlock->again--;
    else
        weft__exchange(&rlock->owner, 0);
}

/* ---- weft ---- */

typedef weft_rlock rlock_weft;

static inline void prepare_rlock_weft(rlock_weft *rlock)
{
    (void)rlock;
}

static inline void enter_weft(rlock_weft *rlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_rlock_acquire(rlock);
}

static inline void leave_weft(rlock_weft *rlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_rlock_release(rlock);
}

/* ---- glibc: POSIX ---- */

typedef pthread_mutex_t rlock_glibc;

static inline void prepare_rlock_glibc(rlock_glibc *rlock)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(rlock, &attributes);
    pthread_mutexattr_destroy(&attributes);
}

static inline void enter_glibc(rlock_glibc *rlock)
{
    pthread_mutex_lock(rlock);
}

static inline void leave_glibc(rlock_glibc *rlock)
{
    pthread_mutex_unlock(rlock);
}

/* ---- glibc: C11 ---- */

typedef mtx_t rlock_c11;

static inline void prepare_rlock_c11(rlock_c11 *rlock)
{
    mtx_init(rlock, mtx_plain | mtx_recursive);
}

static inline void enter_c11(rlock_c11 *rlock)
{
    mtx_lock(rlock);
}

static inline void leave_c11(rlock_c11 *rlock)
{
    mtx_unlock(rlock);
}

/* ---- GLib ---- */

typedef GRecMutex rlock_glib;

static inline void prepare_rlock_glib(rlock_glib *rlock)
{
    g_rec_mutex_init(rlock);
}

static inline void enter_glib(rlock_glib *rlock)
{
    g_rec_mutex_lock(rlock);
}

static inline void leave_glib(rlock_glib *rlock)
{
    g_rec_mutex_unlock(rlock);
}

#define PEER floor
#include "rlock_workloads.h"
#define PEER weft
#include "rlock_workloads.h"
#define PEER glibc
#include "rlock_workloads.h"
#define PEER c11
#include "rlock_workloads.h"
#define PEER glib
#include "rlock_workloads.h"

static const bench_entrant floor_entrant = {
    "floor", BENCH_FLOOR, "", {depth_1_floor, depth_3_floor}};
static const bench_entrant weft_entrant = {
    "weft", BENCH_WEFT, "", {depth_1_weft, depth_3_weft}};
static const bench_entrant glibc_entrant = {
    "glibc", BENCH_PEER, "", {depth_1_glibc, depth_3_glibc}};
static const bench_entrant c11_entrant = {
    "C11", BENCH_PEER, "", {depth_1_c11, depth_3_c11}};
static const bench_entrant glib_entrant = {
    "GLib", BENCH_PEER, "", {depth_1_glib, depth_3_glib}};
extern const bench_entrant bench_rlock_std;

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant, &weft_entrant, &glibc_entrant,
        &c11_entrant,   &glib_entrant, &bench_rlock_std,
    };
    const bench_race race = {"rlock", contests, BENCH_COUNT(contests), entrants,
                             BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
