/* SPDX-License-Identifier: MIT */

/*
 * Sleeping and waking.
 *
 * Lines: a static table of queues, hashed by the address of the object waited
 * for; several objects may share a line, whose waiters then stand mixed, each
 * marked with its object (the parking lot of WebKit's WTF). A waiter lives on
 * its thread's stack.
 *
 *     waiter->woken:  IN_LINE --(under the line's lock)--> TAKEN --> WOKEN
 *
 * Only the thread that took it may wake it, and it may use the waiter until it
 * stores WOKEN; from then on the waiter's memory is the sleeper's again. Who
 * finds, at a time-out, that it is no longer IN_LINE has been served, and waits
 * the moment for WOKEN.
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
 *
 * Signals: a handler may set an event while its thread holds a line's lock.
 * `depth` tells; the line is then put on the thread's `deferred` list and
 * settled when the thread has left its line. Both are this thread's alone, but
 * for handlers, so that the compiler's order is all that matters.
 */

#include "park.h"

#include "registry.h"

struct weft__line {
    weft__mutex mutex;
    uint32_t deferred; /* on some thread's deferred list */
    weft__waiter *first, *last;
    weft__line *next_deferred;
} __attribute__((aligned(64)));

enum { LINE_BITS = 10, SPINS = 64 };
enum { IN_LINE, TAKEN, WOKEN };
enum { EMPTY, NOTIFIED, SLEEPING };

static weft__line lines[1 << LINE_BITS];
static _Thread_local volatile unsigned depth;
static _Thread_local weft__line *deferred;

/* Keeps the compiler from moving accesses across, for handlers' eyes. */
static inline void signal_order(void)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

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

/* Fibonacci hashing: the multiplier is 2^64 / golden ratio. */
static weft__line *line_of(const void *object)
{
    uint64_t address = (uint64_t)(uintptr_t)object;
    return &lines[(address * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - LINE_BITS)];
}

static void settle_locked(weft__line *line, const void *object,
                          weft__wakes *wakes)
{
    weft__waiter *waiter = weft__line_first(line, object);
    while (waiter != NULL && waiter->kind->grant != NULL &&
           waiter->kind->grant(waiter)) {
        weft__waiter *next = weft__line_next(waiter);
        weft__line_take(line, waiter, wakes);
        waiter = next;
    }
}

/* Settles every object with waiters in this line. */
static void settle_line(weft__line *line)
{
    weft__wakes wakes;
    weft__wakes_init(&wakes);
    weft__mutex_lock(&line->mutex);
    weft__waiter *waiter = line->first;
    while (waiter != NULL) {
        weft__waiter *next = waiter->next;
        /* Taking others of its object must not take `next` from under us. */
        if (waiter->kind->grant != NULL &&
            weft__line_first(line, waiter->object) == waiter &&
            waiter->kind->grant(waiter))
            weft__line_take(line, waiter, &wakes);
        waiter = next;
    }
    weft__mutex_unlock(&line->mutex);
    weft__wake(&wakes);
}

static void defer(weft__line *line)
{
    if (weft__exchange(&line->deferred, 1) != 0)
        return; /* on somebody's list, who will look after us */
    weft__line *head = weft__load_relaxed(&deferred);
    do
        line->next_deferred = head;
    while (!weft__compare_swap(&deferred, &head, line));
}

static void settle_deferred(void)
{
    weft__line *line = weft__exchange(&deferred, NULL);
    while (line != NULL) {
        weft__line *next = line->next_deferred;
        weft__exchange(&line->deferred, 0);
        settle_line(line);
        line = next;
    }
}

static void enter_line(void)
{
    depth = depth + 1;
    signal_order();
}

static void leave_line(void)
{
    signal_order();
    depth = depth - 1;
    signal_order();
    while (depth == 0 && weft__load_relaxed(&deferred) != NULL) {
        enter_line();
        settle_deferred();
        signal_order();
        depth = depth - 1;
        signal_order();
    }
}

weft__line *weft__line_lock(const void *object)
{
    weft__line *line = line_of(object);
    enter_line();
    weft__mutex_lock(&line->mutex);
    return line;
}

void weft__line_unlock(weft__line *line)
{
    weft__mutex_unlock(&line->mutex);
    leave_line();
}

static void prepare(weft__waiter *waiter)
{
    waiter->thread = weft__self();
    waiter->woken = IN_LINE;
    if (waiter->since == 0)
        waiter->since = weft__os_clock();
}

void weft__line_push(weft__line *line, weft__waiter *waiter)
{
    prepare(waiter);
    waiter->next = NULL;
    waiter->previous = line->last;
    if (line->last != NULL)
        line->last->next = waiter;
    else
        line->first = waiter;
    line->last = waiter;
}

void weft__line_push_front(weft__line *line, weft__waiter *waiter)
{
    prepare(waiter);
    waiter->previous = NULL;
    waiter->next = line->first;
    if (line->first != NULL)
        line->first->previous = waiter;
    else
        line->last = waiter;
    line->first = waiter;
}

static weft__waiter *first_on(weft__waiter *waiter, const void *object)
{
    while (waiter != NULL && waiter->object != object)
        waiter = waiter->next;
    return waiter;
}

weft__waiter *weft__line_first(weft__line *line, const void *object)
{
    return first_on(line->first, object);
}

weft__waiter *weft__line_next(const weft__waiter *waiter)
{
    return first_on(waiter->next, waiter->object);
}

bool weft__line_contains(const weft__line *line, const weft__waiter *waiter)
{
    (void)line; /* its lock is what makes the answer stable */
    return weft__load_relaxed(&waiter->woken) == IN_LINE;
}

void weft__line_remove(weft__line *line, weft__waiter *waiter)
{
    if (waiter->previous != NULL)
        waiter->previous->next = waiter->next;
    else
        line->first = waiter->next;
    if (waiter->next != NULL)
        waiter->next->previous = waiter->previous;
    else
        line->last = waiter->previous;
    weft__store_relaxed(&waiter->woken, TAKEN);
}

void weft__line_take(weft__line *line, weft__waiter *waiter, weft__wakes *wakes)
{
    weft__line_remove(line, waiter);
    waiter->next = NULL;
    *wakes->last = waiter;
    wakes->last = &waiter->next;
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
        weft__store(&waiter->woken, WOKEN);
        weft__unpark(thread);
        waiter = next;
    }
}

void weft__settle(const void *object)
{
    if (depth > 0) {
        defer(line_of(object));
        return;
    }
    weft__wakes wakes;
    weft__line *line = weft__line_lock(object);
    settle_locked(line, object, weft__wakes_init(&wakes));
    weft__line_unlock(line);
    weft__wake(&wakes);
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
    if (stoppable == WEFT__STOPPABLE && weft__record_stopping(self))
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
    return weft__load(&waiter->woken) == WOKEN;
}

/* A little patience is cheaper than a trip through the kernel. */
static bool woken_soon(const weft__waiter *waiter)
{
    for (int spin = 0; spin < SPINS; spin++) {
        if (is_woken(waiter))
            return true;
        weft__os_pause();
    }
    return false;
}

weft_status weft__park(weft__waiter *waiter, weft_duration deadline,
                       weft__stoppable stoppable)
{
    if (woken_soon(waiter))
        return WEFT_OK;
    weft__record *self = waiter->thread;
    weft_status status = WEFT_OK;
    publish(self, waiter->kind, waiter->object, waiter->since);
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

void weft__park_after_fork(void)
{
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        weft__line *line = &lines[i];
        *line = (weft__line){.mutex = {0}};
    }
    depth = 0;
    deferred = NULL;
}
