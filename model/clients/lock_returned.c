/* SPDX-License-Identifier: MIT */

/* The owner of a lock comes back at once, twice, while two wait: one is called
 * where it runs and insists at once, one looks from elsewhere, naps and
 * insists; both are handed it or take it, and nobody is forgotten. */

#include "client.h"
#include "weft/lock.h"

static weft_lock lock;
static unsigned turns, returned, returns;

static void begin(void)
{
    turns = returned = returns = 0;
    lock.word_ = client_record(0)->id;
    weft__line_unlock(weft__line_lock(&lock));
}

static void take_a_turn(void)
{
    turns++;
    weft_lock_release(&lock);
}

static bool come_back(void)
{
    bool back = weft_lock_try_acquire(&lock) == WEFT_OK;
    returns += back;
    weft__store(&returned, 1);
    return back;
}

static void hold_and_return(void)
{
    client_come_after(client_waits(1));
    take_a_turn();
    if (!come_back())
        return;
    client_come_after(client_waits(2));
    take_a_turn();
    if (come_back())
        take_a_turn();
}

static void wait_for_it(void)
{
    weft_lock_acquire(&lock);
    take_a_turn();
}

static void come_late(void)
{
    client_come_after(weft__load(&returned) != 0);
    wait_for_it();
}

static void end(void)
{
    must(turns == CLIENT_THREADS + returns);
    must(!weft_lock_locked(&lock));
}

const client the_client = {
    .begin = begin,
    .threads = {hold_and_return, wait_for_it, come_late},
    .end = end,
    .processors = {0, 0, 1},
};
