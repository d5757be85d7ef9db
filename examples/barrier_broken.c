/* SPDX-License-Identifier: MIT */

/* A barrier breaks for all when one gives up; reset repairs it. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static weft_barrier barrier = WEFT_BARRIER(2);

static void *partner(void *arg)
{
    weft_status status = weft_barrier_wait(&barrier, NULL);
    printf("the partner: %s\n", weft_status_text(status));
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
    /* Nobody comes in time. */
    weft_status status = weft_barrier_wait_timed(&barrier, NULL, WEFT_MS(20));
    printf("alone: %s\n", weft_status_text(status));
    printf("broken: %s\n", weft_barrier_broken(&barrier) ? "yes" : "no");
    must(weft_barrier_reset(&barrier));

    /* One waits; the other does not want to any more. */
    weft_thread first = WEFT_THREAD(partner);
    must(weft_thread_start(&first));
    while (weft_barrier_n_waiting(&barrier) < 1)
        weft_sleep(WEFT_MS(1));
    must(weft_barrier_abort(&barrier));
    must(weft_thread_join(&first));
    must(weft_barrier_reset(&barrier));

    /* Both come. */
    weft_thread second = WEFT_THREAD(partner);
    must(weft_thread_start(&second));
    must(weft_barrier_wait(&barrier, NULL));
    must(weft_thread_join(&second));
    return EXIT_SUCCESS;
}
