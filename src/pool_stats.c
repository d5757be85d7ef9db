/* SPDX-License-Identifier: MIT */

/*
 * Statistics. One block of counters, which only a pool that was asked to count
 * has; a worker of another finds that out by a look at its own memory. While a
 * task is pending, its code_ is the moment of its submission, in units of 1,024
 * nanoseconds: that wraps around after 73 minutes.
 *
 * Counters are changed before whoever could ask is told, by the completion of
 * the future, of what they count.
 */

#include "pool.h"

#include "misuse.h"

#include <stdlib.h>

enum { UNIT_BITS = 10 };

static void add(uint64_t *counter, int64_t change)
{
    weft__fetch_add_relaxed(counter, (uint64_t)change);
}

static void raise(uint64_t *most, uint64_t value)
{
    uint64_t now = weft__load_relaxed(most);
    while (now < value && !weft__compare_swap_weak(most, &now, value))
        ;
}

static void add_now(uint64_t *counter, uint64_t *most)
{
    raise(most, weft__fetch_add_relaxed(counter, UINT64_C(1)) + 1);
}

static void add_span(weft_histogram *histogram, uint64_t units)
{
    unsigned span = 0;
    for (; units != 0 && span < WEFT_SPANS - 1; units >>= 1)
        span++;
    add(&histogram->counts[span], 1);
}

static uint32_t stamp(void)
{
    return (uint32_t)((uint64_t)weft__os_clock() >> UNIT_BITS);
}

void weft__tally_submit(weft__tally *tally, weft_future *future)
{
    future->code_ = (int32_t)stamp();
    add(&tally->submitted, 1);
    add_now(&tally->pending, &tally->most_pending);
}

void weft__tally_undo(weft__tally *tally)
{
    add(&tally->submitted, -1);
    add(&tally->pending, -1);
}

void weft__tally_begin(weft__tally *tally, const weft_future *future)
{
    add_span(&tally->waited, stamp() - (uint32_t)future->code_);
    add_now(&tally->running, &tally->most_running);
    add(&tally->pending, -1);
}

void weft__tally_end(weft__tally *tally, weft_duration began, bool failed)
{
    add_span(&tally->ran, (uint64_t)(weft__os_clock() - began) >> UNIT_BITS);
    add(&tally->failed, failed);
    add(&tally->done, 1);
    add(&tally->running, -1);
}

void weft__tally_cancel(weft__tally *tally)
{
    add(&tally->cancelled, 1);
    add(&tally->pending, -1);
}

void weft__tally_steal(weft__tally *tally)
{
    add(&tally->stolen, 1);
}

void weft__tally_workers(weft__tally *tally, unsigned alive)
{
    raise(&tally->most_workers, alive);
}

void weft__tally_after_fork(weft__tally *tally, const weft_future *running)
{
    tally->pending = tally->running = 0;
    for (; running != NULL; running = running->next_)
        tally->running++;
}

static void copy_histogram(weft_histogram *to, weft_histogram *from)
{
    for (unsigned i = 0; i < WEFT_SPANS; i++)
        to->counts[i] = weft__load_relaxed(&from->counts[i]);
}

static void copy(weft_pool_info *info, weft__tally *tally)
{
    *info = (weft_pool_info){
        .submitted = weft__load_relaxed(&tally->submitted),
        .done = weft__load_relaxed(&tally->done),
        .failed = weft__load_relaxed(&tally->failed),
        .cancelled = weft__load_relaxed(&tally->cancelled),
        .stolen = weft__load_relaxed(&tally->stolen),
        .pending = weft__load_relaxed(&tally->pending),
        .most_pending = weft__load_relaxed(&tally->most_pending),
        .running = weft__load_relaxed(&tally->running),
        .most_running = weft__load_relaxed(&tally->most_running),
        .most_workers = weft__load_relaxed(&tally->most_workers)};
    copy_histogram(&info->waited, &tally->waited);
    copy_histogram(&info->ran, &tally->ran);
}

weft_pool_info weft_pool_stats(weft_pool *pool)
{
    weft_pool_info info = {.submitted = 0};
    if (pool == NULL || pool->tally == NULL) {
        weft__misuse(pool == NULL ? WEFT_INVALID : WEFT_NOT_STARTED,
                     "weft_pool_stats", pool,
                     pool == NULL ? "the pool is NULL"
                                  : "the pool was created without statistics");
        return info;
    }
    copy(&info, pool->tally);
    weft__pool_enter(pool);
    info.workers = pool->alive;
    weft__pool_leave(pool);
    return info;
}
