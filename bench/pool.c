/* SPDX-License-Identifier: MIT */

/*
 * The race of the pools: tasks that do next to nothing, submitted and waited
 * for one by one, or 256 and then their results; tasks that submit tasks and
 * wait for them; a loop of half a millisecond cut into pieces. The time is for
 * one task, or for the loop.
 *
 * The floor of the tasks is a ring from which the one who waits takes and runs
 * them, of the nested ones the calls themselves, of the loop the part of one
 * processor.
 */

#include "pool.h"

#include "crew.h"
#include "queue_rings.h"
#include "weft/parallel.h"
#include "weft/pool.h"

#include <glib.h>

static const bench_contest contests[] = {
    {.name = "submit + result", .workload = ONE_BY_ONE},
    {.name = "256 submits, then 256 results", .workload = IN_A_BURST},
    {.name = "nested tasks", .workload = NESTED},
    {.name = "parallel for", .workload = LOOP},
};

static uint64_t results[LENGTH];

static void must(bool done)
{
    if (!done)
        abort();
}

static void *add_one(void *number)
{
    ++*(uint64_t *)number;
    return number;
}

/* ---- The floor: who waits for a task runs it ---- */

typedef uint64_t *task_floor;

static queue_ring *ring_floor;

static void open_pool_floor(void)
{
    ring_floor = open_queue_ring(BURST);
}

static void close_pool_floor(void)
{
    close_queue_ring(ring_floor);
}

static inline void submit_floor(task_floor *task, uint64_t *number)
{
    *task = number;
    put_ring(ring_floor, (uintptr_t)task);
}

static inline void await_floor(task_floor *task)
{
    (void)task;
    add_one(*(task_floor *)(uintptr_t)get_ring(ring_floor));
}

static unsigned long __attribute__((noinline)) fib(unsigned n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static void nested_floor(bench_sample *sample)
{
    uint64_t rounds = (sample->operations + TASKS - 1) / TASKS;
    sample->operations = rounds * TASKS;
    bench_begin(sample);
    for (uint64_t i = 0; i < rounds; i++) {
        unsigned depth = DEPTH;
        BENCH_USE(depth);
        if (fib(depth) != FIB_OF_DEPTH)
            sample->wrong = true;
    }
    bench_end(sample);
}

static void loop_floor(bench_sample *sample)
{
    size_t share = LENGTH / bench_processors();
    bench_begin(sample);
    for (uint64_t i = 0; i < sample->operations; i++)
        loop_body(0, share, results);
    bench_end(sample);
}

/* ---- weft ---- */

typedef weft_future task_weft;

static weft_pool *pool_weft;

static void loop_body_weft(size_t begin, size_t end, void *context)
{
    loop_body(begin, end, context);
}

static inline void loop_once_weft(void)
{
    must(weft_parallel_for(pool_weft, 0, LENGTH, loop_body_weft, results) ==
         WEFT_OK);
}

/* With its threads, which are started when there is work: peers keep theirs. */
static void open_pool_weft(void)
{
    pool_weft = weft_pool_create(.name = "bench");
    must(pool_weft != NULL);
    loop_once_weft();
}

static void close_pool_weft(void)
{
    must(weft_pool_destroy(pool_weft) == WEFT_OK);
}

static inline void submit_weft(task_weft *task, uint64_t *number)
{
    must(weft_submit(pool_weft, task, add_one, number) == WEFT_OK);
}

static inline void await_weft(task_weft *task)
{
    must(weft_future_result(task, NULL) == WEFT_OK);
}

static void *fib_weft(void *arg)
{
    uintptr_t n = (uintptr_t)arg;
    weft_future one;
    void *value;
    if (n < 2)
        return arg;
    must(weft_submit(pool_weft, &one, fib_weft, (void *)(n - 1)) == WEFT_OK);
    uintptr_t other = (uintptr_t)fib_weft((void *)(n - 2));
    must(weft_future_result(&one, &value) == WEFT_OK);
    return (void *)((uintptr_t)value + other);
}

static void nested_weft(bench_sample *sample)
{
    uint64_t rounds = (sample->operations + TASKS - 1) / TASKS;
    sample->operations = rounds * TASKS;
    open_pool_weft();
    bench_begin(sample);
    for (uint64_t i = 0; i < rounds; i++) {
        weft_future all;
        void *value;
        must(weft_submit(pool_weft, &all, fib_weft, (void *)(uintptr_t)DEPTH) ==
             WEFT_OK);
        must(weft_future_result(&all, &value) == WEFT_OK);
        if ((uintptr_t)value != FIB_OF_DEPTH)
            sample->wrong = true;
    }
    bench_end(sample);
    close_pool_weft();
}

static void loop_weft(bench_sample *sample)
{
    open_pool_weft();
    bench_begin(sample);
    for (uint64_t i = 0; i < sample->operations; i++)
        loop_once_weft();
    bench_end(sample);
    close_pool_weft();
}

/* ---- GLib: its pool has no futures; a lock and a condition tell ---- */

typedef struct task_glib {
    bool done;
    uint64_t *number;
} task_glib;

static GThreadPool *pool_glib;
static GMutex lock_glib;
static GCond done_glib;

static void work_glib(void *arg, void *context)
{
    task_glib *task = arg;
    (void)context;
    add_one(task->number);
    g_mutex_lock(&lock_glib);
    task->done = true;
    g_cond_signal(&done_glib);
    g_mutex_unlock(&lock_glib);
}

static void open_pool_glib(void)
{
    pool_glib = g_thread_pool_new(work_glib, NULL, (int)bench_processors(),
                                  FALSE, NULL);
}

static void close_pool_glib(void)
{
    g_thread_pool_free(pool_glib, FALSE, TRUE);
}

static inline void submit_glib(task_glib *task, uint64_t *number)
{
    task->done = false;
    task->number = number;
    must(g_thread_pool_push(pool_glib, task, NULL));
}

static inline void await_glib(task_glib *task)
{
    g_mutex_lock(&lock_glib);
    while (!task->done)
        g_cond_wait(&done_glib, &lock_glib);
    g_mutex_unlock(&lock_glib);
}

#define PEER floor
#include "pool_workloads.h"
#define PEER weft
#include "pool_workloads.h"
#define PEER glib
#include "pool_workloads.h"

static const bench_entrant floor_entrant = {
    "floor",
    BENCH_FLOOR,
    "",
    {one_by_one_floor, burst_floor, nested_floor, loop_floor}};
static const bench_entrant weft_entrant = {
    "weft",
    BENCH_WEFT,
    "",
    {one_by_one_weft, burst_weft, nested_weft, loop_weft}};
static const bench_entrant glib_entrant = {"GLib",
                                           BENCH_PEER,
                                           "results, cancelling, nesting",
                                           {one_by_one_glib, burst_glib}};
extern const bench_entrant bench_pool_std, bench_pool_tbb;

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant,  &weft_entrant,   &glib_entrant,
        &bench_pool_std, &bench_pool_tbb,
    };
    const bench_race race = {"pool", contests, BENCH_COUNT(contests), entrants,
                             BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
