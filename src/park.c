/* SPDX-License-Identifier: MIT */

/*
 * Sleeping and waking.
 *
 *     waiter->woken:  AWAKE --sleeper--> ASLEEP --waker--> WOKEN
 *                       +-------------------waker-----------+
 *
 * Only the thread that took it out of its line may wake it, and it may use the
 * waiter until it stores WOKEN; from then on the waiter's memory is the
 * sleeper's again. One that is still awake needs no more than that. Who finds,
 * at a time-out, that it is not in_line any more has been served, and waits the
 * moment for WOKEN.
 *
 * Parker: the word in its record that a thread sleeps on.
 *
 *     EMPTY --sleeper--> SLEEPING --waker--> NOTIFIED --sleeper--> EMPTY
 *     EMPTY ----------------------waker----> NOTIFIED
 *
 * A waker first makes true what the sleeper looks for, then exchanges NOTIFIED
 * in, and enters the kernel only if it replaced SLEEPING. The sleeper looks,
 * then swaps EMPTY for SLEEPING, which fails if a notice came in between: no
 * wake is lost. A notice left over from an earlier wait costs one more look.
 */

#include "park.h"

#include "registry.h"

enum { EMPTY, NOTIFIED, SLEEPING };

weft_duration weft__deadline(weft_duration duration)
{
    if (duration <= 0)
        return 0;
    if (duration == WEFT_FOREVER)
        return WEFT_FOREVER;
    weft_duration now = weft__os_clock();
    return duration > WEFT_FOREVER - now ? WEFT_FOREVER : now + duration;
}

weft_duration weft__remaining(weft_duration deadline)
{
    return deadline == WEFT_FOREVER ? WEFT_FOREVER
                                    : deadline - weft__os_clock();
}

void weft__unpark(weft__record *record)
{
    if (weft__exchange(&record->parker, NOTIFIED) == SLEEPING)
        weft__os_wake(&record->parker);
}

void weft__wake(weft__wakes *wakes)
{
    weft__waiter *waiter = wakes->first;
    while (waiter != NULL) {
        weft__waiter *next = waiter->next;
        weft__record *thread = waiter->thread;
        if (weft__exchange(&waiter->woken, WEFT__WOKEN) == WEFT__ASLEEP)
            weft__unpark(thread);
        waiter = next;
    }
}

/* One sleep on the own parker; returns for a notice, the deadline or nothing.
 */
static void sleep_once(weft__record *self, weft_duration deadline)
{
    uint32_t empty = EMPTY;
    if (weft__compare_swap(&self->parker, &empty, SLEEPING))
        weft__os_wait(&self->parker, SLEEPING, deadline);
    weft__exchange(&self->parker, EMPTY);
}

/* Why the caller should give up now; WEFT_OK: it should not. */
static weft_status given_up(const weft__record *self, weft_duration deadline,
                            weft__stoppable stoppable)
{
    if (stoppable == WEFT__STOPPABLE && weft__self_stopping(self))
        return WEFT_STOPPED;
    if (deadline != WEFT_FOREVER && weft__os_clock() >= deadline)
        return WEFT_TIMED_OUT;
    return WEFT_OK;
}

/* What weft_enumerate shows; never left set while the thread runs. */
static void publish(weft__record *self, const weft__wait_kind *kind,
                    const void *object, weft_duration since)
{
    weft__store_relaxed(&self->waits_on, object);
    weft__store_relaxed(&self->waiting_since, since);
    weft__store(&self->waits_for, kind);
}

static void unpublish(weft__record *self)
{
    weft__store_relaxed(&self->waits_for, NULL);
}

static weft_status leave(weft__waiter *waiter, weft_status reason)
{
    weft__line *line = weft__line_lock(waiter->object);
    bool unmet = weft__line_contains(line, waiter);
    if (unmet) {
        weft__line_remove(line, waiter);
        if (waiter->kind->left != NULL)
            waiter->kind->left(waiter);
    }
    weft__line_unlock(line);
    return unmet ? reason : WEFT_OK;
}

static bool is_woken(const weft__waiter *waiter)
{
    return weft__load(&waiter->woken) == WEFT__WOKEN;
}

static bool is_woken_now(void *waiter)
{
    return is_woken(waiter);
}

static bool is_woken_soon(weft__waiter *waiter)
{
    return waiter->kind->behind_lock
               ? weft__wait_awake_behind_lock(waiter->object, is_woken_now,
                                              waiter)
               : weft__wait_awake(waiter->object, is_woken_now, waiter);
}

weft_status weft__park(weft__waiter *waiter, weft_duration deadline,
                       weft__stoppable stoppable)
{
    if (!waiter->drowsy && is_woken_soon(waiter))
        return WEFT_OK;
    weft__record *self = waiter->thread;
    weft_status status = WEFT_OK;
    uint32_t awake = WEFT__AWAKE;
    if (waiter->since == 0)
        waiter->since = weft__os_clock();
    publish(self, waiter->kind, waiter->object, waiter->since);
    weft__compare_swap(&waiter->woken, &awake, WEFT__ASLEEP); /* or is woken */
    while (!is_woken(waiter)) {
        status = given_up(self, deadline, stoppable);
        if (status != WEFT_OK) {
            status = leave(waiter, status);
            if (status != WEFT_OK)
                break;
            deadline = WEFT_FOREVER; /* served: only the wake is to come */
            stoppable = WEFT__UNSTOPPABLE;
        }
        sleep_once(self, deadline);
    }
    unpublish(self);
    return status;
}

bool weft__unwatch(weft__waiter *waiter)
{
    bool unmet = leave(waiter, WEFT_TIMED_OUT) != WEFT_OK;
    if (!unmet)
        (void)weft__park(waiter, WEFT_FOREVER, WEFT__UNSTOPPABLE);
    return unmet;
}

weft_status weft__park_until(const weft__wait_kind *kind, const void *object,
                             bool (*ready)(void *), void *context,
                             weft_duration deadline, weft__stoppable stoppable)
{
    if (ready(context))
        return WEFT_OK;
    weft__record *self = weft__self();
    weft_status status = WEFT_OK;
    publish(self, kind, object, weft__os_clock());
    while (!ready(context)) {
        status = given_up(self, deadline, stoppable);
        if (status != WEFT_OK)
            break;
        sleep_once(self, deadline);
    }
    unpublish(self);
    return status;
}
