/* SPDX-License-Identifier: MIT */

/* The parker: one thread waits for two things that others make true. */

#include "client.h"

static const weft__wait_kind kind = {.name = "model"};
static unsigned done[CLIENT_THREADS];

static void begin(void)
{
    weft__store_relaxed(&done[1], 0);
    weft__store_relaxed(&done[2], 0);
}

static bool both_done(void *context)
{
    (void)context;
    return weft__load(&done[1]) != 0 && weft__load(&done[2]) != 0;
}

static void wait_for_both(void)
{
    must(weft__park_until(&kind, NULL, both_done, NULL, WEFT_FOREVER,
                          WEFT__UNSTOPPABLE) == WEFT_OK);
}

static void do_one(void)
{
    weft__store(&done[1], 1);
    weft__unpark(client_record(0));
}

static void do_two(void)
{
    weft__store(&done[2], 1);
    weft__unpark(client_record(0));
}

static void end(void)
{
}

const client the_client = {
    .begin = begin,
    .threads = {wait_for_both, do_one, do_two},
    .end = end,
};
