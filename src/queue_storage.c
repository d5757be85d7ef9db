/* SPDX-License-Identifier: MIT */

/*
 * Storage in order of arrival: a chain of blocks. Items never move. FIFO takes
 * from the oldest block, LIFO from the newest; a block that runs empty becomes
 * the spare, so that a queue that swings about a block's edge does not
 * allocate, and is freed when there is a spare already, so that a burst's
 * memory goes back.
 */

#include "queue.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 4096, LEAST_PER_BLOCK = 4 };

struct weft__block {
    weft__block *newer, *older;
    _Alignas(max_align_t) unsigned char items[];
};

void weft__storage_init(weft__storage *storage, size_t item_size,
                        weft_queue_kind kind, weft_compare compare)
{
    enum { ALIGNMENT = _Alignof(max_align_t) };
    size_t fit = (BLOCK_BYTES - sizeof(weft__block)) / item_size;
    *storage = (weft__storage){
        .item_size = item_size,
        .kind = kind,
        .compare = compare,
        .per_block = fit > LEAST_PER_BLOCK ? fit : LEAST_PER_BLOCK,
        .entry_size = (item_size + sizeof(uint64_t) + ALIGNMENT - 1) /
                      ALIGNMENT * ALIGNMENT,
    };
}

void weft__storage_free(weft__storage *storage)
{
    weft__blocks_free(storage);
    free(storage->entries);
}

bool weft__storage_put(weft__storage *storage, const void *item)
{
    bool put = storage->kind == WEFT_PRIORITY ? weft__heap_put(storage, item)
                                              : weft__blocks_put(storage, item);
    storage->count += put;
    return put;
}

void *weft__storage_next(weft__storage *storage)
{
    return storage->kind == WEFT_PRIORITY ? storage->entries
                                          : weft__blocks_next(storage);
}

void weft__storage_drop(weft__storage *storage)
{
    storage->count--;
    if (storage->kind == WEFT_PRIORITY)
        weft__heap_drop(storage);
    else
        weft__blocks_drop(storage);
}

/* ---- Blocks ---- */

static bool add_block(weft__storage *storage)
{
    weft__block *block = storage->spare;
    storage->spare = NULL;
    if (block == NULL)
        block = malloc(sizeof *block + storage->per_block * storage->item_size);
    if (block == NULL)
        return false;
    block->newer = NULL;
    block->older = storage->newest;
    if (storage->newest != NULL) {
        storage->newest->newer = block;
    } else {
        storage->oldest = block;
        storage->first = 0;
    }
    storage->newest = block;
    storage->last = 0;
    return true;
}

static void spare_block(weft__storage *storage, weft__block *block)
{
    if (storage->spare == NULL)
        storage->spare = block;
    else
        free(block);
}

bool weft__blocks_put(weft__storage *storage, const void *item)
{
    if ((storage->newest == NULL || storage->last == storage->per_block) &&
        !add_block(storage))
        return false;
    size_t size = storage->item_size;
    memcpy(storage->newest->items + storage->last * size, item, size);
    storage->last++;
    return true;
}

void *weft__blocks_next(weft__storage *storage)
{
    size_t size = storage->item_size;
    if (storage->kind == WEFT_FIFO)
        return storage->oldest->items + storage->first * size;
    return storage->newest->items + (storage->last - 1) * size;
}

static void drop_oldest(weft__storage *storage)
{
    weft__block *block = storage->oldest;
    size_t end = block == storage->newest ? storage->last : storage->per_block;
    if (++storage->first < end)
        return;
    storage->oldest = block->newer;
    if (storage->oldest != NULL)
        storage->oldest->older = NULL;
    else
        storage->newest = NULL;
    storage->first = 0;
    spare_block(storage, block);
}

static void drop_newest(weft__storage *storage)
{
    if (--storage->last > 0)
        return;
    weft__block *block = storage->newest;
    storage->newest = block->older;
    if (storage->newest != NULL)
        storage->newest->newer = NULL;
    else
        storage->oldest = NULL;
    storage->last = storage->per_block;
    spare_block(storage, block);
}

void weft__blocks_drop(weft__storage *storage)
{
    if (storage->kind == WEFT_FIFO)
        drop_oldest(storage);
    else
        drop_newest(storage);
}

void weft__blocks_free(weft__storage *storage)
{
    weft__block *block = storage->oldest;
    while (block != NULL) {
        weft__block *newer = block->newer;
        free(block);
        block = newer;
    }
    free(storage->spare);
}
