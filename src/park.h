/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_PARK_H
#define WEFT_SRC_PARK_H

/*
 * The one door to sleep. Every blocking call of weft, whatever its object:
 *
 *     struct weft__waiter waiter = {.kind = &kind, .object = object};
 *     weft__line *line = weft__line_lock(object);
 *     ... if the object says that there is nothing to wait for: unlock, done;
 *     ... else mark in its word that somebody waits ...
 *     weft__line_push(line, &waiter);
 *     weft__line_unlock(line);
 *     status = weft__park(&waiter, deadline, WEFT__STOPPABLE);
 *
 * and whoever makes going on possible takes waiters out of the line under its
 * lock and wakes them after unlocking. Lines are kept in a static table hashed
 * by the object's address (as in WebKit's WTF::ParkingLot), so that an object
 * needs no more memory than a word, and none is touched once it let its last
 * waiter go. A waiter that has been taken out of its line *has* what it waited
 * for: nothing it finds afterwards can change that.
 */

#include "awake.h"
#include "mutex.h"

struct weft__record;
typedef struct weft__waiter weft__waiter;
typedef struct weft__line weft__line;

/* What kind of thing is waited for; one static constant for each. */
typedef struct weft__wait_kind {
    const char *name; /* "lock": in dumps and weft_enumerate */
    /* Called by weft__settle under the line's lock: if the waiter's wish can be
     * met now, meets it (takes the permit, ...) and returns true. NULL: the
     * kind wakes by its own means. */
    bool (*grant)(weft__waiter *waiter);
    /* Called under the line's lock when the waiter leaves unmet (timed out or
     * stopped), already out of the line. May be NULL. */
    void (*left)(weft__waiter *waiter);
    bool behind_lock; /* who wakes it holds a lock, as a rule */
} weft__wait_kind;

/* What waiter.woken holds; drawn in park.c. */
enum { WEFT__AWAKE, WEFT__ASLEEP, WEFT__WOKEN };

struct weft__waiter {
    /* Private; what a waker needs stands together, in one line of the cache. */
    weft__waiter *next, *previous;
    struct weft__record *thread; /* whom to wake; set by push */
    uint32_t woken;
    bool in_line;
    /* For the object and its wakers. */
    bool drowsy; /* has waited awake before it stood in line: sleep at once */
    bool apart;  /* its thread sleeps in weft__park_until, for many at once */
    const void *object; /* whose line it stands in */
    uint32_t want;      /* the object's own business ... */
    uint32_t answer;    /* ... what the waker decided */
    void *data;
    const weft__wait_kind *kind;
    weft_duration since; /* when it began to wait; set by weft__park if 0 */
    unsigned processor;  /* where it ran then: a hint */
};

/* A chain of waiters taken out of lines, to be woken together. */
typedef struct weft__wakes {
    weft__waiter *first, **last;
} weft__wakes;

typedef enum weft__stoppable {
    WEFT__UNSTOPPABLE,
    WEFT__STOPPABLE
} weft__stoppable;

/* The deadline of a call that may take `duration` from now. A duration <= 0
 * gives a deadline in the past; WEFT_FOREVER, or an overflow, WEFT_FOREVER. */
weft_duration weft__deadline(weft_duration duration);

/* How long it is until the deadline; <= 0: it has passed. */
weft_duration weft__remaining(weft_duration deadline);

/* Locks the line of the object at this address; lines of different objects may
 * be the same one, so never lock two at once. */
weft__line *weft__line_lock(const void *object);
void weft__line_unlock(weft__line *line);

/* A hint, without the lock: nobody waits for this object, or any other whose
 * line is the same. */
bool weft__line_seems_empty(const void *object);

/* All below: with the line locked. */
void weft__line_push(weft__line *line, weft__waiter *waiter);
void weft__line_push_front(weft__line *line, weft__waiter *waiter);
/* The longest waiting on this object, NULL if nobody is. */
weft__waiter *weft__line_first(weft__line *line, const void *object);
/* The next on the same object. */
weft__waiter *weft__line_next(const weft__waiter *waiter);
bool weft__line_contains(const weft__line *line, const weft__waiter *waiter);
void weft__line_remove(weft__line *line, weft__waiter *waiter);
/* Takes the waiter out and puts it at the end of `wakes`. */
void weft__line_take(weft__line *line, weft__waiter *waiter,
                     weft__wakes *wakes);

/* Ends the waiter's weft__park with WEFT_OK, though it stays in line. Whom to
 * weft__unpark once the line is unlocked, NULL: it is awake. */
struct weft__record *weft__line_call(weft__waiter *waiter);

static inline weft__wakes *weft__wakes_init(weft__wakes *wakes)
{
    wakes->first = NULL;
    wakes->last = &wakes->first;
    return wakes;
}

/* Wakes them all; no line locked. Their memory may be gone once this returns,
 * and each one's as soon as it is woken. */
void weft__wake(weft__wakes *wakes);

/*
 * Sleeps until the waiter has been taken out of its line and woken: WEFT_OK.
 * Else it leaves the line by itself: WEFT_TIMED_OUT at the deadline,
 * WEFT_STOPPED if it is stoppable and the thread is asked to stop. Called
 * without any line locked.
 */
weft_status weft__park(weft__waiter *waiter, weft_duration deadline,
                       weft__stoppable stoppable);

/*
 * Sleeps until ready(context), which is asked again after each
 * weft__unpark(record) of this thread; for waits on many things at once. Same
 * answers.
 */
weft_status weft__park_until(const weft__wait_kind *kind, const void *object,
                             bool (*ready)(void *), void *context,
                             weft_duration deadline, weft__stoppable stoppable);

/* Takes a waiter that is `apart` out of its line. False: it has been served,
 * and whoever did it is through with it now. */
bool weft__unwatch(weft__waiter *waiter);

/* Makes the thread look again at what it waits for. Async-signal-safe. */
void weft__unpark(struct weft__record *record);

/*
 * Asks the `grant` of each waiter on `object`, in order, until one says no, and
 * wakes those that said yes. Touches nothing but the address once there are no
 * waiters. Async-signal-safe: in a handler that interrupted a thread inside a
 * line, the work is left to that thread, for the moment it leaves it.
 */
void weft__settle(const void *object);

/* Around a fork: holds every line. In the child they are empty afterwards, as
 * nobody else is there to wait. */
void weft__lines_before_fork(void);
void weft__lines_after_fork(bool in_child);

#endif
