/* SPDX-License-Identifier: MIT */

/* A pool of one worker: a task is submitted and waited for, and its future
 * freed at once: the worker must not touch it any more. */

#include "weft/pool.h"
#include "client.h"

#include <stdlib.h>

static weft_pool *pool;
static unsigned runs;

static void begin(void)
{
    pool = weft_pool_create(.workers = 1, .daemon = true);
    must(pool != NULL);
    runs = 0;
}

static void *task(void *arg)
{
    must(arg == &runs);
    runs++;
    return arg;
}

static void submit_and_wait(void)
{
    weft_future *future = malloc(sizeof *future);
    void *answer = NULL;
    must(future != NULL);
    must(weft_submit(pool, future, task, &runs) == WEFT_OK);
    must(weft_future_result(future, &answer) == WEFT_OK);
    must(answer == &runs && runs == 1);
    free(future);
    must(weft_pool_shutdown(pool) == WEFT_OK);
}

static void end(void)
{
    must(weft_pool_destroy(pool) == WEFT_OK);
}

const client the_client = {
    .begin = begin,
    .threads = {client_be_a_worker, submit_and_wait, idle},
    .end = end,
};
