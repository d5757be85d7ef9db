/* SPDX-License-Identifier: MIT */

/*
 * The workers of a pool: starting, sleeping, running, stepping aside. The
 * picture is in pool.c.
 */

#include "misuse.h"
#include "pool.h"
#include "registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

weft__worker *weft__worker_self(void)
{
    const weft__record *self = weft__current;
    return self != NULL ? self->pool_worker : NULL;
}

/* ---- With the lock held ---- */

void weft__pool_unlink(weft_pool *pool, weft_future *future)
{
    if (future->previous_ != NULL)
        future->previous_->next_ = future->next_;
    else
        pool->first = future->next_;
    if (future->next_ != NULL)
        future->next_->previous_ = future->previous_;
    else
        pool->last = future->previous_;
}

void weft__pool_finished(weft_pool *pool, size_t n)
{
    if (n == 0)
        return;
    pool->unfinished -= n;
    if (pool->unfinished == 0 && !pool->daemon)
        weft__allow_exit();
    if (pool->unfinished == 0 || pool->exit_waits)
        weft_condition_notify_all(&pool->quiet);
}

static void *work(weft_thread *thread);

/* A worker's memory: of one that has ended, if there is any. In a pool that is
 * shut down, who destroys it may be joining that one. */
static weft__worker *worker_memory(weft_pool *pool)
{
    weft__worker *worker = pool->retired;
    if (worker == NULL || pool->shut_down ||
        weft__load(&worker->thread.state_) != WEFT__ENDED)
        return calloc(1, sizeof *worker);
    pool->retired = worker->next;
    memset(worker, 0, sizeof *worker);
    return worker;
}

static weft_status start_worker(weft_pool *pool)
{
    weft__worker *worker = worker_memory(pool);
    if (worker == NULL)
        return WEFT_NO_MEMORY;
    snprintf(worker->name, sizeof worker->name, "%.50s_%u", pool->name,
             pool->named);
    worker->pool = pool;
    worker->thread = (weft_thread){
        .run = work, .name = worker->name, .stack_size = pool->stack_size};
    weft_status status = weft__service_start(&worker->thread);
    if (status != WEFT_OK) {
        free(worker);
        return status;
    }
    pool->named++;
    pool->active++;
    worker->next = pool->workers;
    pool->workers = worker;
    return WEFT_OK;
}

weft_status weft__pool_call_worker(weft_pool *pool)
{
    if (pool->first == NULL || pool->active >= pool->limit)
        return WEFT_OK;
    if (pool->asleep == 0)
        return start_worker(pool);
    pool->asleep--;
    pool->active++;
    weft_condition_notify(&pool->work, 1);
    return WEFT_OK;
}

weft_future *weft__pool_take_all(weft_pool *pool, uint32_t state)
{
    weft_future *chain = pool->first;
    for (weft_future *each = chain; each != NULL; each = each->next_)
        weft__future_set_state(each, state);
    pool->first = pool->last = NULL;
    return chain;
}

/* Makes the future the worker's own; it is out of the list. */
static void take(weft__worker *self, weft_future *future)
{
    weft__pool_unlink(self->pool, future);
    future->next_ = self->running;
    self->running = future;
    self->running_count++;
    weft__future_set_state(future, WEFT__FUTURE_RUNNING);
}

/* False: sleeping is not worth it. */
static bool sleep_until_called(weft__worker *self)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_pool *pool = self->pool;
    pool->active--;
    if (pool->shut_down || pool->asleep >= pool->limit)
        return false;
    pool->asleep++;
    if (weft_condition_wait(&pool->work, &pool->lock) != WEFT_OK) {
        weft__record_unstop(weft__self()); /* it came late, for a task */
        pool->asleep--;
        pool->active++;
    }
    return true;
}

/* What to run next; NULL: the worker should end, and is not active any more. */
static weft_future *next_task(weft__worker *self)
{
    weft_pool *pool = self->pool;
    while (pool->first == NULL || pool->active > pool->limit)
        if (!sleep_until_called(self))
            return NULL;
    weft_future *future = pool->first;
    take(self, future);
    return future;
}

/* ---- Without ---- */

void weft__pool_complete_all(weft_pool *pool,
                             weft_future *chain) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    size_t n = 0;
    for (; chain != NULL; n++) {
        weft_future *future = chain;
        chain = future->next_;
        uint32_t word = weft__load(&future->state_);
        if ((word & WEFT__FUTURE_RECORD) != 0) {
            weft_lock_acquire(&pool->lock);
            weft__pool_recycle(pool, future);
            weft_lock_release(&pool->lock);
        } else {
            weft__future_complete(future, word & WEFT__FUTURE_STATE);
        }
    }
    weft_lock_acquire(&pool->lock);
    weft__pool_finished(pool, n);
    weft_lock_release(&pool->lock);
}

static void initialize(weft_pool *pool) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    void *result;
    weft_error error;
    if (pool->initializer == NULL ||
        weft__run_target(pool->initializer, pool->initializer_arg, &result,
                         &error))
        return;
    weft__excepthook_call(&error);
    weft_lock_acquire(&pool->lock);
    pool->broken = true;
    weft_future *all = weft__pool_take_all(pool, WEFT__FUTURE_BROKEN);
    weft_lock_release(&pool->lock);
    weft__pool_complete_all(pool, all);
}

bool weft__worker_runs(const weft__worker *self, const weft_future *future)
{
    const weft_future *each = self->running;
    while (each != NULL && each != future)
        each = each->next_;
    return each != NULL;
}

bool weft__worker_take(weft__worker *self,
                       weft_future *future) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_pool *pool = self->pool;
    if (future->pool_ != pool || weft__os_stack_is_past(self->middle))
        return false;
    weft_lock_acquire(&pool->lock);
    bool pending = weft__future_state(future) == WEFT__FUTURE_PENDING;
    if (pending)
        take(self, future);
    weft_lock_release(&pool->lock);
    return pending;
}

static void end_future(weft_future *future, void *result,
                       const weft_error *error)
{
    if (error == NULL) {
        future->result_ = result;
        weft__future_complete(future, WEFT__FUTURE_FINISHED);
        return;
    }
    future->code_ = error->code;
    future->failure_ = weft__failure_keep(error);
    weft__future_complete(future, WEFT__FUTURE_FAILED);
}

void weft__worker_run(weft__worker *self,
                      weft_future *future) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_pool *pool = self->pool;
    void *result = NULL;
    weft_error error;
    bool record =
        (weft__load_relaxed(&future->state_) & WEFT__FUTURE_RECORD) != 0;
    bool ok = weft__run_target(future->target_, future->arg_, &result, &error);
    self->running = future->next_;
    if (!record)
        end_future(future, result, ok ? NULL : &error);
    else if (!ok)
        weft__excepthook_call(&error);
    weft_lock_acquire(&pool->lock);
    if (record)
        weft__pool_recycle(pool, future);
    self->running_count--;
    weft__pool_finished(pool, 1);
    weft_lock_release(&pool->lock);
}

void weft__worker_step_aside(weft__worker *self) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_lock_acquire(&self->pool->lock);
    self->pool->active--;
    (void)weft__pool_call_worker(self->pool); /* or a task has to wait */
    weft_lock_release(&self->pool->lock);
}

void weft__worker_step_back(weft__worker *self) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_lock_acquire(&self->pool->lock);
    self->pool->active++;
    weft_lock_release(&self->pool->lock);
}

/* From the living to the retired, for whoever joins. */
static void retire(weft__worker *self)
{
    weft_pool *pool = self->pool;
    weft__worker **link = &pool->workers;
    while (*link != self)
        link = &(*link)->next;
    *link = self->next;
    self->next = pool->retired;
    pool->retired = self;
}

static void *work(weft_thread *thread) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__worker *self = WEFT_CONTAINER_OF(thread, weft__worker, thread);
    weft_pool *pool = self->pool;
    weft__record *record = weft__self();
    record->pool_worker = self;
    record->delays_exit = !pool->daemon;
    self->middle = weft__os_stack_middle();
    initialize(pool);
    weft_lock_acquire(&pool->lock);
    weft_future *future;
    while ((future = next_task(self)) != NULL) {
        weft_lock_release(&pool->lock);
        weft__worker_run(self, future);
        weft__record_unstop(record); /* it was meant for the task */
        weft_lock_acquire(&pool->lock);
    }
    record->pool_worker = NULL;
    record->delays_exit = false;
    retire(self);
    weft_lock_release(&pool->lock);
    return NULL;
}

void weft__workers_join(weft__worker *chain)
{
    while (chain != NULL) {
        weft__worker *worker = chain;
        chain = worker->next;
        weft__service_join(&worker->thread);
        free(worker);
    }
}
