/* SPDX-License-Identifier: MIT */

/* A queue with one item is shut down while two get: one of them gets it, both
 * come back, and so does who waits for the work to be done. */

#include "client.h"
#include "weft/queue.h"

static weft_queue *queue;
static weft_status statuses[CLIENT_THREADS];

static void begin(void)
{
    queue = weft_queue_create(sizeof(unsigned));
    unsigned item = 1;
    must(queue != NULL);
    must(weft_queue_put(queue, &item) == WEFT_OK);
}

static void shut_down_and_join(void)
{
    must(weft_queue_shutdown(queue, false) == WEFT_OK);
    must(weft_queue_join(queue) == WEFT_OK);
}

static void get(unsigned self)
{
    unsigned item = 0;
    statuses[self] = weft_queue_get(queue, &item);
    if (statuses[self] == WEFT_OK) {
        must(item == 1);
        must(weft_queue_task_done(queue) == WEFT_OK);
    } else {
        must(statuses[self] == WEFT_SHUT_DOWN);
    }
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
    must((statuses[1] == WEFT_OK) != (statuses[2] == WEFT_OK));
    must(weft_queue_destroy(queue) == WEFT_OK);
}

const client the_client = {
    .begin = begin,
    .threads = {shut_down_and_join, get_1, get_2},
    .end = end,
};
