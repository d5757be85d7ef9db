/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_QUEUE_H
#define WEFT_TESTS_QUEUE_H

/* What the queue's test programs share: one queue of ints. */

#include "support.h"

#include <string.h>
#include <weft/queue.h>

static weft_queue *queue;

static inline void put(int item)
{
    assert_ok(weft_queue_put(queue, &item));
}

static inline int get(void)
{
    int item = -1;
    assert_ok(weft_queue_get(queue, &item));
    return item;
}

static inline void *get_one(void *arg)
{
    (void)arg;
    int item = -1;
    weft_status status = weft_queue_get(queue, &item);
    return (void *)(intptr_t)(status == WEFT_OK ? item : -(int)status);
}

static inline void *put_one(void *arg)
{
    int item = (int)(intptr_t)arg;
    return (void *)(intptr_t)weft_queue_put(queue, &item);
}

static inline int result_of(weft_thread *thread)
{
    assert_ok(weft_thread_join(thread));
    return (int)(intptr_t)weft_thread_result(thread);
}

/* What a thread waits on inside the queue is the queue's own business: wait
 * until any thread waits. */
static inline void wait_until_any_wait(size_t n)
{
    size_t waiting;
    do {
        weft_thread_info infos[64];
        size_t count = weft_enumerate(infos, 64);
        waiting = 0;
        for (size_t i = 0; i < count; i++)
            waiting += infos[i].waits_for != NULL &&
                       strcmp(infos[i].waits_for, "condition") == 0;
        if (waiting < n)
            weft_sleep(WEFT_US(200));
    } while (waiting < n);
}

#endif
