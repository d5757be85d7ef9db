/* SPDX-License-Identifier: MIT */

/* Readers may sit while one writes: whole values are read, and all come
 * through. */

#include "client.h"
#include "weft/rwlock.h"

static weft_rwlock rwlock;
static unsigned one, two;

static void begin(void)
{
    one = two = 0;
    rwlock.word_ = WEFT__RWLOCK_SEATS;
    weft__line_unlock(weft__line_lock(&rwlock));
}

static void read_both(void)
{
    weft_rwlock_acquire_read(&rwlock);
    must(one == two);
    must(weft_rwlock_release_read(&rwlock) == WEFT_OK);
}

static void write_both(void)
{
    weft_rwlock_acquire_write(&rwlock);
    one++;
    two++;
    must(weft_rwlock_release_write(&rwlock) == WEFT_OK);
}

static void end(void)
{
    must(one == 1 && two == 1);
    must(!weft_rwlock_locked(&rwlock));
}

const client the_client = {
    .begin = begin,
    .threads = {read_both, write_both, idle},
    .end = end,
};
