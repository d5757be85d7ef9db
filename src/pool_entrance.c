/* SPDX-License-Identifier: MIT */

/*
 * The entrance of a pool, for what threads outside submit, and for what does
 * not fit into a worker's deque. First in, first out.
 *
 *     inbox:  youngest -> ... -> oldest        by next_, no lock
 *                                  |
 *     list:   first <-> ... <-> last           under the pool's lock,
 *                                              one for each priority
 *
 * To enter is one read-modify-write. Who wants one out of it takes the lock,
 * takes the first of the list, and only if that is empty the whole inbox, with
 * one exchange: so the word that those outside write changes hands once for
 * many tasks. A pool that takes no more, or not so easily, has `closed_inbox`
 * in that word.
 *
 * Of several lists with tasks the most urgent one is served, but after having
 * been passed over WEFT__PATIENCE times a lower one is.
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
    if (youngest == NULL || youngest == &closed_inbox)
        return true;
    __builtin_prefetch(youngest, 1); /* the caller is going to take it */
    return false;
}

static void count(weft_pool *pool, size_t listed)
{
    weft__store_relaxed(&pool->listed, listed);
}

static weft__level *level_of(weft_pool *pool, const weft_future *future)
{
    static const unsigned levels[] = {[WEFT_PRIORITY_NORMAL] = WEFT__NORMAL,
                                      [WEFT_PRIORITY_HIGH] = WEFT__URGENT,
                                      [WEFT_PRIORITY_LOW] = WEFT__LOW};
    uint32_t word = weft__load_relaxed(&future->state_);
    return &pool->levels[levels[(word & WEFT__FUTURE_PRIORITIES) /
                                WEFT__FUTURE_PRIORITY]];
}

/* One more or less on a level other than the normal one. */
static void count_others(weft_pool *pool, const weft__level *level, int change)
{
    pool->others += (uint32_t)change;
    if (level == &pool->levels[WEFT__URGENT])
        weft__store_relaxed(&pool->urgent, pool->urgent + (uint32_t)change);
}

/* Appends a chain of normal ones, youngest first by next_, to their list. */
static void append_chain(weft_pool *pool, weft_future *chain)
{
    weft__level *level = &pool->levels[WEFT__NORMAL];
    weft_future *younger = NULL, *before = level->last;
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
        level->first = younger;
    level->last = chain;
    count(pool, pool->listed + n);
}

void weft__entrance_append(weft_pool *pool, weft_future *future)
{
    weft__entrance_unload(pool);
    weft__level *level = level_of(pool, future);
    future->next_ = NULL;
    future->previous_ = level->last;
    if (level->last != NULL)
        level->last->next_ = future;
    else
        level->first = future;
    level->last = future;
    count(pool, pool->listed + 1);
    if (level != &pool->levels[WEFT__NORMAL])
        count_others(pool, level, 1);
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
    bool open = pool->closed == WEFT__OPEN && pool->capacity == 0 &&
                pool->tally == NULL;
    weft__store(&pool->inbox, open ? NULL : &closed_inbox);
    for (unsigned i = 0; i < WEFT__LEVELS; i++)
        pool->levels[i] = (weft__level){.first = NULL};
    pool->others = 0;
    weft__store_relaxed(&pool->urgent, 0);
    count(pool, 0);
}

void weft__entrance_unlink(weft_pool *pool, weft_future *future)
{
    weft__level *level = level_of(pool, future);
    if (future->previous_ != NULL)
        future->previous_->next_ = future->next_;
    else
        level->first = future->next_;
    if (future->next_ != NULL)
        future->next_->previous_ = future->previous_;
    else
        level->last = future->previous_;
    count(pool, pool->listed - 1);
    if (level != &pool->levels[WEFT__NORMAL])
        count_others(pool, level, -1);
    if (pool->waiting > 0)
        weft__pool_tell_room(pool);
}

/* The most urgent level that has any, unless a lower one has waited long. */
static weft__level *next_level(weft_pool *pool)
{
    weft__level *chosen = NULL;
    for (unsigned i = WEFT__LEVELS; i-- > 0;) {
        weft__level *level = &pool->levels[i];
        if (level->first == NULL)
            continue;
        chosen = level;
        if (level->passed >= WEFT__PATIENCE)
            break;
    }
    return chosen;
}

static void count_passed(weft_pool *pool, weft__level *taken)
{
    taken->passed = 0;
    for (weft__level *each = taken + 1; each < pool->levels + WEFT__LEVELS;
         each++)
        if (each->first != NULL)
            each->passed++;
}

/* What is in the inbox goes to the list, unless it is a single one, and there
 * is no other: that one is returned. */
static weft_future *unload_or_take(weft_pool *pool)
{
    weft_future *youngest = weft__load_relaxed(&pool->inbox);
    if (youngest == NULL || youngest == &closed_inbox)
        return NULL;
    youngest = weft__exchange(&pool->inbox, NULL);
    if (youngest->next_ == NULL && pool->others == 0)
        return youngest;
    append_chain(pool, youngest);
    return NULL;
}

weft_future *weft__entrance_take(weft_pool *pool)
{
    weft__level *level = &pool->levels[WEFT__NORMAL];
    if (level->first == NULL) {
        weft_future *single = unload_or_take(pool);
        if (single != NULL)
            return single;
    }
    if (pool->others != 0) {
        level = next_level(pool);
        count_passed(pool, level);
    }
    weft_future *future = level->first;
    if (future != NULL)
        weft__entrance_unlink(pool, future);
    return future;
}

weft_future *weft__entrance_take_all(weft_pool *pool)
{
    weft_future *chain = NULL, **end = &chain, *each;
    while ((each = weft__entrance_take(pool)) != NULL) {
        *end = each;
        end = &each->next_;
    }
    *end = NULL;
    return chain;
}
