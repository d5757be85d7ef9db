/* SPDX-License-Identifier: MIT */

/*
 * The event.
 *
 *     bit 31 ... 2     1         0
 *     | generation | WAITERS |  SET  |
 *
 * A set is one compare-and-swap: SET, WAITERS gone, the generation one more. It
 * is also the setter's last touch of the event if nobody waited, and even if
 * somebody did: the line is found by the address alone. A waiter notes the
 * generation when it stands in line (WAITERS set under the line's lock), and
 * what it waits for is a generation that differs: a clear that runs before the
 * waiter does cannot take that back. The generation wraps after 2^30 sets, all
 * of which would have to fall between a waker's two looks at one waiter.
 *
 * A set always adds to the generation when it clears WAITERS, so between the
 * swap and the walk along the line nobody can be granted too early: who comes
 * later notes the new generation.
 */

#include "weft/event.h"

#include "misuse.h"
#include "registry.h"

enum { SET = 1, WAITERS = 2, GENERATION = 4 };

static uint32_t generation_of(uint32_t word)
{
    return word & ~(uint32_t)(GENERATION - 1);
}

/* The word may be read: a waiter's thread is still in its wait. */
static bool was_set(weft__waiter *waiter)
{
    const weft_event *event = waiter->data;
    return generation_of(weft__load(&event->word_)) != waiter->want;
}

static const weft__wait_kind kind = {.name = "event", .grant = was_set};

weft_status weft_event_set(weft_event *event)
{
    if (event == NULL)
        return weft__misuse(WEFT_INVALID, "weft_event_set", NULL,
                            "the event is NULL");
    uint32_t word = weft__load_relaxed(&event->word_);
    uint32_t set;
    do
        set = (generation_of(word) + GENERATION) | SET;
    while (!weft__compare_swap_weak(&event->word_, &word, set));
    if ((word & WAITERS) != 0)
        weft__settle(event);
    return WEFT_OK;
}

weft_status weft_event_clear(weft_event *event)
{
    if (event == NULL)
        return weft__misuse(WEFT_INVALID, "weft_event_clear", NULL,
                            "the event is NULL");
    weft__fetch_and(&event->word_, ~(uint32_t)SET);
    return WEFT_OK;
}

/* Marks that somebody waits and notes since when; false: it is set. */
static bool mark_waiters(weft_event *event, weft__waiter *waiter)
{
    uint32_t word = weft__load(&event->word_);
    while ((word & SET) == 0)
        if (weft__compare_swap(&event->word_, &word, word | WAITERS)) {
            waiter->want = generation_of(word);
            return true;
        }
    return false;
}

static bool is_set(void *event)
{
    return weft_event_is_set(event);
}

weft_status weft__event_wait_slow(weft_event *event, weft_duration duration)
{
    if (event == NULL)
        return weft__misuse(WEFT_INVALID, "weft_event_wait", NULL,
                            "the event is NULL");
    if (duration <= 0)
        return weft_event_is_set(event) ? WEFT_OK : WEFT_TIMED_OUT;
    weft_duration deadline = weft__deadline(duration);
    if (weft__wait_awake(event, is_set, event))
        return WEFT_OK;
    weft__waiter waiter = {
        .kind = &kind, .object = event, .data = event, .drowsy = true};
    weft__line *line = weft__line_lock(event);
    bool wait = mark_waiters(event, &waiter);
    if (wait)
        weft__line_push(line, &waiter);
    weft__line_unlock(line);
    return wait ? weft__park(&waiter, deadline, WEFT__STOPPABLE) : WEFT_OK;
}
