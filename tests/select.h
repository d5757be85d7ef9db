/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_SELECT_H
#define WEFT_TESTS_SELECT_H

/* What the tests of selections share: two queues of two ints, an event, and
 * selections on threads of their own. */

#include "support.h"

#include <weft.h>

enum { A, B, C };

static weft_queue *a, *b; /* of ints */
static weft_event event;
static int from_a, from_b, to_b;
static size_t chosen;

static inline void set_up(void)
{
    a = weft_queue_create(sizeof(int), .maxsize = 2);
    b = weft_queue_create(sizeof(int), .maxsize = 2);
    ck_assert(a != NULL && b != NULL);
    event = (weft_event){0};
    from_a = from_b = -1;
    to_b = 0;
    chosen = 99;
}

/* Nobody is left inside. */
static inline void tear_down(void)
{
    assert_ok(weft_queue_destroy(a));
    assert_ok(weft_queue_destroy(b));
}

static inline void put(weft_queue *queue, int item)
{
    assert_ok(weft_queue_try_put(queue, &item));
}

static inline int get(weft_queue *queue)
{
    int item = -1;
    assert_ok(weft_queue_try_get(queue, &item));
    return item;
}

/* A selection on a thread of its own. */
struct selector {
    weft_thread thread;
    const weft_select_case *cases;
    size_t n, chosen;
    weft_status status;
};

static inline void *select_there(void *arg)
{
    struct selector *self = arg;
    self->status = weft_select(self->cases, self->n, &self->chosen);
    return NULL;
}

static inline void start_selector(struct selector *selector,
                                  const weft_select_case *cases, size_t n)
{
    *selector = (struct selector){
        .thread = WEFT_THREAD(select_there, selector), .cases = cases, .n = n};
    start(&selector->thread);
    wait_until_waiting(cases, 1);
}

static inline void assert_selected(struct selector *selector, size_t which,
                                   weft_status status)
{
    assert_ok(weft_thread_join(&selector->thread));
    ck_assert_uint_eq(selector->chosen, which);
    ck_assert_int_eq(selector->status, status);
}

static inline void *get_int(void *queue)
{
    int item = -1;
    weft_status status = weft_queue_get(queue, &item);
    return (void *)(intptr_t)(status == WEFT_OK ? item : -(int)status);
}

static inline intptr_t result_of(weft_thread *thread)
{
    assert_ok(weft_thread_join(thread));
    return (intptr_t)weft_thread_result(thread);
}

#endif
