/* SPDX-License-Identifier: MIT */

/* A future is completed while two wait for it; the last to have its result
 * frees it: completing must not touch it any more. */

#include "future.h"
#include "client.h"

#include <stdlib.h>

static weft_future *future;
static int value;
static unsigned results;

static void begin(void)
{
    future = malloc(sizeof *future);
    must(future != NULL);
    future->state_ = WEFT__FUTURE_RUNNING;
    future->callbacks_ = NULL;
    results = 0;
    weft__line_unlock(weft__line_lock(future));
}

static void complete(void)
{
    future->result_ = &value;
    weft__future_complete(future, WEFT__FUTURE_FINISHED);
}

static void result(void)
{
    void *answer = NULL;
    must(weft_future_result(future, &answer) == WEFT_OK);
    must(answer == &value);
    if (weft__fetch_add(&results, 1) == 1)
        free(future);
}

static void result_late(void)
{
    client_come_after(weft__load(&future->state_) != WEFT__FUTURE_RUNNING);
    result();
}

static void end(void)
{
}

const client the_client = {
    .begin = begin,
    .threads = {complete, result, result_late},
    .end = end,
};
