/* SPDX-License-Identifier: MIT */

/*
 * Submitting, and taking back.
 *
 *     in a task of the pool ----------------------> deque of its worker
 *                                                        | full
 *     outside -----------------> entrance's inbox <------+
 *        | the inbox is shut, or nobody is there, or a priority
 *        +-----> with the lock held: entrance's lists
 *
 * The long way is taken where the short one cannot do: in a pool that is
 * closed, that has no worker yet, that has a capacity (its inbox is shut for
 * good) or counts, and for other priorities than the normal one. So none of
 * these costs anything where it is not used.
 */

#include "control.h"
#include "misuse.h"
#include "pool.h"

weft_status weft__pool_status(const weft_pool *pool)
{
    uint32_t closed = weft__load_relaxed(&pool->closed);
    if ((closed & WEFT__SHUT) != 0)
        return WEFT_SHUT_DOWN;
    return closed != WEFT__OPEN ? WEFT_BROKEN : (weft_status)WEFT_OK;
}

static weft_status null_argument(const char *function, const weft_pool *pool)
{
    return weft__misuse(WEFT_INVALID, function, pool,
                        "the pool, the future or the target is NULL");
}

weft_status weft__pool_check_open(weft_pool *pool, const char *function)
{
    return pool != NULL ? weft__pool_status(pool)
                        : null_argument(function, pool);
}

/* ---- The long way ---- */

static bool is_inside(const weft_pool *pool)
{
    const weft__worker *self = weft__worker_self();
    return self != NULL && self->pool == pool;
}

/* With the lock held; without a single worker, nothing is submitted. */
static weft_status enter_list(weft_pool *pool, weft_future *future)
{
    weft__entrance_append(pool, future);
    weft_status status = weft__pool_review(pool);
    if (status == WEFT_OK || pool->alive > 0)
        return WEFT_OK;
    weft__entrance_unlink(pool, future);
    return status;
}

static weft_status submit_long(weft_pool *pool, weft_future *future,
                               weft_duration deadline)
{
    weft__limit limit = {.deadline = deadline};
    weft__pool_enter(pool);
    if (pool->tally != NULL)
        weft__tally_submit(pool->tally, future);
    weft_status status = weft__pool_status(pool);
    if (status == WEFT_OK && pool->capacity != 0 && !is_inside(pool))
        status = weft__pool_make_room(pool, &limit);
    if (status == WEFT_OK && !limit.run_here)
        status = enter_list(pool, future);
    if (status != WEFT_OK && pool->tally != NULL)
        weft__tally_undo(pool->tally);
    weft__pool_tell_room(pool);
    weft__pool_leave(pool);
    if (limit.aside != NULL)
        weft__worker_step_back(limit.aside);
    if (limit.dropped != NULL)
        weft__pool_complete_all(pool, limit.dropped);
    if (status == WEFT_OK && limit.run_here)
        weft__run_here(pool, future);
    return status;
}

/* ---- The short ways ---- */

static weft_status submit_outside(weft_pool *pool, weft_future *future,
                                  weft_duration deadline)
{
    if (weft__load(&pool->gate) == WEFT__GATE_EMPTY)
        return submit_long(pool, future, deadline);
    weft__entering entry = weft__entrance_put(pool, future);
    if (entry == WEFT__NOT_ENTERED)
        return submit_long(pool, future, deadline);
    if (entry == WEFT__ENTERED_FIRST &&
        weft__load_ordered(&pool->gate) == WEFT__GATE_CALL)
        weft__pool_call(pool, true);
    return WEFT_OK;
}

/* Its deque is full; the long way counts it itself. */
static weft_status overflow(weft__worker *self, weft_future *future)
{
    future->state_ &= ~(uint32_t)WEFT__FUTURE_LOCAL;
    if (self->tally != NULL)
        weft__tally_undo(self->tally);
    return submit_outside(self->pool, future, WEFT_FOREVER);
}

static inline weft_status submit_inside(weft__worker *self, weft_future *future)
{
    weft_pool *pool = self->pool;
    weft_status status = weft__pool_status(pool);
    if (status != WEFT_OK)
        return status;
    if (self->tally != NULL)
        weft__tally_submit(self->tally, future);
    future->state_ |= WEFT__FUTURE_LOCAL;
    if (!weft__deque_push(&self->deque, future))
        return overflow(self, future);
    if (weft__load_ordered(&pool->gate) == WEFT__GATE_CALL)
        weft__pool_call(pool, false);
    return WEFT_OK;
}

static inline weft_status submit(weft_pool *pool, weft_future *future,
                                 weft_duration deadline)
{
    weft__worker *self = weft__worker_self();
    return self != NULL && self->pool == pool
               ? submit_inside(self, future)
               : submit_outside(pool, future, deadline);
}

/* ---- Submitting ---- */

/* Where it stands is written by whoever puts it there. */
static void prepare(weft_pool *pool, weft_future *future, weft_target target,
                    void *arg)
{
    future->state_ = WEFT__FUTURE_PENDING | weft__future_epoch;
    future->code_ = 0;
    future->pool_ = pool;
    future->target_ = target;
    future->arg_ = arg;
    future->callbacks_ = NULL;
}

static weft_status conclude(weft_future *future, weft_status status)
{
    if (WEFT__LIKELY(status == WEFT_OK))
        return WEFT_OK;
    weft__store(&future->state_, WEFT__FUTURE_NEW);
    return status;
}

static weft_status submit_until(weft_pool *pool, weft_future *future,
                                weft_target target, void *arg,
                                weft_duration deadline)
{
    if (pool == NULL || future == NULL || target == NULL)
        return null_argument("weft_submit", pool);
    prepare(pool, future, target, arg);
    return conclude(future, submit(pool, future, deadline));
}

static weft_status submit_normal(weft_pool *pool, weft_future *future,
                                 weft_target target, void *arg)
{
    if (pool == NULL || future == NULL || target == NULL)
        return null_argument("weft_submit", pool);
    prepare(pool, future, target, arg);
    return conclude(future, submit(pool, future, WEFT_FOREVER));
}

weft_status weft_submit(weft_pool *pool, weft_future *future,
                        weft_target target, void *arg)
{
    weft__point("weft_submit", pool);
    return submit_normal(pool, future, target, arg);
}

weft_status weft_submit_timed(weft_pool *pool, weft_future *future,
                              weft_target target, void *arg,
                              weft_duration duration)
{
    weft__point("weft_submit_timed", pool);
    return submit_until(pool, future, target, arg, weft__deadline(duration));
}

weft_status weft_try_submit(weft_pool *pool, weft_future *future,
                            weft_target target, void *arg)
{
    weft__point("weft_try_submit", pool);
    return submit_until(pool, future, target, arg, WEFT__TRY);
}

weft_status weft_submit_with(weft_pool *pool, weft_future *future,
                             weft_target target, void *arg,
                             const weft_submit_options *options)
{
    weft__point("weft_submit_with", pool);
    weft_priority priority =
        options != NULL ? options->priority : WEFT_PRIORITY_NORMAL;
    if (priority > WEFT_PRIORITY_LOW)
        return weft__misuse(WEFT_INVALID, "weft_submit_with", pool,
                            "there is no such priority");
    if (priority == WEFT_PRIORITY_NORMAL || pool == NULL || future == NULL ||
        target == NULL)
        return submit_normal(pool, future, target, arg);
    prepare(pool, future, target, arg);
    future->state_ |= (uint32_t)priority * WEFT__FUTURE_PRIORITY;
    return conclude(future, submit_long(pool, future, WEFT_FOREVER));
}

weft_status weft__pool_submit_member(weft_group *group, weft_future *future,
                                     weft_target target, void *arg)
{
    weft_pool *pool = weft__load_relaxed(&group->pool);
    prepare(pool, future, target, arg);
    future->state_ |= WEFT__FUTURE_GROUPED;
    future->group_ = group;
    return conclude(future, submit(pool, future, WEFT_FOREVER));
}

weft_status weft_pool_run(weft_pool *pool, weft_target target, void *arg)
{
    weft__point("weft_pool_run", pool);
    if (pool == NULL || target == NULL)
        return null_argument("weft_pool_run", pool);
    weft_status status = weft__pool_status(pool);
    if (status != WEFT_OK)
        return status;
    weft__task *task = weft__task_take(pool);
    if (task == NULL)
        return WEFT_NO_MEMORY;
    prepare(pool, &task->future, target, arg);
    task->future.state_ |= WEFT__FUTURE_RECORD;
    status = submit(pool, &task->future, WEFT_FOREVER);
    if (status != WEFT_OK)
        weft__task_give_back(pool, task);
    return status;
}

/* ---- Taking back ---- */

/* With the lock held, so that of two who withdraw it the second sees what the
 * first did. */
static bool withdraw(weft_pool *pool, weft_future *future)
{
    uint32_t word = weft__future_word(future);
    if ((word & WEFT__FUTURE_STATE) != WEFT__FUTURE_PENDING)
        return false;
    if ((word & WEFT__FUTURE_LOCAL) != 0)
        return weft__deque_withdraw(NULL, future);
    weft__entrance_unload(pool);
    weft__entrance_unlink(pool, future);
    return true;
}

bool weft__pool_withdraw(weft_future *future)
{
    uint32_t word = weft__future_word(future);
    if ((word & WEFT__FUTURE_STATE) != WEFT__FUTURE_PENDING)
        return false;
    weft_pool *pool = weft__future_pool(future, word);
    weft__pool_enter(pool);
    bool withdrawn = withdraw(pool, future);
    if (withdrawn)
        weft__future_set_state(future, WEFT__FUTURE_CANCELLED);
    if (withdrawn && pool->tally != NULL)
        weft__tally_cancel(pool->tally);
    (void)weft__pool_review_list(pool);
    weft__pool_leave(pool);
    return withdrawn;
}
