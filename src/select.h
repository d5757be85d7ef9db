/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_SELECT_H
#define WEFT_SRC_SELECT_H

/* Waiting for the first of many: what its files share. What it asks of each
 * thing is in queue.h and watch.h. */

#include "queue.h"
#include "watch.h"
#include "weft/select.h"

/* ---- A case: select_case.c ---- */

static inline bool weft__case_is_of_queue(const weft_select_case *which)
{
    return which->kind_ == WEFT__SELECT_GET || which->kind_ == WEFT__SELECT_PUT;
}

/* WEFT_OK if it may be waited for; else the misuse is reported. */
weft_status weft__case_check(const weft_select_case *which);

/* Has what it waits for happened? Not of a queue. */
bool weft__case_has_happened(const weft_select_case *which);

/* Exact but for queues, where it is a hint. */
static inline bool weft__case_seems_ready(const weft_select_case *which)
{
    weft_queue *queue = which->queue_;
    if (which->kind_ == WEFT__SELECT_GET)
        return weft__queue_can_move(queue, &queue->get);
    if (which->kind_ == WEFT__SELECT_PUT)
        return weft__queue_can_move(queue, &queue->put);
    return weft__case_has_happened(which);
}

/* Has it happen if it can; WEFT_BUSY: it cannot now. */
weft_status weft__case_try(const weft_select_case *which);

/* The answer of one that has happened; not of a queue. */
weft_status weft__case_answer(const weft_select_case *which);

/* ---- A selection: select.c, and select_wait.c where it waits ---- */

typedef struct weft__selection {
    const weft_select_case *cases;
    size_t n, chosen;   /* n: none yet */
    weft_status status; /* of the chosen, or why there is none */
} weft__selection;

static inline bool weft__is_chosen(const weft__selection *selection)
{
    return selection->chosen < selection->n;
}

static inline void weft__choose(weft__selection *selection,
                                const weft_select_case *which,
                                weft_status status)
{
    selection->chosen = (size_t)(which - selection->cases);
    selection->status = status;
}

size_t weft__random_below(size_t n);

/* Waits until one is chosen; or there is a status why not. */
void weft__select_wait(weft__selection *selection, weft_duration deadline);

#endif
