/* SPDX-License-Identifier: MIT */

/* The cache as a whole: made, cleared, destroyed, counted. */

#include "cache.h"

#include "misuse.h"
#include "os/os.h"

#include <errno.h>
#include <stdlib.h>

enum { MOST_SHARDS = 32, FEWEST_IN_SHARD = 512 };

/* ---- Making ---- */

static void mend_in_child(weft__fork_guard *guard)
{
    weft__flights_mend(WEFT_CONTAINER_OF(guard, weft__shard, guard));
}

static const char *what_is_wrong(size_t value_size,
                                 const weft_cache_options *options)
{
    if (value_size == 0 || value_size > PTRDIFF_MAX / 8)
        return "the size of a value makes no sense";
    if (options->capacity > PTRDIFF_MAX)
        return "the capacity is negative";
    if (options->ttl < 0)
        return "the ttl is negative";
    return NULL;
}

/* As many as leave each a fair part of the capacity. */
static size_t count_shards(size_t capacity)
{
    size_t count = MOST_SHARDS;
    while (capacity != 0 && count > 1 && capacity / count < FEWEST_IN_SHARD)
        count /= 2;
    return count;
}

static void make_shard(weft__shard *shard, size_t capacity)
{
    shard->capacity = capacity;
    weft__list_init(&shard->small);
    weft__list_init(&shard->main);
    weft__list_init(&shard->by_age);
    weft__list_init(&shard->flights);
    shard->guard =
        (weft__fork_guard){.lock = &shard->lock, .in_child = mend_in_child};
    weft__fork_guard_add(&shard->guard);
}

weft_cache *weft_cache_create_with(size_t value_size,
                                   const weft_cache_options *options)
{
    static const weft_cache_options defaults = {.private_ = 0};
    if (options == NULL)
        options = &defaults;
    const char *wrong = what_is_wrong(value_size, options);
    if (wrong != NULL) {
        weft__misuse(WEFT_INVALID, "weft_cache_create", NULL, wrong);
        errno = EINVAL;
        return NULL;
    }
    size_t capacity = options->capacity, count = count_shards(capacity);
    size_t bytes = sizeof(weft_cache) + count * sizeof(weft__shard);
    weft_cache *cache = aligned_alloc(_Alignof(weft_cache), bytes);
    if (cache == NULL)
        return NULL; /* errno is ENOMEM */
    memset(cache, 0, bytes);
    cache->values = (weft__values){.size = value_size,
                                   .retain = options->retain,
                                   .destroy = options->destroy};
    cache->capacity = capacity;
    cache->ttl = options->ttl;
    cache->shard_count = count;
    weft__os_random(cache->seed, sizeof cache->seed);
    for (size_t i = 0; i < count; i++)
        make_shard(&cache->shards[i],
                   capacity / count + (i < capacity % count));
    return cache;
}

/* ---- Emptying ---- */

/* Takes everything out of every shard, then drops it. */
static void empty(weft_cache *cache, bool close) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__visit visit = {.cache = cache, .values = cache->values};
    for (size_t i = 0; i < cache->shard_count; i++) {
        visit.shard = &cache->shards[i];
        weft_lock_acquire(&visit.shard->lock);
        weft__flights_cast_off(visit.shard);
        weft__table_clear(&visit);
        visit.shard->closed |= close;
        weft_lock_release(&visit.shard->lock);
    }
    weft__visit_drop(&visit);
}

weft_status weft_cache_clear(weft_cache *cache)
{
    if (cache == NULL)
        return weft__misuse(WEFT_INVALID, "weft_cache_clear", NULL,
                            "the cache is NULL");
    empty(cache, false);
    return WEFT_OK;
}

static bool is_busy(weft_cache *cache) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    bool busy = false;
    for (size_t i = 0; i < cache->shard_count; i++) {
        weft__shard *shard = &cache->shards[i];
        weft_lock_acquire(&shard->lock);
        busy |= shard->busy > 0 || shard->closed;
        weft_lock_release(&shard->lock);
    }
    return busy;
}

weft_status weft_cache_destroy(weft_cache *cache)
{
    if (cache == NULL)
        return WEFT_OK;
    if (is_busy(cache))
        return weft__misuse(WEFT_BUSY, "weft_cache_destroy", cache,
                            "threads wait or compute in the cache");
    empty(cache, true);
    for (size_t i = 0; i < cache->shard_count; i++)
        weft__fork_guard_remove(&cache->shards[i].guard);
    free(cache);
    return WEFT_OK;
}

/* ---- How it stands ---- */

static void add_counts(weft_cache_info *info,
                       weft__shard *shard) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_lock_acquire(&shard->lock);
    info->hits += shard->hits;
    info->misses += shard->misses;
    info->computations += shard->computations;
    info->evictions += shard->evictions;
    info->expirations += shard->expirations;
    info->size += shard->size;
    weft_lock_release(&shard->lock);
}

weft_cache_info weft_cache_stats(weft_cache *cache)
{
    weft_cache_info info = {.size = 0};
    if (cache == NULL)
        return info;
    info.capacity = cache->capacity;
    for (size_t i = 0; i < cache->shard_count; i++)
        add_counts(&info, &cache->shards[i]);
    return info;
}

size_t weft_cache_size(weft_cache *cache)
{
    return weft_cache_stats(cache).size;
}

size_t weft_cache_capacity(const weft_cache *cache)
{
    return cache != NULL ? cache->capacity : 0;
}
