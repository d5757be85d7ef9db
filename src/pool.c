/* SPDX-License-Identifier: MIT */

/*
 * The pool: one list of pending futures, linked through themselves, one lock.
 *
 *                        submit
 *                          |
 *     first <-> ... <-> last        active: running a task, or on the way
 *       |                           asleep: waits in `work`, not called yet
 *       +--> an active worker       aside:  waits for a future (no count)
 *
 * At most `limit` workers are active. Whoever adds a task, or stops being
 * active while some are pending, calls a worker: the one that has slept longest
 * and has not been called, or a new one. A worker that waits for a future runs
 * that very task, if it is pending; it never runs another one on top of what it
 * runs, since that might need a lock which the one below holds. Instead it
 * steps aside, and a stand-in is called. So whatever is waited for is run by
 * somebody, and tasks that wait for tasks cannot starve, with a single worker,
 * too. One that steps back may make one active too many: whoever is done first
 * then sleeps, or ends where `limit` workers sleep already.
 *
 * Invariant, whenever the lock is free: if a future is pending, `limit` workers
 * are active, or no more threads could be started.
 */

#include "pool.h"

#include "misuse.h"
#include "registry.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { MOST_SPARES = 256 };

static weft_pool *default_pool;

/* ---- Exit and fork ---- */

/* A task of a pool that delays exit calls exit: its pool's other tasks first;
 * threads and other pools are counted by lifecycle.c. */
static bool drain_own(void) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__worker *self = weft__worker_self();
    if (self == NULL || self->pool->daemon)
        return false;
    weft_pool *pool = self->pool;
    bool waited = false;
    weft__worker_step_aside(self);
    weft_lock_acquire(&pool->lock);
    pool->exit_waits = true;
    for (; pool->unfinished > self->running_count; waited = true) {
        weft__record_unstop(weft__self()); /* exit goes its own way */
        weft_condition_wait(&pool->quiet, &pool->lock);
    }
    weft_lock_release(&pool->lock);
    weft__worker_step_back(self);
    return waited;
}

static void forget_task(weft_future *future)
{
    if ((future->state_ & WEFT__FUTURE_RECORD) != 0)
        free(future);
    else
        weft__store(&future->state_, WEFT__FUTURE_BROKEN | WEFT__FUTURE_DONE);
}

static void forget_tasks(weft_future *chain)
{
    while (chain != NULL) {
        weft_future *future = chain;
        chain = future->next_;
        forget_task(future);
    }
}

/* The parent's workers are gone, and with them what they ran or would have. */
static void mend_in_child(weft__fork_guard *guard)
{
    weft_pool *pool = WEFT_CONTAINER_OF(guard, weft_pool, guard);
    weft__worker *self = weft__worker_self();
    if (self != NULL && self->pool != pool)
        self = NULL;
    forget_tasks(pool->first);
    pool->first = pool->last = NULL;
    while (pool->workers != NULL) {
        weft__worker *gone = pool->workers;
        pool->workers = gone->next;
        if (gone == self)
            continue;
        forget_tasks(gone->running);
        free(gone);
    }
    pool->work = pool->quiet = (weft_condition){.private_ = 0};
    pool->workers = self;
    pool->active = self != NULL;
    pool->asleep = 0;
    pool->unfinished = self != NULL ? self->running_count : 0;
    if (self != NULL)
        self->next = NULL;
    if (pool->unfinished > 0 && !pool->daemon) {
        weft__delay_exit();
        weft__self()->delays_exit = true;
    }
}

/* ---- Making ---- */

static void name_pool(weft_pool *pool, const char *name)
{
    static uint32_t unnamed;
    char made[WEFT_NAME_SIZE];
    if (name == NULL) {
        unsigned number = (unsigned)weft__fetch_add(&unnamed, 1) + 1;
        snprintf(made, sizeof made, "Pool-%u", number);
        name = made;
    }
    weft__copy_text(pool->name, sizeof pool->name, name);
}

weft_pool *weft_pool_create_with(const weft_pool_options *options)
{
    static const weft_pool_options defaults = {.private_ = 0};
    static weft__drain at_exit = {.drain = drain_own};
    if (options == NULL)
        options = &defaults;
    if (options->workers > WEFT__THREADS) {
        weft__misuse(WEFT_INVALID, "weft_pool_create", NULL,
                     "more workers than there can be threads");
        errno = EINVAL;
        return NULL;
    }
    weft_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL)
        return NULL; /* errno is ENOMEM */
    pool->limit =
        options->workers != 0 ? options->workers : weft__os_processors();
    pool->initializer = options->initializer;
    pool->initializer_arg = options->initializer_arg;
    pool->stack_size = options->stack_size;
    pool->daemon = options->daemon;
    name_pool(pool, options->name);
    weft__at_exit(&at_exit);
    pool->guard =
        (weft__fork_guard){.lock = &pool->lock, .in_child = mend_in_child};
    weft__fork_guard_add(&pool->guard);
    return pool;
}

weft_pool *weft_default_pool(void)
{
    weft_pool *pool = weft__load(&default_pool);
    if (pool != NULL)
        return pool;
    weft_pool *made =
        weft_pool_create_with(&(const weft_pool_options){.name = "default"});
    if (made == NULL || weft__compare_swap(&default_pool, &pool, made))
        return made;
    weft_pool_destroy(made); /* another thread was faster */
    return pool;
}

bool weft__pool_is_default(const weft_pool *pool)
{
    return pool == weft__load_relaxed(&default_pool);
}

unsigned weft_pool_workers(const weft_pool *pool)
{
    return pool != NULL ? pool->limit : 0;
}

/* ---- Submitting ---- */

/* With the lock held. */
static weft_status whether_open(const weft_pool *pool)
{
    if (pool->shut_down)
        return WEFT_SHUT_DOWN;
    return pool->broken ? WEFT_BROKEN : (weft_status)WEFT_OK;
}

static weft_status null_argument(const char *function, const weft_pool *pool)
{
    return weft__misuse(WEFT_INVALID, function, pool,
                        "the pool, the future or the target is NULL");
}

weft_status weft__pool_check_open(weft_pool *pool, const char *function)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    if (pool == NULL)
        return null_argument(function, pool);
    weft_lock_acquire(&pool->lock);
    weft_status status = whether_open(pool);
    weft_lock_release(&pool->lock);
    return status;
}

static void append(weft_pool *pool, weft_future *future)
{
    future->previous_ = pool->last;
    future->next_ = NULL;
    if (pool->last != NULL)
        pool->last->next_ = future;
    else
        pool->first = future;
    pool->last = future;
    if (pool->unfinished++ == 0 && !pool->daemon)
        weft__delay_exit();
}

/* With the lock held. */
static weft_status submit(weft_pool *pool, weft_future *future)
{
    append(pool, future);
    weft_status status = weft__pool_call_worker(pool);
    if (status == WEFT_OK || pool->workers != NULL)
        return WEFT_OK;
    weft__pool_unlink(pool, future);
    weft__store(&future->state_, WEFT__FUTURE_NEW);
    weft__pool_finished(pool, 1);
    return status;
}

weft_status weft_submit(weft_pool *pool, weft_future *future,
                        weft_target target,
                        void *arg) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    if (pool == NULL || future == NULL || target == NULL)
        return null_argument("weft_submit", pool);
    *future = (weft_future){.state_ = WEFT__FUTURE_NEW,
                            .pool_ = pool,
                            .target_ = target,
                            .arg_ = arg};
    weft_lock_acquire(&pool->lock);
    weft_status status = whether_open(pool);
    if (status == WEFT_OK) {
        weft__store(&future->state_, WEFT__FUTURE_PENDING);
        status = submit(pool, future);
    }
    weft_lock_release(&pool->lock);
    return status;
}

/* With the lock held. */
static weft__task *take_record(weft_pool *pool)
{
    weft__task *task = pool->spare;
    if (task == NULL)
        return malloc(sizeof *task);
    pool->spare = task->next_spare;
    pool->spares--;
    return task;
}

void weft__pool_recycle(weft_pool *pool, weft_future *future)
{
    weft__task *task = WEFT_CONTAINER_OF(future, weft__task, future);
    if (pool->spares == MOST_SPARES) {
        free(task);
        return;
    }
    task->next_spare = pool->spare;
    pool->spare = task;
    pool->spares++;
}

/* With the lock held. */
static weft_status run(weft_pool *pool, weft_target target, void *arg)
{
    weft__task *task = take_record(pool);
    if (task == NULL)
        return WEFT_NO_MEMORY;
    task->future = (weft_future){
        .state_ = WEFT__FUTURE_RECORD | WEFT__FUTURE_PENDING,
        .pool_ = pool,
        .target_ = target,
        .arg_ = arg,
    };
    weft_status status = submit(pool, &task->future);
    if (status != WEFT_OK)
        weft__pool_recycle(pool, &task->future);
    return status;
}

weft_status weft_pool_run(weft_pool *pool, weft_target target,
                          void *arg) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    if (pool == NULL || target == NULL)
        return null_argument("weft_pool_run", pool);
    weft_lock_acquire(&pool->lock);
    weft_status status = whether_open(pool);
    if (status == WEFT_OK)
        status = run(pool, target, arg);
    weft_lock_release(&pool->lock);
    return status;
}

bool weft__pool_withdraw(weft_future *future) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_pool *pool = future->pool_;
    weft_lock_acquire(&pool->lock);
    bool pending = weft__future_state(future) == WEFT__FUTURE_PENDING;
    if (pending) {
        weft__pool_unlink(pool, future);
        weft__future_set_state(future, WEFT__FUTURE_CANCELLED);
        weft__pool_finished(pool, 1);
    }
    weft_lock_release(&pool->lock);
    return pending;
}
