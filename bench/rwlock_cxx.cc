/* SPDX-License-Identifier: MIT */

/* The locks for readers and writers of C++. */

#include "harness.h"
#include "template.h"

#include <absl/synchronization/mutex.h>
#include <oneapi/tbb/rw_mutex.h>
#include <shared_mutex>

typedef std::shared_mutex rwlock_std;
typedef tbb::rw_mutex rwlock_tbb;
typedef absl::Mutex rwlock_absl;

static inline void prepare_rwlock_std(rwlock_std *)
{
}

static inline void read_std(rwlock_std *rwlock)
{
    rwlock->lock_shared();
}

static inline void end_read_std(rwlock_std *rwlock)
{
    rwlock->unlock_shared();
}

static inline void write_std(rwlock_std *rwlock)
{
    rwlock->lock();
}

static inline void end_write_std(rwlock_std *rwlock)
{
    rwlock->unlock();
}

static inline void prepare_rwlock_tbb(rwlock_tbb *)
{
}

static inline void read_tbb(rwlock_tbb *rwlock)
{
    rwlock->lock_shared();
}

static inline void end_read_tbb(rwlock_tbb *rwlock)
{
    rwlock->unlock_shared();
}

static inline void write_tbb(rwlock_tbb *rwlock)
{
    rwlock->lock();
}

static inline void end_write_tbb(rwlock_tbb *rwlock)
{
    rwlock->unlock();
}

static inline void prepare_rwlock_absl(rwlock_absl *)
{
}

static inline void read_absl(rwlock_absl *rwlock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    rwlock->ReaderLock();
}

static inline void end_read_absl(rwlock_absl *rwlock)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    rwlock->ReaderUnlock();
}

static inline void write_absl(rwlock_absl *rwlock)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    rwlock->Lock();
}

static inline void end_write_absl(rwlock_absl *rwlock)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    rwlock->Unlock();
}

#define PEER std
#include "rwlock_workloads.h"
#define PEER absl
#include "rwlock_workloads.h"
#define PEER tbb
#include "rwlock_workloads.h"

extern const bench_entrant bench_rwlock_std, bench_rwlock_absl,
    bench_rwlock_tbb;

const bench_entrant bench_rwlock_std = {
    "std",
    BENCH_PEER,
    "writers may starve",
    {read_alone_std, write_alone_std, readers_std, mixed_std}};
const bench_entrant bench_rwlock_absl = {
    "Abseil",
    BENCH_PEER,
    "",
    {read_alone_absl, write_alone_absl, readers_absl, mixed_absl}};
const bench_entrant bench_rwlock_tbb = {
    "oneTBB",
    BENCH_PEER,
    "readers may starve",
    {read_alone_tbb, write_alone_tbb, readers_tbb, mixed_tbb}};
