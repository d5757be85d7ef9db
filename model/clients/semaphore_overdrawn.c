/* SPDX-License-Identifier: MIT */

/* One permit, which two take, each for one change; both may find it there at
 * once. */

#include "client.h"
#include "weft/semaphore.h"

static weft_semaphore semaphore;
static unsigned value;

static void begin(void)
{
    value = 0;
    semaphore = (weft_semaphore)WEFT_SEMAPHORE(1);
    weft__line_unlock(weft__line_lock(&semaphore));
}

static void change(void)
{
    weft_semaphore_acquire(&semaphore);
    value++;
    must(weft_semaphore_release(&semaphore, 1) == WEFT_OK);
}

static void end(void)
{
    must(value == 2);
    must(weft_semaphore_value(&semaphore) == 1);
}

const client the_client = {
    .begin = begin,
    .threads = {change, change, idle},
    .end = end,
};
