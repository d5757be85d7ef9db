/* SPDX-License-Identifier: MIT */

/* Tasks in C++: std::async, which starts a thread for each, and
 * oneTBB, where whoever waits for tasks runs them, too. */

#include "pool.h"

#include "template.h"

#include <future>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_group.h>

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
    bench_fib whole = bench_pool_fib(sample);
    bench_begin(sample);
    for (uint64_t i = 0; i < whole.rounds; i++)
        if (fib_tbb(whole.depth) != whole.value)
            sample->wrong = true;
    bench_end(sample);
}

static void submit_another_tbb(uint64_t *number)
{
    tbb::task_group other;
    other.run([number] { run_task(number); });
    other.wait();
}

static void pairs_tbb(bench_sample *sample)
{
    uint64_t numbers[BURST] = {};
    uint64_t rounds = (sample->operations + BURST - 1) / BURST, sum = 0;
    sample->operations = rounds * BURST;
    bench_begin(sample);
    for (uint64_t i = 0; i < rounds; i++) {
        for (uint64_t &number : numbers)
            group_tbb.run([&number] { submit_another_tbb(&number); });
        group_tbb.wait();
    }
    bench_end(sample);
    for (uint64_t number : numbers)
        sum += number;
    sample->wrong = sum != sample->operations;
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

const bench_entrant bench_pool_std = {
    "std",
    BENCH_PEER,
    "a pool: a thread for each task",
    {one_by_one_std, burst_std, NULL, NULL, NULL, four_std, from_idle_std}};
const bench_entrant bench_pool_tbb = {
    "oneTBB",
    BENCH_PEER,
    "waiting for one task, cancelling one, a pool of its own",
    {one_by_one_tbb, burst_tbb, nested_tbb, loop_tbb, many_tbb, four_tbb, NULL,
     slow_tbb, nested_tbb, pairs_tbb, NULL, idle_tbb}};
