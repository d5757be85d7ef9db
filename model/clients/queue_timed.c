/* SPDX-License-Identifier: MIT */

/* Two wait for one item, one of them only for a moment; whoever got it puts it
 * back for the other. */

#include "client.h"
#include "weft/queue.h"

static weft_queue *queue;

static void begin(void)
{
    queue = weft_queue_create(sizeof(unsigned), .maxsize = 1);
    must(queue != NULL);
}

static void put(void)
{
    unsigned item = 1;
    must(weft_queue_put(queue, &item) == WEFT_OK);
}

static void get(void)
{
    unsigned item = 0;
    must(weft_queue_get(queue, &item) == WEFT_OK);
    must(item == 1);
}

static void get_in_a_moment(void)
{
    unsigned item = 0;
    weft_status status = weft_queue_get_timed(queue, &item, 1);
    if (status == WEFT_OK)
        put();
    else
        must(status == WEFT_TIMED_OUT);
}

static void end(void)
{
    must(weft_queue_empty(queue));
    must(weft_queue_destroy(queue) == WEFT_OK);
}

const client the_client = {
    .begin = begin,
    .threads = {put, get, get_in_a_moment},
    .end = end,
};
