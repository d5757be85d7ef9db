/* SPDX-License-Identifier: MIT */

/* Three meet: nobody leaves before all have come, and each has its number. */

#include "weft/barrier.h"
#include "client.h"

static weft_barrier barrier = WEFT_BARRIER(CLIENT_THREADS);
static unsigned came[CLIENT_THREADS], numbers[CLIENT_THREADS];

static void begin(void)
{
    for (unsigned i = 0; i < CLIENT_THREADS; i++)
        came[i] = numbers[i] = 0;
    weft__line_unlock(weft__line_lock(&barrier));
}

static void come(unsigned self)
{
    came[self] = 1;
    must(weft_barrier_wait(&barrier, &numbers[self]) == WEFT_OK);
    must(came[0] + came[1] + came[2] == CLIENT_THREADS);
}

static void come_0(void)
{
    come(0);
}

static void come_1(void)
{
    come(1);
}

static void come_2(void)
{
    come(2);
}

static void end(void)
{
    must(numbers[0] + numbers[1] + numbers[2] == 3);
    must(numbers[0] != numbers[1]);
}

const client the_client = {
    .begin = begin,
    .threads = {come_0, come_1, come_2},
    .end = end,
};
