/* SPDX-License-Identifier: MIT */

/* The barrier of C++. */

#include "harness.h"
#include "template.h"

#include <barrier>
#include <optional>

typedef std::optional<std::barrier<>> barrier_std;

static inline void prepare_barrier_std(barrier_std *barrier, unsigned parties)
{
    barrier->emplace(static_cast<std::ptrdiff_t>(parties));
}

static inline void meet_std(barrier_std *barrier)
{
    (*barrier)->arrive_and_wait();
}

#define PEER std
#include "barrier_workloads.h"

extern const bench_entrant bench_barrier_std;
const bench_entrant bench_barrier_std = {
    "std", BENCH_PEER, "time-out, breaking", {cycle_std}};
