/* SPDX-License-Identifier: MIT */

/*
 * Groups of tasks.
 *
 *     state:  | epoch, 16 bits | flags, 5 | visitors, 15 | unfinished, 28 |
 *     members:  the last submitted -> ... -> the first     by member_
 *
 * Each member holds the group until it is done, and so does each visitor, who
 * submits or stops: the futures are there as long as somebody holds. Nobody
 * holds: the wait is over. To let go is the last touch.
 *
 * No member misses a stop. Who submits puts it into the list, then looks for
 * STOPPING; who stops sets that, then walks through the list: one of them sees
 * the other. A member is in the list only once its pool has it, so that it can
 * be withdrawn.
 *
 * The epoch is that of src/future.h, of the first member. In a forked child the
 * members of the parent's other workers will never be done: there a group of
 * another epoch is broken.
 */

#include "group.h"

#include "misuse.h"
#include "pool.h"
#include "registry.h"

#include <errno.h>

#define UNFINISHED ((UINT64_C(1) << 28) - 1)
#define VISITOR (UINT64_C(1) << 28)
#define HOLDS ((UINT64_C(1) << 43) - 1) /* of both */
#define WAITING (UINT64_C(1) << 43)
#define STOPPING (UINT64_C(1) << 44)
#define FAILED (UINT64_C(1) << 45)
#define BROKEN (UINT64_C(1) << 46)
#define CANCELLED (UINT64_C(1) << 47)
#define EPOCH_SHIFT 32 /* from its place in a future's word */

static const uint64_t epoch_mask = ~(uint64_t)0 << (EPOCH_SHIFT + 16);

static uint64_t epoch_now(void)
{
    return (uint64_t)weft__future_epoch << EPOCH_SHIFT;
}

/* With members of another process? */
static bool is_old(uint64_t state)
{
    return (state & HOLDS) != 0 && (state & epoch_mask) != epoch_now();
}

static bool is_complete(void *group)
{
    return (weft__load(&((weft_group *)group)->state_) & HOLDS) == 0;
}

static weft_status null_group(const char *function)
{
    return weft__misuse(WEFT_INVALID, function, NULL, "the group is NULL");
}

weft_pool *weft__group_pool(weft_group *group)
{
    weft_pool *pool = weft__load_relaxed(&group->pool);
    if (pool == NULL) {
        pool = weft_default_pool();
        weft__store_relaxed(&group->pool, pool);
    }
    return pool;
}

/* ---- Holding ---- */

/* The descriptor is raised before the last touch; if somebody came meanwhile,
 * it is lowered while this one still holds. */
static uint64_t let_go_and_raise(weft_group *group, uint64_t holds, int fd)
{
    uint64_t state = weft__load(&group->state_);
    bool raised = false;
    do {
        bool last = (state & HOLDS) == holds;
        if (last && !raised)
            weft__os_signal_fd_raise(fd);
        else if (!last && raised)
            weft__os_signal_fd_lower(fd);
        raised = last;
    } while (!weft__compare_swap(&group->state_, &state, state - holds));
    return state;
}

static void let_go(weft_group *group, uint64_t holds)
{
    int descriptor = weft__load(&group->descriptor_);
    uint64_t state = descriptor == 0
                         ? weft__fetch_sub(&group->state_, holds)
                         : let_go_and_raise(group, holds, descriptor - 1);
    if ((state & HOLDS) == holds && (state & WAITING) != 0)
        weft__settle(group);
}

/* For a new member, and for who submits it. */
static weft_status hold_for_both(weft_group *group)
{
    uint64_t state = weft__load(&group->state_), next;
    do {
        if (is_old(state))
            return WEFT_BROKEN;
        if ((state & STOPPING) != 0)
            return WEFT_CANCELLED;
        if ((state & UNFINISHED) == UNFINISHED)
            return WEFT_OVERFLOW;
        next = ((state & ~epoch_mask) | epoch_now()) + VISITOR + 1;
    } while (!weft__compare_swap_weak(&group->state_, &state, next));
    if ((state & HOLDS) == 0 && weft__load(&group->descriptor_) != 0)
        weft__os_signal_fd_lower(group->descriptor_ - 1);
    return WEFT_OK;
}

/* ---- Stopping ---- */

static void stop_members(weft_group *group)
{
    weft_future *each = weft__load_ordered(&group->members_);
    for (; each != NULL; each = each->member_)
        weft__future_stop(each);
}

/* Sets STOPPING and `why`; true if the first of them was not set before. */
static bool set_stopping(weft_group *group, uint64_t why, uint64_t holds)
{
    uint64_t state = weft__load(&group->state_), next;
    do {
        bool first = (state & STOPPING) == 0 && (state & HOLDS) != 0;
        next = (state | STOPPING | why) + (first ? holds : 0);
    } while (!weft__compare_swap_ordered(&group->state_, &state, next));
    return (state & STOPPING) == 0 && (state & HOLDS) != 0;
}

weft_status weft_group_stop(weft_group *group)
{
    if (group == NULL)
        return null_group("weft_group_stop");
    if (is_old(weft__load(&group->state_)))
        return WEFT_OK; /* nobody is there to stop */
    if (set_stopping(group, CANCELLED, VISITOR)) {
        stop_members(group);
        let_go(group, VISITOR);
    }
    return WEFT_OK;
}

/* ---- Members ---- */

void weft__group_before(weft_group *group, const weft_future *member,
                        uint32_t state)
{
    if (state == WEFT__FUTURE_FAILED) {
        if ((weft__fetch_or(&group->state_, FAILED) & FAILED) == 0) {
            group->code_ = member->code_;
            group->failure_ = member->failure_;
        }
        if (set_stopping(group, 0, 0))
            stop_members(group);
    } else if (state == WEFT__FUTURE_BROKEN) {
        weft__fetch_or(&group->state_, BROKEN);
    } else if (state == WEFT__FUTURE_CANCELLED) {
        weft__fetch_or(&group->state_, CANCELLED);
    }
}

void weft__group_after(weft_group *group)
{
    let_go(group, 1);
}

static void list_member(weft_group *group, weft_future *member)
{
    weft_future *last = weft__load_relaxed(&group->members_);
    do
        member->member_ = last;
    while (!weft__compare_swap_ordered(&group->members_, &last, member));
    if ((weft__load_ordered(&group->state_) & STOPPING) != 0)
        weft__future_stop(member);
}

weft_status weft_group_submit(weft_group *group, weft_future *future,
                              weft_target target, void *arg)
{
    if (group == NULL || future == NULL || target == NULL)
        return weft__misuse(WEFT_INVALID, "weft_group_submit", group,
                            "the group, the future or the target is NULL");
    if (weft__group_pool(group) == NULL)
        return WEFT_NO_MEMORY;
    weft_status status = hold_for_both(group);
    if (status != WEFT_OK)
        return status;
    status = weft__pool_submit_member(group, future, target, arg);
    if (status == WEFT_OK)
        list_member(group, future);
    let_go(group, status == WEFT_OK ? VISITOR : VISITOR + 1);
    return status;
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
    if (stoppable == WEFT__STOPPABLE && weft__self_stopping(weft__self()))
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
        if (is_old(state))
            return WEFT_BROKEN;
        if ((state & WAITING) != 0)
            return weft__misuse(WEFT_BUSY, "weft_group_wait", group,
                                "another thread waits for the group");
        if ((state & HOLDS) == 0)
            return WEFT_OK;
        if (deadline == 0)
            return WEFT_TIMED_OUT;
    } while (!weft__compare_swap(&group->state_, &state, state | WAITING));
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
        weft__fetch_and(&group->state_, ~WAITING);
    return status;
}

/* Nobody holds it: how it ended, and the group is as new. */
static weft_status conclude(weft_group *group)
{
    uint64_t state = weft__load(&group->state_);
    weft__store_relaxed(&group->members_, NULL);
    weft__store(&group->state_, 0);
    if ((state & FAILED) != 0)
        return WEFT_FAILED;
    group->failure_ = 0;
    if ((state & BROKEN) != 0)
        return WEFT_BROKEN;
    return (state & CANCELLED) != 0 ? WEFT_CANCELLED : (weft_status)WEFT_OK;
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
    return wait(group, WEFT_FOREVER);
}

weft_status weft_group_wait_timed(weft_group *group, weft_duration duration)
{
    return wait(group, weft__deadline(duration));
}

weft_status weft_group_try_wait(weft_group *group)
{
    weft_status status = wait(group, 0);
    return status == WEFT_TIMED_OUT ? WEFT_BUSY : status;
}

/* ---- The descriptor ---- */

/* Only one of those who make one at a time gives it to the group. */
static bool set_descriptor(weft_group *group, int fd)
{
    int32_t none = 0;
    return weft__compare_swap(&group->descriptor_, &none, fd + 1);
}

static uint64_t visit(weft_group *group)
{
    uint64_t state = weft__load(&group->state_), next;
    do {
        next = state + VISITOR;
        if ((state & HOLDS) == 0)
            next = ((state & ~epoch_mask) | epoch_now()) + VISITOR;
    } while (!weft__compare_swap_weak(&group->state_, &state, next));
    return state;
}

/* Holds the group meanwhile, so that who ends last sees the descriptor. */
int weft_group_fd(weft_group *group)
{
    if (group == NULL) {
        null_group("weft_group_fd");
        errno = EINVAL;
        return -1;
    }
    if (weft__load(&group->descriptor_) != 0)
        return group->descriptor_ - 1;
    int fd = weft__os_signal_fd();
    if (fd < 0)
        return -1;
    uint64_t state = visit(group);
    if (!set_descriptor(group, fd))
        weft__os_signal_fd_close(fd);
    if (is_old(state))
        weft__fetch_sub(&group->state_, VISITOR);
    else
        let_go(group, VISITOR);
    return weft__load(&group->descriptor_) - 1;
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
    return (size_t)(weft__load(&group->state_) & UNFINISHED);
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
    (void)conclude(group);
    if (group->descriptor_ != 0)
        weft__os_signal_fd_close(group->descriptor_ - 1);
    group->descriptor_ = 0;
    return WEFT_OK;
}
