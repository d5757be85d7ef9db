/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_QUEUE_RINGS_H
#define WEFT_BENCH_QUEUE_RINGS_H

/*
 * The floors of the queues: rings that wait awake, so that nothing is faster,
 * and that promise nothing but order and a bound.
 *
 * `ring` is for one putter and one getter: each owns an index, and keeps a copy
 * of the other's that it renews when it would have to wait (Lamport's queue,
 * with the caches of Lee, Bu and Chandranmenon's MCRingBuffer). `turns` is
 * for many: each slot says whose turn it is there, and an index for each side
 * is moved by compare-and-swap (after Vyukov's bounded queue).
 */

#include "floor.h"
#include "template.h"

#include <stdlib.h>
#include <string.h>

enum { UNLIMITED = 65536 }; /* stands in for no limit */

static inline size_t ring_slots(unsigned capacity)
{
    return capacity != 0 ? capacity : UNLIMITED;
}

static inline void *ring_allocate(size_t size)
{
    void *memory = aligned_alloc(64, (size + 63) / 64 * 64);
    if (memory == NULL)
        abort();
    return memory;
}

typedef struct queue_ring {
    BENCH_APART size_t put, seen_got;
    BENCH_APART size_t got, seen_put;
    BENCH_APART size_t slots; /* one more than the capacity */
    uint64_t items[];
} queue_ring;

static inline queue_ring *open_queue_ring(unsigned capacity)
{
    size_t slots = ring_slots(capacity) + 1;
    queue_ring *ring =
        ring_allocate(sizeof *ring + slots * sizeof *ring->items);
    *ring = (queue_ring){.slots = slots};
    for (size_t i = 0; i < slots; i++)
        ring->items[i] = 0; /* no page faults while the clock runs */
    return ring;
}

static inline void close_queue_ring(queue_ring *ring)
{
    free(ring);
}

static inline size_t ring_next(const queue_ring *ring, size_t index)
{
    return index + 1 < ring->slots ? index + 1 : 0;
}

static inline void put_ring(queue_ring *ring, uint64_t item)
{
    unsigned looks = 0;
    size_t put = ring->put, next = ring_next(ring, put);
    while (next == ring->seen_got) {
        ring->seen_got = weft__load(&ring->got);
        if (next == ring->seen_got)
            bench_relax(&looks);
    }
    ring->items[put] = item;
    weft__store(&ring->put, next);
}

static inline uint64_t get_ring(queue_ring *ring)
{
    unsigned looks = 0;
    size_t got = ring->got;
    while (got == ring->seen_put) {
        ring->seen_put = weft__load(&ring->put);
        if (got == ring->seen_put)
            bench_relax(&looks);
    }
    uint64_t item = ring->items[got];
    weft__store(&ring->got, ring_next(ring, got));
    return item;
}

/* As many as fit before the ring's end, and where there is room, or items. */
static inline size_t ring_run(const queue_ring *ring, size_t from, size_t end,
                              size_t most)
{
    size_t run = end >= from ? end - from : ring->slots - from;
    return run < most ? run : most;
}

static inline void put_many_ring(queue_ring *ring, const uint64_t *items,
                                 size_t n)
{
    unsigned looks = 0;
    while (n > 0) {
        size_t put = ring->put, got = weft__load(&ring->got);
        size_t end = got > 0 ? got - 1 : ring->slots - 1;
        size_t run = ring_run(ring, put, end, n);
        if (run == 0)
            bench_relax(&looks);
        memcpy(&ring->items[put], items, run * sizeof *items);
        weft__store(&ring->put, (put + run) % ring->slots);
        items += run;
        n -= run;
    }
}

static inline size_t get_many_ring(queue_ring *ring, uint64_t *items,
                                   size_t most)
{
    unsigned looks = 0;
    size_t got = ring->got, run;
    while ((run = ring_run(ring, got, weft__load(&ring->put), most)) == 0)
        bench_relax(&looks);
    memcpy(items, &ring->items[got], run * sizeof *items);
    weft__store(&ring->got, (got + run) % ring->slots);
    return run;
}

/* turn: 2 * round while the slot is free for that round's putter, one more
 * while it holds the item for that round's getter. */
typedef struct turn_slot {
    size_t turn;
    uint64_t item;
} turn_slot;

typedef struct queue_turns {
    BENCH_APART size_t puts;
    BENCH_APART size_t gets;
    BENCH_APART size_t slots;
    turn_slot slot[];
} queue_turns;

static inline queue_turns *open_queue_turns(unsigned capacity)
{
    size_t slots = ring_slots(capacity);
    queue_turns *queue =
        ring_allocate(sizeof *queue + slots * sizeof *queue->slot);
    *queue = (queue_turns){.slots = slots};
    for (size_t i = 0; i < slots; i++)
        queue->slot[i] = (turn_slot){.turn = 0};
    return queue;
}

static inline void close_queue_turns(queue_turns *queue)
{
    free(queue);
}

/* Waits until the next slot of this side, `at`, has the turn 2 * round + what,
 * and takes it; *turn is that. */
static inline turn_slot *take_slot(queue_turns *queue, size_t *at, size_t what,
                                   size_t *turn)
{
    unsigned looks = 0;
    for (;;) {
        size_t index = weft__load_relaxed(at);
        turn_slot *slot = &queue->slot[index % queue->slots];
        *turn = index / queue->slots * 2 + what;
        size_t seen = weft__load(&slot->turn);
        if (seen == *turn && weft__compare_swap_weak(at, &index, index + 1))
            return slot;
        if (seen < *turn)
            bench_relax(&looks);
    }
}

static inline void put_turns(queue_turns *queue, uint64_t item)
{
    size_t turn;
    turn_slot *slot = take_slot(queue, &queue->puts, 0, &turn);
    slot->item = item;
    weft__store(&slot->turn, turn + 1);
}

static inline uint64_t get_turns(queue_turns *queue)
{
    size_t turn;
    turn_slot *slot = take_slot(queue, &queue->gets, 1, &turn);
    uint64_t item = slot->item;
    weft__store(&slot->turn, turn + 1);
    return item;
}

/* One place, one putter, and one getter who sleeps: no less does. */
typedef struct queue_futex {
    BENCH_APART uint32_t full;
    uint64_t item;
} queue_futex;

static inline queue_futex *open_queue_futex(unsigned capacity)
{
    (void)capacity;
    queue_futex *queue = ring_allocate(sizeof *queue);
    *queue = (queue_futex){.full = 0};
    return queue;
}

static inline void close_queue_futex(queue_futex *queue)
{
    free(queue);
}

static inline void put_futex(queue_futex *queue, uint64_t item)
{
    bench_await(&queue->full, 0);
    queue->item = item;
    weft__store(&queue->full, 1);
    bench_wake(&queue->full, 1);
}

static inline uint64_t get_futex(queue_futex *queue)
{
    bench_await_asleep(&queue->full, 1);
    uint64_t item = queue->item;
    weft__store(&queue->full, 0);
    return item;
}

#endif
