/* SPDX-License-Identifier: MIT */

/* One permit; who waits for a moment gives it back if it got it. Nobody else
 * may miss it. */

#include "client.h"
#include "weft/semaphore.h"

static weft_semaphore semaphore;
static unsigned answered;

static void begin(void)
{
    answered = 0;
    semaphore = (weft_semaphore)WEFT_SEMAPHORE(0);
    weft__line_unlock(weft__line_lock(&semaphore));
}

static void give(void)
{
    must(weft_semaphore_release(&semaphore, 1) == WEFT_OK);
}

static void give_late(void)
{
    client_come_after(weft__load_relaxed(&semaphore.word_) != 0);
    give();
}

static void take(void)
{
    client_come_after(weft__load(&answered) != 0);
    weft_semaphore_acquire(&semaphore);
}

static void borrow(void)
{
    if (weft_semaphore_acquire_timed(&semaphore, 1) == WEFT_OK)
        give();
    weft__store(&answered, 1);
}

static void end(void)
{
    must(weft_semaphore_value(&semaphore) == 0);
}

const client the_client = {
    .begin = begin,
    .threads = {give_late, take, borrow},
    .end = end,
};
