/* SPDX-License-Identifier: MIT */

/* Two wait for a held lock, one only for a moment: if it gives up, the other
 * gets it all the same. */

#include "client.h"
#include "weft/lock.h"

static weft_lock lock;
static unsigned turns, answered;
static bool got;

static void begin(void)
{
    turns = answered = 0;
    lock.word_ = client_record(0)->id;
    weft__line_unlock(weft__line_lock(&lock));
}

static void take_a_turn(void)
{
    turns++;
    weft_lock_release(&lock);
}

static void hold(void)
{
    client_come_after(weft__load(&lock.word_) != client_record(0)->id);
    take_a_turn();
}

static void wait_a_moment(void)
{
    got = weft_lock_acquire_timed(&lock, 1) == WEFT_OK;
    if (got)
        take_a_turn();
    weft__store(&answered, 1);
}

static void come_late(void)
{
    client_come_after(weft__load(&answered) != 0);
    weft_lock_acquire(&lock);
    take_a_turn();
}

static void end(void)
{
    must(turns == 2U + got);
    must(!weft_lock_locked(&lock));
}

const client the_client = {
    .begin = begin,
    .threads = {hold, wait_a_moment, come_late},
    .end = end,
};
