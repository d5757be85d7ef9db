/* SPDX-License-Identifier: MIT */

/* A full queue with room for one: another item is put, while two get. */

#include "weft/queue.h"
#include "client.h"

static weft_queue *queue;
static unsigned got[CLIENT_THREADS];

static void put(unsigned item)
{
    must(weft_queue_put(queue, &item) == WEFT_OK);
}

static void put_two(void)
{
    put(2);
    must(weft_queue_size(queue) <= 1);
}

static void begin(void)
{
    queue = weft_queue_create(sizeof(unsigned), .maxsize = 1);
    must(queue != NULL);
    put(1);
    got[1] = got[2] = 0;
}

static void get_1(void)
{
    must(weft_queue_get(queue, &got[1]) == WEFT_OK);
}

static void get_2(void)
{
    must(weft_queue_get(queue, &got[2]) == WEFT_OK);
}

static void end(void)
{
    must(got[1] + got[2] == 3);
    must(got[1] != got[2]);
    must(weft_queue_empty(queue));
    must(weft_queue_destroy(queue) == WEFT_OK);
}

const client the_client = {
    .begin = begin,
    .threads = {put_two, get_1, get_2},
    .end = end,
};
