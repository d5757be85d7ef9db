/* SPDX-License-Identifier: MIT */

/* An event: one thread signals, all who wait go on. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static weft_event event;

static void *waiter(void *arg)
{
    (void)arg;
    puts("Waiting for event...");
    if (weft_event_wait(&event) == WEFT_OK) /* blocks until set */
        puts("Event received!");
    return NULL;
}

static void *setter(void *arg)
{
    (void)arg;
    weft_sleep(WEFT_SECONDS(2));
    puts("Setting event...");
    weft_event_set(&event); /* releases all waiting threads */
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
    weft_thread t1 = WEFT_THREAD(waiter);
    weft_thread t2 = WEFT_THREAD(setter);
    must(weft_thread_start(&t1));
    must(weft_thread_start(&t2));
    must(weft_thread_join(&t1));
    must(weft_thread_join(&t2));
    return EXIT_SUCCESS;
}
