/* SPDX-License-Identifier: MIT */

/*
 * The entrance of a pool, for what threads outside submit, and for what does
 * not fit into a worker's deque. First in, first out.
 *
 *     inbox:  youngest -> ... -> oldest        by next_, no lock
 *                                  |
 *     list:   first <-> ... <-> last           under the pool's lock
 *
 * To enter is one read-modify-write. Who wants one out of it takes the lock,
 * takes the first of the list, and only if that is empty the whole inbox, with
 * one exchange: so the word that those outside write changes hands once for
 * many tasks. A pool that takes no more has `closed_inbox` in that word.
 */

#include "pool.h"

static weft_future closed_inbox;

weft__entering weft__entrance_put(weft_pool *pool, weft_future *future)
{
    weft_future *youngest = weft__load_relaxed(&pool->inbox);
    do {
        if (youngest == &closed_inbox)
            return WEFT__NOT_ENTERED;
        future->next_ = youngest;
    } while (!weft__compare_swap_ordered(&pool->inbox, &youngest, future));
    return youngest == NULL ? WEFT__ENTERED_FIRST : WEFT__ENTERED;
}

bool weft__entrance_seems_empty(const weft_pool *pool)
{
    if (weft__load_relaxed(&pool->listed) != 0)
        return false; /* leaves the inbox to those outside */
    const weft_future *youngest = weft__load_ordered(&pool->inbox);
    return youngest == NULL || youngest == &closed_inbox;
}

static void count(weft_pool *pool, size_t listed)
{
    weft__store_relaxed(&pool->listed, listed);
}

/* Appends a chain, youngest first by next_, to the list. */
static void append_chain(weft_pool *pool, weft_future *chain)
{
    weft_future *younger = NULL, *before = pool->last;
    size_t n = 0;
    for (weft_future *each = chain; each != NULL; n++) {
        weft_future *older = each->next_;
        each->next_ = younger;
        each->previous_ = older != NULL ? older : before;
        younger = each;
        each = older;
    }
    if (n == 0)
        return;
    if (before != NULL)
        before->next_ = younger;
    else
        pool->first = younger;
    pool->last = chain;
    count(pool, pool->listed + n);
}

void weft__entrance_append(weft_pool *pool, weft_future *future)
{
    weft__entrance_unload(pool);
    future->next_ = NULL;
    append_chain(pool, future);
}

void weft__entrance_unload(weft_pool *pool)
{
    weft_future *youngest = weft__load_relaxed(&pool->inbox);
    if (youngest != NULL && youngest != &closed_inbox)
        append_chain(pool, weft__exchange(&pool->inbox, NULL));
}

void weft__entrance_close(weft_pool *pool)
{
    weft_future *youngest = weft__exchange(&pool->inbox, &closed_inbox);
    if (youngest != &closed_inbox)
        append_chain(pool, youngest);
}

void weft__entrance_reset(weft_pool *pool)
{
    bool open = pool->closed == WEFT__OPEN;
    weft__store(&pool->inbox, open ? NULL : &closed_inbox);
    pool->first = pool->last = NULL;
    count(pool, 0);
}

void weft__entrance_unlink(weft_pool *pool, weft_future *future)
{
    if (future->previous_ != NULL)
        future->previous_->next_ = future->next_;
    else
        pool->first = future->next_;
    if (future->next_ != NULL)
        future->next_->previous_ = future->previous_;
    else
        pool->last = future->previous_;
    count(pool, pool->listed - 1);
}

weft_future *weft__entrance_take(weft_pool *pool)
{
    if (pool->first == NULL)
        weft__entrance_unload(pool);
    weft_future *future = pool->first;
    if (future != NULL)
        weft__entrance_unlink(pool, future);
    return future;
}
