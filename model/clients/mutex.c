/* SPDX-License-Identifier: MIT */

/* The mutex under weft's own short sections: exclusion, and nobody sleeps on.
 */

#include "client.h"

static weft__mutex mutex;
static unsigned turns;

static void begin(void)
{
    turns = 0;
}

static void take_a_turn(void)
{
    weft__mutex_lock(&mutex);
    turns++;
    weft__mutex_unlock(&mutex);
}

static void end(void)
{
    must(turns == CLIENT_THREADS);
    must(mutex.word == 0);
}

const client the_client = {
    .begin = begin,
    .threads = {take_a_turn, take_a_turn, take_a_turn},
    .end = end,
};
