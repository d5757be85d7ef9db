/* SPDX-License-Identifier: MIT */

/* A task that is pending is cancelled while somebody waits for it: the wait
 * ends, and a worker that comes then finds nothing. */

#include "client.h"
#include "weft/pool.h"

static weft_pool *pool;
static weft_future future;
static unsigned runs;
static weft_status status;

static void *task(void *arg)
{
    runs++;
    return arg;
}

static void begin(void)
{
    runs = 0;
    pool = weft_pool_create(.workers = 1, .daemon = true);
    must(pool != NULL);
    must(weft_submit(pool, &future, task, NULL) == WEFT_OK);
}

static void cancel(void)
{
    status = weft_future_cancel(&future);
    must(status == WEFT_OK || status == WEFT_ALREADY_STARTED);
}

static void wait(void)
{
    weft_status answer = weft_future_result(&future, NULL);
    must(answer == (runs == 1 ? (weft_status)WEFT_OK : WEFT_CANCELLED));
}

static void end(void)
{
    must((runs == 0) == (status == WEFT_OK));
    must(weft_pool_shutdown(pool, .wait = false) == WEFT_OK);
    client_be_a_worker();
    must(weft_pool_destroy(pool) == WEFT_OK);
}

const client the_client = {
    .begin = begin,
    .threads = {idle, cancel, wait},
    .end = end,
};
