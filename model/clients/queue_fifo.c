/* SPDX-License-Identifier: MIT */

/* A queue without bound: one puts, another too, a third gets all. What was put
 * before comes out before, and with each item what was written before it. */

#include "client.h"
#include "weft/queue.h"

static weft_queue *queue;
static unsigned written[4];

static void put(size_t item)
{
    written[item] = 1;
    must(weft_queue_put(queue, &item) == WEFT_OK);
}

static void begin(void)
{
    queue = weft_queue_create(sizeof(size_t));
    must(queue != NULL);
    written[1] = written[2] = written[3] = 0;
    put(1);
}

static void put_two(void)
{
    put(2);
}

static void put_three(void)
{
    put(3);
}

static void get_all(void)
{
    for (unsigned i = 1; i <= 3; i++) {
        size_t item = 0;
        must(weft_queue_get(queue, &item) == WEFT_OK);
        must(written[item] == 1);
        must((item == 1) == (i == 1));
    }
}

static void end(void)
{
    must(weft_queue_empty(queue));
    must(weft_queue_destroy(queue) == WEFT_OK);
}

const client the_client = {
    .begin = begin,
    .threads = {get_all, put_two, put_three},
    .end = end,
};
