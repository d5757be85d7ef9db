/* SPDX-License-Identifier: MIT */

/* The end of a pool: shutting down, destroying. */

#include "misuse.h"
#include "pool.h"

#include <stdlib.h>

static bool is_own(const weft_pool *pool)
{
    const weft__worker *self = weft__worker_self();
    return self != NULL && self->pool == pool;
}

static weft_status waits_for_itself(const char *function, const weft_pool *pool)
{
    return weft__misuse(WEFT_DEADLOCK, function, pool,
                        "a task of the pool would wait for itself");
}

static void shut_down(weft_pool *pool,
                      bool cancel) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_future *cancelled = NULL;
    weft_lock_acquire(&pool->lock);
    pool->shut_down = true;
    if (cancel)
        cancelled = weft__pool_take_all(pool, WEFT__FUTURE_CANCELLED);
    pool->active += pool->asleep; /* to find that they may end */
    pool->asleep = 0;
    weft_condition_notify_all(&pool->work);
    weft_lock_release(&pool->lock);
    weft__pool_complete_all(pool, cancelled);
}

static weft_status wait_until_quiet(weft_pool *pool)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_status status = WEFT_OK;
    weft_lock_acquire(&pool->lock);
    while (pool->unfinished > 0 && status == WEFT_OK)
        status = weft_condition_wait(&pool->quiet, &pool->lock);
    weft_lock_release(&pool->lock);
    return status;
}

weft_status weft_pool_shutdown_with(weft_pool *pool,
                                    const weft_pool_shutdown_options *options)
{
    static const char function[] = "weft_pool_shutdown";
    static const weft_pool_shutdown_options defaults = {.private_ = 0};
    if (options == NULL)
        options = &defaults;
    if (pool == NULL)
        return weft__misuse(WEFT_INVALID, function, NULL, "the pool is NULL");
    if (options->wait && is_own(pool))
        return waits_for_itself(function, pool);
    shut_down(pool, options->cancel_futures);
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

static weft__worker *living_worker(weft_pool *pool)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_lock_acquire(&pool->lock);
    weft__worker *worker = pool->workers;
    weft_lock_release(&pool->lock);
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
    weft__workers_join(pool->retired);
    if (self != NULL)
        weft__worker_step_back(self);
}

weft_status weft_pool_destroy(weft_pool *pool)
{
    static const char function[] = "weft_pool_destroy";
    if (pool == NULL)
        return WEFT_OK;
    if (weft__pool_is_default(pool))
        return weft__misuse(WEFT_INVALID, function, pool,
                            "the default pool is everybody's");
    if (is_own(pool))
        return waits_for_itself(function, pool);
    shut_down(pool, false);
    join_workers(pool);
    weft__fork_guard_remove(&pool->guard);
    while (pool->spare != NULL) {
        weft__task *task = pool->spare;
        pool->spare = task->next_spare;
        free(task);
    }
    free(pool);
    return WEFT_OK;
}
