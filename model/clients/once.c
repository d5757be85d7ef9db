/* SPDX-License-Identifier: MIT */

/* Three come at once: the function runs one time, and all return after it. */

#include "weft/once.h"
#include "client.h"

static weft_once once;
static unsigned runs;

static void begin(void)
{
    once.word_ = 0;
    runs = 0;
    weft__line_unlock(weft__line_lock(&once));
}

static void function(void *arg)
{
    (void)arg;
    runs++;
}

static void call(void)
{
    must(weft_call_once(&once, function, NULL) == WEFT_OK);
    must(runs == 1);
}

static void call_late(void)
{
    client_come_after(weft__load(&once.word_) != 0);
    call();
}

static void end(void)
{
    must(weft_once_done(&once));
}

const client the_client = {
    .begin = begin,
    .threads = {call, call_late, call_late},
    .end = end,
};
