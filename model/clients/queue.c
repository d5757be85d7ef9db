/* SPDX-License-Identifier: MIT */

/* A full queue with room for one: another item is put, while two get. Items are
 * too large for a ring, and of more than a few words. */

#include "weft/queue.h"
#include "client.h"

typedef struct thing {
    size_t number, others[8];
} thing;

static weft_queue *queue;
static size_t got[CLIENT_THREADS];

static void put(size_t number)
{
    thing item = {.number = number};
    must(weft_queue_put(queue, &item) == WEFT_OK);
}

static void put_two(void)
{
    put(2);
    must(weft_queue_size(queue) <= 1);
}

static void begin(void)
{
    queue = weft_queue_create(sizeof(thing), .maxsize = 1);
    must(queue != NULL);
    put(1);
    got[1] = got[2] = 0;
}

static void get(unsigned self)
{
    thing item;
    must(weft_queue_get(queue, &item) == WEFT_OK);
    got[self] = item.number;
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
    must(got[1] != got[2]);
    must(weft_queue_empty(queue));
    must(weft_queue_destroy(queue) == WEFT_OK);
}

const client the_client = {
    .begin = begin,
    .threads = {put_two, get_1, get_2},
    .end = end,
};
