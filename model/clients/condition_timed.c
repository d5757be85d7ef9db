/* SPDX-License-Identifier: MIT */

/* A waiter that gives up costs nobody a wake: of two that wait for one item,
 * one only for a moment, the other gets it then. */

#include "client.h"
#include "weft/condition.h"

static weft_lock lock;
static weft_condition condition;
static unsigned items, came;

static void begin(void)
{
    items = came = 0;
    weft__line_unlock(weft__line_lock(&lock));
    weft__line_unlock(weft__line_lock(&condition));
}

static bool has_items(void *arg)
{
    (void)arg;
    return items > 0;
}

static void put(void)
{
    weft_lock_acquire(&lock);
    items++;
    weft_condition_notify(&condition, 1);
    weft_lock_release(&lock);
}

static void put_late(void)
{
    client_come_after(weft__load(&came) != 0);
    put();
}

static void get(void)
{
    client_come_after(weft__load(&came) != 0);
    weft_lock_acquire(&lock);
    must(weft_condition_wait_until(&condition, &lock, has_items, NULL) ==
         WEFT_OK);
    items--;
    weft_lock_release(&lock);
}

static void get_in_a_moment(void)
{
    weft_lock_acquire(&lock);
    weft__store(&came, 1);
    weft_status status =
        weft_condition_wait_until_timed(&condition, &lock, has_items, NULL, 1);
    if (status == WEFT_OK) {
        must(items > 0);
        weft_condition_notify(&condition, 1); /* leaves it to the other */
    }
    weft_lock_release(&lock);
}

static void end(void)
{
    must(items == 0);
    must(condition.waiters_ == 0);
    must(!weft_lock_locked(&lock));
}

const client the_client = {
    .begin = begin,
    .threads = {put_late, get, get_in_a_moment},
    .end = end,
};
