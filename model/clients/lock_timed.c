/* SPDX-License-Identifier: MIT */

/* One waits for a held lock, and another comes only for a moment, while the
 * owner lets go and comes back: if that one gives up, called or not, who waits
 * is called all the same. */

#include "client.h"
#include "weft/lock.h"

enum { WAITERS = 1 << 30 }; /* as in lock.c */

static const weft__wait_kind kind = {.name = "lock"};
static weft_lock lock;
static weft__waiter waiter;
static unsigned turns, answered;
static bool again, got;

static void stand_in_line(unsigned thread)
{
    waiter.kind = &kind;
    waiter.object = &lock;
    waiter.want = waiter.answer = 0;
    waiter.since = 0;
    waiter.drowsy = true;
    weft__line *line = weft__line_lock(&lock);
    weft__line_push(line, &waiter);
    waiter.thread = client_record(thread);
    weft__line_unlock(line);
}

static void begin(void)
{
    turns = answered = 0;
    stand_in_line(2);
    lock.word_ = client_record(0)->id | WAITERS;
}

static void take_a_turn(void)
{
    turns++;
    weft_lock_release(&lock);
}

static void hold_twice(void)
{
    client_come_after(client_waits(1) || weft__load(&answered) != 0);
    take_a_turn();
    again = weft_lock_try_acquire(&lock) == WEFT_OK;
    if (again)
        take_a_turn();
}

static void wait_a_moment(void)
{
    got = weft_lock_acquire_timed(&lock, 1) == WEFT_OK;
    if (got)
        take_a_turn();
    weft__store(&answered, 1);
}

/* The last in line, so that it only has to be called; unless the others come
 * when they like, which may be after it. Then it wakes them, as lock.c does. */
static void wait_to_be_called(void)
{
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
    must(turns == 1U + again + got);
    must(!weft_lock_locked(&lock));
}

const client the_client = {
    .begin = begin,
    .threads = {hold_twice, wait_a_moment, wait_to_be_called},
    .end = end,
    .processors = {0, 1, 0},
};
