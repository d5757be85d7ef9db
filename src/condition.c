/* SPDX-License-Identifier: MIT */

/*
 * The condition. Its line of waiters is the whole state; a count of them is
 * there so that a notify with nobody in line is one load, inline.
 *
 *     waiters_  |  how many stand in line  |    written under the line's lock
 *
 * A waiter stands in line, counted, before it releases the caller's lock: who
 * acquires that lock afterwards and notifies finds it. The notifier takes the
 * waiters it wakes out of the line, oldest first, which is why wakes are first
 * in, first out, and none is spurious or reaches a later waiter. Waiters are
 * woken all at once, not one by one through the lock's line: measured, that is
 * twice as fast for broadcasts.
 */

#include "weft/condition.h"

#include "control.h"
#include "misuse.h"
#include "registry.h"

/* The lock beside the condition, of either type. */
typedef struct held_lock {
    weft_lock *lock;
    weft_rlock *rlock; /* whose lock it is, or NULL */
} held_lock;

static void left(weft__waiter *waiter)
{
    weft_condition *condition = waiter->data;
    weft__store_relaxed(&condition->waiters_, condition->waiters_ - 1);
}

static const weft__wait_kind kind = {
    .name = "condition", .left = left, .behind_lock = true};

static weft_status check(const weft_condition *condition, const held_lock *held)
{
    static const char function[] = "weft_condition_wait";
    if (condition == NULL || held->lock == NULL)
        return weft__misuse(WEFT_INVALID, function, condition,
                            "the condition or its lock is NULL");
    uint32_t owner = weft__load_relaxed(&held->lock->word_) & WEFT__ID_MASK;
    if (owner != weft__self()->id)
        return weft__misuse(WEFT_NOT_OWNER, function, condition,
                            "waited without holding the lock");
    return WEFT_OK;
}

/* Tells the sanitizer for the caller, who told of the hold that was given up.
 */
static void take_back(weft_lock *lock, bool told)
{
    if (told)
        weft__sanitizer_acquiring(lock);
    weft__lock_acquire(lock);
    if (told)
        weft__sanitizer_acquired(lock);
}

/* One wait; the lock is released meanwhile, with all levels of an rlock. */
static weft_status wait(weft_condition *condition, const held_lock *held,
                        weft_duration deadline)
{
    _Alignas(64) weft__waiter waiter = {
        .kind = &kind, .object = condition, .data = condition};
    weft__line *line = weft__line_lock(condition);
    weft__store_relaxed(&condition->waiters_, condition->waiters_ + 1);
    weft__line_push(line, &waiter);
    weft__line_unlock(line);
    uint32_t levels = 0;
    if (held->rlock != NULL) {
        levels = weft__load_relaxed(&held->rlock->again_);
        weft__store_relaxed(&held->rlock->again_, 0);
    }
    bool told = weft__sanitizer_releasing(held->lock);
    weft__lock_release(held->lock);
    weft_status status = weft__park(&waiter, deadline, WEFT__STOPPABLE);
    take_back(held->lock, told);
    if (held->rlock != NULL)
        weft__store_relaxed(&held->rlock->again_, levels);
    return status;
}

static weft_status wait_once(weft_condition *condition, held_lock held,
                             weft_duration duration)
{
    weft__point("weft_condition_wait", condition);
    weft_status status = check(condition, &held);
    if (status != WEFT_OK)
        return status;
    return wait(condition, &held, weft__deadline(duration));
}

static weft_status wait_until(weft_condition *condition, held_lock held,
                              weft_predicate predicate, void *arg,
                              weft_duration duration)
{
    if (predicate == NULL)
        return weft__misuse(WEFT_INVALID, "weft_condition_wait_until",
                            condition, "the predicate is NULL");
    weft__point("weft_condition_wait_until", condition);
    weft_status status = check(condition, &held);
    if (status != WEFT_OK)
        return status;
    weft_duration deadline = weft__deadline(duration);
    while (status == WEFT_OK && !predicate(arg))
        status = wait(condition, &held, deadline);
    if (status != WEFT_OK && predicate(arg))
        status = WEFT_OK;
    return status;
}

static held_lock by_lock(weft_lock *lock)
{
    return (held_lock){.lock = lock};
}

static held_lock by_rlock(weft_rlock *rlock)
{
    return (held_lock){.lock = rlock != NULL ? &rlock->lock_ : NULL,
                       .rlock = rlock};
}

weft_status weft_condition_wait_lock(weft_condition *condition, weft_lock *lock)
{
    return wait_once(condition, by_lock(lock), WEFT_FOREVER);
}

weft_status weft_condition_wait_rlock(weft_condition *condition,
                                      weft_rlock *rlock)
{
    return wait_once(condition, by_rlock(rlock), WEFT_FOREVER);
}

weft_status weft_condition_wait_timed_lock(weft_condition *condition,
                                           weft_lock *lock,
                                           weft_duration duration)
{
    return wait_once(condition, by_lock(lock), duration);
}

weft_status weft_condition_wait_timed_rlock(weft_condition *condition,
                                            weft_rlock *rlock,
                                            weft_duration duration)
{
    return wait_once(condition, by_rlock(rlock), duration);
}

weft_status weft_condition_wait_until_lock(weft_condition *condition,
                                           weft_lock *lock,
                                           weft_predicate predicate, void *arg)
{
    return wait_until(condition, by_lock(lock), predicate, arg, WEFT_FOREVER);
}

weft_status weft_condition_wait_until_rlock(weft_condition *condition,
                                            weft_rlock *rlock,
                                            weft_predicate predicate, void *arg)
{
    return wait_until(condition, by_rlock(rlock), predicate, arg, WEFT_FOREVER);
}

weft_status weft_condition_wait_until_timed_lock(weft_condition *condition,
                                                 weft_lock *lock,
                                                 weft_predicate predicate,
                                                 void *arg,
                                                 weft_duration duration)
{
    return wait_until(condition, by_lock(lock), predicate, arg, duration);
}

weft_status weft_condition_wait_until_timed_rlock(weft_condition *condition,
                                                  weft_rlock *rlock,
                                                  weft_predicate predicate,
                                                  void *arg,
                                                  weft_duration duration)
{
    return wait_until(condition, by_rlock(rlock), predicate, arg, duration);
}

void weft__condition_notify_slow(weft_condition *condition, size_t n)
{
    if (condition == NULL) {
        weft__misuse(WEFT_INVALID, "weft_condition_notify", NULL,
                     "the condition is NULL");
        return;
    }
    weft__point("weft_condition_notify", condition);
    if (n == 0 || weft__load_relaxed(&condition->waiters_) == 0)
        return;
    weft__wakes wakes;
    weft__wakes_init(&wakes);
    weft__line *line = weft__line_lock(condition);
    weft__waiter *waiter = weft__line_first(line, condition);
    uint32_t taken = 0;
    for (; waiter != NULL && taken < n; taken++) {
        weft__waiter *next = weft__line_next(waiter);
        weft__line_take(line, waiter, &wakes);
        waiter = next;
    }
    weft__store_relaxed(&condition->waiters_, condition->waiters_ - taken);
    weft__line_unlock(line);
    weft__wake(&wakes);
}
