/* SPDX-License-Identifier: MIT */

/* A semaphore limits how many work at the same time: 3 of 10. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

enum { THREADS = 10 };

static weft_semaphore semaphore = WEFT_SEMAPHORE(3); /* at most 3 threads */

static void *worker(void *arg)
{
    const char *name = arg;
    WEFT_WITH(&semaphore) {
        printf("%s working\n", name);
        weft_sleep(WEFT_SECONDS(0.5));
        printf("%s done\n", name);
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
    char names[THREADS][24];
    weft_thread threads[THREADS];

    for (int i = 0; i < THREADS; i++) {
        snprintf(names[i], sizeof names[i], "Worker %d", i);
        threads[i] =
            (weft_thread)WEFT_THREAD(worker, names[i], .name = names[i]);
        must(weft_thread_start(&threads[i]));
    }
    for (int i = 0; i < THREADS; i++)
        must(weft_thread_join(&threads[i]));
    return EXIT_SUCCESS;
}
