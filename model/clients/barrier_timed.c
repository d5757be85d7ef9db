/* SPDX-License-Identifier: MIT */

/* One of three gives up: either all meet, or none does and all know it. */

#include "client.h"
#include "weft/barrier.h"

static weft_barrier barrier = WEFT_BARRIER(CLIENT_THREADS);
static weft_status statuses[CLIENT_THREADS];

static void begin(void)
{
    must(weft_barrier_reset(&barrier) == WEFT_OK);
}

static void come_0(void)
{
    statuses[0] = weft_barrier_wait(&barrier, NULL);
}

static void come_1(void)
{
    statuses[1] = weft_barrier_wait(&barrier, NULL);
}

static void come_for_a_moment(void)
{
    statuses[2] = weft_barrier_wait_timed(&barrier, NULL, 1);
}

static void end(void)
{
    bool met = statuses[2] == WEFT_OK;
    must(met || statuses[2] == WEFT_TIMED_OUT);
    must(statuses[0] == (met ? (weft_status)WEFT_OK : WEFT_BROKEN));
    must(statuses[1] == statuses[0]);
    must(weft_barrier_broken(&barrier) == !met);
}

const client the_client = {
    .begin = begin,
    .threads = {come_0, come_1, come_for_a_moment},
    .end = end,
};
