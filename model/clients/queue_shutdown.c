/* SPDX-License-Identifier: MIT */

/* An empty queue is shut down while two get: both come back. */

#include "client.h"
#include "weft/queue.h"

static weft_queue *queue;

static void begin(void)
{
    queue = weft_queue_create(sizeof(unsigned));
    must(queue != NULL);
}

static void shut_down(void)
{
    must(weft_queue_shutdown(queue, false) == WEFT_OK);
}

static void get(void)
{
    unsigned item = 0;
    must(weft_queue_get(queue, &item) == WEFT_SHUT_DOWN);
}

static void end(void)
{
    must(weft_queue_destroy(queue) == WEFT_OK);
}

const client the_client = {
    .begin = begin,
    .threads = {shut_down, get, get},
    .end = end,
};
