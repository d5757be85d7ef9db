/* SPDX-License-Identifier: MIT */

/* Three threads contend for a lock: exclusion, and each gets it. */

#include "weft/lock.h"
#include "client.h"

static weft_lock lock;
static unsigned turns, taken, released;

static void begin(void)
{
    turns = taken = released = 0;
    weft__line_unlock(weft__line_lock(&lock));
}

static void first(void)
{
    weft_lock_acquire(&lock);
    weft__store_relaxed(&taken, 1);
    turns++;
    weft_lock_release(&lock);
    weft__store_relaxed(&released, 1);
}

static void take_a_turn(void)
{
    weft_lock_acquire(&lock);
    turns++;
    weft_lock_release(&lock);
}

static void second(void)
{
    client_come_after(weft__load_relaxed(&taken) != 0);
    take_a_turn();
}

static void third(void)
{
    client_come_after(weft__load_relaxed(&released) != 0);
    take_a_turn();
}

static void end(void)
{
    must(turns == CLIENT_THREADS);
    must(lock.word_ == 0);
}

const client the_client = {
    .begin = begin,
    .threads = {first, second, third},
    .end = end,
};
