/* SPDX-License-Identifier: MIT */

/*
 * Blocks, and the stack of them. Items never move. A stack takes from its
 * newest block; one that runs empty becomes the spare, so that a stack that
 * swings about a block's edge does not allocate, and is freed when there is a
 * spare already, so that a burst's memory goes back.
 */

#include "queue_storage.h"

#include <stdlib.h>

enum { BLOCK_BYTES = 4096, LEAST_PLACES = 4 };

size_t weft__block_places(size_t item_size)
{
    size_t fit = (BLOCK_BYTES - sizeof(weft__block)) / item_size;
    return fit > LEAST_PLACES ? fit : LEAST_PLACES;
}

weft__block *weft__block_create(size_t item_size, size_t places)
{
    weft__block *block = malloc(sizeof *block + places * item_size);
    if (block != NULL)
        block->newer = block->older = NULL;
    return block;
}

void weft__storage_init(weft__storage *storage, size_t item_size,
                        weft_queue_kind kind, weft_compare compare)
{
    enum { ALIGNMENT = _Alignof(max_align_t) };
    *storage = (weft__storage){
        .item_size = item_size,
        .kind = kind,
        .compare = compare,
        .per_block = weft__block_places(item_size),
        .entry_size = (item_size + sizeof(uint64_t) + ALIGNMENT - 1) /
                      ALIGNMENT * ALIGNMENT,
    };
}

void weft__storage_free(weft__storage *storage)
{
    weft__stack_free(storage);
    free(storage->entries);
}

bool weft__storage_put(weft__storage *storage, const void *item)
{
    bool put = storage->kind == WEFT_PRIORITY ? weft__heap_put(storage, item)
                                              : weft__stack_put(storage, item);
    storage->count += put;
    return put;
}

void *weft__storage_next(const weft__storage *storage)
{
    return storage->kind == WEFT_PRIORITY ? storage->entries
                                          : weft__stack_next(storage);
}

void weft__storage_drop(weft__storage *storage)
{
    storage->count--;
    if (storage->kind == WEFT_PRIORITY)
        weft__heap_drop(storage);
    else
        weft__stack_drop(storage);
}

/* ---- The stack ---- */

static bool add_block(weft__storage *storage)
{
    weft__block *block = storage->spare;
    storage->spare = NULL;
    if (block == NULL)
        block = weft__block_create(storage->item_size, storage->per_block);
    if (block == NULL)
        return false;
    block->older = storage->newest;
    storage->newest = block;
    storage->last = 0;
    return true;
}

bool weft__stack_put(weft__storage *storage, const void *item)
{
    if ((storage->newest == NULL || storage->last == storage->per_block) &&
        !add_block(storage))
        return false;
    size_t size = storage->item_size;
    weft__copy_items(weft__block_items(storage->newest) + storage->last * size,
                     item, size);
    storage->last++;
    return true;
}

void *weft__stack_next(const weft__storage *storage)
{
    return weft__block_items(storage->newest) +
           (storage->last - 1) * storage->item_size;
}

void weft__stack_drop(weft__storage *storage)
{
    if (--storage->last > 0)
        return;
    weft__block *block = storage->newest;
    storage->newest = block->older;
    storage->last = storage->per_block;
    if (storage->spare == NULL)
        storage->spare = block;
    else
        free(block);
}

void weft__stack_free(weft__storage *storage)
{
    weft__block *block = storage->newest;
    while (block != NULL) {
        weft__block *older = block->older;
        free(block);
        block = older;
    }
    free(storage->spare);
}
