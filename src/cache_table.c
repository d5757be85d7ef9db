/* SPDX-License-Identifier: MIT */

/*
 * A shard's table: a power of two of buckets, each a chain of entries, at least
 * as many buckets as entries when there is memory. And the circular lists that
 * its entries are in, each with its head in the shard.
 */

#include "cache.h"

#include <stdlib.h>

enum { FEWEST_BUCKETS = 16 };

/* ---- Lists ---- */

void weft__list_init(weft__link *list)
{
    list->next = list->previous = list;
}

void weft__list_append(weft__link *list, weft__link *link)
{
    link->next = list;
    link->previous = list->previous;
    list->previous->next = link;
    list->previous = link;
}

void weft__list_remove(weft__link *link)
{
    link->next->previous = link->previous;
    link->previous->next = link->next;
    weft__list_init(link);
}

weft__link *weft__list_oldest(const weft__link *list)
{
    return list->next != list ? list->next : NULL;
}

/* ---- Buckets ---- */

weft__bucket *weft__table_bucket(const weft__visit *visit, uint64_t hash)
{
    const weft__shard *shard = visit->shard;
    return &shard->buckets[hash & (shard->bucket_count - 1)];
}

weft__entry *weft__table_find(const weft__visit *visit)
{
    if (visit->shard->size == 0)
        return NULL;
    weft__entry *entry = weft__table_bucket(visit, visit->hash)->first;
    while (entry != NULL && !weft__entry_matches(visit, entry))
        entry = entry->below;
    return entry;
}

static void link_entry(weft__visit *visit, weft__entry *entry)
{
    weft__bucket *bucket = weft__table_bucket(visit, entry->hash);
    entry->below = bucket->first;
    bucket->first = entry;
}

static void unlink_entry(weft__visit *visit, weft__entry *entry)
{
    weft__entry **at = &weft__table_bucket(visit, entry->hash)->first;
    while (*at != entry)
        at = &(*at)->below;
    *at = entry->below;
}

bool weft__table_reserve(weft__visit *visit)
{
    weft__shard *shard = visit->shard;
    size_t count = shard->bucket_count;
    if (shard->size < count)
        return true;
    weft__bucket *old = shard->buckets;
    size_t more = count > 0 ? count * 2 : FEWEST_BUCKETS;
    weft__bucket *buckets = calloc(more, sizeof *buckets);
    if (buckets == NULL)
        return false;
    shard->buckets = buckets;
    shard->bucket_count = more;
    for (size_t i = 0; i < count; i++) {
        weft__entry *entry = old[i].first;
        while (entry != NULL) {
            weft__entry *below = entry->below;
            link_entry(visit, entry);
            entry = below;
        }
    }
    free(old);
    return true;
}

/* ---- Entries ---- */

static void drop(weft__visit *visit, weft__entry *entry)
{
    entry->place = WEFT__OUTSIDE;
    entry->below = visit->dropped;
    visit->dropped = entry;
}

void weft__table_take(weft__visit *visit, weft__entry *entry)
{
    weft__shard *shard = visit->shard;
    unlink_entry(visit, entry);
    weft__list_remove(&entry->order);
    weft__list_remove(&entry->age);
    shard->size--;
    shard->small_size -= entry->place == WEFT__SMALL;
    drop(visit, entry);
}

/* The new entry takes the other's place in its list; replacing is a use. */
static void replace(weft__visit *visit, weft__entry *old, weft__entry *entry)
{
    entry->place = old->place;
    entry->uses = old->uses;
    weft__entry_use(entry);
    weft__list_append(&old->order, &entry->order);
    weft__table_take(visit, old);
}

static void admit(weft__visit *visit, weft__entry *entry)
{
    weft__shard *shard = visit->shard;
    bool returns = weft__ghost_returns(visit);
    if (shard->capacity != 0 && shard->size >= shard->capacity)
        weft__evict(visit);
    entry->place = returns ? WEFT__MAIN : WEFT__SMALL;
    weft__list_append(returns ? &shard->main : &shard->small, &entry->order);
}

/* Notes until when it is fresh. */
static void date(weft__visit *visit, weft__entry *entry)
{
    weft_duration ttl = visit->cache->ttl;
    entry->expires = WEFT_FOREVER;
    if (ttl == 0 || ttl >= WEFT_FOREVER - visit->now)
        return;
    entry->expires = visit->now + ttl;
    weft__list_append(&visit->shard->by_age, &entry->age);
}

void weft__table_put(weft__visit *visit, weft__entry *entry)
{
    weft__shard *shard = visit->shard;
    weft__entry *old = weft__table_find(visit);
    if (old != NULL)
        replace(visit, old, entry);
    else
        admit(visit, entry);
    link_entry(visit, entry);
    shard->size++;
    shard->small_size += entry->place == WEFT__SMALL;
    date(visit, entry);
}

void weft__table_clear(weft__visit *visit)
{
    weft__shard *shard = visit->shard;
    for (size_t i = 0; i < shard->bucket_count; i++) {
        weft__entry *entry = shard->buckets[i].first;
        while (entry != NULL) {
            weft__entry *below = entry->below;
            drop(visit, entry);
            entry = below;
        }
    }
    free(shard->buckets);
    shard->buckets = NULL;
    shard->bucket_count = shard->size = shard->small_size = 0;
    weft__list_init(&shard->small);
    weft__list_init(&shard->main);
    weft__list_init(&shard->by_age);
}
