/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_QUEUE_H
#define WEFT_SRC_QUEUE_H

/* What the files of the queue share: where it keeps its items (three orders
 * behind one small interface), and the queue itself. Its lock guards all. */

#include "lifecycle.h"
#include "weft/condition.h"
#include "weft/queue.h"

typedef struct weft__block weft__block;

typedef struct weft__storage {
    size_t item_size, count;
    weft_queue_kind kind;
    weft_compare compare;
    /* FIFO and LIFO: blocks of items, oldest first. */
    size_t per_block;
    weft__block *oldest, *newest, *spare;
    size_t first; /* index in the oldest block */
    size_t last;  /* items in the newest block */
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
void *weft__storage_next(weft__storage *storage);

/* Takes that one out. */
void weft__storage_drop(weft__storage *storage);

/* The two kinds of storage behind these. */
bool weft__blocks_put(weft__storage *storage, const void *item);
void *weft__blocks_next(weft__storage *storage);
void weft__blocks_drop(weft__storage *storage);
void weft__blocks_free(weft__storage *storage);
bool weft__heap_put(weft__storage *storage, const void *item);
void weft__heap_drop(weft__storage *storage);

struct weft_queue {
    weft__fork_guard guard;
    weft_lock lock;
    weft_condition not_empty, not_full, all_done;
    weft__storage storage;
    size_t maxsize, unfinished;
    size_t waiting; /* threads inside a wait, until they hold the lock again */
    void (*destroy)(void *item);
    bool shut_down, raised;
    int fd; /* -1: never asked for */
};

/* All with the lock held. Waits until ready(queue), which is asked again at
 * each wake and once more when the wait is given up. */
weft_status weft__queue_wait(weft_queue *queue, weft_condition *condition,
                             bool (*ready)(const weft_queue *),
                             weft_duration deadline);

/* Raises or lowers the descriptor, if there is one, to what it should be. */
void weft__queue_update_fd(weft_queue *queue);

/* Destroys all items of a storage that no other thread can see. */
void weft__queue_destroy_items(weft__storage *storage, void (*destroy)(void *));

#endif
