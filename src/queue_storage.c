/* SPDX-License-Identifier: MIT */

/*
 * Blocks, and the stack of them. Items never move. A stack takes from its
 * newest block; one that runs empty becomes the spare, so that a stack that
 * swings about a block's edge does not allocate. The first block stays.
 *
 * A burst's memory goes back: to the allocator as blocks run empty, and beyond
 * a few of them, where it matters, to the system. What the allocator has would
 * mostly stay with it, pinned by the little that was allocated last.
 */

#include "queue_storage.h"

#include "os/os.h"

#include <stdlib.h>

enum { BLOCK_BYTES = 4096, LEAST_PLACES = 4 };
enum { MANY_BYTES = 65536, PAGES_BYTES = 131072 };

static size_t places_in(size_t size, size_t item_size)
{
    return (size - sizeof(weft__block)) / item_size;
}

static weft__block *create_of_pages(size_t item_size)
{
    weft__block *block = weft__os_pages(PAGES_BYTES);
    if (block != NULL) {
        block->places = places_in(PAGES_BYTES, item_size);
        block->pages = PAGES_BYTES;
    }
    return block;
}

static weft__block *create_small(size_t item_size)
{
    size_t fit = places_in(BLOCK_BYTES, item_size);
    size_t places = fit > LEAST_PLACES ? fit : LEAST_PLACES;
    weft__block *block = malloc(sizeof *block + places * item_size);
    if (block != NULL)
        *block = (weft__block){.places = places};
    return block;
}

weft__block *weft__block_create(size_t item_size, size_t count)
{
    weft__block *block = NULL;
    if (item_size <= PAGES_BYTES / (2 * LEAST_PLACES) &&
        count >= MANY_BYTES / item_size)
        block = create_of_pages(item_size);
    return block != NULL ? block : create_small(item_size);
}

void weft__block_free(weft__block *block)
{
    if (block != NULL && block->pages > 0)
        weft__os_pages_free(block, block->pages);
    else
        free(block);
}

void weft__storage_init(weft__storage *storage, size_t item_size,
                        weft_queue_kind kind, weft_compare compare)
{
    enum { ALIGNMENT = _Alignof(max_align_t) };
    *storage = (weft__storage){
        .item_size = item_size,
        .kind = kind,
        .compare = compare,
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
        block = weft__block_create(storage->item_size, storage->count);
    if (block == NULL)
        return false;
    block->older = storage->newest;
    storage->newest = block;
    storage->last = 0;
    return true;
}

bool weft__stack_put(weft__storage *storage, const void *item)
{
    if ((storage->newest == NULL || storage->last == storage->newest->places) &&
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
    weft__block *block = storage->newest;
    if (--storage->last > 0 || block->older == NULL)
        return;
    storage->newest = block->older;
    storage->last = block->older->places;
    weft__block_free(storage->spare);
    storage->spare = block;
}

void weft__stack_free(weft__storage *storage)
{
    weft__block *block = storage->newest;
    while (block != NULL) {
        weft__block *older = block->older;
        weft__block_free(block);
        block = older;
    }
    weft__block_free(storage->spare);
}
