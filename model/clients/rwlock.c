/* SPDX-License-Identifier: MIT */

/* A lock is held for writing while one comes to read and one to write: whole
 * values are read, and all come through. */

#include "weft/rwlock.h"
#include "client.h"

static weft_rwlock rwlock;
static unsigned one, two;

static void begin(void)
{
    one = two = 0;
    rwlock.word_ = WEFT__RWLOCK_WRITER;
    weft__line_unlock(weft__line_lock(&rwlock));
}

static void end_writing(void)
{
    one++;
    two++;
    must(weft_rwlock_release_write(&rwlock) == WEFT_OK);
}

static void hold(void)
{
    client_come_after(weft__load(&rwlock.word_) != WEFT__RWLOCK_WRITER);
    end_writing();
}

static void read_both(void)
{
    weft_rwlock_acquire_read(&rwlock);
    must(one == two);
    must(weft_rwlock_release_read(&rwlock) == WEFT_OK);
}

static void write_both(void)
{
    client_come_after(weft__load(&rwlock.word_) != WEFT__RWLOCK_WRITER);
    weft_rwlock_acquire_write(&rwlock);
    end_writing();
}

static void end(void)
{
    must(one == 2 && two == 2);
    must(!weft_rwlock_locked(&rwlock));
}

const client the_client = {
    .begin = begin,
    .threads = {hold, read_both, write_both},
    .end = end,
};
