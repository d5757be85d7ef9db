/* SPDX-License-Identifier: MIT */

/*
 * The race of the queues, with items of eight bytes; the time is for one item,
 * in a ping-pong for one there and one back. The floor of one putter and one
 * getter is a ring for just these two, of more of them a ring of slots that
 * take turns; both wait awake, as the spinning references do.
 */

#include "queue.h"

#include "harness.h"
#include "queue_rings.h"
#include "queue_textbook.h"
#include "weft/queue.h"

#include <glib.h>

static const bench_contest contests[] = {
    {.name = "one thread, put + get", .workload = ALONE, .size = 1024},
    {"1 to 1, capacity 5", ONE_TO_ONE, 2, BENCH_OWN_CORES, .size = 5},
    {"1 to 1, capacity 1024", ONE_TO_ONE, 2, BENCH_OWN_CORES, .size = 1024},
    {"2 to 2, capacity 5", TWO_TO_TWO, 4, BENCH_SPREAD, .size = 5,
     .spins = true},
    {"2 to 2, capacity 1024", TWO_TO_TWO, 4, BENCH_SPREAD, .size = 1024,
     .spins = true},
    {"1 to 1, unbounded", UNBOUNDED_ONE_TO_ONE, 2, BENCH_OWN_CORES, .size = 0},
    {"2 to 2, unbounded", UNBOUNDED_TWO_TO_TWO, 4, BENCH_SPREAD, .size = 0,
     .spins = true},
    {"ping-pong, two cores", PING_PONG, 2, BENCH_OWN_CORES, .size = 16},
    {"ping-pong, one core", PING_PONG, 2, BENCH_ONE_CORE, .size = 16},
};

static void must(bool done)
{
    if (!done)
        abort();
}

/* ---- weft ---- */

typedef weft_queue queue_weft;

static queue_weft *open_queue_weft(unsigned capacity)
{
    weft_queue *queue =
        weft_queue_create(sizeof(uint64_t), .maxsize = capacity);
    must(queue != NULL);
    return queue;
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
#define PEER turns
#include "queue_workloads.h"
#define PEER weft
#include "queue_workloads.h"
#define PEER textbook
#include "queue_workloads.h"
#define PEER glib
#include "queue_workloads.h"

static const bench_entrant floor_entrant = {
    "floor",
    BENCH_FLOOR,
    "blocking",
    {
        [ALONE] = alone_ring,
        [ONE_TO_ONE] = stream_ring,
        [TWO_TO_TWO] = stream_turns,
        [UNBOUNDED_ONE_TO_ONE] = stream_ring,
        [UNBOUNDED_TWO_TO_TWO] = stream_turns,
        [PING_PONG] = ping_pong_ring,
    }};
static const bench_entrant weft_entrant = {"weft",
                                           BENCH_WEFT,
                                           "",
                                           {alone_weft, stream_weft,
                                            stream_weft, stream_weft,
                                            stream_weft, ping_pong_weft}};
static const bench_entrant textbook_entrant = {
    "textbook",
    BENCH_PEER,
    "shutdown, time-out",
    {alone_textbook, stream_textbook, stream_textbook, stream_textbook,
     stream_textbook, ping_pong_textbook}};
static const bench_entrant glib_entrant = {
    "GLib",
    BENCH_PEER,
    "bound, shutdown",
    {
        [ALONE] = alone_glib,
        [UNBOUNDED_ONE_TO_ONE] = stream_glib,
        [UNBOUNDED_TWO_TO_TWO] = stream_glib,
        [PING_PONG] = ping_pong_glib,
    }};
extern const bench_entrant bench_queue_tbb, bench_queue_moodycamel,
    bench_queue_rwqueue, bench_queue_rwbuffer, bench_queue_boost;

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant,       &weft_entrant,         &textbook_entrant,
        &glib_entrant,        &bench_queue_tbb,      &bench_queue_moodycamel,
        &bench_queue_rwqueue, &bench_queue_rwbuffer, &bench_queue_boost,
    };
    const bench_race race = {"queue", contests, BENCH_COUNT(contests), entrants,
                             BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
