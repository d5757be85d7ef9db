/* SPDX-License-Identifier: MIT */

/*
 * The workers of a pool: starting, finding tasks, running them. The picture is
 * in pool.c.
 */

#include "pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One task in so many is taken from where it is not usual: so a flood of nested
 * tasks does not starve those from outside, nor the other way round. */
enum { FAIRNESS = 61 };

static void *work(weft_thread *thread);

/* ---- Starting, with the lock held ---- */

static bool is_alive(const weft_thread *thread)
{
    uint32_t state = weft__load(&thread->state_);
    return (state & ~(uint32_t)WEFT__THREAD_WAITERS) == WEFT__ALIVE;
}

/* The memory of one that has ended, or more. In a pool that is shut down, who
 * destroys it may be joining that one. */
static weft__worker *worker_memory(weft_pool *pool)
{
    weft__worker *worker = pool->workers;
    if ((pool->closed & WEFT__SHUT) != 0)
        worker = NULL;
    while (worker != NULL && (!worker->ended || is_alive(&worker->thread)))
        worker = worker->next;
    if (worker != NULL)
        return worker;
    worker = aligned_alloc(_Alignof(weft__worker), sizeof *worker);
    if (worker == NULL)
        return NULL;
    memset(worker, 0, sizeof *worker);
    worker->pool = pool;
    worker->ended = true;
    worker->next = pool->workers;
    weft__store(&pool->workers, worker);
    return worker;
}

weft_status weft__worker_start(weft_pool *pool)
{
    weft__worker *worker = worker_memory(pool);
    if (worker == NULL)
        return WEFT_NO_MEMORY;
    worker->tally = pool->tally;
    worker->number = pool->named;
    snprintf(worker->name, sizeof worker->name, "%.50s_%u", pool->name,
             worker->number);
    worker->thread = (weft_thread){
        .run = work, .name = worker->name, .stack_size = pool->stack_size};
    worker->coming = true;
    worker->ended = false;
    weft_status status = weft__service_start(&worker->thread);
    if (status == WEFT_OK) {
        pool->named++;
        return WEFT_OK;
    }
    worker->ended = true;
    weft__store(&worker->thread.state_, WEFT__ENDED); /* for who joins it */
    return status;
}

/* ---- Finding a task ---- */

/* Makes a future that was taken the worker's own. */
static void begin(weft__worker *self, weft_future *future)
{
    if (self->tally != NULL)
        weft__tally_begin(self->tally, future);
    future->next_ = self->running;
    self->running = future;
    weft__future_begin(future, self->thread.id_);
}

/* Begins with the lock held, so that who withdraws under it can tell. */
static weft_future *take_from_entrance(weft__worker *self)
{
    weft_pool *pool = self->pool;
    if (weft__entrance_seems_empty(pool))
        return NULL;
    weft__pool_wait_to_enter(pool);
    weft_future *future = weft__entrance_take(pool);
    if (future != NULL)
        begin(self, future);
    if (future != NULL && self->coming) {
        self->coming = false;
        pool->coming--;
        (void)weft__pool_review(pool);
    } else {
        (void)weft__pool_review_list(pool);
    }
    weft__pool_leave(pool);
    return future;
}

static weft_future *steal_among(weft__worker *first, const weft__worker *end)
{
    weft_future *future = NULL;
    for (weft__worker *each = first; each != end && future == NULL;
         each = each->next)
        future = weft__deque_steal(&each->deque);
    return future;
}

/* From others, each beginning with another. */
static weft_future *steal(weft__worker *self)
{
    weft_future *future = steal_among(self->next, NULL);
    if (future == NULL)
        future = steal_among(weft__load(&self->pool->workers), self);
    if (future != NULL && self->tally != NULL)
        weft__tally_steal(self->tally);
    return future;
}

/* The own deque, then those of others. */
static weft_future *take_from_deques(weft__worker *self)
{
    weft_future *future = weft__deque_pop(&self->deque);
    if (future == NULL)
        future = steal(self);
    if (future == NULL)
        return NULL;
    begin(self, future);
    if (self->coming)
        weft__worker_arrive(self);
    return future;
}

/* Usually the own deque, then the entrance, then other deques; now and then the
 * other way round, so that none of them starves the others. What is urgent is
 * at the entrance. */
static bool is_turn_of_entrance(weft__worker *self)
{
    unsigned turn = self->turns++;
    if (weft__load_relaxed(&self->pool->urgent) != 0)
        return turn % WEFT__PATIENCE != 0;
    return weft__deque_is_used_up(&self->deque) == (turn % FAIRNESS != 0);
}

static weft_future *find(weft__worker *self)
{
    const weft_pool *pool = self->pool;
    if (weft__load_relaxed(&pool->active) > pool->limit)
        return NULL;
    weft_future *future = NULL;
    if (is_turn_of_entrance(self))
        future = take_from_entrance(self);
    if (future == NULL)
        future = take_from_deques(self);
    return future != NULL ? future : take_from_entrance(self);
}

/* What to run next; NULL: the worker should end, and does not count any more.
 */
static weft_future *next_task(weft__worker *self)
{
    weft_future *future = find(self);
    for (bool again = false; future == NULL; again = true) {
        if (!weft__worker_rest(self, again))
            return NULL;
        future = find(self);
    }
    return future;
}

/* ---- Running ---- */

bool weft__worker_runs(const weft__worker *self, const weft_future *future)
{
    const weft_future *each = self->running;
    while (each != NULL && each != future)
        each = each->next_;
    return each != NULL;
}

static bool take_entered(weft__worker *self, weft_future *future)
{
    weft_pool *pool = self->pool;
    weft__pool_enter(pool);
    weft__entrance_unload(pool);
    bool pending = weft__future_state(future) == WEFT__FUTURE_PENDING;
    if (pending) {
        weft__entrance_unlink(pool, future);
        begin(self, future);
        (void)weft__pool_review_list(pool);
    }
    weft__pool_leave(pool);
    return pending;
}

bool weft__worker_take(weft__worker *self, weft_future *future)
{
    uint32_t word = weft__load(&future->state_);
    if ((word & WEFT__FUTURE_STATE) != WEFT__FUTURE_PENDING ||
        weft__future_pool(future, word) != self->pool ||
        weft__os_stack_is_past(self->middle))
        return false;
    if ((word & WEFT__FUTURE_LOCAL) == 0)
        return take_entered(self, future);
    if (!weft__deque_withdraw(&self->deque, future))
        return false;
    begin(self, future);
    return true;
}

/* The last act for the task is to complete its future, after which the next one
 * may be submitted at once. So who will have nothing to do then says so before.
 * Not where callbacks are called, which may take long. */
static bool complete_as_lookout(weft__worker *self, weft_future *future,
                                uint32_t state)
{
    const weft_pool *pool = self->pool;
    if (weft__load_relaxed(&pool->gate) != WEFT__GATE_CALL ||
        self->running != NULL || !weft__deque_is_used_up(&self->deque) ||
        !weft__entrance_seems_empty(pool))
        return false;
    weft__worker_announce(self);
    if (weft__future_complete_quietly(future, state))
        return true;
    if (self->coming)
        weft__worker_arrive(self);
    return false;
}

/* What it came to, and the state that says so. */
static uint32_t keep(weft_future *future, void *result, const weft_error *error)
{
    if (error == NULL) {
        future->result_ = result;
        return WEFT__FUTURE_FINISHED;
    }
    weft__store_relaxed(&future->code_, error->code);
    future->failure_ = weft__failure_keep(error);
    return WEFT__FUTURE_FAILED;
}

static inline void end_task(weft_pool *pool, weft__worker *self,
                            weft_future *future, void *result,
                            const weft_error *error)
{
    uint32_t word = weft__load_relaxed(&future->state_);
    if ((word & WEFT__FUTURE_RECORD) != 0) {
        if (error != NULL)
            weft__excepthook_call(error);
        weft__task_give_back(pool,
                             WEFT_CONTAINER_OF(future, weft__task, future));
        return;
    }
    uint32_t state = keep(future, result, error);
    if (self == NULL || !complete_as_lookout(self, future, state))
        weft__future_complete(future, state);
}

void weft__task_end(weft_pool *pool, weft_future *future, void *result,
                    const weft_error *error)
{
    end_task(pool, NULL, future, result, error);
}

static bool call(weft__worker *self, weft_future *future, void **result,
                 weft_error *error)
{
    bool ok = weft__run_target(future->target_, future->arg_, result, error);
    self->running = future->next_;
    return ok;
}

static void run_and_count(weft__worker *self, weft_future *future)
{
    void *result = NULL;
    weft_error error;
    weft_duration began = weft__os_clock();
    bool ok = call(self, future, &result, &error);
    weft__tally_end(self->tally, began, !ok);
    end_task(self->pool, self, future, result, ok ? NULL : &error);
}

void weft__worker_run(weft__worker *self, weft_future *future)
{
    void *result = NULL;
    weft_error error;
    if (self->tally != NULL) {
        run_and_count(self, future);
        return;
    }
    bool ok = call(self, future, &result, &error);
    end_task(self->pool, self, future, result, ok ? NULL : &error);
}

/* On top of a task, which goes on afterwards: the worker does not look out. */
static inline void run_on_top(weft__worker *self, weft_future *future)
{
    void *result = future->target_(future->arg_);
    weft_error error;
    self->running = future->next_;
    if (weft__is_failure(result, &error)) {
        end_task(self->pool, self, future, NULL, &error);
        return;
    }
    future->result_ = result;
    weft__future_complete(future, WEFT__FUTURE_FINISHED);
}

/* Its slot alone says that it is pending: nobody else's word need be asked. */
bool weft__worker_run_youngest(weft__worker *self, weft_future *future)
{
    if (future == NULL || weft__worker_stopping(self) ||
        weft__os_stack_is_past(self->middle) ||
        !weft__deque_take_youngest(&self->deque, future))
        return false;
    begin(self, future);
    if (self->tally != NULL)
        run_and_count(self, future);
    else
        run_on_top(self, future);
    return true;
}

static void initialize(weft_pool *pool)
{
    void *result;
    weft_error error;
    if (pool->initializer == NULL ||
        weft__run_target(pool->initializer, pool->initializer_arg, &result,
                         &error))
        return;
    weft__excepthook_call(&error);
    weft__pool_close(pool, WEFT__BROKEN, WEFT__FUTURE_BROKEN);
}

static _Thread_local const weft_pool *finalizing;

bool weft__pool_is_own(const weft_pool *pool)
{
    const weft__worker *self = weft__worker_self();
    return self != NULL ? self->pool == pool : finalizing == pool;
}

/* The worker counts as engaged until then, but it is none any more: it has no
 * deque, and nobody need stand in for it. */
static void finalize(weft_pool *pool)
{
    void *result;
    weft_error error;
    finalizing = pool;
    if (!weft__run_target(pool->finalizer, pool->finalizer_arg, &result,
                          &error))
        weft__excepthook_call(&error);
    finalizing = NULL;
    weft__pool_enter(pool);
    weft__pool_disengage(pool);
    weft__pool_leave(pool);
}

static bool task_stopping(const weft__record *record)
{
    const weft__worker *self = record->pool_worker;
    return self->running != NULL &&
           (weft__load(&self->running->state_) & WEFT__FUTURE_STOP) != 0;
}

static void *work(weft_thread *thread)
{
    weft__worker *self = WEFT_CONTAINER_OF(thread, weft__worker, thread);
    weft__record *record = weft__self();
    record->pool_worker = self;
    record->task_stopping = task_stopping;
    record->delays_exit = !self->pool->daemon;
    self->middle = weft__os_stack_middle();
    if (self->pool->pinned)
        weft__os_pin(self->number);
    initialize(self->pool);
    weft_future *future;
    while ((future = next_task(self)) != NULL) {
        weft__worker_run(self, future);
        weft__record_unstop(record); /* it was meant for the task */
    }
    record->task_stopping = NULL;
    record->pool_worker = NULL;
    if (self->pool->finalizer != NULL)
        finalize(self->pool);
    record->delays_exit = false;
    return NULL;
}
