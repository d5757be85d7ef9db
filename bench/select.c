/* SPDX-License-Identifier: MIT */

/*
 * The race of those who wait for the first of two queues, with items of eight
 * bytes; the time is for one item, in a ping-pong for one there and one back.
 * The floor looks at two rings in turn, awake. The textbook's two rings share
 * one lock and one condition, as only then one can wait for both; the system's
 * own way is a pipe for each queue, and poll.
 */

#include "weft/select.h"
#include "harness.h"
#include "queue_rings.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>

enum { ALONE, ONE_TO_ONE, TWO_TO_ONE, PING_PONG };

static const bench_contest contests[] = {
    {.name = "one thread, put + get from 2", .workload = ALONE, .size = 1024},
    {"1 putter, 2 queues", ONE_TO_ONE, 2, BENCH_OWN_CORES, .size = 1024},
    {"2 putters, 2 queues", TWO_TO_ONE, 3, BENCH_SPREAD, .size = 1024,
     .spins = true},
    {"ping-pong, two cores", PING_PONG, 2, BENCH_OWN_CORES, .size = 512},
    {"ping-pong, one core", PING_PONG, 2, BENCH_ONE_CORE, .size = 512},
};

static void must(bool done)
{
    if (!done)
        abort();
}

/* ---- The floor: two rings ---- */

typedef struct pair_ring {
    queue_ring *rings[2];
    unsigned turn;
} pair_ring;

static void open_pair_ring(pair_ring *pair, unsigned capacity)
{
    for (int i = 0; i < 2; i++)
        pair->rings[i] = open_queue_ring(capacity);
}

static void close_pair_ring(pair_ring *pair)
{
    for (int i = 0; i < 2; i++)
        close_queue_ring(pair->rings[i]);
}

static inline void put_in_ring(pair_ring *pair, unsigned which, uint64_t item)
{
    put_ring(pair->rings[which], item);
}

static inline uint64_t select_ring(pair_ring *pair)
{
    unsigned looks = 0;
    queue_ring *ring = pair->rings[pair->turn ^= 1];
    while (ring->got == ring->seen_put &&
           ring->got == (ring->seen_put = weft__load(&ring->put))) {
        ring = pair->rings[pair->turn ^= 1];
        bench_relax(&looks);
    }
    return get_ring(ring);
}

/* ---- weft ---- */

typedef struct pair_weft {
    weft_queue *queues[2];
} pair_weft;

static void open_pair_weft(pair_weft *pair, unsigned capacity)
{
    for (int i = 0; i < 2; i++) {
        pair->queues[i] =
            weft_queue_create(sizeof(uint64_t), .maxsize = capacity);
        must(pair->queues[i] != NULL);
    }
}

static void close_pair_weft(pair_weft *pair)
{
    for (int i = 0; i < 2; i++)
        must(weft_queue_destroy(pair->queues[i]) == WEFT_OK);
}

static inline void put_in_weft(pair_weft *pair, unsigned which, uint64_t item)
{
    must(weft_queue_put(pair->queues[which], &item) == WEFT_OK);
}

static inline uint64_t select_weft(pair_weft *pair)
{
    uint64_t item;
    const weft_select_case cases[] = {WEFT_SELECT_GET(pair->queues[0], &item),
                                      WEFT_SELECT_GET(pair->queues[1], &item)};
    must(weft_select(cases, 2, NULL) == WEFT_OK);
    return item;
}

/* ---- The textbook ---- */

typedef struct pair_textbook {
    pthread_mutex_t lock;
    pthread_cond_t not_empty;
    unsigned turn;
    struct shelf {
        pthread_cond_t not_full;
        size_t slots, first, count;
        uint64_t *items;
    } shelves[2];
} pair_textbook;

static void open_pair_textbook(pair_textbook *pair, unsigned capacity)
{
    *pair = (pair_textbook){.turn = 0};
    pthread_mutex_init(&pair->lock, NULL);
    pthread_cond_init(&pair->not_empty, NULL);
    for (int i = 0; i < 2; i++) {
        pair->shelves[i].slots = capacity;
        pair->shelves[i].items = malloc(capacity * sizeof(uint64_t));
        must(pair->shelves[i].items != NULL);
        pthread_cond_init(&pair->shelves[i].not_full, NULL);
    }
}

static void close_pair_textbook(pair_textbook *pair)
{
    for (int i = 0; i < 2; i++)
        free(pair->shelves[i].items);
}

static inline void put_in_textbook(pair_textbook *pair, unsigned which,
                                   uint64_t item)
{
    struct shelf *shelf = &pair->shelves[which];
    pthread_mutex_lock(&pair->lock);
    while (shelf->count == shelf->slots)
        pthread_cond_wait(&shelf->not_full, &pair->lock);
    shelf->items[(shelf->first + shelf->count++) % shelf->slots] = item;
    pthread_cond_signal(&pair->not_empty);
    pthread_mutex_unlock(&pair->lock);
}

static inline uint64_t select_textbook(pair_textbook *pair)
{
    pthread_mutex_lock(&pair->lock);
    while (pair->shelves[0].count + pair->shelves[1].count == 0)
        pthread_cond_wait(&pair->not_empty, &pair->lock);
    if (pair->shelves[pair->turn ^= 1].count == 0)
        pair->turn ^= 1;
    struct shelf *shelf = &pair->shelves[pair->turn];
    uint64_t item = shelf->items[shelf->first];
    shelf->first = (shelf->first + 1) % shelf->slots;
    shelf->count--;
    pthread_cond_signal(&shelf->not_full);
    pthread_mutex_unlock(&pair->lock);
    return item;
}

/* ---- Pipes ---- */

typedef struct pair_pipes {
    int puts[2];
    struct pollfd gets[2];
    unsigned turn;
} pair_pipes;

static void open_pair_pipes(pair_pipes *pair, unsigned capacity)
{
    pair->turn = 0;
    for (int i = 0; i < 2; i++) {
        int ends[2];
        must(pipe(ends) == 0);
        must(fcntl(ends[1], F_SETPIPE_SZ, (int)(capacity * 8)) > 0);
        pair->puts[i] = ends[1];
        pair->gets[i] = (struct pollfd){.fd = ends[0], .events = POLLIN};
    }
}

static void close_pair_pipes(pair_pipes *pair)
{
    for (int i = 0; i < 2; i++) {
        close(pair->puts[i]);
        close(pair->gets[i].fd);
    }
}

static inline void put_in_pipes(pair_pipes *pair, unsigned which, uint64_t item)
{
    must(write(pair->puts[which], &item, sizeof item) == sizeof item);
}

static inline uint64_t select_pipes(pair_pipes *pair)
{
    uint64_t item;
    must(poll(pair->gets, 2, -1) > 0);
    if (pair->gets[pair->turn ^= 1].revents == 0)
        pair->turn ^= 1;
    must(read(pair->gets[pair->turn].fd, &item, sizeof item) == sizeof item);
    return item;
}

#define PEER ring
#include "select_workloads.h"
#define PEER weft
#include "select_workloads.h"
#define PEER textbook
#include "select_workloads.h"
#define PEER pipes
#include "select_workloads.h"

static const bench_entrant floor_entrant = {"floor",
                                            BENCH_FLOOR,
                                            "blocking",
                                            {
                                                [ALONE] = alone_ring,
                                                [ONE_TO_ONE] = stream_ring,
                                                [TWO_TO_ONE] = stream_ring,
                                                [PING_PONG] = ping_pong_ring,
                                            }};
static const bench_entrant weft_entrant = {
    "weft",
    BENCH_WEFT,
    "",
    {alone_weft, stream_weft, stream_weft, ping_pong_weft}};
static const bench_entrant textbook_entrant = {
    "textbook",
    BENCH_PEER,
    "other queues, puts, shutdown, time-out",
    {alone_textbook, stream_textbook, stream_textbook, ping_pong_textbook}};
static const bench_entrant pipes_entrant = {
    "pipes",
    BENCH_PEER,
    "items over 4 KiB whole, LIFO, priorities",
    {alone_pipes, stream_pipes, stream_pipes, ping_pong_pipes}};

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {&floor_entrant, &weft_entrant,
                                             &textbook_entrant, &pipes_entrant};
    const bench_race race = {"select", contests, BENCH_COUNT(contests),
                             entrants, BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
