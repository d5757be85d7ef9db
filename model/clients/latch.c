/* SPDX-License-Identifier: MIT */

/* Two count down, a third waits for both, sees what they wrote and frees the
 * latch: counting down must not touch it any more. */

#include "weft/latch.h"
#include "client.h"

#include <stdlib.h>

static weft_latch *latch;
static unsigned written[CLIENT_THREADS];

static void begin(void)
{
    latch = malloc(sizeof *latch);
    must(latch != NULL);
    latch->word_ = 2;
    written[1] = written[2] = 0;
    weft__line_unlock(weft__line_lock(latch));
}

static void wait_and_free(void)
{
    must(weft_latch_wait(latch) == WEFT_OK);
    must(written[1] == 1 && written[2] == 1);
    free(latch);
}

static void first(void)
{
    written[1] = 1;
    must(weft_latch_count_down(latch, 1) == WEFT_OK);
}

static void second(void)
{
    written[2] = 1;
    must(weft_latch_count_down(latch, 1) == WEFT_OK);
}

static void end(void)
{
}

const client the_client = {
    .begin = begin,
    .threads = {wait_and_free, first, second},
    .end = end,
};
