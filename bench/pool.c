/* SPDX-License-Identifier: MIT */

/*
 * The race of the pools: tasks that do next to nothing, submitted and waited
 * for one by one, or many and then their results, by one thread or four; tasks
 * that submit tasks and wait for them; one task for a pool that is idle; tasks
 * of a millisecond; a loop of half a millisecond cut into pieces. The time is
 * for one task, or for the loop; from idle, until the task begins.
 * Of tasks of a millisecond the last is waited for first, as who wants to have
 * all of them would, and not be woken for each. Beside a pool that is idle the
 * time is what the whole process burns in a second.
 */

#include "pool.h"

#include "pool_textbook.h"
#include "template.h"
#include "weft/parallel.h"
#include "weft/pool.h"

#include <glib.h>

static const bench_contest contests[] = {
    {.name = "submit + result", .workload = ONE_BY_ONE},
    {.name = "256 submits, then 256 results", .workload = IN_A_BURST},
    {.name = "nested tasks", .workload = NESTED},
    {.name = "parallel for", .workload = LOOP},
    {.name = "200,000 submits, then 200,000 results", .workload = MANY_AT_ONCE},
    {.name = "four threads, 64 submits, then 64 results",
     .workload = FOUR_SUBMIT,
     .threads = SUBMITTERS},
    {.name = "submit to start, idle pool", .workload = FROM_IDLE},
    {.name = "200 tasks of 1 ms", .workload = SLOW},
    {.name = "fib(25), each call", .workload = DEEP},
    {.name = "256 tasks that submit one and wait", .workload = PAIRS},
    {.name = "256 submits, then 256 results, 8 workers", .workload = CROWDED},
    {.name = "idle pool, a second", .workload = IDLE},
};

static uint64_t results[LENGTH];

static void must(bool done)
{
    if (!done)
        abort();
}

static void *add_one(void *number)
{
    run_task(number);
    return number;
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
    pool_weft = weft_pool_create(.workers = bench_pool_size(), .name = "bench");
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
    bench_fib whole = bench_pool_fib(sample);
    void *depth = (void *)(uintptr_t)whole.depth;
    open_pool_weft();
    bench_begin(sample);
    for (uint64_t i = 0; i < whole.rounds; i++) {
        weft_future all;
        void *value;
        must(weft_submit(pool_weft, &all, fib_weft, depth) == WEFT_OK);
        must(weft_future_result(&all, &value) == WEFT_OK);
        if ((uintptr_t)value != whole.value)
            sample->wrong = true;
    }
    bench_end(sample);
    close_pool_weft();
}

static void *submit_another_weft(void *number)
{
    weft_future other;
    submit_weft(&other, number);
    await_weft(&other);
    return number;
}

static void pairs_weft(bench_sample *sample)
{
    static weft_future outer[BURST];
    uint64_t numbers[BURST] = {0};
    uint64_t rounds = (sample->operations + BURST - 1) / BURST, sum = 0;
    sample->operations = rounds * BURST;
    open_pool_weft();
    bench_begin(sample);
    for (uint64_t i = 0; i < rounds; i++) {
        for (unsigned j = 0; j < BURST; j++)
            must(weft_submit(pool_weft, &outer[j], submit_another_weft,
                             &numbers[j]) == WEFT_OK);
        for (unsigned j = 0; j < BURST; j++)
            await_weft(&outer[j]);
    }
    bench_end(sample);
    close_pool_weft();
    for (unsigned j = 0; j < BURST; j++)
        sum += numbers[j];
    sample->wrong = sum != sample->operations;
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
    run_task(task->number);
    g_mutex_lock(&lock_glib);
    task->done = true;
    g_cond_signal(&done_glib);
    g_mutex_unlock(&lock_glib);
}

static void open_pool_glib(void)
{
    pool_glib =
        g_thread_pool_new(work_glib, NULL, (int)bench_pool_size(), FALSE, NULL);
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

#define PEER weft
#include "pool_workloads.h"
#define PEER glib
#include "pool_workloads.h"
#define PEER textbook
#include "pool_workloads.h"

static const bench_entrant weft_entrant = {
    "weft",
    BENCH_WEFT,
    "",
    {one_by_one_weft, burst_weft, nested_weft, loop_weft, many_weft, four_weft,
     from_idle_weft, slow_weft, nested_weft, pairs_weft, crowded_weft,
     idle_weft}};
static const bench_entrant glib_entrant = {
    "GLib",
    BENCH_PEER,
    "results, cancelling, nesting",
    {one_by_one_glib, burst_glib, NULL, NULL, many_glib, four_glib,
     from_idle_glib, slow_glib, NULL, NULL, crowded_glib, idle_glib}};
static const bench_entrant textbook_entrant = {
    "textbook",
    BENCH_PEER,
    "results, cancelling, nesting",
    {one_by_one_textbook, burst_textbook, NULL, NULL, many_textbook,
     four_textbook, from_idle_textbook, slow_textbook, NULL, NULL,
     crowded_textbook, idle_textbook}};
extern const bench_entrant bench_pool_floor, bench_pool_std, bench_pool_tbb,
    bench_pool_arena, bench_pool_asio, bench_pool_openmp;
/* Where Rust and its crates are. */
extern const bench_entrant bench_pool_rayon __attribute__((weak));

int main(int argc, char **argv)
{
    const bench_entrant *const all[] = {
        &bench_pool_floor,  &weft_entrant,     &glib_entrant,
        &textbook_entrant,  &bench_pool_std,   &bench_pool_tbb,
        &bench_pool_arena,  &bench_pool_rayon, &bench_pool_asio,
        &bench_pool_openmp,
    };
    const bench_entrant *entrants[BENCH_ENTRANTS];
    bench_race race = {"pool", contests, BENCH_COUNT(contests), entrants, 0};
    for (size_t i = 0; i < BENCH_COUNT(all); i++)
        if (all[i] != NULL)
            entrants[race.entrants_count++] = all[i];
    return bench_main(&race, argc, argv);
}
