/* SPDX-License-Identifier: MIT */

/* Two insist on a held lock: it is handed to one of them, and by that one to
 * the other. */

#include "client.h"
#include "weft/lock.h"

enum { INSISTS = 2 }; /* as in lock.c */

static const weft__wait_kind kind = {.name = "lock"};
static weft_lock lock;
static weft__waiter waiters[CLIENT_THREADS];
static unsigned turns;

static void insist(weft__line *line, unsigned thread)
{
    waiters[thread] = (weft__waiter){
        .kind = &kind, .object = &lock, .want = INSISTS, .drowsy = true};
    weft__line_push_front(line, &waiters[thread]);
    waiters[thread].thread = client_record(thread);
}

static void begin(void)
{
    turns = 0;
    weft__line *line = weft__line_lock(&lock);
    insist(line, 1);
    insist(line, 2);
    weft__line_unlock(line);
    lock.word_ = client_record(0)->id | UINT32_C(1) << 30;
}

static void take_a_turn(void)
{
    turns++;
    weft_lock_release(&lock);
}

static void wait(unsigned self)
{
    must(weft__park(&waiters[self], WEFT_FOREVER, WEFT__UNSTOPPABLE) ==
         WEFT_OK);
    take_a_turn();
}

static void wait_1(void)
{
    wait(1);
}

static void wait_2(void)
{
    wait(2);
}

static void end(void)
{
    must(turns == CLIENT_THREADS);
    must(!weft_lock_locked(&lock));
}

const client the_client = {
    .begin = begin,
    .threads = {take_a_turn, wait_1, wait_2},
    .end = end,
};
