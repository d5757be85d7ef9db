/* SPDX-License-Identifier: MIT */

/* A writer waits in vain for a lock that is held for reading all the time, and
 * holds up two readers that stand behind it, but only until it gives up. */

#include "client.h"
#include "weft/rwlock.h"

static weft_rwlock rwlock;
static unsigned was_read, gave_up;

static void begin(void)
{
    was_read = gave_up = 0;
    rwlock.word_ = 1; /* the main thread reads */
    weft__line_unlock(weft__line_lock(&rwlock));
}

static void read(void)
{
    weft_rwlock_acquire_read(&rwlock);
    must(weft_rwlock_release_read(&rwlock) == WEFT_OK);
}

static void read_behind(void)
{
    client_come_after(weft__load(&rwlock.word_) != 1 ||
                      weft__load(&gave_up) != 0);
    read();
    weft__store(&was_read, 1);
}

static void read_late(void)
{
    client_come_after(weft__load(&was_read) != 0);
    read();
}

static void write_in_vain(void)
{
    must(weft_rwlock_acquire_write_timed(&rwlock, 1) == WEFT_TIMED_OUT);
    weft__store(&gave_up, 1);
}

static void end(void)
{
    must(weft_rwlock_release_read(&rwlock) == WEFT_OK);
    must(!weft_rwlock_locked(&rwlock));
}

const client the_client = {
    .begin = begin,
    .threads = {read_late, write_in_vain, read_behind},
    .end = end,
};
