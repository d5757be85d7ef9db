/* SPDX-License-Identifier: MIT */

/* Two wait for something to become true; it does, and all are notified. */

#include "weft/condition.h"
#include "client.h"

static weft_lock lock;
static weft_condition condition;
static bool done;
static unsigned came;

static void begin(void)
{
    done = false;
    came = 0;
    weft__line_unlock(weft__line_lock(&lock));
    weft__line_unlock(weft__line_lock(&condition));
}

static bool is_done(void *arg)
{
    (void)arg;
    return done;
}

static void wait(void)
{
    weft_lock_acquire(&lock);
    weft__store(&came, 1);
    must(weft_condition_wait_until(&condition, &lock, is_done, NULL) ==
         WEFT_OK);
    must(done);
    weft_lock_release(&lock);
}

static void wait_late(void)
{
    client_come_after(weft__load(&came) != 0);
    wait();
}

static void make_it_true(void)
{
    client_come_after(weft__load(&came) != 0);
    weft_lock_acquire(&lock);
    done = true;
    weft_condition_notify_all(&condition);
    weft_lock_release(&lock);
}

static void end(void)
{
    must(condition.waiters_ == 0);
    must(!weft_lock_locked(&lock));
}

const client the_client = {
    .begin = begin,
    .threads = {make_it_true, wait, wait_late},
    .end = end,
};
