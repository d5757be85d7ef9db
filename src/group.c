/* SPDX-License-Identifier: MIT */

/*
 * Groups of tasks.
 *
 *     state:  | epoch, 16 bits | flags, 6 | visitors, 14 | unfinished, 28 |
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

#include "control.h"
#include "group_state.h"

#include "misuse.h"
#include "pool.h"
#include "registry.h"

#include <errno.h>

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
 * it is lowered while this one still holds. That there is one stands in the
 * word: who looked elsewhere could look too early. */
static void let_go(weft_group *group, uint64_t holds)
{
    uint64_t state = weft__load(&group->state_);
    bool raised = false, raise;
    do {
        raise = (state & WEFT__GROUP_HOLDS) == holds &&
                (state & WEFT__GROUP_DESCRIPTOR) != 0;
        if (raise && !raised)
            weft__os_signal_fd_raise(group->descriptor_ - 1);
        else if (!raise && raised)
            weft__os_signal_fd_lower(group->descriptor_ - 1);
        raised = raise;
    } while (!weft__compare_swap(&group->state_, &state, state - holds));
    if ((state & WEFT__GROUP_HOLDS) == holds &&
        (state & WEFT__GROUP_WAITING) != 0)
        weft__settle(group);
}

/* For a new member, and for who submits it. */
static weft_status hold_for_both(weft_group *group)
{
    uint64_t state = weft__load(&group->state_), next;
    do {
        if (weft__group_is_old(state))
            return WEFT_BROKEN;
        if ((state & WEFT__GROUP_STOPPING) != 0)
            return WEFT_CANCELLED;
        if ((state & WEFT__GROUP_UNFINISHED) == WEFT__GROUP_UNFINISHED)
            return WEFT_OVERFLOW;
        next = ((state & ~WEFT__GROUP_EPOCH) | weft__group_epoch_now()) +
               WEFT__GROUP_VISITOR + 1;
    } while (!weft__compare_swap_weak(&group->state_, &state, next));
    if ((state & WEFT__GROUP_HOLDS) == 0 &&
        (state & WEFT__GROUP_DESCRIPTOR) != 0)
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
        bool first = (state & WEFT__GROUP_STOPPING) == 0 &&
                     (state & WEFT__GROUP_HOLDS) != 0;
        next = (state | WEFT__GROUP_STOPPING | why) + (first ? holds : 0);
    } while (!weft__compare_swap_ordered(&group->state_, &state, next));
    return (state & WEFT__GROUP_STOPPING) == 0 &&
           (state & WEFT__GROUP_HOLDS) != 0;
}

weft_status weft_group_stop(weft_group *group)
{
    weft__point("weft_group_stop", group);
    if (group == NULL)
        return null_group("weft_group_stop");
    if (weft__group_is_old(weft__load(&group->state_)))
        return WEFT_OK; /* nobody is there to stop */
    if (set_stopping(group, WEFT__GROUP_CANCELLED, WEFT__GROUP_VISITOR)) {
        stop_members(group);
        let_go(group, WEFT__GROUP_VISITOR);
    }
    return WEFT_OK;
}

/* ---- Members ---- */

void weft__group_before(weft_group *group, const weft_future *member,
                        uint32_t state)
{
    if (state == WEFT__FUTURE_FAILED) {
        if ((weft__fetch_or(&group->state_, WEFT__GROUP_FAILED) &
             WEFT__GROUP_FAILED) == 0) {
            group->code_ = member->code_;
            group->failure_ = member->failure_;
        }
        if (set_stopping(group, 0, 0))
            stop_members(group);
    } else if (state == WEFT__FUTURE_BROKEN) {
        weft__fetch_or(&group->state_, WEFT__GROUP_BROKEN);
    } else if (state == WEFT__FUTURE_CANCELLED) {
        weft__fetch_or(&group->state_, WEFT__GROUP_CANCELLED);
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
    if ((weft__load_ordered(&group->state_) & WEFT__GROUP_STOPPING) != 0)
        weft__future_stop(member);
}

weft_status weft_group_submit(weft_group *group, weft_future *future,
                              weft_target target, void *arg)
{
    weft__point("weft_group_submit", group);
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
    let_go(group,
           status == WEFT_OK ? WEFT__GROUP_VISITOR : WEFT__GROUP_VISITOR + 1);
    return status;
}

/* ---- The descriptor ---- */

/* Only one of those who make one at a time gives it to the group. */
static bool set_descriptor(weft_group *group, int fd)
{
    int32_t none = 0;
    if (!weft__compare_swap(&group->descriptor_, &none, fd + 1))
        return false;
    weft__fetch_or(&group->state_, WEFT__GROUP_DESCRIPTOR);
    return true;
}

static uint64_t visit(weft_group *group)
{
    uint64_t state = weft__load(&group->state_), next;
    do {
        next = state + WEFT__GROUP_VISITOR;
        if ((state & WEFT__GROUP_HOLDS) == 0)
            next = ((state & ~WEFT__GROUP_EPOCH) | weft__group_epoch_now()) +
                   WEFT__GROUP_VISITOR;
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
    if (weft__group_is_old(state))
        weft__fetch_sub(&group->state_, WEFT__GROUP_VISITOR);
    else
        let_go(group, WEFT__GROUP_VISITOR);
    return weft__load(&group->descriptor_) - 1;
}
