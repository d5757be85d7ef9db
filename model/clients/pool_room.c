/* SPDX-License-Identifier: MIT */

/* A pool with room for one is full when another task is submitted, which waits
 * for room while the only worker makes it, and then gets that one, too. */

#include "client.h"
#include "pool.h"

static weft_pool *pool;
static weft__worker worker;
static weft_future first, second;

static void *task(void *arg)
{
    return arg;
}

static void submit(weft_future *future)
{
    must(weft_submit(pool, future, task, NULL) == WEFT_OK);
}

static void begin(void)
{
    pool = weft_pool_create(.workers = 1, .daemon = true, .capacity = 1);
    must(pool != NULL);
    worker.pool = pool;
    worker.coming = true;
    weft__pool_enter(pool);
    pool->workers = &worker;
    pool->alive = pool->coming = pool->active = 1;
    weft__pool_engage(pool);
    must(weft__pool_review(pool) == WEFT_OK);
    weft__pool_leave(pool);
    submit(&first);
}

static void take(const weft_future *future)
{
    weft__pool_enter(pool);
    must(weft__entrance_take(pool) == future);
    weft__pool_leave(pool);
    weft__worker_arrive(&worker);
}

static void take_both(void)
{
    take(&first);
    must(weft__worker_rest(&worker, false));
    take(&second);
}

static void submit_second(void)
{
    submit(&second);
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
    .threads = {take_both, submit_second, idle},
    .end = end,
};
