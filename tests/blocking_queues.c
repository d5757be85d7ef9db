/* SPDX-License-Identifier: MIT */

#include "blocking.h"

#include <weft/select.h>

static weft_queue *queue; /* one place, of one int */
static weft_event never;
static int one = 1;

static weft_queue *the_queue(void)
{
    if (queue == NULL)
        queue = weft_queue_create(sizeof(int), .maxsize = 1);
    ck_assert_ptr_nonnull(queue);
    return queue;
}

static void empty(void)
{
    int item;
    weft_status status = weft_queue_try_get(the_queue(), &item);
    ck_assert(status == WEFT_OK || status == WEFT_EMPTY);
    while (weft_queue_unfinished(queue) > 0)
        assert_ok(weft_queue_task_done(queue));
}

static void fill(void)
{
    empty();
    assert_ok(weft_queue_try_put(queue, &one));
}

static void put(void)
{
    assert_ok(weft_queue_try_put(queue, &one));
}

static weft_status wait_to_put(bool plain, weft_duration duration)
{
    return plain ? weft_queue_put(queue, &one)
                 : weft_queue_put_timed(queue, &one, duration);
}

static weft_status wait_to_put_many(bool plain, weft_duration duration)
{
    return plain ? weft_queue_put_many(queue, &one, 1, NULL)
                 : weft_queue_put_many_timed(queue, &one, 1, NULL, duration);
}

static weft_status wait_to_get(bool plain, weft_duration duration)
{
    int item;
    return plain ? weft_queue_get(queue, &item)
                 : weft_queue_get_timed(queue, &item, duration);
}

static weft_status wait_to_get_many(bool plain, weft_duration duration)
{
    int items[2];
    return plain ? weft_queue_get_many(queue, items, 2, NULL)
                 : weft_queue_get_many_timed(queue, items, 2, NULL, duration);
}

static weft_status join(bool plain, weft_duration duration)
{
    return plain ? weft_queue_join(queue)
                 : weft_queue_join_timed(queue, duration);
}

/* Among others; the queue is there once it was occupied. */
static weft_status select_first(const weft_select_case *own, bool plain,
                                weft_duration duration)
{
    size_t chosen;
    const weft_select_case cases[] = {WEFT_SELECT_EVENT(&never), *own};
    weft_status status = plain ? weft_select(cases, 2, &chosen)
                               : weft_select_timed(cases, 2, &chosen, duration);
    ck_assert_uint_eq(chosen, status == WEFT_OK ? 1 : 2);
    return status;
}

static weft_status select_put(bool plain, weft_duration duration)
{
    const weft_select_case own = WEFT_SELECT_PUT(queue, &one);
    return select_first(&own, plain, duration);
}

static weft_status select_get(bool plain, weft_duration duration)
{
    int item;
    const weft_select_case own = WEFT_SELECT_GET(queue, &item);
    return select_first(&own, plain, duration);
}

const blocking_call blocking_queues[] = {
    {"queue put", fill, wait_to_put, .let_go = empty},
    {"queue put many", fill, wait_to_put_many, .let_go = empty},
    {"queue get", empty, wait_to_get, .let_go = put},
    {"queue get many", empty, wait_to_get_many, .let_go = put},
    {"queue join", fill, join, .let_go = empty},
    {"select put", fill, select_put, .let_go = empty},
    {"select get", empty, select_get, .let_go = put},
    {.name = NULL},
};
