/* SPDX-License-Identifier: MIT */

/* A callback is added to a future that is being completed: it is called once,
 * may use the future, and who waits after that sees that it has been called. */

#include "client.h"
#include "future.h"

#include <stdlib.h>

static weft_future *future;
static int value;
static unsigned calls, added, users;

static void begin(void)
{
    future = malloc(sizeof *future);
    must(future != NULL);
    future->state_ = WEFT__FUTURE_RUNNING;
    future->callbacks_ = NULL;
    calls = added = users = 0;
    weft__line_unlock(weft__line_lock(future));
}

static void complete(void)
{
    future->result_ = &value;
    weft__future_complete(future, WEFT__FUTURE_FINISHED);
}

static void check(void)
{
    void *answer = NULL;
    must(weft_future_result(future, &answer) == WEFT_OK);
    must(answer == &value);
}

static void callback(weft_future *done, void *arg)
{
    must(done == future && arg == &calls);
    must(weft_future_done(done));
    check();
    calls++;
}

static void leave(void)
{
    if (weft__fetch_add(&users, 1) == 1)
        free(future);
}

static void add_callback(void)
{
    must(weft_future_add_done_callback(future, callback, &calls) == WEFT_OK);
    weft__store(&added, 1);
    leave();
}

static void wait(void)
{
    client_await(weft__load(&added) != 0);
    check();
    must(calls == 1);
    leave();
}

static void end(void)
{
    must(calls == 1);
}

const client the_client = {
    .begin = begin,
    .threads = {complete, add_callback, wait},
    .end = end,
};
