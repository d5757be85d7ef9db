/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_QUEUE_STORAGE_H
#define WEFT_SRC_QUEUE_STORAGE_H

/* Where queues keep their items: blocks, and for the kinds that are not first
 * in, first out, two orders behind one small interface. */

#include "weft/queue.h"

#include <string.h>

typedef struct weft__block weft__block;

/* Followed by the places of its items. */
struct weft__block {
    _Alignas(max_align_t) weft__block *newer;
    weft__block *older;
    size_t places;
    size_t pages; /* their size, if it came as pages from the system */
};

static inline unsigned char *weft__block_items(weft__block *block)
{
    return (unsigned char *)(block + 1);
}

/* A block for a queue that holds so many items already. NULL: out of memory. */
weft__block *weft__block_create(size_t item_size, size_t count);
void weft__block_free(weft__block *block);

static inline void weft__copy_items(void *to, const void *from, size_t size)
{
    if (size == sizeof(uint64_t)) /* no call for what most queues hold */
        memcpy(to, from, sizeof(uint64_t));
    else
        memcpy(to, from, size);
}

typedef struct weft__storage {
    size_t item_size, count;
    weft_queue_kind kind;
    weft_compare compare;
    /* LIFO: blocks of items. */
    weft__block *newest, *spare;
    size_t last; /* items in the newest block */
    /* Priority: a heap of entries, each an item and its number of arrival. */
    unsigned char *entries;
    size_t entry_size, capacity;
    uint64_t arrivals;
} weft__storage;

void weft__storage_init(weft__storage *storage, size_t item_size,
                        weft_queue_kind kind, weft_compare compare);
void weft__storage_free(weft__storage *storage);

/* Adds a copy of the item; false: out of memory, nothing changed. */
bool weft__storage_put(weft__storage *storage, const void *item);

/* The item that comes out next, in place; there must be one. */
void *weft__storage_next(const weft__storage *storage);

/* Takes that one out. */
void weft__storage_drop(weft__storage *storage);

/* The two orders behind these. */
bool weft__stack_put(weft__storage *storage, const void *item);
void *weft__stack_next(const weft__storage *storage);
void weft__stack_drop(weft__storage *storage);
void weft__stack_free(weft__storage *storage);
bool weft__heap_put(weft__storage *storage, const void *item);
void weft__heap_drop(weft__storage *storage);

#endif
