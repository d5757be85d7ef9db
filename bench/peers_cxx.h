/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_PEERS_CXX_H
#define WEFT_BENCH_PEERS_CXX_H

/* The same names as in peers.h, for the peers in C++. */

#include "template.h"
#include "weft/base.h"

#include <absl/synchronization/mutex.h>
#include <condition_variable>
#include <mutex>

/* Their constructors have done it. */
template <typename object> static inline void prepare_std(object *)
{
}

template <typename object> static inline void prepare_absl(object *)
{
}

/* ---- The C++ standard library ---- */

typedef std::mutex lock_std;
typedef std::condition_variable condition_std;

static inline void prepare_condition_std(condition_std *)
{
}

static inline void acquire_std(lock_std *lock)
{
    lock->lock();
}

static inline void release_std(lock_std *lock)
{
    lock->unlock();
}

static inline void wait_std(condition_std *condition, lock_std *lock)
{
    std::unique_lock<std::mutex> held(*lock, std::adopt_lock);
    condition->wait(held);
    held.release();
}

static inline void notify_std(condition_std *condition)
{
    condition->notify_one();
}

static inline void notify_all_std(condition_std *condition)
{
    condition->notify_all();
}

/* ---- Abseil ---- */

typedef absl::Mutex lock_absl;
typedef absl::CondVar condition_absl;

static inline void prepare_condition_absl(condition_absl *)
{
}

static inline void acquire_absl(lock_absl *lock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    lock->Lock();
}

static inline void release_absl(lock_absl *lock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    lock->Unlock();
}

static inline void wait_absl(condition_absl *condition,
                             lock_absl *lock) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    condition->Wait(lock);
}

static inline void notify_absl(condition_absl *condition)
{
    condition->Signal();
}

static inline void notify_all_absl(condition_absl *condition)
{
    condition->SignalAll();
}

#endif
