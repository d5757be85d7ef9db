/* SPDX-License-Identifier: MIT */

/* Two say with a semaphore that they have ended; who has taken both permits
 * frees it: its release must not touch it any more. */

#include "client.h"
#include "weft/semaphore.h"

#include <stdlib.h>

static weft_semaphore *semaphore;
static unsigned given;

static void begin(void)
{
    semaphore = malloc(sizeof *semaphore);
    must(semaphore != NULL);
    semaphore->word_ = 0;
    given = 0;
    weft__line_unlock(weft__line_lock(semaphore));
}

static void give(void)
{
    must(weft_semaphore_release(semaphore, 1) == WEFT_OK);
    weft__store(&given, 1);
}

static void give_late(void)
{
    client_come_after(weft__load(&given) != 0);
    must(weft_semaphore_release(semaphore, 1) == WEFT_OK);
}

static void take_both_and_free(void)
{
    weft_semaphore_acquire(semaphore);
    weft_semaphore_acquire(semaphore);
    free(semaphore);
}

static void end(void)
{
}

const client the_client = {
    .begin = begin,
    .threads = {take_both_and_free, give, give_late},
    .end = end,
};
