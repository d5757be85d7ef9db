/* SPDX-License-Identifier: MIT */

/*
 * Pools with a capacity: what becomes of a submit when there is no room.
 *
 * Room is made for whoever comes first. Who finds others waiting waits behind
 * them, also if there is room at this moment: they are on their way. Each time
 * that one leaves the lists the longest waiting is woken, and whoever entered
 * after a wait, or gave up, wakes the next if there is still room: so no room
 * is left over while somebody waits.
 */

#include "pool.h"

static bool has_room(const weft_pool *pool)
{
    return pool->listed < pool->capacity;
}

void weft__pool_tell_room(weft_pool *pool)
{
    if (pool->waiting > 0 &&
        (has_room(pool) || weft__pool_status(pool) != WEFT_OK))
        weft_condition_notify(&pool->room, 1);
}

/* A worker of another pool lets another take its place there meanwhile. */
static void step_aside(weft_pool *pool, weft__limit *limit)
{
    limit->aside = weft__worker_self();
    if (limit->aside == NULL)
        return;
    weft__pool_leave(pool);
    weft__worker_step_aside(limit->aside);
    weft__pool_enter(pool);
}

/* Steps aside before it looks again and is counted, and steps back only when it
 * has entered: between the two it must not let the lock go. */
static weft_status wait_for_room(weft_pool *pool, weft__limit *limit)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__pool_engage(pool);
    step_aside(pool, limit);
    pool->waiting++;
    bool may_enter = has_room(pool) && pool->waiting == 1;
    weft_status status = weft__pool_status(pool);
    while (status == WEFT_OK && !may_enter) {
        status = weft_condition_wait_timed(&pool->room, &pool->lock,
                                           weft__remaining(limit->deadline));
        if (status == WEFT_OK)
            status = weft__pool_status(pool);
        may_enter = has_room(pool);
    }
    pool->waiting--;
    weft__pool_disengage(pool);
    return status == WEFT_OK ? weft__pool_status(pool) : status;
}

/* The oldest of the least urgent. */
static weft_future *drop_oldest(weft_pool *pool)
{
    weft_future *dropped = NULL;
    for (unsigned i = WEFT__LEVELS; i-- > 0 && dropped == NULL;)
        dropped = pool->levels[i].first;
    if (dropped == NULL)
        return NULL;
    weft__entrance_unlink(pool, dropped);
    dropped->next_ = NULL;
    weft__future_set_state(dropped, WEFT__FUTURE_CANCELLED);
    if (pool->tally != NULL)
        weft__tally_cancel(pool->tally);
    weft__pool_engage(pool);
    return dropped;
}

weft_status weft__pool_make_room(weft_pool *pool, weft__limit *limit)
{
    weft__entrance_unload(pool);
    if (has_room(pool) && pool->waiting == 0)
        return WEFT_OK;
    if (limit->deadline == WEFT__TRY)
        return WEFT_FULL;
    switch (pool->when_full) {
    case WEFT_FULL_WAIT:
        return wait_for_room(pool, limit);
    case WEFT_FULL_RUN:
        limit->run_here = true;
        return WEFT_OK;
    case WEFT_FULL_DROP_OLDEST:
        limit->dropped = drop_oldest(pool);
        return WEFT_OK;
    default:
        return WEFT_FULL;
    }
}
