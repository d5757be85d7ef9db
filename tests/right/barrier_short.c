/* SPDX-License-Identifier: MIT */

/*
 * Every party comes to the barrier, also one that had nothing to do.
 */

#include <stdlib.h>
#include <weft.h>

enum { WORKERS = 3 };

static weft_queue *chunks;
static weft_barrier all_summed = WEFT_BARRIER(WORKERS);
static long sums[WORKERS];

static void *sum_up(void *arg)
{
    long *sum = arg;
    int chunk;
    while (weft_queue_try_get(chunks, &chunk) == WEFT_OK)
        *sum += chunk;
    weft_barrier_wait(&all_summed, NULL); /* then each may use all sums */
    return NULL;
}

int main(void)
{
    weft_thread threads[WORKERS] = {
        WEFT_THREAD(sum_up, &sums[0], .name = "Summer 1"),
        WEFT_THREAD(sum_up, &sums[1], .name = "Summer 2"),
        WEFT_THREAD(sum_up, &sums[2], .name = "Summer 3"),
    };
    chunks = weft_queue_create(sizeof(int));
    for (int i = 1; i <= WORKERS; i++)
        if (chunks == NULL || weft_queue_put(chunks, &i) != WEFT_OK)
            return EXIT_FAILURE;
    for (int i = 0; i < WORKERS; i++)
        if (weft_thread_start(&threads[i]) != WEFT_OK)
            return EXIT_FAILURE;
    for (int i = 0; i < WORKERS; i++)
        weft_thread_join(&threads[i]);
    weft_queue_destroy(chunks);
    return sums[0] + sums[1] + sums[2] == 6 ? EXIT_SUCCESS : EXIT_FAILURE;
}
