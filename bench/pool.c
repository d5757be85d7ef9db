/* SPDX-License-Identifier: MIT */

/*
 * The race of the pools: tasks that do next to nothing, submitted and waited
 * for one by one, or many and then their results, by one thread or four; tasks
 * that submit tasks and wait for them; one task for a pool that is idle; tasks
 * of a millisecond; a loop of half a millisecond cut into pieces. The time is
 * for one task, or for the loop; from idle, until the task begins.
 *
 * The floor of the tasks is a ring from which the one who waits takes and runs
 * them, of the nested ones the calls themselves, of the loop the part of one
 * processor.
 */

#include "pool.h"

#include "crew.h"
#include "floor.h"
#include "pool_textbook.h"
#include "queue_rings.h"
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
};

static uint64_t results[LENGTH];

static void must(bool done)
{
    if (!done)
        abort();
}

pool_mode bench_pool_mode;

void bench_pool_do(uint64_t *number)
{
    weft_duration now = weft_monotonic();
    if (bench_pool_mode == NOTING) {
        *number = (uint64_t)now;
        return;
    }
    while (weft_monotonic() - now < WEFT_MS(1))
        ;
    ++*number;
}

void bench_pool_from_idle(bench_sample *sample, void (*once)(uint64_t *began))
{
    const struct timespec idle = {.tv_nsec = 2000000};
    uint64_t sum = 0, began = 0;
    bench_pool_mode = NOTING;
    bench_begin(sample);
    weft_duration end = weft_monotonic() + sample->length;
    sample->operations = 0;
    do {
        nanosleep(&idle, NULL);
        uint64_t before = (uint64_t)weft_monotonic();
        once(&began);
        sum += began - before;
        sample->operations++;
    } while (weft_monotonic() < end);
    bench_end(sample);
    sample->wall = (weft_duration)sum;
    sample->until_stopped = true;
    bench_pool_mode = COUNTING;
}

static void *add_one(void *number)
{
    run_task(number);
    return number;
}

/* ---- The floor: who waits for a task runs it ---- */

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
    add_one(*(task_floor *)(uintptr_t)get_ring(ring_floor));
}

static void add_own(bench_sample *sample, unsigned index)
{
    static struct {
        uint64_t number BENCH_APART;
    } own[SUBMITTERS];
    for (uint64_t i = 0; i < sample->operations / SUBMITTERS; i++) {
        uint64_t *number = &own[index].number;
        BENCH_FORGET(number);
        add_one(number);
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
        add_one(number_of_floor);
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
    must(pthread_create(&sleeper, NULL, sleeper_floor, NULL) == 0);
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
    run_task(task->number);
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
#define PEER textbook
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

static const bench_entrant floor_entrant = {
    "floor",
    BENCH_FLOOR,
    "",
    {one_by_one_floor, burst_floor, nested_floor, loop_floor, many_in_ring,
     four_floor_calls, sleeping_floor, divided_floor}};
static const bench_entrant weft_entrant = {
    "weft",
    BENCH_WEFT,
    "",
    {one_by_one_weft, burst_weft, nested_weft, loop_weft, many_weft, four_weft,
     from_idle_weft, slow_weft}};
static const bench_entrant glib_entrant = {"GLib",
                                           BENCH_PEER,
                                           "results, cancelling, nesting",
                                           {one_by_one_glib, burst_glib, NULL,
                                            NULL, many_glib, four_glib,
                                            from_idle_glib, slow_glib}};
static const bench_entrant textbook_entrant = {
    "textbook",
    BENCH_PEER,
    "results, cancelling, nesting",
    {one_by_one_textbook, burst_textbook, NULL, NULL, many_textbook,
     four_textbook, from_idle_textbook, slow_textbook}};
extern const bench_entrant bench_pool_std, bench_pool_tbb, bench_pool_openmp;

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant,  &weft_entrant,   &glib_entrant,      &textbook_entrant,
        &bench_pool_std, &bench_pool_tbb, &bench_pool_openmp,
    };
    const bench_race race = {"pool", contests, BENCH_COUNT(contests), entrants,
                             BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
