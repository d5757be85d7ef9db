/* SPDX-License-Identifier: MIT */

/* The reentrant lock of C++. */

#include "harness.h"
#include "template.h"

#include <mutex>

typedef std::recursive_mutex rlock_std;

static inline void prepare_rlock_std(rlock_std *)
{
}

static inline void enter_std(rlock_std *rlock)
{
    rlock->lock();
}

static inline void leave_std(rlock_std *rlock)
{
    rlock->unlock();
}

#define PEER std
#include "rlock_workloads.h"

extern const bench_entrant bench_rlock_std;
const bench_entrant bench_rlock_std = {
    "std", BENCH_PEER, "", {depth_1_std, depth_3_std}};
