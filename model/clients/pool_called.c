/* SPDX-License-Identifier: MIT */

/* A pool's only worker has found nothing, and is about to sleep, while a task
 * enters: the worker looks again, or is called. */

#include "client.h"
#include "pool.h"

static weft_pool *pool;
static weft__worker worker;
static weft_future future;
static unsigned value;

static void begin(void)
{
    pool = weft_pool_create(.workers = 1, .daemon = true);
    must(pool != NULL);
    worker.pool = pool;
    worker.coming = true;
    weft__pool_enter(pool);
    pool->workers = &worker;
    pool->alive = pool->coming = pool->active = 1;
    weft__pool_engage(pool);
    must(weft__pool_review(pool) == WEFT_OK);
    weft__pool_leave(pool);
}

static void rest(void)
{
    must(weft__worker_rest(&worker, false));
    weft__pool_enter(pool);
    weft_future *taken = weft__entrance_take(pool);
    must(taken == &future && taken->arg_ == &value);
    weft__pool_leave(pool);
}

static void *task(void *arg)
{
    return arg;
}

static void submit(void)
{
    must(weft_submit(pool, &future, task, &value) == WEFT_OK);
}

static void end(void)
{
    weft__pool_enter(pool);
    pool->workers = NULL;
    weft__pool_disengage(pool);
    weft__pool_leave(pool);
    must(weft_pool_destroy(pool) == WEFT_OK);
}

const client the_client = {
    .begin = begin,
    .threads = {rest, submit, idle},
    .end = end,
};
