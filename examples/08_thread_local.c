/* SPDX-License-Identifier: MIT */

/* Thread-local storage: each thread gets its own value. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

enum { THREADS = 5 };

static weft_local local_value = WEFT_LOCAL(int);

static void *process(void *arg)
{
    (void)arg;
    int *value = weft_local_get(&local_value); /* 0 at the first call */
    if (value == NULL)
        return weft_fail(1, "no memory for a thread's value");
    *value += 1;
    printf("Thread local value: %d\n", *value);
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
        threads[i] = (weft_thread)WEFT_THREAD(process);
        must(weft_thread_start(&threads[i]));
    }
    for (int i = 0; i < THREADS; i++)
        must(weft_thread_join(&threads[i])); /* "failed" if it says so */
    return EXIT_SUCCESS;
}
