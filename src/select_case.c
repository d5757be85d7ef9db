/* SPDX-License-Identifier: MIT */

/* What a select may wait for, case by case: the only place that knows what
 * kinds there are, beside the one that stands in their lines. */

#include "misuse.h"
#include "pool.h"
#include "select.h"

static const char function[] = "weft_select";

static weft_status check_queue(const weft_select_case *which)
{
    const void *item =
        which->kind_ == WEFT__SELECT_GET ? which->to_ : which->from_;
    if (item == NULL)
        return weft__misuse(WEFT_INVALID, function, which, "the item is NULL");
    return weft__queue_check(which->queue_, function);
}

static weft_status check_future(const weft_future *future)
{
    const weft__worker *self = weft__worker_self();
    weft_status status = weft__future_check(future, function);
    if (status == WEFT_OK && self != NULL && !weft__future_is_done(future) &&
        weft__worker_runs(self, future))
        return weft__misuse(WEFT_DEADLOCK, function, future,
                            "a task waits for itself");
    return status;
}

weft_status weft__case_check(const weft_select_case *which)
{
    bool wrong = false;
    switch (which->kind_) {
    case WEFT__SELECT_GET:
    case WEFT__SELECT_PUT:
        return check_queue(which);
    case WEFT__SELECT_EVENT:
        wrong = which->event_ == NULL;
        break;
    case WEFT__SELECT_FUTURE:
        return check_future(which->future_);
    case WEFT__SELECT_THREAD:
        return weft__thread_check_join(which->thread_, function);
    default:
        wrong = true;
    }
    return wrong ? weft__misuse(WEFT_INVALID, function, which,
                                "a case is of nothing, or of NULL")
                 : WEFT_OK;
}

bool weft__case_has_happened(const weft_select_case *which)
{
    switch (which->kind_) {
    case WEFT__SELECT_EVENT:
        return weft_event_is_set(which->event_);
    case WEFT__SELECT_FUTURE:
        return weft__future_is_done(which->future_);
    default:
        return weft__thread_has_ended(which->thread_);
    }
}

weft_status weft__case_answer(const weft_select_case *which)
{
    if (which->kind_ == WEFT__SELECT_FUTURE)
        return weft_future_try_result(which->future_, NULL);
    if (which->kind_ == WEFT__SELECT_THREAD)
        return weft_thread_try_join(which->thread_);
    return WEFT_OK;
}

weft_status weft__case_try(const weft_select_case *which)
{
    weft_status status;
    if (!weft__case_is_of_queue(which))
        return weft__case_has_happened(which) ? weft__case_answer(which)
                                              : WEFT_BUSY;
    if (which->kind_ == WEFT__SELECT_GET)
        status = weft_queue_try_get(which->queue_, which->to_);
    else
        status = weft_queue_try_put(which->queue_, which->from_);
    return status == WEFT_EMPTY || status == WEFT_FULL ? WEFT_BUSY : status;
}
