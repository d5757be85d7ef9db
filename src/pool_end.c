/* SPDX-License-Identifier: MIT */

/* The end of a pool: shutting down, destroying. */

#include "control.h"
#include "misuse.h"
#include "pool.h"

#include <stdlib.h>

static weft_status waits_for_itself(const char *function, const weft_pool *pool)
{
    return weft__misuse(WEFT_DEADLOCK, function, pool,
                        "a task of the pool would wait for itself");
}

/* ---- Closing ---- */

/* With the lock held: all that are pending, by next_, in the given state. A
 * thief who is just taking one is waited for. */
static weft_future *take_all(weft_pool *pool, uint32_t state)
{
    weft_future *chain = weft__entrance_take_all(pool);
    for (weft__worker *each = pool->workers; each != NULL; each = each->next)
        while (weft__deque_may_have(&each->deque)) {
            weft_future *stolen = weft__deque_steal(&each->deque);
            if (stolen == NULL) {
                weft__os_yield();
                continue;
            }
            stolen->next_ = chain;
            chain = stolen;
        }
    for (weft_future *each = chain; each != NULL; each = each->next_) {
        weft__future_set_state(each, state);
        if (pool->tally != NULL)
            weft__tally_cancel(pool->tally);
    }
    return chain;
}

void weft__pool_complete_all(weft_pool *pool, weft_future *chain)
{
    while (chain != NULL) {
        weft_future *future = chain;
        chain = future->next_;
        uint32_t word = weft__load(&future->state_);
        if ((word & WEFT__FUTURE_RECORD) != 0)
            weft__task_give_back(pool,
                                 WEFT_CONTAINER_OF(future, weft__task, future));
        else
            weft__future_complete(future, word & WEFT__FUTURE_STATE);
    }
    weft__pool_enter(pool);
    weft__pool_disengage(pool);
    weft__pool_leave(pool);
}

void weft__pool_close(weft_pool *pool, uint32_t reason, uint32_t state)
{
    weft_future *ended = NULL;
    weft__pool_enter(pool);
    weft__store_relaxed(&pool->closed, pool->closed | reason);
    weft__entrance_close(pool);
    if (state != WEFT__FUTURE_PENDING)
        ended = take_all(pool, state);
    if (ended != NULL)
        weft__pool_engage(pool);
    if ((reason & WEFT__SHUT) != 0)
        weft__pool_call_all(pool);
    (void)weft__pool_review(pool);
    if (pool->waiting > 0)
        weft_condition_notify_all(&pool->room);
    weft__pool_leave(pool);
    if (ended != NULL)
        weft__pool_complete_all(pool, ended);
}

static weft_status wait_until_quiet(weft_pool *pool)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_status status = WEFT_OK;
    weft__pool_enter(pool);
    while (pool->engaged > 0 && status == WEFT_OK)
        status = weft_condition_wait(&pool->quiet, &pool->lock);
    weft__pool_leave(pool);
    return status;
}

/* Those who waited for room were woken, and are on their way out. */
static void wait_until_nobody_waits(weft_pool *pool)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__pool_enter(pool);
    while (pool->waiting > 0) {
        weft__pool_leave(pool);
        weft__os_yield();
        weft__pool_enter(pool);
    }
    weft__pool_leave(pool);
}

/* ---- Shutting down ---- */

weft_status weft_pool_shutdown_with(weft_pool *pool,
                                    const weft_pool_shutdown_options *options)
{
    weft__point("weft_pool_shutdown_with", pool);
    static const char function[] = "weft_pool_shutdown";
    static const weft_pool_shutdown_options defaults = {.private_ = 0};
    if (options == NULL)
        options = &defaults;
    if (pool == NULL)
        return weft__misuse(WEFT_INVALID, function, NULL, "the pool is NULL");
    if (options->wait && weft__pool_is_own(pool))
        return waits_for_itself(function, pool);
    weft__pool_close(pool, WEFT__SHUT,
                     options->cancel_futures ? WEFT__FUTURE_CANCELLED
                                             : WEFT__FUTURE_PENDING);
    if (!options->wait)
        return WEFT_OK;
    weft__worker *self = weft__worker_self(); /* of another pool */
    if (self != NULL)
        weft__worker_step_aside(self);
    weft_status status = wait_until_quiet(pool);
    if (self != NULL)
        weft__worker_step_back(self);
    return status;
}

/* ---- Destroying ---- */

static weft__worker *living_worker(weft_pool *pool)
{
    weft__pool_enter(pool);
    weft__worker *worker = pool->workers;
    while (worker != NULL && worker->ended)
        worker = worker->next;
    weft__pool_leave(pool);
    return worker;
}

/* Each of them ends when nothing is pending any more. */
static void join_workers(weft_pool *pool)
{
    weft__worker *self = weft__worker_self(); /* of another pool */
    if (self != NULL)
        weft__worker_step_aside(self);
    weft__worker *worker;
    while ((worker = living_worker(pool)) != NULL)
        weft__service_join(&worker->thread);
    while ((worker = pool->workers) != NULL) {
        pool->workers = worker->next;
        weft__service_join(&worker->thread);
        free(worker);
    }
    if (self != NULL)
        weft__worker_step_back(self);
}

weft_status weft_pool_destroy(weft_pool *pool)
{
    weft__point("weft_pool_destroy", pool);
    static const char function[] = "weft_pool_destroy";
    if (pool == NULL)
        return WEFT_OK;
    if (weft__pool_is_default(pool))
        return weft__misuse(WEFT_INVALID, function, pool,
                            "the default pool is everybody's");
    if (weft__pool_is_own(pool))
        return waits_for_itself(function, pool);
    weft__pool_close(pool, WEFT__SHUT, WEFT__FUTURE_PENDING);
    join_workers(pool);
    wait_until_nobody_waits(pool);
    weft__fork_guard_remove(&pool->guard);
    weft__tasks_free(pool);
    free(pool->tally);
    free(pool);
    return WEFT_OK;
}
