/* SPDX-License-Identifier: MIT */

/* The thread of C++. */

#include "thread.h"

#include "harness.h"
#include "template.h"

#include <thread>

typedef std::thread thread_std;

static inline void start_std(thread_std *thread)
{
    *thread = std::thread([] {});
}

static inline void join_std(thread_std *thread)
{
    thread->join();
}

#define PEER std
#include "thread_workloads.h"

extern const bench_entrant bench_thread_std;
const bench_entrant bench_thread_std = {
    "std", BENCH_PEER, "name, many joiners", {one_by_one_std, crowd_std}};
