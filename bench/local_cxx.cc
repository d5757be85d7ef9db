/* SPDX-License-Identifier: MIT */

/* oneTBB's thread-local object. */

#include "harness.h"
#include "template.h"

#include <oneapi/tbb/enumerable_thread_specific.h>

static tbb::enumerable_thread_specific<int> local_tbb;

static inline void prepare_local_tbb(void)
{
}

static inline int *value_tbb(void)
{
    return &local_tbb.local();
}

#define PEER tbb
#include "local_workloads.h"

extern const bench_entrant bench_local_tbb;
const bench_entrant bench_local_tbb = {
    "oneTBB", BENCH_PEER, "an end with its thread", {get_tbb}};
