/* SPDX-License-Identifier: MIT */

/*
 * The event.
 *
 *     bit 1     0
 *     | WAITERS | SET |
 *
 * A set exchanges SET in, which takes WAITERS away: one step, and its last
 * touch of the event if nobody waited; even if somebody did, since the line is
 * found by the address alone. A clear takes SET away and leaves WAITERS.
 *
 * Both are read-modify-writes even where they change nothing. Who clears and
 * then looks for something to do either clears what a set had set, and so sees
 * what came before that set, or the set comes later and lasts. A set spared
 * because the event is set already, or a clear by a plain store, would leave a
 * gap for a set to be lost in.
 *
 * A waiter stands in line and marks the word under the line's lock. It is FIRST
 * if the mark was not there, so the line falls into parts, with a set after
 * each but perhaps the last. Such a set wakes its part, but not whoever came
 * after a clear that overtook its walk along the line: a part is due if another
 * one follows it, or if WAITERS is not there. Who gives up hands FIRST on to
 * the next, or takes the mark back if there is none.
 */

#include "weft/event.h"

#include "control.h"
#include "misuse.h"
#include "registry.h"
#include "watch.h"

enum { SET = 1, WAITERS = 2 };

enum { FIRST = 1 }; /* in weft__waiter.want */

static bool another_part_follows(const weft__waiter *waiter)
{
    do
        waiter = weft__line_next(waiter);
    while (waiter != NULL && waiter->want != FIRST);
    return waiter != NULL;
}

/* The word may be read: a waiter's thread is still in its wait. */
static bool was_set(weft__waiter *waiter)
{
    const weft_event *event = waiter->data;
    return (weft__load(&event->word_) & WAITERS) == 0 ||
           another_part_follows(waiter);
}

static void hand_on(weft__waiter *waiter)
{
    weft_event *event = waiter->data;
    weft__waiter *next = weft__line_next(waiter);
    if (waiter->want != FIRST)
        return;
    if (next != NULL)
        next->want = FIRST;
    else
        weft__fetch_and(&event->word_, ~(uint32_t)WAITERS);
}

static const weft__wait_kind kind = {
    .name = "event", .grant = was_set, .left = hand_on};

weft_status weft__event_set_slow(weft_event *event)
{
    weft__point("weft_event_set", event);
    if (event == NULL)
        return weft__misuse(WEFT_INVALID, "weft_event_set", NULL,
                            "the event is NULL");
    weft__settle(event);
    return WEFT_OK;
}

weft_status weft__event_clear_slow(weft_event *event)
{
    return weft__misuse(WEFT_INVALID, "weft_event_clear", event,
                        "the event is NULL");
}

/* Marks that somebody waits; false: it is set. Under the line's lock. */
static bool mark_waiters(weft_event *event, weft__waiter *waiter)
{
    uint32_t word = weft__load(&event->word_);
    while ((word & SET) == 0)
        if (weft__compare_swap(&event->word_, &word, WAITERS)) {
            waiter->want = word == 0 ? FIRST : 0;
            return true;
        }
    return false;
}

bool weft__event_watch(weft_event *event, weft__waiter *waiter)
{
    waiter->kind = &kind;
    waiter->object = waiter->data = event;
    weft__line *line = weft__line_lock(event);
    bool wait = mark_waiters(event, waiter);
    if (wait)
        weft__line_push(line, waiter);
    weft__line_unlock(line);
    return wait;
}

static bool is_set(void *event)
{
    return weft_event_is_set(event);
}

weft_status weft__event_wait_slow(weft_event *event, weft_duration duration)
{
    weft__point("weft_event_wait", event);
    if (event == NULL)
        return weft__misuse(WEFT_INVALID, "weft_event_wait", NULL,
                            "the event is NULL");
    if (duration <= 0)
        return weft_event_is_set(event) ? WEFT_OK : WEFT_TIMED_OUT;
    weft_duration deadline = weft__deadline(duration);
    if (weft__wait_awake(event, is_set, event))
        return WEFT_OK;
    weft__waiter waiter = {.drowsy = true};
    return weft__event_watch(event, &waiter)
               ? weft__park(&waiter, deadline, WEFT__STOPPABLE)
               : WEFT_OK;
}
