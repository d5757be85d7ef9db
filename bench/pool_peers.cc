/* SPDX-License-Identifier: MIT */

/* Pools in C++ to which any thread gives tasks, and whose threads run them: an
 * arena of oneTBB's, and asio's. A word that can be waited for tells that a
 * task is done. */

#include "pool.h"

#include "template.h"

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

struct told_task {
    std::atomic<bool> done;
    uint64_t *number;

    void prepare(uint64_t *its_number)
    {
        done.store(false, std::memory_order_relaxed);
        number = its_number;
    }

    void run()
    {
        run_task(number);
        done.store(true);
        done.notify_one();
    }
};

/* ---- oneTBB's arena ---- */

typedef told_task task_arena;

static std::unique_ptr<tbb::global_control> threads_arena;
static std::unique_ptr<tbb::task_arena> pool_arena;

static void open_pool_arena(void)
{
    unsigned size = bench_pool_size();
    threads_arena = std::make_unique<tbb::global_control>(
        tbb::global_control::max_allowed_parallelism, size + 1);
    pool_arena = std::make_unique<tbb::task_arena>(static_cast<int>(size), 0);
}

static void close_pool_arena(void)
{
    pool_arena.reset();
    threads_arena.reset();
}

static inline void submit_arena(task_arena *task, uint64_t *number)
{
    task->prepare(number);
    pool_arena->enqueue([task] { task->run(); });
}

static inline void await_arena(task_arena *task)
{
    task->done.wait(false);
}

/* ---- asio ---- */

typedef told_task task_asio;

static std::unique_ptr<boost::asio::thread_pool> pool_asio;

static void open_pool_asio(void)
{
    pool_asio = std::make_unique<boost::asio::thread_pool>(bench_pool_size());
}

static void close_pool_asio(void)
{
    pool_asio->join();
    pool_asio.reset();
}

static inline void submit_asio(task_asio *task, uint64_t *number)
{
    task->prepare(number);
    boost::asio::post(*pool_asio, [task] { task->run(); });
}

static inline void await_asio(task_asio *task)
{
    task->done.wait(false);
}

#define PEER arena
#include "pool_workloads.h"
#define PEER asio
#include "pool_workloads.h"

extern const bench_entrant bench_pool_arena, bench_pool_asio;

const bench_entrant bench_pool_arena = {
    "arena",
    BENCH_PEER,
    "results, cancelling one",
    {one_by_one_arena, burst_arena, NULL, NULL, many_arena, four_arena,
     from_idle_arena, slow_arena, NULL, NULL, crowded_arena, idle_arena}};
const bench_entrant bench_pool_asio = {
    "asio",
    BENCH_PEER,
    "results, cancelling one, nesting",
    {one_by_one_asio, burst_asio, NULL, NULL, many_asio, four_asio,
     from_idle_asio, slow_asio, NULL, NULL, crowded_asio, idle_asio}};
