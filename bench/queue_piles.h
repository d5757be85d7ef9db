/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_QUEUE_PILES_H
#define WEFT_BENCH_QUEUE_PILES_H

/*
 * The floors of the other orders: a lock that is taken by one compare-and-swap,
 * given back by a store and waited for awake, around an array. A `pile` takes
 * from its end; a `heap` is a binary one, the least number first.
 */

#include "queue_rings.h"

typedef struct queue_pile {
    BENCH_APART uint32_t locked;
    size_t count, slots;
    uint64_t items[];
} queue_pile;
typedef queue_pile queue_heap;

static inline queue_pile *open_queue_pile(unsigned capacity)
{
    size_t slots = ring_slots(capacity);
    queue_pile *pile =
        ring_allocate(sizeof *pile + slots * sizeof *pile->items);
    *pile = (queue_pile){.slots = slots};
    for (size_t i = 0; i < slots; i++)
        pile->items[i] = 0;
    return pile;
}

static inline void close_queue_pile(queue_pile *pile)
{
    free(pile);
}

#define open_queue_heap open_queue_pile
#define close_queue_heap close_queue_pile

/* With the lock held, and not as many items as `but`. */
static inline void pile_lock(queue_pile *pile, size_t but)
{
    unsigned looks = 0;
    for (;;) {
        uint32_t open = 0;
        if (weft__load_relaxed(&pile->locked) == 0 &&
            weft__compare_swap_acquire(&pile->locked, &open, 1)) {
            if (pile->count != but)
                return;
            weft__store(&pile->locked, 0);
        }
        bench_relax(&looks);
    }
}

static inline void pile_unlock(queue_pile *pile)
{
    weft__store(&pile->locked, 0);
}

static inline void put_pile(queue_pile *pile, uint64_t item)
{
    pile_lock(pile, pile->slots);
    pile->items[pile->count++] = item;
    pile_unlock(pile);
}

static inline uint64_t get_pile(queue_pile *pile)
{
    pile_lock(pile, 0);
    uint64_t item = pile->items[--pile->count];
    pile_unlock(pile);
    return item;
}

static inline void put_heap(queue_heap *heap, uint64_t item)
{
    pile_lock(heap, heap->slots);
    size_t i = heap->count++;
    for (; i > 0 && heap->items[(i - 1) / 2] > item; i = (i - 1) / 2)
        heap->items[i] = heap->items[(i - 1) / 2];
    heap->items[i] = item;
    pile_unlock(heap);
}

static inline void drop_first(queue_heap *heap)
{
    size_t n = --heap->count, i = 0, child;
    uint64_t last = heap->items[n];
    while ((child = 2 * i + 1) < n) {
        child += child + 1 < n && heap->items[child + 1] < heap->items[child];
        if (heap->items[child] >= last)
            break;
        heap->items[i] = heap->items[child];
        i = child;
    }
    heap->items[i] = last;
}

static inline uint64_t get_heap(queue_heap *heap)
{
    pile_lock(heap, 0);
    uint64_t first = heap->items[0];
    drop_first(heap);
    pile_unlock(heap);
    return first;
}

#endif
