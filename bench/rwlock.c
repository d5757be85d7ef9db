/* SPDX-License-Identifier: MIT */

/*
 * The race of the locks for many readers or one writer. The floor of readers
 * alone is as many threads, each with a word of its own: readers need not wait
 * for each other, nor share a cache line. The floor of the mixture is the same,
 * with time for the other thread's writes. `one word` counts readers by bare
 * read-modify-writes of one shared word, which is what a small lock can reach.
 */

#include "weft/rwlock.h"
#include "floor.h"
#include "harness.h"
#include "template.h"

#include <glib.h>
#include <nsync.h>
#include <pthread.h>

enum { READ_ALONE, WRITE_ALONE, READERS, MIXED };

static const bench_contest contests[] = {
    {.name = "one reader alone", .workload = READ_ALONE},
    {.name = "one writer alone", .workload = WRITE_ALONE},
    {"2 readers, 20 ns inside", READERS, 2, BENCH_OWN_CORES, .inside = 20},
    {"2 threads, 9 reads : 1 write, 20 ns inside", MIXED, 2, BENCH_OWN_CORES,
     .inside = 20},
    {"2 threads, 9 reads : 1 write, 1 us inside", MIXED, 2, BENCH_OWN_CORES,
     .inside = 1000},
};

/* ---- The floor: two read-modify-writes ---- */

typedef uint32_t rwlock_floor;

static inline void prepare_rwlock_floor(rwlock_floor *rwlock)
{
    *rwlock = 0;
}

static inline void read_floor(rwlock_floor *rwlock)
{
    weft__fetch_add(rwlock, 1);
}

static inline void end_read_floor(rwlock_floor *rwlock)
{
    weft__fetch_sub(rwlock, 1);
}

static inline void write_floor(rwlock_floor *rwlock)
{
    uint32_t open = 0;
    (void)weft__compare_swap_acquire(rwlock, &open, UINT32_C(1) << 31);
}

static inline void end_write_floor(rwlock_floor *rwlock)
{
    weft__exchange(rwlock, 0);
}

/* ---- weft ---- */

typedef weft_rwlock rwlock_weft;

static inline void prepare_rwlock_weft(rwlock_weft *rwlock)
{
    (void)rwlock;
}

static inline void read_weft(rwlock_weft *rwlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_rwlock_acquire_read(rwlock);
}

static inline void end_read_weft(rwlock_weft *rwlock)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_rwlock_release_read(rwlock);
}

static inline void write_weft(rwlock_weft *rwlock)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_rwlock_acquire_write(rwlock);
}

static inline void end_write_weft(rwlock_weft *rwlock)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_rwlock_release_write(rwlock);
}

/* ---- glibc ---- */

typedef pthread_rwlock_t rwlock_glibc;

static inline void prepare_rwlock_glibc(rwlock_glibc *rwlock)
{
    pthread_rwlock_init(rwlock, NULL);
}

static inline void read_glibc(rwlock_glibc *rwlock)
{
    pthread_rwlock_rdlock(rwlock);
}

static inline void end_read_glibc(rwlock_glibc *rwlock)
{
    pthread_rwlock_unlock(rwlock);
}

static inline void write_glibc(rwlock_glibc *rwlock)
{
    pthread_rwlock_wrlock(rwlock);
}

static inline void end_write_glibc(rwlock_glibc *rwlock)
{
    pthread_rwlock_unlock(rwlock);
}

/* ---- GLib ---- */

typedef GRWLock rwlock_glib;

static inline void prepare_rwlock_glib(rwlock_glib *rwlock)
{
    g_rw_lock_init(rwlock);
}

static inline void read_glib(rwlock_glib *rwlock)
{
    g_rw_lock_reader_lock(rwlock);
}

static inline void end_read_glib(rwlock_glib *rwlock)
{
    g_rw_lock_reader_unlock(rwlock);
}

static inline void write_glib(rwlock_glib *rwlock)
{
    g_rw_lock_writer_lock(rwlock);
}

static inline void end_write_glib(rwlock_glib *rwlock)
{
    g_rw_lock_writer_unlock(rwlock);
}

/* ---- nsync ---- */

typedef nsync_mu rwlock_nsync;

static inline void prepare_rwlock_nsync(rwlock_nsync *rwlock)
{
    nsync_mu_init(rwlock);
}

static inline void read_nsync(rwlock_nsync *rwlock)
{
    nsync_mu_rlock(rwlock);
}

static inline void end_read_nsync(rwlock_nsync *rwlock)
{
    nsync_mu_runlock(rwlock);
}

static inline void write_nsync(rwlock_nsync *rwlock)
{
    nsync_mu_lock(rwlock);
}

static inline void end_write_nsync(rwlock_nsync *rwlock)
{
    nsync_mu_unlock(rwlock);
}

#define PEER floor
#include "rwlock_workloads.h"
#define PEER weft
#include "rwlock_workloads.h"
#define PEER glibc
#include "rwlock_workloads.h"
#define PEER glib
#include "rwlock_workloads.h"
#define PEER nsync
#include "rwlock_workloads.h"

static void read_apart(bench_sample *sample, unsigned index)
{
    static struct {
        BENCH_APART rwlock_floor word;
    } own[2];
    uint64_t operations = 0, number = index;
    for (; !bench_stopped(); operations++) {
        read_floor(&own[index].word);
        number = bench_work(sample->inside, number);
        end_read_floor(&own[index].word);
    }
    bench_done(index, operations, 0);
}

static void readers_apart(bench_sample *sample)
{
    bench_threads_until(sample, sample->contest->threads, read_apart);
}

/* The second write stands for the other thread's, which must be waited for. */
static void read_mostly_apart(bench_sample *sample, unsigned index)
{
    static struct {
        BENCH_APART rwlock_floor word;
    } own[2];
    uint64_t operations = 0, number = index;
    for (; !bench_stopped(); operations += 10) {
        for (int i = 0; i < 2; i++) {
            write_floor(&own[index].word);
            number = bench_work(sample->inside, number);
            end_write_floor(&own[index].word);
        }
        for (int i = 0; i < 9; i++) {
            read_floor(&own[index].word);
            number = bench_work(sample->inside, number);
            end_read_floor(&own[index].word);
        }
    }
    bench_done(index, operations, 0);
}

static void mixed_apart(bench_sample *sample)
{
    bench_threads_until(sample, sample->contest->threads, read_mostly_apart);
}

static const bench_entrant floor_entrant = {
    "floor",
    BENCH_FLOOR,
    "",
    {read_alone_floor, write_alone_floor, readers_apart, mixed_apart}};
static const bench_entrant word_entrant = {
    "one word", BENCH_REFERENCE, "writers", {NULL, NULL, readers_floor}};
static const bench_entrant weft_entrant = {
    "weft",
    BENCH_WEFT,
    "",
    {read_alone_weft, write_alone_weft, readers_weft, mixed_weft}};
static const bench_entrant glibc_entrant = {
    "glibc",
    BENCH_PEER,
    "writers may starve",
    {read_alone_glibc, write_alone_glibc, readers_glibc, mixed_glibc}};
static const bench_entrant glib_entrant = {
    "GLib",
    BENCH_PEER,
    "writers may starve",
    {read_alone_glib, write_alone_glib, readers_glib, mixed_glib}};
static const bench_entrant nsync_entrant = {
    "nsync",
    BENCH_PEER,
    "",
    {read_alone_nsync, write_alone_nsync, readers_nsync, mixed_nsync}};
extern const bench_entrant bench_rwlock_std, bench_rwlock_absl,
    bench_rwlock_tbb;

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant,    &word_entrant,      &weft_entrant,
        &glibc_entrant,    &glib_entrant,      &nsync_entrant,
        &bench_rwlock_std, &bench_rwlock_absl, &bench_rwlock_tbb,
    };
    const bench_race race = {"rwlock", contests, BENCH_COUNT(contests),
                             entrants, BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
