/* SPDX-License-Identifier: MIT */

/* The owner of a lock comes back at once while two wait: one is called, looks,
 * naps and insists, or takes it; then the other one gets it. */

#include "client.h"
#include "weft/lock.h"

static weft_lock lock;
static unsigned turns;
static bool again;

static void begin(void)
{
    turns = 0;
    lock.word_ = client_record(0)->id;
    weft__line_unlock(weft__line_lock(&lock));
}

static void take_a_turn(void)
{
    turns++;
    weft_lock_release(&lock);
}

static void hold_twice(void)
{
    client_come_after(client_waits(2));
    take_a_turn();
    again = weft_lock_try_acquire(&lock) == WEFT_OK;
    if (again)
        take_a_turn();
}

static void wait_for_it(void)
{
    weft_lock_acquire(&lock);
    take_a_turn();
}

static void come_late(void)
{
    client_come_after(client_waits(1));
    wait_for_it();
}

static void end(void)
{
    must(turns == 3U + again);
    must(!weft_lock_locked(&lock));
}

const client the_client = {
    .begin = begin,
    .threads = {hold_twice, wait_for_it, come_late},
    .end = end,
    .processors = {0, 1, 1},
};
