/* SPDX-License-Identifier: MIT */

/* Thread safety with locks: four threads count together to 40000. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

enum { THREADS = 4, ROUNDS = 10000 };

static int counter;
static weft_lock lock; /* zeroed memory is a lock that is free */

static void *increment(void *arg)
{
    (void)arg;
    for (int i = 0; i < ROUNDS; i++) {
        WEFT_WITH(&lock) {
            counter += 1;
        }
    }
    return NULL;
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
    weft_thread threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(increment);
        must(weft_thread_start(&threads[i]));
    }
    for (int i = 0; i < THREADS; i++)
        must(weft_thread_join(&threads[i]));

    printf("%d\n", counter); /* 40000 (correct with lock) */
    return EXIT_SUCCESS;
}
