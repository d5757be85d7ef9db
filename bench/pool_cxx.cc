/* SPDX-License-Identifier: MIT */

/* Tasks in C++: std::async, which starts a thread for each, and oneTBB. */

#include "pool.h"

#include "template.h"

#include <atomic>
#include <future>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>
#include <thread>

static uint64_t results[LENGTH];

/* ---- The C++ standard library ---- */

typedef std::future<void> task_std;

static void open_pool_std(void)
{
}

static void close_pool_std(void)
{
}

static inline void submit_std(task_std *task, uint64_t *number)
{
    *task = std::async(std::launch::async, [number] { run_task(number); });
}

static inline void await_std(task_std *task)
{
    task->get();
}

/* ---- oneTBB: a group is waited for as a whole ---- */

typedef char task_tbb;

static thread_local tbb::task_group group_tbb;

static void open_pool_tbb(void)
{
}

static void close_pool_tbb(void)
{
}

static inline void submit_tbb(task_tbb *, uint64_t *number)
{
    group_tbb.run([number] { run_task(number); });
}

static inline void await_tbb(task_tbb *)
{
    group_tbb.wait();
}

/* A group's wait would run the task itself: an arena is told of one. */
static tbb::task_arena arena_tbb;
static std::atomic<bool> begun_tbb;

static void enqueue_once_tbb(uint64_t *began)
{
    begun_tbb = false;
    arena_tbb.enqueue([began] {
        run_task(began);
        begun_tbb = true;
    });
    while (!begun_tbb)
        std::this_thread::yield();
}

static void arena_from_idle_tbb(bench_sample *sample)
{
    bench_pool_from_idle(sample, enqueue_once_tbb);
}

static unsigned long fib_tbb(unsigned n)
{
    if (n < 2)
        return n;
    unsigned long one = 0;
    tbb::task_group group;
    group.run([n, &one] { one = fib_tbb(n - 1); });
    unsigned long other = fib_tbb(n - 2);
    group.wait();
    return one + other;
}

static void nested_tbb(bench_sample *sample)
{
    uint64_t rounds = (sample->operations + TASKS - 1) / TASKS;
    sample->operations = rounds * TASKS;
    bench_begin(sample);
    for (uint64_t i = 0; i < rounds; i++)
        if (fib_tbb(DEPTH) != FIB_OF_DEPTH)
            sample->wrong = true;
    bench_end(sample);
}

static void loop_tbb(bench_sample *sample)
{
    bench_begin(sample);
    for (uint64_t i = 0; i < sample->operations; i++)
        tbb::parallel_for(tbb::blocked_range<size_t>(0, LENGTH),
                          [](const tbb::blocked_range<size_t> &range) {
                              loop_body(range.begin(), range.end(), results);
                          });
    bench_end(sample);
}

#define PEER std
#include "pool_workloads.h"
#define PEER tbb
#include "pool_workloads.h"

extern const bench_entrant bench_pool_std, bench_pool_tbb;

const bench_entrant bench_pool_std = {"std",
                                      BENCH_PEER,
                                      "a pool: a thread for each task",
                                      {one_by_one_std, burst_std, NULL, NULL,
                                       NULL, four_std, from_idle_std, NULL}};
const bench_entrant bench_pool_tbb = {"oneTBB",
                                      BENCH_PEER,
                                      "waiting for one task, cancelling one",
                                      {one_by_one_tbb, burst_tbb, nested_tbb,
                                       loop_tbb, many_tbb, four_tbb,
                                       arena_from_idle_tbb, slow_tbb}};
