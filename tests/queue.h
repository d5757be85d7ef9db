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

#endif
