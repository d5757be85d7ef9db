/* SPDX-License-Identifier: MIT */

/* The main thread sits and reads; another thread ends that while a third comes
 * to write. */

#include "client.h"
#include "weft/rwlock.h"

static weft_rwlock rwlock;
static unsigned value;

static void begin(void)
{
    value = 0;
    rwlock.word_ = WEFT__RWLOCK_SEATS;
    *weft__seat_of(0, &rwlock) = &rwlock;
    weft__line_unlock(weft__line_lock(&rwlock));
}

static void end_reading(void)
{
    must(value == 0);
    must(weft_rwlock_release_read(&rwlock) == WEFT_OK);
}

static void write(void)
{
    weft_rwlock_acquire_write(&rwlock);
    value = 1;
    must(weft_rwlock_release_write(&rwlock) == WEFT_OK);
}

static void end(void)
{
    must(value == 1);
    must(!weft_rwlock_locked(&rwlock));
}

const client the_client = {
    .begin = begin,
    .threads = {end_reading, write, idle},
    .end = end,
};
