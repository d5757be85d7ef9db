/* SPDX-License-Identifier: MIT */

/*
 * The floors of the pools' race. Of tasks it is a ring from which the one who
 * waits takes and runs them, of nested ones the calls themselves, of a loop the
 * part of one processor, of a pool that is idle none.
 */

#include "pool.h"

#include "crew.h"
#include "floor.h"
#include "queue_rings.h"
#include "template.h"

#include <pthread.h>
#include <stdlib.h>

static uint64_t results[LENGTH];

/* ---- Who waits for a task runs it ---- */

typedef uint64_t *task_floor;

static queue_ring *ring_floor;
static unsigned slots_floor = BURST;

static void open_pool_floor(void)
{
    ring_floor = open_queue_ring(slots_floor);
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
    run_task(*(task_floor *)(uintptr_t)get_ring(ring_floor));
}

static void add_own(bench_sample *sample, unsigned index)
{
    static struct {
        uint64_t number BENCH_APART;
    } own[SUBMITTERS];
    for (uint64_t i = 0; i < sample->operations / SUBMITTERS; i++) {
        uint64_t *number = &own[index].number;
        BENCH_FORGET(number);
        run_task(number);
    }
}

static void four_floor_calls(bench_sample *sample)
{
    bench_threads(sample, SUBMITTERS, add_own);
}

/* A thread that sleeps on a word until a number is there. */
static uint32_t called_floor, done_floor;
static uint64_t *number_of_floor;

static void *sleeper_floor(void *arg)
{
    for (uint32_t turn = 1;; turn++) {
        bench_await_asleep(&called_floor, turn);
        if (number_of_floor == NULL)
            return arg;
        run_task(number_of_floor);
        weft__store(&done_floor, turn);
    }
}

static void call_sleeper(uint64_t *number)
{
    number_of_floor = number;
    weft__fetch_add(&called_floor, 1);
    bench_wake(&called_floor, 1);
}

static void call_once_floor(uint64_t *began)
{
    call_sleeper(began);
    unsigned looks = 0;
    while (weft__load(&done_floor) != called_floor)
        bench_relax(&looks);
}

static void sleeping_floor(bench_sample *sample)
{
    pthread_t sleeper;
    called_floor = done_floor = 0;
    if (pthread_create(&sleeper, NULL, sleeper_floor, NULL) != 0)
        abort();
    bench_pool_from_idle(sample, call_once_floor);
    call_sleeper(NULL);
    pthread_join(sleeper, NULL);
}

static unsigned long __attribute__((noinline)) fib(unsigned n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static void nested_floor(bench_sample *sample)
{
    bench_fib whole = bench_pool_fib(sample);
    bench_begin(sample);
    for (uint64_t i = 0; i < whole.rounds; i++) {
        BENCH_USE(whole.depth);
        if (fib(whole.depth) != whole.value)
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

#define PEER floor
#include "pool_workloads.h"

static void many_in_ring(bench_sample *sample)
{
    slots_floor = 1 << 18; /* room for MANY */
    many_floor(sample);
    slots_floor = BURST;
}

/* Each processor its part of them. */
static void divided_floor(bench_sample *sample)
{
    slow_floor(sample);
    sample->wall /= (weft_duration)bench_processors();
}

extern const bench_entrant bench_pool_floor;

const bench_entrant bench_pool_floor = {
    "floor",
    BENCH_FLOOR,
    "",
    {one_by_one_floor, burst_floor, nested_floor, loop_floor, many_in_ring,
     four_floor_calls, sleeping_floor, divided_floor, nested_floor, burst_floor,
     burst_floor, idle_floor}};
