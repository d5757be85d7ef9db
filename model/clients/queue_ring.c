/* SPDX-License-Identifier: MIT */

/* A full queue with a ring of one slot: another item is put, while two get.
 * With each item comes what was written before it. */

#include "client.h"
#include "weft/queue.h"

static weft_queue *queue;
static unsigned written[3];
static size_t got[CLIENT_THREADS];

static void put(size_t item)
{
    written[item] = 1;
    must(weft_queue_put(queue, &item) == WEFT_OK);
}

static void put_two(void)
{
    put(2);
    must(weft_queue_size(queue) <= 1);
}

static void begin(void)
{
    queue = weft_queue_create(sizeof(size_t), .maxsize = 1);
    must(queue != NULL);
    written[1] = written[2] = 0;
    put(1);
}

static void get(unsigned self)
{
    size_t item = 0;
    must(weft_queue_get(queue, &item) == WEFT_OK);
    must(written[item] == 1);
    got[self] = item;
}

static void get_1(void)
{
    get(1);
}

static void get_2(void)
{
    get(2);
}

static void end(void)
{
    must(got[1] + got[2] == 3);
    must(weft_queue_empty(queue));
    must(weft_queue_destroy(queue) == WEFT_OK);
}

const client the_client = {
    .begin = begin,
    .threads = {put_two, get_1, get_2},
    .end = end,
};
