/* SPDX-License-Identifier: MIT */

/*
 * Waiting for a group, and how it ended. The word is drawn in group.c.
 *
 * One thread at a time waits, the one that is WAITING, and when nobody holds
 * the group any more it makes it as new. A worker first runs what nobody has
 * begun, then lets another take its place, as when it waits for a future.
 */

#include "control.h"
#include "group_state.h"

#include "misuse.h"
#include "pool.h"
#include "registry.h"

static weft_status null_group(const char *function)
{
    return weft__misuse(WEFT_INVALID, function, NULL, "the group is NULL");
}

static bool is_complete(void *arg)
{
    const weft_group *group = arg;
    return (weft__load(&group->state_) & WEFT__GROUP_HOLDS) == 0;
}

/* ---- Waiting ---- */

/* The waiter is there, hence the group. */
static bool grant_if_complete(weft__waiter *waiter)
{
    return is_complete(waiter->data);
}

static const weft__wait_kind kind = {.name = "group",
                                     .grant = grant_if_complete};

static weft_status sleep_until_complete(weft_group *group,
                                        weft_duration deadline,
                                        weft__stoppable stoppable)
{
    weft__waiter waiter = {
        .kind = &kind, .object = group, .data = group, .drowsy = true};
    weft__line *line = weft__line_lock(group);
    bool wait = !is_complete(group);
    if (wait)
        weft__line_push(line, &waiter);
    weft__line_unlock(line);
    return wait ? weft__park(&waiter, deadline, stoppable) : WEFT_OK;
}

static bool has_member(const weft_future *chain, const weft_group *group)
{
    while (chain != NULL && weft__future_group(chain) != group)
        chain = chain->next_;
    return chain != NULL;
}

/* Does the calling thread run a member, perhaps below others? */
static bool is_own(const weft_group *group, const char *function)
{
    const weft__worker *self = weft__worker_self();
    if (!has_member(weft__running_here(), group) &&
        (self == NULL || !has_member(self->running, group)))
        return false;
    weft__misuse(WEFT_DEADLOCK, function, group,
                 "a task would wait for its own group");
    return true;
}

/* Runs what nobody has begun, the last submitted first. */
static void run_members(weft__worker *self, weft_group *group)
{
    weft_future *each = weft__load(&group->members_);
    for (; each != NULL; each = each->member_)
        if (weft__worker_take(self, each))
            weft__worker_run(self, each);
}

static weft_status await_in_task(weft__worker *self, weft_group *group,
                                 weft_duration deadline,
                                 weft__stoppable stoppable)
{
    if (stoppable == WEFT__STOPPABLE && weft__worker_stopping(self))
        return WEFT_STOPPED;
    if (deadline == WEFT_FOREVER)
        run_members(self, group);
    if (weft__wait_awake(group, is_complete, group))
        return WEFT_OK;
    weft__worker_step_aside(self);
    weft_status status = sleep_until_complete(group, deadline, stoppable);
    weft__worker_step_back(self);
    return status;
}

/* WEFT_OK: it is complete, or now WAITING. */
static weft_status begin_to_wait(weft_group *group, weft_duration deadline)
{
    uint64_t state = weft__load(&group->state_);
    do {
        if (weft__group_is_old(state))
            return WEFT_BROKEN;
        if ((state & WEFT__GROUP_WAITING) != 0)
            return weft__misuse(WEFT_BUSY, "weft_group_wait", group,
                                "another thread waits for the group");
        if ((state & WEFT__GROUP_HOLDS) == 0)
            return WEFT_OK;
        if (deadline == 0)
            return WEFT_TIMED_OUT;
    } while (!weft__compare_swap(&group->state_, &state,
                                 state | WEFT__GROUP_WAITING));
    return WEFT_OK;
}

static weft_status await(weft_group *group, weft_duration deadline,
                         weft__stoppable stoppable)
{
    weft__worker *self = weft__worker_self();
    weft_status status = begin_to_wait(group, deadline);
    if (status != WEFT_OK || is_complete(group))
        return status;
    if (self != NULL)
        status = await_in_task(self, group, deadline, stoppable);
    else if (weft__wait_awake(group, is_complete, group))
        status = WEFT_OK;
    else
        status = sleep_until_complete(group, deadline, stoppable);
    if (status != WEFT_OK)
        weft__fetch_and(&group->state_, ~WEFT__GROUP_WAITING);
    return status;
}

/* Nobody holds it: how it ended, and the group is as new. */
static weft_status conclude(weft_group *group)
{
    weft__store_relaxed(&group->members_, NULL);
    uint64_t state =
        weft__fetch_and(&group->state_, WEFT__GROUP_HOLDS | WEFT__GROUP_EPOCH |
                                            WEFT__GROUP_DESCRIPTOR);
    if ((state & WEFT__GROUP_FAILED) != 0)
        return WEFT_FAILED;
    group->failure_ = 0;
    if ((state & WEFT__GROUP_BROKEN) != 0)
        return WEFT_BROKEN;
    return (state & WEFT__GROUP_CANCELLED) != 0 ? WEFT_CANCELLED
                                                : (weft_status)WEFT_OK;
}

static weft_status wait(weft_group *group, weft_duration deadline)
{
    if (group == NULL)
        return null_group("weft_group_wait");
    if (is_own(group, "weft_group_wait"))
        return WEFT_DEADLOCK;
    weft_status status = await(group, deadline, WEFT__STOPPABLE);
    return status == WEFT_OK ? conclude(group) : status;
}

weft_status weft_group_wait(weft_group *group)
{
    weft__point("weft_group_wait", group);
    return wait(group, WEFT_FOREVER);
}

weft_status weft_group_wait_timed(weft_group *group, weft_duration duration)
{
    weft__point("weft_group_wait_timed", group);
    return wait(group, weft__deadline(duration));
}

weft_status weft_group_try_wait(weft_group *group)
{
    weft_status status = wait(group, 0);
    return status == WEFT_TIMED_OUT ? WEFT_BUSY : status;
}

/* ---- Asking, ending ---- */

const weft_error *weft_group_error(const weft_group *group)
{
    if (group == NULL || group->failure_ == 0)
        return NULL;
    return weft__failure_find(group->failure_, group->code_);
}

size_t weft_group_unfinished(const weft_group *group)
{
    if (group == NULL)
        return 0;
    return (size_t)(weft__load(&group->state_) & WEFT__GROUP_UNFINISHED);
}

weft_status weft_group_destroy(weft_group *group)
{
    if (group == NULL)
        return WEFT_OK;
    if (is_own(group, "weft_group_destroy"))
        return WEFT_DEADLOCK;
    (void)weft_group_stop(group);
    weft_status status = await(group, WEFT_FOREVER, WEFT__UNSTOPPABLE);
    if (status == WEFT_BUSY)
        return status;
    if (status == WEFT_BROKEN) /* the parent's: nobody is there to let go */
        weft__store(&group->state_, 0);
    (void)conclude(group);
    if (group->descriptor_ != 0) {
        weft__fetch_and(&group->state_, ~WEFT__GROUP_DESCRIPTOR);
        weft__os_signal_fd_close(group->descriptor_ - 1);
        group->descriptor_ = 0;
    }
    return WEFT_OK;
}
