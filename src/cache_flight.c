/* SPDX-License-Identifier: MIT */

/*
 * One computation at a time for each key. It is an entry like others, made
 * before the computation begins, so that nothing can fail once that is done:
 *
 *     FLYING --computed--> in the table, or OUTSIDE if that failed
 *       | set, remove, clear
 *       v
 *     CAST_OFF --computed--> OUTSIDE
 *
 * Flights are in a list of the shard, not in the table: there are no more than
 * threads. Who asks for the key of one that is FLYING pins it and waits in the
 * line of the cache's address; `status` and the value are published by `done`,
 * set under the lock of the shard, before the waiters are taken out of the line
 * and woken.
 *
 * All who wait for flights of one cache stand in one line, with the flights
 * that they wait for: so under its lock one can follow who waits for whom, and
 * whoever would close a circle hears of it at once.
 */

#include "cache.h"

#include "control.h"
#include "misuse.h"
#include "pool.h"
#include "registry.h"

static const weft__wait_kind kind = {.name = "cache"};
static const char function[] = "weft_cache_get_or_compute";

typedef struct computation {
    weft_compute compute;
    void *ctx;
} computation;

static bool is_done(const weft__entry *flight)
{
    return weft__load(&flight->done) != 0;
}

/* ---- With the shard's lock held ---- */

static weft__entry *find_flight(const weft__visit *visit)
{
    weft__link *flights = &visit->shard->flights;
    for (weft__link *link = flights->next; link != flights; link = link->next) {
        weft__entry *flight = WEFT_CONTAINER_OF(link, weft__entry, order);
        if (flight->place == WEFT__FLYING && weft__entry_matches(visit, flight))
            return flight;
    }
    return NULL;
}

void weft__flight_cast_off(weft__visit *visit)
{
    weft__entry *flight = find_flight(visit);
    if (flight != NULL)
        flight->place = WEFT__CAST_OFF;
}

void weft__flights_cast_off(weft__shard *shard)
{
    weft__link *flights = &shard->flights;
    for (weft__link *link = flights->next; link != flights; link = link->next)
        WEFT_CONTAINER_OF(link, weft__entry, order)->place = WEFT__CAST_OFF;
}

static weft_status begin_flight(weft__visit *visit, weft__entry **begun)
{
    weft__shard *shard = visit->shard;
    if (shard->closed)
        return WEFT_SHUT_DOWN;
    weft__entry *flight = NULL;
    if (weft__table_reserve(visit))
        flight = weft__entry_make(visit);
    if (flight == NULL)
        return WEFT_NO_MEMORY;
    flight->place = WEFT__FLYING;
    flight->owner = weft__self()->id;
    weft__list_append(&shard->flights, &flight->order);
    shard->computations++;
    shard->busy++;
    *begun = flight;
    return WEFT_OK;
}

void weft__flights_mend(weft__shard *shard)
{
    uint32_t self = weft__self()->id;
    shard->busy = 0;
    weft__link *link = shard->flights.next;
    while (link != &shard->flights) {
        weft__entry *flight = WEFT_CONTAINER_OF(link, weft__entry, order);
        link = link->next;
        weft__store_relaxed(&flight->pins, 1); /* those who waited are gone */
        if (flight->owner == self) {
            shard->busy++;
        } else {
            weft__list_remove(&flight->order);
            weft__entry_unpin(&(weft__values){.size = 0}, flight);
        }
    }
}

/* ---- Computing ---- */

/* True: others wait for it. */
static bool land(weft__visit *visit, weft__entry *flight, weft_status status)
{
    weft__visit_enter(visit);
    bool awaited = weft__load_relaxed(&flight->pins) > 1;
    weft__list_remove(&flight->order);
    flight->status = status;
    if (status == WEFT_OK && flight->place == WEFT__FLYING) {
        weft__entry_pin(flight);
        weft__table_put(visit, flight);
    }
    weft__store(&flight->done, 1);
    visit->shard->busy--;
    weft__visit_leave(visit);
    return awaited;
}

/* Wakes all who wait for the flight. Only the cache's address counts. */
static void wake_waiters(const weft_cache *cache, const weft__entry *flight)
{
    weft__wakes wakes;
    weft__wakes_init(&wakes);
    weft__line *line = weft__line_lock(cache);
    weft__waiter *waiter = weft__line_first(line, cache);
    while (waiter != NULL) {
        weft__waiter *next = weft__line_next(waiter);
        if (waiter->data == flight)
            weft__line_take(line, waiter, &wakes);
        waiter = next;
    }
    weft__line_unlock(line);
    weft__wake(&wakes);
}

static weft_status receive(const weft__visit *visit, weft__entry *flight,
                           void *value)
{
    weft_status status = flight->status;
    if (status == WEFT_OK)
        weft__entry_hand_out(&visit->values, flight, value);
    else
        weft__entry_unpin(&visit->values, flight);
    return status;
}

static weft_status fly(weft__visit *visit, weft__entry *flight, void *value,
                       computation how)
{
    weft_status status = how.compute(visit->key, flight->value, how.ctx);
    if (land(visit, flight, status))
        wake_waiters(visit->cache, flight);
    return receive(visit, flight, value);
}

/* ---- Waiting ---- */

/* What a waiter's `want` says: whether its wait has a limit. */
enum { LIMITED, FOR_EVER };

/* The one that waits without limit, by the thread's id, or NULL. */
static weft__waiter *waits_for_ever(weft__line *line, const weft_cache *cache,
                                    uint32_t thread)
{
    weft__waiter *waiter = weft__line_first(line, cache);
    while (waiter != NULL &&
           !(waiter->thread->id == thread && waiter->want == FOR_EVER))
        waiter = weft__line_next(waiter);
    return waiter;
}

/* Does the thread that computes it wait, perhaps through others, for self? With
 * the line locked. There is no circle without self: its last would have seen
 * it. */
static bool closes_circle(weft__line *line, const weft_cache *cache,
                          const weft__entry *flight, uint32_t self)
{
    while (!is_done(flight)) {
        if (flight->owner == self)
            return true;
        const weft__waiter *waiter = waits_for_ever(line, cache, flight->owner);
        if (waiter == NULL)
            return false;
        flight = waiter->data;
    }
    return false;
}

/* A pool's worker lets another stand in: the computation may need the pool. */
static weft_status park(weft__waiter *waiter, weft_duration deadline)
{
    weft__worker *self = weft__worker_self();
    if (self != NULL)
        weft__worker_step_aside(self);
    weft_status status = weft__park(waiter, deadline, WEFT__STOPPABLE);
    if (self != NULL)
        weft__worker_step_back(self);
    return status;
}

static weft_status wait_for(const weft_cache *cache, weft__entry *flight,
                            weft_duration deadline)
{
    weft__waiter waiter = {
        .kind = &kind,
        .object = cache,
        .data = flight,
        .want = deadline == WEFT_FOREVER ? FOR_EVER : LIMITED,
    };
    weft__line *line = weft__line_lock(cache);
    bool circle = waiter.want == FOR_EVER &&
                  closes_circle(line, cache, flight, weft__self()->id);
    bool wait = !circle && !is_done(flight);
    if (wait)
        weft__line_push(line, &waiter);
    weft__line_unlock(line);
    if (circle)
        return weft__misuse(WEFT_DEADLOCK, function, cache,
                            "computations wait for each other in a circle");
    return wait ? park(&waiter, deadline) : WEFT_OK;
}

/* The flight was pinned for this, and the shard is busy with it. */
static weft_status join_flight(weft__visit *visit, weft__entry *flight,
                               void *value, weft_duration deadline)
{
    weft_status status = wait_for(visit->cache, flight, deadline);
    weft__visit_enter(visit);
    visit->shard->busy--;
    weft__visit_leave(visit);
    if (status == WEFT_OK)
        return receive(visit, flight, value);
    weft__entry_unpin(&visit->values, flight);
    return status;
}

/* ---- The family of three ---- */

enum { NEVER = -1 }; /* as a deadline: do not wait at all */

/* What a call without a hit does next. */
typedef struct next_step {
    weft__entry *join, *begin;
} next_step;

static weft_status choose(weft__visit *visit, weft_duration deadline,
                          next_step *next)
{
    weft__entry *flight = find_flight(visit);
    if (flight == NULL)
        return begin_flight(visit, &next->begin);
    if (flight->owner == weft__self()->id)
        return WEFT_DEADLOCK;
    if (deadline == NEVER)
        return WEFT_BUSY;
    weft__entry_pin(flight);
    visit->shard->busy++;
    next->join = flight;
    return WEFT_OK;
}

static weft_status get_or_compute(weft__visit *visit, void *value,
                                  computation how, weft_duration deadline)
{
    weft_status status = WEFT_OK;
    weft__entry *lent = NULL;
    next_step next = {.join = NULL};
    weft__visit_enter(visit);
    weft__entry *found = weft__visit_look(visit);
    if (found != NULL)
        lent = weft__entry_lend(visit, found, value);
    else
        status = choose(visit, deadline, &next);
    weft__visit_leave(visit);
    if (lent != NULL)
        weft__entry_hand_out(&visit->values, lent, value);
    if (next.join != NULL)
        return join_flight(visit, next.join, value, deadline);
    if (next.begin != NULL)
        return fly(visit, next.begin, value, how);
    return status == WEFT_DEADLOCK
               ? weft__misuse(
                     status, function, visit->cache,
                     "called from inside the computation of its own key")
               : status;
}

/* WEFT_OK and a visit that has begun. */
static weft_status begin(weft__visit *visit, weft_cache *cache, weft_key key,
                         const void *value, weft_compute compute)
{
    if (compute == NULL)
        return weft__misuse(WEFT_INVALID, function, cache,
                            "there is nothing to compute with");
    return weft__visit_begin(visit, cache, key, value, function);
}

weft_status weft_cache_get_or_compute(weft_cache *cache, weft_key key,
                                      void *value, weft_compute compute,
                                      void *ctx)
{
    weft__point("weft_cache_get_or_compute", cache);
    weft__visit visit;
    computation how = {.compute = compute, .ctx = ctx};
    weft_status status = begin(&visit, cache, key, value, compute);
    return status == WEFT_OK ? get_or_compute(&visit, value, how, WEFT_FOREVER)
                             : status;
}

weft_status weft_cache_get_or_compute_timed(weft_cache *cache, weft_key key,
                                            void *value, weft_compute compute,
                                            void *ctx, weft_duration duration)
{
    weft__point("weft_cache_get_or_compute_timed", cache);
    weft__visit visit;
    computation how = {.compute = compute, .ctx = ctx};
    weft_duration deadline = weft__deadline(duration);
    weft_status status = begin(&visit, cache, key, value, compute);
    return status == WEFT_OK ? get_or_compute(&visit, value, how, deadline)
                             : status;
}

weft_status weft_cache_try_get_or_compute(weft_cache *cache, weft_key key,
                                          void *value, weft_compute compute,
                                          void *ctx)
{
    weft__point("weft_cache_try_get_or_compute", cache);
    weft__visit visit;
    computation how = {.compute = compute, .ctx = ctx};
    weft_status status = begin(&visit, cache, key, value, compute);
    return status == WEFT_OK ? get_or_compute(&visit, value, how, NEVER)
                             : status;
}
