/* SPDX-License-Identifier: MIT */
#ifndef WEFT_EVENT_H
#define WEFT_EVENT_H

/*
 * An event, 4 bytes: a flag that threads wait for. Zeroed memory is an event
 * that is not set, and nothing need be destroyed. A waiter that was woken
 * returns WEFT_OK even if the event was cleared before it ran: no pulse is
 * lost.
 */

#include "atomic.h"
#include "base.h"

WEFT_BEGIN_DECLARATIONS

typedef struct weft_event {
    uint32_t word_; /* drawn in src/event.c */
} weft_event;

/* What the functions below leave out: somebody waits, or the event is NULL.
 * Private. */
WEFT_API weft_status weft__event_set_slow(weft_event *event);
WEFT_API weft_status weft__event_clear_slow(weft_event *event);
WEFT_API weft_status weft__event_wait_slow(weft_event *event,
                                           weft_duration duration);

/* Sets the flag and wakes all who wait; setting twice is setting once. What was
 * written before is seen by whoever finds the event set, or clears it. WEFT_OK;
 * WEFT_INVALID: NULL. Does not block; async-signal-safe. */
static inline weft_status weft_event_set(weft_event *event)
{
    if (WEFT__LIKELY(event != NULL) &&
        WEFT__LIKELY(weft__exchange(&event->word_, 1) <= 1))
        return (weft_status)WEFT_OK;
    return weft__event_set_slow(event); /* needs no more than the address */
}

/* Takes the flag back; whoever was woken stays woken. Who clears first and then
 * looks for what there is to do misses nothing. WEFT_OK; WEFT_INVALID: NULL.
 * Does not block; async-signal-safe. */
static inline weft_status weft_event_clear(weft_event *event)
{
    if (!WEFT__LIKELY(event != NULL))
        return weft__event_clear_slow(event);
    weft__fetch_and(&event->word_, ~UINT32_C(1));
    return (weft_status)WEFT_OK;
}

/* Whether it is set. Does not block; async-signal-safe. */
static inline bool weft_event_is_set(const weft_event *event)
{
    return (weft__load(&event->word_) & 1) != 0;
}

/* Waits until the event is set; does not sleep if it is. WEFT_OK; WEFT_STOPPED:
 * asked to stop; WEFT_INVALID: NULL. */
static inline weft_status weft_event_wait(weft_event *event)
{
    if (event != NULL && weft_event_is_set(event))
        return (weft_status)WEFT_OK;
    return weft__event_wait_slow(event, WEFT_FOREVER);
}

/* The same for at most `duration` nanoseconds, then WEFT_TIMED_OUT; <= 0 does
 * not wait. */
static inline weft_status weft_event_wait_timed(weft_event *event,
                                                weft_duration duration)
{
    if (event != NULL && weft_event_is_set(event))
        return (weft_status)WEFT_OK;
    return weft__event_wait_slow(event, duration);
}

/* WEFT_OK if it is set, else WEFT_BUSY. Does not block. */
static inline weft_status weft_event_try_wait(const weft_event *event)
{
    return weft_event_is_set(event) ? (weft_status)WEFT_OK : WEFT_BUSY;
}

WEFT_END_DECLARATIONS

#endif
