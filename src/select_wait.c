/* SPDX-License-Identifier: MIT */

/*
 * Waiting for the first of many.
 *
 *     begin --> be inside of each queue, so that none is destroyed
 *       |
 *     awake --> look a few times more
 *       |
 *     stand --> a waiter of its own in the line of each
 *       |
 *     sleep <-> come back to those that called
 *       |
 *     end ----> leave all lines and all queues
 *
 * One thread makes one case happen, and by its own doing alone: a queue hands
 * no item to who stands in its line, it calls, and who comes back takes. So
 * those who call at the same time have nothing to agree on, as they have where
 * whoever wakes completes the wait (Go's channels). Things that stay as they
 * are once they happened, an event's set, the end of a future or a thread,
 * serve the waiter; where several have, one of them is chosen.
 *
 * Never are two lines or two queues locked at a time, so the order of the cases
 * does not matter. The waiters are apart: the thread sleeps in weft__park_until
 * and looks which of them is woken.
 */

#include "pool.h"
#include "queue.h"
#include "registry.h"
#include "select.h"

#include <stdlib.h>

static const weft__wait_kind kind = {.name = "select"};

/* Where one waits for a case. */
typedef struct place {
    const weft_select_case *which;
    enum { OUTSIDE, INSIDE, IN_LINE } state; /* in line: or called from there */
    weft__moving moving;                     /* of a queue */
    weft__waiter waiter;
} place;

typedef struct waiting {
    weft__selection *selection;
    place *places;
    size_t count;
    weft_duration since;
} waiting;

/* ---- Awake ---- */

static void begin(waiting *all)
{
    size_t first = weft__random_below(all->count);
    for (size_t i = 0; i < all->count; i++) {
        place *own = &all->places[(first + i) % all->count];
        if (!weft__case_is_of_queue(own->which))
            continue;
        weft_status status = weft__queue_begin(&own->moving);
        if (status != WEFT_TIMED_OUT) {
            weft__choose(all->selection, own->which, status);
            return;
        }
        own->state = INSIDE;
    }
}

static bool is_any_ready(void *context)
{
    const waiting *all = context;
    size_t i = 0;
    while (i < all->count && !weft__case_seems_ready(all->places[i].which))
        i++;
    return i < all->count;
}

/* At the pace of any one of them. */
static void wait_awake(waiting *all)
{
    if (all->count == 0 || all->count > WEFT_SELECT_FREE)
        return;
    const place *any = &all->places[weft__random_below(all->count)];
    if (weft__case_is_of_queue(any->which))
        weft__queue_keep_pace(&any->moving);
    (void)weft__wait_awake(all->places[0].waiter.object, is_any_ready, all);
}

/* ---- In line ---- */

/* False: there is nothing to wait for, and this is the answer. */
static bool watch(place *own, bool called, weft_status *status)
{
    const weft_select_case *which = own->which;
    bool waits = false;
    switch (which->kind_) {
    case WEFT__SELECT_EVENT:
        waits = weft__event_watch(which->event_, &own->waiter);
        break;
    case WEFT__SELECT_FUTURE:
        waits = weft__future_watch(which->future_, &own->waiter);
        break;
    case WEFT__SELECT_THREAD:
        waits = weft__thread_watch(which->thread_, &own->waiter);
        break;
    default:
        *status = weft__queue_watch(&own->moving, &own->waiter, called);
        return *status == WEFT_TIMED_OUT;
    }
    if (!waits)
        *status = weft__case_answer(which);
    return waits;
}

/* In line, again if it was called; or chooses what it would wait for. */
static void stand(waiting *all, place *own, bool called)
{
    weft_status status;
    if (watch(own, called, &status)) {
        own->state = IN_LINE;
        own->waiter.since = all->since;
    } else {
        own->state = OUTSIDE;
        weft__choose(all->selection, own->which, status);
    }
}

/* First where something is ready. */
static void stand_in_lines(waiting *all)
{
    size_t first = weft__random_below(all->count);
    for (size_t i = 0; i < all->count; i++)
        if (weft__case_seems_ready(
                all->places[(first + i) % all->count].which)) {
            first += i;
            break;
        }
    for (size_t i = 0; i < all->count && !weft__is_chosen(all->selection); i++)
        stand(all, &all->places[(first + i) % all->count], false);
}

static bool is_woken(const place *own)
{
    return own->state == IN_LINE &&
           weft__load(&own->waiter.woken) == WEFT__WOKEN;
}

static bool is_any_woken(void *context)
{
    const waiting *all = context;
    size_t i = 0;
    while (i < all->count && !is_woken(&all->places[i]))
        i++;
    return i < all->count;
}

/* To those who called, or served. */
static void come_back(waiting *all)
{
    size_t first = weft__random_below(all->count);
    for (size_t i = 0; i < all->count && !weft__is_chosen(all->selection);
         i++) {
        place *own = &all->places[(first + i) % all->count];
        if (!is_woken(own))
            continue;
        if (weft__case_is_of_queue(own->which)) {
            stand(all, own, true);
        } else {
            own->state = OUTSIDE;
            weft__choose(all->selection, own->which,
                         weft__case_answer(own->which));
        }
    }
}

static bool waits_for_a_future(const waiting *all)
{
    size_t i = 0;
    while (i < all->count && all->places[i].which->kind_ != WEFT__SELECT_FUTURE)
        i++;
    return i < all->count;
}

/* A worker that waits for a future lets another take its place meanwhile. */
static void sleep_in_lines(waiting *all, weft_duration deadline)
{
    weft__selection *selection = all->selection;
    weft__worker *worker = weft__worker_self();
    if (worker != NULL && !waits_for_a_future(all))
        worker = NULL;
    if (worker != NULL)
        weft__worker_step_aside(worker);
    while (selection->status == WEFT_OK && !weft__is_chosen(selection)) {
        selection->status =
            weft__park_until(&kind, selection->cases, is_any_woken, all,
                             deadline, WEFT__STOPPABLE);
        if (selection->status == WEFT_OK)
            come_back(all);
    }
    if (worker != NULL)
        weft__worker_step_back(worker);
}

/* ---- The end ---- */

/* Whoever came too late to choose takes what came at the last moment. */
static void leave_line(waiting *all, place *own)
{
    weft__selection *selection = all->selection;
    bool wanted = !weft__is_chosen(selection);
    weft_status status = WEFT_TIMED_OUT;
    if (weft__case_is_of_queue(own->which))
        status = weft__queue_unwatch(&own->moving, &own->waiter, wanted);
    else if (!weft__unwatch(&own->waiter) && wanted)
        status = weft__case_answer(own->which);
    if (wanted && status != WEFT_TIMED_OUT)
        weft__choose(selection, own->which, status);
}

static void end(waiting *all)
{
    for (size_t i = 0; i < all->count; i++) {
        place *own = &all->places[i];
        if (own->state == IN_LINE)
            leave_line(all, own);
        else if (own->state == INSIDE)
            weft__queue_end(&own->moving);
    }
}

static place place_for(const weft_select_case *which)
{
    place own = {.which = which,
                 .waiter = {.kind = &kind, .apart = true, .object = which}};
    if (which->kind_ == WEFT__SELECT_GET)
        own.moving = weft__queue_getting(which->queue_, which->to_, 1);
    else if (which->kind_ == WEFT__SELECT_PUT)
        own.moving = weft__queue_putting(which->queue_, which->from_, 1);
    if (weft__case_is_of_queue(which))
        own.waiter.object = own.moving.side;
    return own;
}

void weft__select_wait(weft__selection *selection, weft_duration deadline)
{
    place few[WEFT_SELECT_FREE];
    waiting all = {.selection = selection, .places = few};
    if (selection->n > WEFT_SELECT_FREE)
        all.places = calloc(selection->n, sizeof *all.places);
    if (all.places == NULL) {
        selection->status = WEFT_NO_MEMORY;
        return;
    }
    for (size_t i = 0; i < selection->n; i++)
        if (!selection->cases[i].off)
            all.places[all.count++] = place_for(&selection->cases[i]);
    begin(&all);
    if (!weft__is_chosen(selection)) {
        wait_awake(&all);
        all.since = weft__os_clock();
        stand_in_lines(&all);
    }
    if (!weft__is_chosen(selection))
        sleep_in_lines(&all, deadline);
    end(&all);
    if (all.places != few)
        free(all.places);
}
