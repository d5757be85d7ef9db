/* SPDX-License-Identifier: MIT */

/* Thread communication with a queue: items are copied in and out. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

struct item {
    char text[24];
};

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
    for (int i = 0; i < 5; i++) {
        struct item item;
        weft_sleep(WEFT_MS(100));
        snprintf(item.text, sizeof item.text, "Item %d", i);
        must(weft_queue_put(q, &item));
    }
    /* No sentinel: a queue that is shut down says so once it is empty. */
    weft_queue_shutdown(q, false);
    return NULL;
}

static void *consumer(void *arg)
{
    weft_queue *q = arg;
    struct item item;
    while (weft_queue_get(q, &item) == WEFT_OK)
        printf("Consumed: %s\n", item.text);
    return NULL;
}

int main(void)
{
    weft_queue *q = weft_queue_create(sizeof(struct item));
    if (q == NULL)
        must(WEFT_NO_MEMORY);

    weft_thread t1 = WEFT_THREAD(producer, q);
    weft_thread t2 = WEFT_THREAD(consumer, q);
    must(weft_thread_start(&t1));
    must(weft_thread_start(&t2));
    must(weft_thread_join(&t1));
    must(weft_thread_join(&t2));
    weft_queue_destroy(q);
    return EXIT_SUCCESS;
}
