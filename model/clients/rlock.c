/* SPDX-License-Identifier: MIT */

/* One takes it on two levels, one waits for it, one takes it if it is free:
 * exclusion on every level. */

#include "weft/rlock.h"
#include "client.h"

static weft_rlock rlock;
static unsigned turns;
static bool was_free;

static void begin(void)
{
    turns = 0;
}

static void take_a_turn(void)
{
    turns++;
    must(weft_rlock_release(&rlock) == WEFT_OK);
}

static void take_two(void)
{
    weft_rlock_acquire(&rlock);
    weft_rlock_acquire(&rlock);
    take_a_turn();
    must(weft_rlock_level(&rlock) == 1);
    take_a_turn();
}

static void take_one(void)
{
    weft_rlock_acquire(&rlock);
    take_a_turn();
}

static void try_it(void)
{
    was_free = weft_rlock_try_acquire(&rlock) == WEFT_OK;
    if (was_free)
        take_a_turn();
}

static void end(void)
{
    must(turns == 3U + was_free);
    must(!weft_rlock_locked(&rlock));
}

const client the_client = {
    .begin = begin,
    .threads = {take_two, take_one, try_it},
    .end = end,
};
