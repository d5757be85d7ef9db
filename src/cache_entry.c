/* SPDX-License-Identifier: MIT */

/*
 * The life of an entry. It is pinned once for being inside the cache and once
 * by each thread that uses it without the lock: who computes it, who waits for
 * that, who is about to copy and retain the value. Whoever gives the last pin
 * back destroys the value. So the cache's own copy outlives each `retain` of a
 * copy, and neither callback ever runs under a lock.
 */

#include "cache.h"

#include <stdlib.h>

weft__entry *weft__entry_make(const weft__visit *visit)
{
    size_t size = visit->values.size;
    weft__entry *entry =
        calloc(1, offsetof(weft__entry, value) + size + visit->key.size);
    if (entry == NULL)
        return NULL;
    weft__list_init(&entry->order);
    weft__list_init(&entry->age);
    entry->hash = visit->hash;
    entry->key_size = visit->key.size;
    entry->pins = 1;
    entry->status = WEFT_NOT_FOUND;
    if (entry->key_size > 0)
        memcpy(entry->value + size, visit->key.bytes, entry->key_size);
    return entry;
}

void weft__entry_unpin(const weft__values *values, weft__entry *entry)
{
    if (weft__fetch_sub(&entry->pins, 1) > 1)
        return;
    if (entry->status == WEFT_OK && values->destroy != NULL)
        values->destroy(entry->value);
    free(entry);
}

void weft__entry_hand_out(const weft__values *values, weft__entry *entry,
                          void *value)
{
    memcpy(value, entry->value, values->size);
    if (values->retain != NULL)
        values->retain(value);
    weft__entry_unpin(values, entry);
}

void weft__visit_drop(weft__visit *visit)
{
    weft__entry *entry = visit->dropped;
    visit->dropped = NULL;
    while (entry != NULL) {
        weft__entry *below = entry->below;
        weft__entry_unpin(&visit->values, entry);
        entry = below;
    }
}

bool weft__entry_matches(const weft__visit *visit, const weft__entry *entry)
{
    size_t size = visit->key.size;
    return entry->hash == visit->hash && entry->key_size == size &&
           (size == 0 || memcmp(entry->value + visit->values.size,
                                visit->key.bytes, size) == 0);
}
