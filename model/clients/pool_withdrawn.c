/* SPDX-License-Identifier: MIT */

/* A task is cancelled while a worker takes and runs it, and somebody waits for
 * it: it runs or is cancelled, and the wait ends. */

#include "client.h"
#include "pool.h"

static weft_pool *pool;
static weft__worker worker;
static weft_future future;
static unsigned runs;
static weft_status status;

static void *task(void *arg)
{
    must(arg == &runs);
    runs++;
    return arg;
}

static void begin(void)
{
    runs = 0;
    pool = weft_pool_create(.workers = 1, .daemon = true);
    must(pool != NULL);
    worker.pool = pool;
    worker.running = NULL;
    weft__pool_enter(pool);
    pool->alive = pool->active = 1;
    weft__pool_engage(pool);
    must(weft__pool_review(pool) == WEFT_OK);
    weft__pool_leave(pool);
    must(weft_submit(pool, &future, task, &runs) == WEFT_OK);
}

/* As a worker does. */
static void take_and_run(void)
{
    weft__pool_enter(pool);
    weft_future *taken = weft__entrance_take(pool);
    if (taken != NULL)
        weft__future_begin(taken, client_record(0)->id);
    weft__pool_leave(pool);
    if (taken != NULL)
        weft__worker_run(&worker, taken);
}

static void cancel(void)
{
    status = weft_future_cancel(&future);
}

static void wait(void)
{
    weft_status answer = weft_future_result(&future, NULL);
    must(answer == (runs == 1 ? (weft_status)WEFT_OK : WEFT_CANCELLED));
}

static void end(void)
{
    must(status == (runs == 1 ? WEFT_ALREADY_STARTED : (weft_status)WEFT_OK));
    weft__pool_enter(pool);
    weft__pool_disengage(pool);
    weft__pool_leave(pool);
    must(weft_pool_destroy(pool) == WEFT_OK);
}

const client the_client = {
    .begin = begin,
    .threads = {take_and_run, cancel, wait},
    .end = end,
};
