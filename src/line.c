/* SPDX-License-Identifier: MIT */

/*
 * Lines: a static table of queues, hashed by the address of the object waited
 * for; several objects may share a line, whose waiters then stand mixed, each
 * marked with its object (the parking lot of WebKit's WTF). A waiter lives on
 * its thread's stack, and leaves its line under the line's lock: taken out by
 * whoever serves it, or by itself when it gives up, never both.
 *
 * Signals: a handler may set an event while its thread holds a line's lock.
 * `depth` tells; the line is then put on the thread's `deferred` list and
 * settled when the thread has left its line. Both are this thread's alone, but
 * for handlers, so that the compiler's order is all that matters.
 *
 * Forks: all lines are held around one, so that the child finds none half
 * changed. A line is listed as used before it is locked for the first time, and
 * only those need be held: touching the whole table would cost more than the
 * fork.
 */

#include "park.h"

#include "address.h"
#include "control.h"
#include "registry.h"

struct weft__line {
    weft__mutex mutex;
    uint32_t deferred; /* on some thread's deferred list */
    weft__waiter *first, *last;
    weft__line *next_deferred;
    weft__line *next_used;
    bool is_used;
} __attribute__((aligned(64)));

enum { LINE_BITS = 10 };

static weft__line lines[1 << LINE_BITS];
static weft__mutex used_mutex; /* before any line's */
static weft__line *used;
static _Thread_local volatile unsigned depth;
static _Thread_local weft__line *deferred;

/* Keeps the compiler from moving accesses across, for handlers' eyes. */
static inline void signal_order(void)
{
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
}

static weft__line *line_of(const void *object)
{
    return &lines[weft__hash_address(object, LINE_BITS)];
}

static void list_used(weft__line *line)
{
    weft__mutex_lock(&used_mutex);
    if (!line->is_used) {
        line->next_used = used;
        used = line;
        weft__store_relaxed(&line->is_used, true);
    }
    weft__mutex_unlock(&used_mutex);
}

static void lock_line(weft__line *line)
{
    if (!weft__load_relaxed(&line->is_used))
        list_used(line);
    weft__mutex_lock(&line->mutex);
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
    lock_line(line);
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
    weft__point(NULL, object);
    enter_line();
    lock_line(line);
    return line;
}

bool weft__line_seems_empty(const void *object)
{
    return weft__load_relaxed(&line_of(object)->first) == NULL;
}

void weft__line_unlock(weft__line *line)
{
    weft__mutex_unlock(&line->mutex);
    leave_line();
}

static void prepare(weft__waiter *waiter)
{
    waiter->thread = weft__self();
    waiter->in_line = true;
    waiter->woken = waiter->apart ? WEFT__ASLEEP : WEFT__AWAKE;
}

void weft__line_push(weft__line *line, weft__waiter *waiter)
{
    prepare(waiter);
    waiter->next = NULL;
    waiter->previous = line->last;
    if (line->last != NULL)
        line->last->next = waiter;
    else
        weft__store_relaxed(&line->first, waiter);
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
    weft__store_relaxed(&line->first, waiter);
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
    return waiter->in_line;
}

void weft__line_remove(weft__line *line, weft__waiter *waiter)
{
    if (waiter->previous != NULL)
        waiter->previous->next = waiter->next;
    else
        weft__store_relaxed(&line->first, waiter->next);
    if (waiter->next != NULL)
        waiter->next->previous = waiter->previous;
    else
        line->last = waiter->previous;
    waiter->in_line = false;
}

void weft__line_take(weft__line *line, weft__waiter *waiter, weft__wakes *wakes)
{
    weft__line_remove(line, waiter);
    waiter->next = NULL;
    *wakes->last = waiter;
    wakes->last = &waiter->next;
}

weft__record *weft__line_call(weft__waiter *waiter)
{
    weft__record *thread = waiter->thread;
    bool asleep = weft__exchange(&waiter->woken, WEFT__WOKEN) == WEFT__ASLEEP;
    return asleep ? thread : NULL;
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

void weft__lines_before_fork(void)
{
    enter_line();
    weft__mutex_lock(&used_mutex);
    for (weft__line *line = used; line != NULL; line = line->next_used)
        weft__mutex_lock(&line->mutex);
}

void weft__lines_after_fork(bool in_child)
{
    for (weft__line *line = used; line != NULL; line = line->next_used) {
        if (in_child) {
            weft__store_relaxed(&line->first, NULL);
            line->last = NULL;
            weft__store_relaxed(&line->deferred, 0);
        }
        weft__mutex_unlock(&line->mutex);
    }
    if (in_child)
        weft__store_relaxed(&deferred, NULL);
    weft__mutex_unlock(&used_mutex);
    leave_line();
}
