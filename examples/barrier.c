/* SPDX-License-Identifier: MIT */

/* A barrier: in each round everybody waits for everybody. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

enum { ROUNDS = 3 };

/* The last to arrive runs it, before anybody goes on. */
static void *finish_round(void *arg)
{
    int *round = arg;
    printf("round %d is complete\n", ++*round);
    return NULL;
}

static int rounds;
static weft_barrier barrier =
    WEFT_BARRIER(3, .action = finish_round, .arg = &rounds);

static void *player(void *arg)
{
    unsigned place; /* 0 for the first to arrive, 2 for the last */
    for (int i = 0; i < ROUNDS; i++) {
        if (weft_barrier_wait(&barrier, &place) != WEFT_OK)
            return weft_fail(1, "the barrier is broken");
        if (place == weft_barrier_parties(&barrier) - 1)
            puts("the last one was slow");
    }
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
    weft_thread players[3];
    for (int i = 0; i < 3; i++) {
        players[i] = (weft_thread)WEFT_THREAD(player);
        must(weft_thread_start(&players[i]));
    }
    for (int i = 0; i < 3; i++)
        must(weft_thread_join(&players[i]));
    return EXIT_SUCCESS;
}
