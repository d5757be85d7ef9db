/* SPDX-License-Identifier: MIT */

/* A pool of one worker: a task is cancelled by one thread while another waits
 * for it; it runs or not, and all agree on it. */

#include "client.h"
#include "weft/pool.h"

static weft_pool *pool;
static weft_future future;
static unsigned submitted, cancelling, runs;
static bool cancelled;

static void begin(void)
{
    pool = weft_pool_create(.workers = 1, .daemon = true);
    must(pool != NULL);
    submitted = cancelling = runs = 0;
}

static void *task(void *arg)
{
    must(arg == &runs);
    runs++;
    return arg;
}

static void submit_and_cancel(void)
{
    must(weft_submit(pool, &future, task, &runs) == WEFT_OK);
    weft__store(&submitted, 1);
    weft_status status = weft_future_cancel(&future);
    weft__store(&cancelling, 1);
    cancelled = status == WEFT_OK;
    must(cancelled || status == WEFT_ALREADY_STARTED);
    must(weft_pool_shutdown(pool) == WEFT_OK);
}

static void wait(void)
{
    client_await(weft__load(&submitted) != 0);
    client_come_after(weft__load(&cancelling) != 0);
    weft_status status = weft_future_result(&future, NULL);
    must(status == (runs == 1 ? (weft_status)WEFT_OK : WEFT_CANCELLED));
}

static void end(void)
{
    must(runs == !cancelled);
    must(weft_pool_destroy(pool) == WEFT_OK);
}

const client the_client = {
    .begin = begin,
    .threads = {client_be_a_worker, submit_and_cancel, wait},
    .end = end,
};
