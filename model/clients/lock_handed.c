/* SPDX-License-Identifier: MIT */

/* A held lock is released after somebody waited for long: it is handed over,
 * and passed on. */

#include "client.h"
#include "weft/lock.h"

static weft_lock lock;
static unsigned turns;

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

static void hold_for_long(void)
{
    client_come_after(weft__load(&lock.word_) != client_record(0)->id);
    client_let_time_pass();
    take_a_turn();
}

static void wait_for_it(void)
{
    weft_lock_acquire(&lock);
    take_a_turn();
}

static void come_late(void)
{
    client_come_after(weft__load(&lock.word_) != client_record(0)->id);
    wait_for_it();
}

static void end(void)
{
    must(turns == CLIENT_THREADS);
    must(lock.word_ == 0);
}

const client the_client = {
    .begin = begin,
    .threads = {hold_for_long, wait_for_it, come_late},
    .end = end,
};
