/* SPDX-License-Identifier: MIT */

/* One gives two permits at once, and with them what it wrote; two take one
 * each. */

#include "weft/semaphore.h"
#include "client.h"

static weft_semaphore semaphore;
static unsigned written;

static void begin(void)
{
    written = 0;
    weft__line_unlock(weft__line_lock(&semaphore));
}

static void give_two(void)
{
    written = 1;
    must(weft_semaphore_release(&semaphore, 2) == WEFT_OK);
}

static void take_one(void)
{
    weft_semaphore_acquire(&semaphore);
    must(written == 1);
}

static void end(void)
{
    must(weft_semaphore_value(&semaphore) == 0);
}

const client the_client = {
    .begin = begin,
    .threads = {give_two, take_one, take_one},
    .end = end,
};
