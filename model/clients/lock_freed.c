/* SPDX-License-Identifier: MIT */

/* The last to hold a lock frees its memory: releases before must not touch it
 * any more. */

#include "client.h"
#include "weft/lock.h"

#include <stdlib.h>

typedef struct guarded {
    weft_lock lock;
    unsigned turns;
} guarded;

static guarded *shared;

static void begin(void)
{
    shared = malloc(sizeof *shared);
    must(shared != NULL);
    shared->lock.word_ = client_record(0)->id;
    shared->turns = 0;
    weft__line_unlock(weft__line_lock(&shared->lock));
}

static void take_a_turn(void)
{
    if (++shared->turns == CLIENT_THREADS)
        free(shared);
    else
        weft_lock_release(&shared->lock);
}

static void hold(void)
{
    client_come_after(weft__load(&shared->lock.word_) != client_record(0)->id);
    take_a_turn();
}

static void come_late(void)
{
    client_come_after(weft__load(&shared->lock.word_) != client_record(0)->id);
    weft_lock_acquire(&shared->lock);
    take_a_turn();
}

static void wait_for_it(void)
{
    weft_lock_acquire(&shared->lock);
    take_a_turn();
}

static void end(void)
{
}

const client the_client = {
    .begin = begin,
    .threads = {hold, wait_for_it, come_late},
    .end = end,
};
