/* SPDX-License-Identifier: MIT */

/*
 * The cache: shards by the hash of the key, each with a lock, a table, the
 * lists that say who leaves, and the computations under way.
 *
 *     cache --> shard 0:  buckets --> entry --below--> entry
 *               shard 1   small, main:  oldest <--order--> newest   (evict)
 *               ...       by_age:       oldest <---age---> newest   (ttl)
 *                         flights:      being computed              (flight)
 *
 * The shards' capacities add up to the cache's, so that it never holds more; a
 * small cache has one shard, so that it holds as many before it evicts.
 *
 * A call is a visit: it hashes the key, enters the shard, collects what it
 * takes out of the table, leaves, and only then drops that and hands out its
 * value. It does not touch the cache after it has left: callbacks may do
 * anything with it.
 *
 * Values go stale in the order in which they were put, so the oldest in by_age
 * are the ones to drop; each visit looks at a few, so that none pays for many.
 */

#include "cache.h"

#include "control.h"
#include "misuse.h"

enum { SWEEPS = 4, CHEAP_TO_COPY = 256 };

/* ---- Visits ---- */

static const char *what_is_wrong(const weft_cache *cache, weft_key key,
                                 const void *value)
{
    if (cache == NULL || value == NULL)
        return "the cache or the value is NULL";
    if (key.bytes == NULL && key.size > 0)
        return "the key is NULL";
    if (key.size > PTRDIFF_MAX / 8)
        return "the size of the key makes no sense";
    return NULL;
}

weft_status weft__visit_begin(weft__visit *visit, weft_cache *cache,
                              weft_key key, const void *value,
                              const char *function)
{
    const char *wrong = what_is_wrong(cache, key, value);
    if (wrong != NULL) {
        weft__misuse(WEFT_INVALID, function, cache, wrong);
        return WEFT_INVALID;
    }
    uint64_t hash = weft__cache_hash(cache->seed, key.bytes, key.size);
    *visit = (weft__visit){
        .cache = cache,
        .shard = &cache->shards[hash >> 32 & (cache->shard_count - 1)],
        .key = key,
        .hash = hash,
        .values = cache->values,
    };
    return WEFT_OK;
}

static bool is_stale(const weft__visit *visit, const weft__entry *entry)
{
    return entry->expires <= visit->now;
}

static void expire(weft__visit *visit, weft__entry *entry)
{
    visit->shard->expirations++;
    weft__table_take(visit, entry);
}

static void sweep(weft__visit *visit)
{
    const weft__link *by_age = &visit->shard->by_age;
    weft__link *link;
    for (int i = 0; i < SWEEPS && (link = weft__list_oldest(by_age)) != NULL;
         i++) {
        weft__entry *entry = WEFT_CONTAINER_OF(link, weft__entry, age);
        if (!is_stale(visit, entry))
            break;
        expire(visit, entry);
    }
}

void weft__visit_enter(weft__visit *visit)
{
    if (visit->cache->ttl != 0)
        visit->now = weft__os_clock();
    weft_lock_acquire(&visit->shard->lock);
    sweep(visit);
}

void weft__visit_leave(weft__visit *visit)
{
    weft_lock_release(&visit->shard->lock);
    weft__visit_drop(visit);
}

/* The fresh entry of the key, or NULL. */
static weft__entry *find(weft__visit *visit)
{
    weft__entry *entry = weft__table_find(visit);
    if (entry == NULL || !is_stale(visit, entry))
        return entry;
    expire(visit, entry);
    return NULL;
}

weft__entry *weft__visit_look(weft__visit *visit)
{
    weft__entry *entry = find(visit);
    if (entry != NULL) {
        weft__entry_use(entry);
        visit->shard->hits++;
    } else {
        visit->shard->misses++;
    }
    return entry;
}

weft__entry *weft__entry_lend(const weft__visit *visit, weft__entry *entry,
                              void *value)
{
    const weft__values *values = &visit->values;
    if (values->retain == NULL && values->size <= CHEAP_TO_COPY) {
        memcpy(value, entry->value, values->size);
        return NULL;
    }
    weft__entry_pin(entry);
    return entry;
}

/* ---- Values ---- */

weft_status weft_cache_get(weft_cache *cache, weft_key key, void *value)
{
    weft__point("weft_cache_get", cache);
    weft__visit visit;
    weft_status status =
        weft__visit_begin(&visit, cache, key, value, "weft_cache_get");
    if (status != WEFT_OK)
        return status;
    weft__entry *lent = NULL;
    weft__visit_enter(&visit);
    weft__entry *found = weft__visit_look(&visit);
    if (found != NULL)
        lent = weft__entry_lend(&visit, found, value);
    weft__visit_leave(&visit);
    if (lent != NULL)
        weft__entry_hand_out(&visit.values, lent, value);
    return found != NULL ? WEFT_OK : WEFT_NOT_FOUND;
}

static weft_status put(weft__visit *visit, weft__entry *entry)
{
    if (visit->shard->closed)
        return WEFT_SHUT_DOWN;
    if (!weft__table_reserve(visit))
        return WEFT_NO_MEMORY;
    weft__flight_cast_off(visit);
    entry->status = WEFT_OK;
    weft__table_put(visit, entry);
    return WEFT_OK;
}

weft_status weft_cache_set(weft_cache *cache, weft_key key, const void *value)
{
    weft__point("weft_cache_set", cache);
    weft__visit visit;
    weft_status status =
        weft__visit_begin(&visit, cache, key, value, "weft_cache_set");
    if (status != WEFT_OK)
        return status;
    weft__entry *entry = weft__entry_make(&visit);
    if (entry == NULL)
        return WEFT_NO_MEMORY;
    memcpy(entry->value, value, visit.values.size);
    weft__visit_enter(&visit);
    status = put(&visit, entry);
    weft__visit_leave(&visit);
    if (status != WEFT_OK)
        weft__entry_unpin(&visit.values, entry);
    return status;
}

bool weft_cache_contains(weft_cache *cache, weft_key key)
{
    weft__visit visit;
    if (weft__visit_begin(&visit, cache, key, "", "weft_cache_contains") !=
        WEFT_OK)
        return false;
    weft__visit_enter(&visit);
    bool found = find(&visit) != NULL;
    weft__visit_leave(&visit);
    return found;
}

weft_status weft_cache_remove(weft_cache *cache, weft_key key)
{
    weft__point("weft_cache_remove", cache);
    weft__visit visit;
    weft_status status =
        weft__visit_begin(&visit, cache, key, "", "weft_cache_remove");
    if (status != WEFT_OK)
        return status;
    weft__visit_enter(&visit);
    weft__entry *found = find(&visit);
    if (found != NULL)
        weft__table_take(&visit, found);
    weft__flight_cast_off(&visit);
    weft__visit_leave(&visit);
    return found != NULL ? WEFT_OK : WEFT_NOT_FOUND;
}
