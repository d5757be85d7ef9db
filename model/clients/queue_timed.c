/* SPDX-License-Identifier: MIT */

/* Two wait for one item, one of them only for a moment; if that one got it, it
 * puts it back for the other. */

#include "client.h"
#include "weft/queue.h"

static weft_queue *queue;
static unsigned answered;

static void begin(void)
{
    queue = weft_queue_create(sizeof(unsigned));
    must(queue != NULL);
    answered = 0;
}

static void put(void)
{
    unsigned item = 1;
    must(weft_queue_put(queue, &item) == WEFT_OK);
}

static void put_late(void)
{
    client_come_after(client_waits(1));
    put();
}

static void get(void)
{
    unsigned item = 0;
    client_come_after(client_waits(2) || weft__load(&answered) != 0);
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
    weft__store(&answered, 1);
}

static void end(void)
{
    must(weft_queue_empty(queue));
    must(weft_queue_destroy(queue) == WEFT_OK);
}

const client the_client = {
    .begin = begin,
    .threads = {put_late, get, get_in_a_moment},
    .end = end,
};
