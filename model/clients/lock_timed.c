/* SPDX-License-Identifier: MIT */

/* Two wait for a held lock, one only for a moment: if it gives up, called or
 * not, the other gets it all the same. */

#include "client.h"
#include "weft/lock.h"

static weft_lock lock;
static unsigned turns, begun;
static bool again, got;

static void begin(void)
{
    turns = begun = 0;
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
    weft__store(&begun, 1);
    take_a_turn();
    again = weft_lock_try_acquire(&lock) == WEFT_OK;
    if (again)
        take_a_turn();
}

static void wait_a_moment(void)
{
    client_come_after(weft__load(&begun) != 0);
    got = weft_lock_acquire_timed(&lock, 1) == WEFT_OK;
    if (got)
        take_a_turn();
}

static void wait_for_it(void)
{
    weft_lock_acquire(&lock);
    take_a_turn();
}

static void end(void)
{
    must(turns == 2U + again + got);
    must(!weft_lock_locked(&lock));
}

const client the_client = {
    .begin = begin,
    .threads = {hold_twice, wait_a_moment, wait_for_it},
    .end = end,
    .processors = {0, 1, 0},
};
