/* SPDX-License-Identifier: MIT */

/* Waiting until all that was put into a queue has been dealt with. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static weft_queue *q;

static void *worker(void *arg)
{
    int item;
    while (weft_queue_get(q, &item) == WEFT_OK) {
        printf("worked on %d\n", item);
        weft_queue_task_done(q);
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

static void look(void)
{
    printf("%zu of %zu in the queue%s%s, %zu unfinished\n", weft_queue_size(q),
           weft_queue_maxsize(q), weft_queue_full(q) ? ", full" : "",
           weft_queue_empty(q) ? ", empty" : "", weft_queue_unfinished(q));
}

int main(void)
{
    q = weft_queue_create(sizeof(int), .maxsize = 3);
    if (q == NULL)
        must(WEFT_NO_MEMORY);
    for (int i = 1; i <= 3; i++)
        must(weft_queue_put(q, &i));
    look();
    must(weft_queue_set_maxsize(q, 10)); /* who waits to put follows */
    look();

    weft_thread thread = WEFT_THREAD(worker);
    must(weft_thread_start(&thread));
    must(weft_queue_join(q)); /* not only taken out, but done */
    look();

    must(weft_queue_shutdown(q, false)); /* ends the worker */
    must(weft_thread_join(&thread));
    weft_queue_destroy(q);
    return EXIT_SUCCESS;
}
