/* SPDX-License-Identifier: MIT */

/* A latch: opens for good when all have counted it down. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

enum { RUNNERS = 4 };

static weft_latch ready = WEFT_LATCH(RUNNERS + 1);
static weft_latch finished = WEFT_LATCH(RUNNERS);

static void *runner(void *arg)
{
    /* They start together, when the last one, or main, is ready. */
    if (weft_latch_arrive_and_wait(&ready) == WEFT_OK)
        puts("a runner runs");
    weft_latch_count_down(&finished, 1);
    return arg;
}

/* Ends the program if a call did not do what it was asked. */
static void must(weft_status status)
{
    if (status != WEFT_OK) {
        fprintf(stderr, "%s\n", weft_status_text(status));
        exit(EXIT_FAILURE);
    }
}

int main(void)
{
    weft_thread runners[RUNNERS];
    for (int i = 0; i < RUNNERS; i++) {
        runners[i] = (weft_thread)WEFT_THREAD(runner);
        must(weft_thread_start(&runners[i]));
    }
    printf("still to finish: %u\n", weft_latch_pending(&finished));
    puts("ready, steady, go");
    must(weft_latch_count_down(&ready, 1));
    must(weft_latch_wait(&finished));
    printf("still to finish: %u\n", weft_latch_pending(&finished));

    for (int i = 0; i < RUNNERS; i++)
        must(weft_thread_join(&runners[i]));
    return EXIT_SUCCESS;
}
