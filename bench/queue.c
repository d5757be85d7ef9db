/* SPDX-License-Identifier: MIT */

/*
 * The race of the queues, with items of eight bytes; the time is for one item,
 * in a ping-pong for one there and one back, in the last three contests from
 * when an item is due until it is gotten. The floor of one putter and one
 * getter is a ring for just these two, of more of them a ring of slots that
 * take turns; both wait awake, as the spinning references do. That of a getter
 * who sleeps is a bare futex, that of the other orders an array behind a bare
 * lock. `FIFO` is weft's own, where the order is another one.
 */

#include "queue.h"

#include "harness.h"
#include "queue_piles.h"
#include "queue_rings.h"
#include "queue_textbook.h"
#include "weft/queue.h"

#include <glib.h>

#define TO_ONE(capacity, name)                                      \
    {                                                               \
        name, capacity != 0 ? ONE_TO_ONE : UNBOUNDED_ONE_TO_ONE, 2, \
            BENCH_OWN_CORES, .size = capacity, .putters = 1         \
    }
#define MANY_TO_MANY(from, to, capacity, name)                     \
    {                                                              \
        name, MANY_OF(to, capacity != 0), from + to, BENCH_SPREAD, \
            .size = capacity, .putters = from, .spins = true       \
    }
#define MANY_OF(to, bounded)                       \
    (to) > 1 ? ((bounded) ? MANY : UNBOUNDED_MANY) \
             : ((bounded) ? MANY_TO_ONE : UNBOUNDED_MANY_TO_ONE)

/* A getter is busy for 1 us with each item, and some 100 ns with the clock. */
static const bench_contest contests[] = {
    {.name = "one thread, put + get", .workload = ALONE, .size = 1024},
    TO_ONE(5, "1 to 1, capacity 5"),
    MANY_TO_MANY(2, 2, 5, "2 to 2, capacity 5"),
    MANY_TO_MANY(4, 4, 5, "4 to 4, capacity 5"),
    MANY_TO_MANY(1, 4, 5, "1 to 4, capacity 5"),
    MANY_TO_MANY(4, 1, 5, "4 to 1, capacity 5"),
    TO_ONE(1024, "1 to 1, capacity 1024"),
    MANY_TO_MANY(2, 2, 1024, "2 to 2, capacity 1024"),
    MANY_TO_MANY(4, 4, 1024, "4 to 4, capacity 1024"),
    MANY_TO_MANY(1, 4, 1024, "1 to 4, capacity 1024"),
    MANY_TO_MANY(4, 1, 1024, "4 to 1, capacity 1024"),
    TO_ONE(0, "1 to 1, unbounded"),
    MANY_TO_MANY(2, 2, 0, "2 to 2, unbounded"),
    MANY_TO_MANY(4, 4, 0, "4 to 4, unbounded"),
    MANY_TO_MANY(1, 4, 0, "1 to 4, unbounded"),
    MANY_TO_MANY(4, 1, 0, "4 to 1, unbounded"),
    {"1 to 1, capacity 1024, by 64", BATCHES, 2, BENCH_OWN_CORES, .size = 1024},
    {"ping-pong, two cores", PING_PONG, 2, BENCH_OWN_CORES, .size = 16},
    {"ping-pong, one core", PING_PONG, 2, BENCH_ONE_CORE, .size = 16},
    {"latency, an item each 1 ms", TRICKLE, 2, BENCH_OWN_CORES,
     .outside = 1000000, .size = 1024},
    {"latency, getter 10 % busy", LOADED, 2, BENCH_OWN_CORES, .inside = 1000,
     .outside = 10000, .size = 1024},
    {"latency, getter 90 % busy", LOADED, 2, BENCH_OWN_CORES, .inside = 1000,
     .outside = 1250, .size = 1024},
    {.name = "LIFO, one thread, 1000 deep", .workload = LIFO, .size = 1000},
    {"LIFO, 2 to 2, capacity 1024", LIFO_MANY, 4, BENCH_SPREAD, .size = 1024,
     .putters = 2, .spins = true},
    {"LIFO, 2 to 2, unbounded", LIFO_MANY, 4, BENCH_SPREAD, .putters = 2,
     .spins = true},
    {.name = "priority, one thread, 1000 deep",
     .workload = PRIORITY,
     .size = 1000},
    {"priority, 2 to 2, capacity 1024", PRIORITY_MANY, 4, BENCH_SPREAD,
     .size = 1024, .putters = 2, .spins = true},
};

static void must(bool done)
{
    if (!done)
        abort();
}

/* ---- weft ---- */

typedef weft_queue queue_weft;

static int by_number(const void *one, const void *other)
{
    const uint64_t *a = one, *b = other;
    return (*a > *b) - (*a < *b);
}

static queue_weft *open_as(weft_queue_kind kind, unsigned capacity)
{
    weft_queue *queue = weft_queue_create(sizeof(uint64_t), .maxsize = capacity,
                                          .kind = kind, .compare = by_number);
    must(queue != NULL);
    return queue;
}

static queue_weft *open_queue_weft(unsigned capacity)
{
    return open_as(WEFT_FIFO, capacity);
}

static void close_queue_weft(queue_weft *queue)
{
    must(weft_queue_destroy(queue) == WEFT_OK);
}

static inline void put_weft(queue_weft *queue, uint64_t item)
{
    must(weft_queue_put(queue, &item) == WEFT_OK);
}

static inline uint64_t get_weft(queue_weft *queue)
{
    uint64_t item;
    must(weft_queue_get(queue, &item) == WEFT_OK);
    return item;
}

static inline void put_many_weft(queue_weft *queue, const uint64_t *items,
                                 size_t n)
{
    must(weft_queue_put_many(queue, items, n, NULL) == WEFT_OK);
}

static inline size_t get_many_weft(queue_weft *queue, uint64_t *items,
                                   size_t most)
{
    size_t got;
    must(weft_queue_get_many(queue, items, most, &got) == WEFT_OK);
    return got;
}

/* The other orders differ in how they are made. */
typedef weft_queue queue_lifo;
typedef weft_queue queue_priority;
#define close_queue_lifo close_queue_weft
#define put_lifo put_weft
#define get_lifo get_weft
#define close_queue_priority close_queue_weft
#define put_priority put_weft
#define get_priority get_weft

static queue_lifo *open_queue_lifo(unsigned capacity)
{
    return open_as(WEFT_LIFO, capacity);
}

static queue_priority *open_queue_priority(unsigned capacity)
{
    return open_as(WEFT_PRIORITY, capacity);
}

/* ---- GLib ---- */

typedef GAsyncQueue queue_glib;

static queue_glib *open_queue_glib(unsigned capacity)
{
    (void)capacity;
    return g_async_queue_new();
}

static void close_queue_glib(queue_glib *queue)
{
    g_async_queue_unref(queue);
}

static inline void put_glib(queue_glib *queue, uint64_t item)
{
    g_async_queue_push(queue, (void *)(uintptr_t)item);
}

static inline uint64_t get_glib(queue_glib *queue)
{
    return (uintptr_t)g_async_queue_pop(queue);
}

#define PEER ring
#include "queue_workloads.h"
#define PEER ring
#include "queue_batches.h"
#define PEER turns
#include "queue_workloads.h"
#define PEER futex
#include "queue_workloads.h"
#define PEER weft
#include "queue_workloads.h"
#define PEER weft
#include "queue_batches.h"
#define PEER weft
#include "queue_orders.h"
#define PEER lifo
#include "queue_workloads.h"
#define PEER lifo
#include "queue_orders.h"
#define PEER priority
#include "queue_workloads.h"
#define PEER priority
#include "queue_orders.h"
#define PEER pile
#include "queue_workloads.h"
#define PEER pile
#include "queue_orders.h"
#define PEER heap
#include "queue_workloads.h"
#define PEER heap
#include "queue_orders.h"
#define PEER textbook
#include "queue_workloads.h"
#define PEER textbook
#include "queue_batches.h"
#define PEER semaphores
#include "queue_workloads.h"
#define PEER glib
#include "queue_workloads.h"

static const bench_entrant floor_entrant = {
    "floor",
    BENCH_FLOOR,
    "blocking",
    {alone_ring, stream_ring, stream_turns, stream_turns, stream_ring,
     stream_turns, stream_turns, ping_pong_ring, batches_ring, latency_futex,
     latency_ring, deep_pile, stream_pile, deep_heap, stream_heap}};
static const bench_entrant weft_entrant = {
    "weft",
    BENCH_WEFT,
    "",
    {alone_weft, stream_weft, stream_weft, stream_weft, stream_weft,
     stream_weft, stream_weft, ping_pong_weft, batches_weft, latency_weft,
     latency_weft, deep_lifo, stream_lifo, deep_priority, stream_priority}};
static const bench_entrant fifo_entrant = {"FIFO",
                                           BENCH_REFERENCE,
                                           "another order",
                                           {
                                               [LIFO] = deep_weft,
                                               [LIFO_MANY] = stream_weft,
                                               [PRIORITY] = deep_weft,
                                               [PRIORITY_MANY] = stream_weft,
                                           }};
static const bench_entrant textbook_entrant = {
    "textbook",
    BENCH_PEER,
    "shutdown, time-out",
    {alone_textbook, stream_textbook, stream_textbook, stream_textbook,
     stream_textbook, stream_textbook, stream_textbook, ping_pong_textbook,
     batches_textbook, latency_textbook, latency_textbook}};
static const bench_entrant semaphores_entrant = {
    "semaphores",
    BENCH_PEER,
    "more than 2 threads, shutdown, time-out",
    {
        [ALONE] = alone_semaphores,
        [ONE_TO_ONE] = stream_semaphores,
        [PING_PONG] = ping_pong_semaphores,
        [TRICKLE] = latency_semaphores,
        [LOADED] = latency_semaphores,
    }};
static const bench_entrant glib_entrant = {
    "GLib",
    BENCH_PEER,
    "bound, shutdown",
    {
        [ALONE] = alone_glib,
        [UNBOUNDED_ONE_TO_ONE] = stream_glib,
        [UNBOUNDED_MANY] = stream_glib,
        [UNBOUNDED_MANY_TO_ONE] = stream_glib,
        [PING_PONG] = ping_pong_glib,
        [TRICKLE] = latency_glib,
        [LOADED] = latency_glib,
    }};
extern const bench_entrant bench_queue_tbb, bench_queue_moodycamel,
    bench_queue_tokens, bench_queue_rwqueue, bench_queue_rwbuffer,
    bench_queue_boost, bench_queue_std;
/* Those of languages that are there only where their compilers are. */
extern const bench_entrant bench_queue_crossbeam __attribute__((weak)),
    bench_queue_mpsc __attribute__((weak)),
    bench_queue_go __attribute__((weak)),
    bench_queue_go_waits __attribute__((weak));

int main(int argc, char **argv)
{
    const bench_entrant *const all[] = {
        &floor_entrant,          &weft_entrant,          &textbook_entrant,
        &semaphores_entrant,     &glib_entrant,          &bench_queue_tbb,
        &bench_queue_moodycamel, &bench_queue_tokens,    &bench_queue_rwqueue,
        &bench_queue_rwbuffer,   &bench_queue_crossbeam, &bench_queue_mpsc,
        &bench_queue_go,         &bench_queue_go_waits,  &bench_queue_boost,
        &bench_queue_std,        &fifo_entrant,
    };
    const bench_entrant *entrants[BENCH_ENTRANTS];
    bench_race race = {"queue", contests, BENCH_COUNT(contests), entrants, 0};
    for (size_t i = 0; i < BENCH_COUNT(all); i++)
        if (all[i] != NULL)
            entrants[race.entrants_count++] = all[i];
    return bench_main(&race, argc, argv);
}
