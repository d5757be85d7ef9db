/* SPDX-License-Identifier: MIT */

/* The locks of C++. */

#include "harness.h"
#include "peers_cxx.h"

#include <oneapi/tbb/mutex.h>

typedef tbb::mutex lock_tbb;

static inline void prepare_tbb(lock_tbb *)
{
}

static inline void acquire_tbb(lock_tbb *lock)
{
    lock->lock();
}

static inline void release_tbb(lock_tbb *lock)
{
    lock->unlock();
}

#define PEER std
#include "lock_workloads.h"
#define PEER absl
#include "lock_workloads.h"
#define PEER tbb
#include "lock_workloads.h"

extern const bench_entrant bench_lock_std, bench_lock_absl, bench_lock_tbb;

const bench_entrant bench_lock_std = {
    "std", BENCH_PEER, "", {uncontended_std, contended_std, contended_std}};
const bench_entrant bench_lock_absl = {
    "Abseil",
    BENCH_PEER,
    "",
    {uncontended_absl, contended_absl, contended_absl}};
const bench_entrant bench_lock_tbb = {
    "oneTBB", BENCH_PEER, "", {uncontended_tbb, contended_tbb, contended_tbb}};
