/* SPDX-License-Identifier: MIT */

/* A group is stopped while its only member is taken and run: the member is
 * cancelled or ends as usual, and its future is not taken for anything else. */

#include "client.h"
#include "pool.h"

#include <stdlib.h>

static weft_pool *pool;
static weft_group *group;
static weft__worker worker;
static weft_future member;
static unsigned runs;

static void *task(void *arg)
{
    must(arg == &runs);
    runs++;
    return arg;
}

/* Nothing is behind it. */
static void make_group(void)
{
    group = malloc(sizeof *group);
    must(group != NULL);
    group->pool = pool;
    group->code_ = 0;
    group->descriptor_ = 0;
    group->state_ = 0;
    group->members_ = NULL;
    group->failure_ = 0;
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
    make_group();
    must(weft_group_submit(group, &member, task, &runs) == WEFT_OK);
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

static void stop(void)
{
    must(weft_group_stop(group) == WEFT_OK);
}

static void end(void)
{
    weft_status status = weft_group_wait(group);
    must(status == WEFT_CANCELLED || (status == WEFT_OK && runs == 1));
    must(weft_future_cancelled(&member) == (runs == 0));
    free(group);
    weft__pool_enter(pool);
    weft__pool_disengage(pool);
    weft__pool_leave(pool);
    must(weft_pool_destroy(pool) == WEFT_OK);
}

const client the_client = {
    .begin = begin,
    .threads = {take_and_run, stop, idle},
    .end = end,
};
