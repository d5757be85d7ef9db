/* SPDX-License-Identifier: MIT */

/* Producer and consumers over a bounded queue: put waits while it is full. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

/* Ends the program if a call did not do what it was asked. */
static void must(weft_status status)
{
    if (status != WEFT_OK) {
        fprintf(stderr, "%s\n", weft_status_text(status));
        exit(EXIT_FAILURE);
    }
}

static void *producer(void *arg)
{
    weft_queue *q = arg;
    for (int i = 0; i < 10; i++) {
        must(weft_queue_put(q, &i));
        printf("Produced: %d\n", i);
    }
    weft_queue_shutdown(q, false); /* ends the consumers, once it is empty */
    return NULL;
}

static void *consumer(void *arg)
{
    weft_queue *q = arg;
    int item;
    while (weft_queue_get(q, &item) == WEFT_OK) {
        weft_sleep(WEFT_MS(50));
        printf("Processed: %d\n", item);
    }
    return NULL;
}

int main(void)
{
    weft_queue *q = weft_queue_create(sizeof(int), .maxsize = 5);
    if (q == NULL)
        must(WEFT_NO_MEMORY);

    weft_thread threads[] = {WEFT_THREAD(producer, q, .name = "producer"),
                             WEFT_THREAD(consumer, q, .name = "consumer 1"),
                             WEFT_THREAD(consumer, q, .name = "consumer 2")};
    for (int i = 0; i < 3; i++)
        must(weft_thread_start(&threads[i]));
    for (int i = 0; i < 3; i++)
        must(weft_thread_join(&threads[i]));
    weft_queue_destroy(q);
    return EXIT_SUCCESS;
}
