/* SPDX-License-Identifier: MIT */

/* Shared resources: a counter that brings its own lock. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

enum { THREADS = 10 };

struct shared_counter {
    int value;
    weft_lock lock;
};

static void *counter_increment(void *arg)
{
    struct shared_counter *counter = arg;
    WEFT_WITH(&counter->lock) {
        counter->value += 1;
    }
    return NULL;
}

static int counter_get(struct shared_counter *counter)
{
    int value = 0;
    WEFT_WITH(&counter->lock) {
        value = counter->value;
    }
    return value;
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
    struct shared_counter counter = {.value = 0};

    weft_thread threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(counter_increment, &counter);
        must(weft_thread_start(&threads[i]));
    }
    for (int i = 0; i < THREADS; i++)
        must(weft_thread_join(&threads[i]));

    printf("%d\n", counter_get(&counter));
    return EXIT_SUCCESS;
}
