/* SPDX-License-Identifier: MIT */

/*
 * Tasks that the thread which submits them runs, since their pool is full. They
 * can be asked to stop, like those that a worker runs.
 */

#include "pool.h"

static _Thread_local weft_future *innermost;

weft_future *weft__running_here(void)
{
    return innermost;
}

bool weft__runs_here(const weft_future *future)
{
    const weft_future *each = innermost;
    while (each != NULL && each != future)
        each = each->next_;
    return each != NULL;
}

static bool is_stopping(const weft__record *self)
{
    (void)self;
    return (weft__load(&innermost->state_) & WEFT__FUTURE_STOP) != 0;
}

void weft__run_here(weft_pool *pool, weft_future *future)
{
    weft__record *self = weft__self();
    bool (*below)(const weft__record *) = self->task_stopping;
    void *result = NULL;
    weft_error error;
    future->next_ = innermost;
    innermost = future;
    weft_duration began = pool->tally != NULL ? weft__os_clock() : 0;
    if (pool->tally != NULL)
        weft__tally_begin(pool->tally, future);
    weft__future_begin(future, self->id);
    self->task_stopping = is_stopping;
    bool ok = weft__run_target(future->target_, future->arg_, &result, &error);
    self->task_stopping = below;
    innermost = future->next_;
    if (pool->tally != NULL)
        weft__tally_end(pool->tally, began, !ok);
    weft__task_end(pool, future, result, ok ? NULL : &error);
}
