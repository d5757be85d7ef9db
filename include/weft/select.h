/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SELECT_H
#define WEFT_SELECT_H

/*
 * Waiting for the first of many things: gets and puts on queues, events,
 * futures, threads that end.
 *
 *     const weft_select_case cases[] = {
 *         WEFT_SELECT_GET(orders, &order),
 *         WEFT_SELECT_EVENT(&closing),
 *     };
 *     size_t chosen;
 *     weft_status status = weft_select(cases, 2, &chosen);
 *
 * Exactly one case happens, and its index is `chosen`. The others leave no
 * trace: nothing was taken out of their queues or put in.
 */

#include "event.h"
#include "future.h"
#include "queue.h"
#include "thread.h"

WEFT_BEGIN_DECLARATIONS

enum weft__select_kind {
    WEFT__SELECT_GET = 1,
    WEFT__SELECT_PUT,
    WEFT__SELECT_EVENT,
    WEFT__SELECT_FUTURE,
    WEFT__SELECT_THREAD
};

/* One thing that may happen; made by the macros below. The calls do not change
 * it, so that it may be constant and used again, by many threads if what it
 * points to allows that. */
typedef struct weft_select_case {
    enum weft__select_kind kind_;
    bool off; /* true: takes no part for now */
    weft_queue *queue_;
    void *to_;
    const void *from_;
    weft_event *event_;
    weft_future *future_;
    weft_thread *thread_;
} weft_select_case;

/*
 * The next item of the queue comes out into `*to`, or `*from` goes into it: as
 * weft_queue_get and weft_queue_put. A queue that is shut down makes its case
 * happen with WEFT_SHUT_DOWN, a get only once it is empty: turn it `off` then.
 */
#define WEFT_SELECT_GET(queue, to) \
    WEFT__SELECT_CASE(WEFT__SELECT_GET, (queue), (to), NULL, NULL, NULL, NULL)
#define WEFT_SELECT_PUT(queue, from) \
    WEFT__SELECT_CASE(WEFT__SELECT_PUT, (queue), NULL, (from), NULL, NULL, NULL)

/* The event is set, or was set meanwhile: as weft_event_wait. */
#define WEFT_SELECT_EVENT(event) \
    WEFT__SELECT_CASE(WEFT__SELECT_EVENT, NULL, NULL, NULL, (event), NULL, NULL)

/* The future is done: as weft_future_result, which then does not wait. */
#define WEFT_SELECT_FUTURE(future)                                           \
    WEFT__SELECT_CASE(WEFT__SELECT_FUTURE, NULL, NULL, NULL, NULL, (future), \
                      NULL)

/* The thread has ended: as weft_thread_join. */
#define WEFT_SELECT_THREAD(thread)                                       \
    WEFT__SELECT_CASE(WEFT__SELECT_THREAD, NULL, NULL, NULL, NULL, NULL, \
                      (thread))

/* Private. */
#define WEFT__SELECT_CASE(kind, queue, to, from, event, future, thread) \
    {                                                                   \
        kind, false, queue, to, from, event, future, thread             \
    }

/*
 * Waits until one of the `n` cases can happen, and has it happen; of several
 * that can, any one as likely as the other. `*chosen`, unless NULL, is its
 * index, and the answer what the call of that case alone would answer: WEFT_OK;
 * WEFT_SHUT_DOWN and WEFT_NO_MEMORY of a queue; WEFT_FAILED, WEFT_CANCELLED or
 * WEFT_BROKEN of a future; WEFT_FAILED of a thread.
 *
 * Or no case happened, and `*chosen` is `n`: WEFT_STOPPED: the thread was asked
 * to stop while it waited; WEFT_NO_MEMORY: it must wait for more than
 * WEFT_SELECT_FREE cases; WEFT_INVALID: NULL, or a case that the macros did not
 * make; WEFT_NOT_STARTED: a future or thread was not; WEFT_DEADLOCK: a thread
 * would join itself, a task wait for itself, a comparison for its own queue.
 *
 * A queue may stand in several cases; the wait counts in the statistics of each
 * queue. If there are no cases, or all are off, it waits for the stop alone.
 * What the cases point to must live until it returns.
 */
WEFT_API WEFT_MUST_USE weft_status weft_select(const weft_select_case *cases,
                                               size_t n, size_t *chosen);
#define WEFT_SELECT_FREE 16

/* The same for at most `duration` nanoseconds, then WEFT_TIMED_OUT. */
WEFT_API WEFT_MUST_USE weft_status
weft_select_timed(const weft_select_case *cases, size_t n, size_t *chosen,
                  weft_duration duration);

/* The same without waiting: WEFT_BUSY. */
WEFT_API WEFT_MUST_USE weft_status
weft_try_select(const weft_select_case *cases, size_t n, size_t *chosen);

WEFT_END_DECLARATIONS

#endif
