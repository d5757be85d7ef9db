/* SPDX-License-Identifier: MIT */

/*
 * Pools: what was accepted is run once, or cancelled; what it returned comes
 * out of its future; tasks that wait for tasks get through.
 */

#include "storm.h"

enum { TASKS = 24 / SLOWER };

typedef struct pools_job {
    weft_pool *pool;
    atomic_ulong accepted, ran, cancelled, run_accepted, run_ran;
    atomic_ulong to_call, called;
} pools_job;

struct task {
    weft_future future;
    pools_job *job;
    unsigned depth;
    struct dice dice;
    bool submitted;
    atomic_uint runs;
};

/* ---- Tasks ---- */

static void *run_task(void *arg);

static bool submit(struct task *task, pools_job *job, struct dice *dice)
{
    weft_status status;
    task->job = job;
    task->dice = dice_of(next_number(dice));
    task->runs = 0;
    switch (roll(dice, 4)) {
    case 0:
        status = weft_try_submit(job->pool, &task->future, run_task, task);
        break;
    case 1:
        status = weft_submit_timed(job->pool, &task->future, run_task, task,
                                   short_while(dice));
        break;
    case 2:
        status = weft_submit_with(
            job->pool, &task->future, run_task, task,
            &(weft_submit_options){.priority = roll(dice, 3), .private_ = 0});
        break;
    default:
        status = weft_submit(job->pool, &task->future, run_task, task);
    }
    must(status == WEFT_OK || status == WEFT_FULL || status == WEFT_TIMED_OUT ||
         status == WEFT_NO_THREADS || status == WEFT_NO_MEMORY ||
         status == WEFT_SHUT_DOWN);
    task->submitted = status == WEFT_OK;
    job->accepted += task->submitted;
    return task->submitted;
}

/* What became of it, counted. */
static void collect(struct task *task, struct dice *dice)
{
    void *value = NULL;
    weft_status status;
    if (!task->submitted)
        return;
    do
        status = once_in(dice, 3)
                     ? weft_future_result_timed(&task->future, &value,
                                                short_while(dice))
                     : weft_future_result(&task->future, &value);
    while (status == WEFT_TIMED_OUT);
    must(weft_future_done(&task->future));
    must(task->runs == (status != WEFT_CANCELLED));
    if (status == WEFT_OK)
        must(value == task);
    else if (status == WEFT_FAILED)
        must(weft_future_error(&task->future)->code == 7);
    else
        must(status == WEFT_CANCELLED);
    task->job->cancelled += status == WEFT_CANCELLED;
    task->submitted = false;
}

static void *run_task(void *arg)
{
    struct task *self = arg;
    pools_job *job = self->job;
    self->runs++;
    job->ran++;
    if (self->depth < 2 && once_in(&self->dice, 3)) {
        struct task child = {.depth = self->depth + 1};
        if (submit(&child, job, &self->dice))
            collect(&child, &self->dice);
    }
    if (once_in(&self->dice, 10))
        weft_sleep(short_while(&self->dice));
    if (once_in(&self->dice, 12))
        return weft_fail(7, "a task of the storm");
    return self;
}

static void *count_run(void *arg)
{
    ((pools_job *)arg)->run_ran++;
    return NULL;
}

/* ---- Waiting for many ---- */

static void count_call(weft_future *future, void *arg)
{
    must(weft_future_done(future));
    ((pools_job *)arg)->called++;
}

static void add_callback(struct task *task, struct dice *dice)
{
    if (!task->submitted || !once_in(dice, 3))
        return;
    weft_status status =
        weft_future_add_done_callback(&task->future, count_call, task->job);
    must(status == WEFT_OK || status == WEFT_NO_MEMORY);
    task->job->to_call += status == WEFT_OK;
}

static size_t submitted_futures(struct task *tasks, weft_future **futures)
{
    size_t n = 0;
    for (int i = 0; i < TASKS; i++)
        if (tasks[i].submitted)
            futures[n++] = &tasks[i].future;
    return n;
}

static void iterate(weft_future **futures, size_t n)
{
    weft_completions *completions = weft_as_completed(futures, n);
    weft_future *future;
    size_t out = 0;
    if (completions == NULL)
        return; /* out of memory */
    while (weft_completions_next(completions, &future) == WEFT_OK) {
        must(weft_future_done(future));
        out++;
    }
    must(out == n);
    weft_completions_destroy(completions);
}

static void wait_for_many(struct task *tasks, struct dice *dice)
{
    weft_future *futures[TASKS];
    size_t n = submitted_futures(tasks, futures);
    unsigned mode = roll(dice, 4);
    if (mode == 3) {
        iterate(futures, n);
        return;
    }
    weft_status status = once_in(dice, 2)
                             ? weft_wait(futures, n, (weft_wait_mode)mode)
                             : weft_wait_timed(futures, n, (weft_wait_mode)mode,
                                               short_while(dice));
    must(status == WEFT_OK || status == WEFT_TIMED_OUT ||
         status == WEFT_NO_MEMORY);
}

static void cancel(struct task *task)
{
    if (!task->submitted)
        return;
    weft_status status = weft_future_cancel(&task->future);
    must(status == WEFT_OK || status == WEFT_ALREADY_STARTED);
    must(status == WEFT_OK || !weft_future_cancelled(&task->future));
}

static void submit_tasks(member *self)
{
    pools_job *job = self->job;
    struct task tasks[TASKS] = {{.depth = 0}};
    for (int i = 0; i < TASKS; i++) {
        if (submit(&tasks[i], job, &self->dice))
            add_callback(&tasks[i], &self->dice);
        if (once_in(&self->dice, 4)) {
            weft_status status = weft_pool_run(job->pool, count_run, job);
            must(status == WEFT_OK || status == WEFT_FULL ||
                 status == WEFT_NO_THREADS || status == WEFT_NO_MEMORY ||
                 status == WEFT_SHUT_DOWN);
            job->run_accepted += status == WEFT_OK;
        }
        if (once_in(&self->dice, 6))
            cancel(&tasks[roll(&self->dice, TASKS)]);
    }
    wait_for_many(tasks, &self->dice);
    for (int i = 0; i < TASKS; i++)
        collect(&tasks[i], &self->dice);
}

/* What is run without a future and dropped or cancelled, nobody counts. */
static weft_pool *create_pool(struct dice *dice, bool *cancelling)
{
    weft_when_full when_full = roll(dice, 4);
    size_t capacity = once_in(dice, 2) ? 1 + roll(dice, 8) : 0;
    *cancelling = capacity > 0 && when_full == WEFT_FULL_DROP_OLDEST;
    return weft_pool_create(.workers = 1 + roll(dice, 3),
                            .idle_timeout =
                                once_in(dice, 2) ? short_while(dice) : 0,
                            .capacity = capacity, .when_full = when_full,
                            .statistics = once_in(dice, 2),
                            .stack_size = once_in(dice, 4) ? 1 << 20 : 0);
}

static void check_pool(const pools_job *job, bool cancelling)
{
    must(job->accepted == job->ran + job->cancelled);
    must(job->run_ran == job->run_accepted ||
         (cancelling && job->run_ran < job->run_accepted));
    must(job->to_call == job->called);
}

void pools_round(struct dice *dice)
{
    bool cancelling;
    pools_job job = {.pool = create_pool(dice, &cancelling)};
    if (job.pool == NULL)
        return; /* out of memory */
    member members[MOST_MEMBERS];
    unsigned n = 1 + roll(dice, 3);
    start_team(members, n, submit_tasks, &job, dice);
    if (once_in(dice, 4)) {
        bool cancel = once_in(dice, 2);
        cancelling = cancelling || cancel;
        weft_sleep(short_while(dice));
        must(weft_pool_shutdown(job.pool, .cancel_futures = cancel) == WEFT_OK);
    }
    join_team(members, n);
    must(weft_pool_shutdown(job.pool, .wait = true) == WEFT_OK);
    must(weft_pool_destroy(job.pool) == WEFT_OK);
    check_pool(&job, cancelling);
}
