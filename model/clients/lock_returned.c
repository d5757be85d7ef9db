/* SPDX-License-Identifier: MIT */

/* The owner of a lock comes back at once, twice. One waits, is called where the
 * owner runs, and insists at once; another, from elsewhere, stands in line once
 * the owner has come back: it is called, the first gets the lock. */

#include "client.h"
#include "weft/lock.h"

enum { WAITERS = 1 << 30 }; /* as in lock.c */

static const weft__wait_kind kind = {.name = "lock"};
static weft_lock lock;
static weft__waiter waiter;
static unsigned turns, returns, in_line;

static void begin(void)
{
    turns = returns = in_line = 0;
    lock.word_ = client_record(0)->id;
    weft__line_unlock(weft__line_lock(&lock));
}

/* As lock.c does where the lock is held. */
static void stand_in_line(unsigned thread, unsigned processor)
{
    waiter.kind = &kind;
    waiter.object = &lock;
    waiter.want = waiter.answer = 0;
    waiter.since = 0;
    waiter.drowsy = true;
    waiter.processor = processor;
    weft__line *line = weft__line_lock(&lock);
    weft__fetch_or(&lock.word_, WAITERS);
    weft__line_push(line, &waiter);
    waiter.thread = client_record(thread);
    weft__line_unlock(line);
    weft__store(&in_line, 1);
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
    return back;
}

static void hold_and_return(void)
{
    client_come_after(client_waits(1));
    take_a_turn();
    if (!come_back()) {
        weft__store(&in_line, 2);
        return;
    }
    stand_in_line(2, 1);
    take_a_turn();
    if (come_back())
        take_a_turn();
}

static void wait_for_it(void)
{
    weft_lock_acquire(&lock);
    take_a_turn();
}

/* The last in line, so that it only has to be called; unless the others come
 * when they like, which may be after it. Then it wakes them, as lock.c does. */
static void wait_to_be_called(void)
{
    client_await(weft__load(&in_line) != 0);
    if (weft__load(&in_line) == 2)
        return;
    must(weft__park(&waiter, WEFT_FOREVER, WEFT__UNSTOPPABLE) == WEFT_OK);
    weft__line *line = weft__line_lock(&lock);
    weft__line_remove(line, &waiter);
    weft__line_unlock(line);
    if (CLIENT_BOUNDED)
        return;
    weft_lock_acquire(&lock);
    weft__fetch_or(&lock.word_, WAITERS);
    weft_lock_release(&lock);
}

static void end(void)
{
    must(turns == 2 + returns);
    must(!weft_lock_locked(&lock));
}

const client the_client = {
    .begin = begin,
    .threads = {hold_and_return, wait_for_it, wait_to_be_called},
    .end = end,
    .processors = {0, 0, 1},
};
