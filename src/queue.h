/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_QUEUE_H
#define WEFT_SRC_QUEUE_H

/*
 * What the files of the queue share. The drawing and the proof are in queue.c;
 * "its gate" below is the side's own, "both gates" put's and then get's.
 */

#include "lifecycle.h"
#include "park.h"
#include "queue_gate.h"
#include "queue_storage.h"
#include "weft/queue.h"

enum { WEFT__QUEUE_WORD = sizeof(void *), WEFT__QUEUE_MOST_WORDS = 8 };
/* What weft_queue.words says if there is a ring, or if the kind is LIFO; and
 * the most that fits a ring. */
enum { WEFT__QUEUE_RING = 16, WEFT__QUEUE_STACK };
enum { WEFT__RING_PLACES = 32, WEFT__RING_ITEM = 64 };

/* One of the two sides: what all putters, or all getters, share. What the other
 * side looks at has a line of the cache of its own. */
typedef struct weft__side {
    /* With its gate. */
    weft__gate gate;
    size_t known; /* up to this count there is room: items may be moved without
                     looking at anything else */
    size_t reach; /* up to this count, its block's end, there may be room, with
                     no more than a look at the other's count; known: none */
    weft__block *block;
    unsigned char *items; /* the block's first place ... */
    size_t begin;         /* ... and the count that belongs there */
    bool ringed;          /* its next item is in the ring, not in a block */
    /* Items moved so far: what is in the queue is the difference between put's
     * and get's. Written with its gate, read without. */
    __attribute__((aligned(64))) size_t count;
    /* Written with both gates, read with its own. */
    __attribute__((aligned(64))) bool special; /* both gates are needed */
    uint32_t sleeping;                         /* in line and not called */
    uint32_t called;                           /* woken, and not yet back */
    uint32_t inside;                           /* in a call that has to wait */
    weft__waiter *insisting; /* for whom one is kept, or NULL */
    /* With its gate: statistics of its waits. */
    uint64_t waited;
    weft_duration waiting;
    /* Hints, see queue_wait.c. */
    uint32_t vain, pace, waits, rarity;
} __attribute__((aligned(64))) weft__side;

struct weft_queue {
    /* Never changes. */
    size_t item_size;
    weft_queue_kind kind;
    unsigned words; /* of an item, if they are few and the kind is FIFO; or
                       WEFT__QUEUE_RING, which has so many places */
    size_t ring_places;
    void (*destroy)(void *item);
    weft__fork_guard guard;
    /* Changes with both gates. */
    size_t maxsize;
    bool shut_down, raised;
    int fd;          /* -1: never asked for */
    size_t ring_end; /* the count from which on items are in blocks; SIZE_MAX:
                        they are in the ring */
    /* Statistics: since when they count, 0: not at all; the sides' counts at
     * that time; how many items were taken out as leftovers since then. */
    weft_duration counting;
    size_t mark; /* how deep it may become without both gates */
    size_t deepest, put_before, got_before, discarded;
    weft__block first;     /* has no items: where both sides begin */
    weft__storage storage; /* of kinds other than FIFO */
    const void *comparing; /* the thread that runs `compare`, or NULL */
    weft__side put, get;
    /* Twice how many are done, and JOINING: somebody may wait for all. */
    __attribute__((aligned(64))) size_t done;
    uint32_t joining;
    weft__block *spare;
    /* Slots of the ring, if there is one. */
    __attribute__((aligned(64))) unsigned char ring[];
};

/* What a call wants: items moved, on one side. */
typedef struct weft__moving {
    weft_queue *queue;
    weft__side *side;
    unsigned char *items;
    size_t n, done;
    weft_duration since; /* the wait that is to be counted began; 0: none */
    /* While it waits awake, of a ring: the mark that will be `marked` when the
     * item of the count `at` can be moved. */
    const uint32_t *mark;
    uint32_t marked;
    size_t at;
    /* Moves what can be moved, with the side's gate. WEFT_OK: all;
     * WEFT_TIMED_OUT: there is no more (room) now; WEFT_BUSY: both gates are
     * needed; else why never. */
    weft_status (*move)(struct weft__moving *moving);
} weft__moving;

/* Both gates; meanwhile no side is special. Unlocking calls those who can go
 * on. */
void weft__queue_lock(weft_queue *queue);
void weft__queue_unlock(weft_queue *queue);

/* What moving items takes: the side's gate, or for other kinds than FIFO, whose
 * sides share their storage, both. */
void weft__queue_enter(weft_queue *queue, weft__side *side);
void weft__queue_leave(weft_queue *queue, weft__side *side);

/* In a ring, what is known may have been passed. */
static inline size_t weft__queue_room(const weft__side *side)
{
    return side->known > side->count ? side->known - side->count : 0;
}

/* `words` > 0 of them, without a call. */
static inline __attribute__((always_inline)) void weft__copy_words(
    unsigned char *to, const unsigned char *from, size_t words)
{
    do {
        memcpy(to, from, WEFT__QUEUE_WORD);
        to += WEFT__QUEUE_WORD;
        from += WEFT__QUEUE_WORD;
    } while (--words > 0);
}

/* Where the next item is in its block, or goes. There must be room. */
static inline unsigned char *weft__queue_place(const weft__side *side,
                                               size_t item_size)
{
    return side->items + (side->count - side->begin) * item_size;
}

/* With both gates: what is known of room is to be found out anew, by the next
 * to come through the second door, or the third. */
void weft__queue_close_room(weft__side *side);

/* What is in it, and what more may be; without the gate that keeps its side's
 * count still no more than a hint. get's count is read first, as it never
 * passes put's. */
static inline size_t weft__queue_size(const weft_queue *queue)
{
    size_t got = weft__load(&queue->get.count);
    return weft__load(&queue->put.count) - got;
}

static inline size_t weft__queue_places(const weft_queue *queue)
{
    size_t maxsize = weft__load_relaxed(&queue->maxsize);
    if (maxsize == 0)
        return SIZE_MAX;
    size_t size = weft__queue_size(queue);
    return size < maxsize ? maxsize - size : 0;
}

/* How many items the side could move now. */
static inline size_t weft__queue_available(const weft_queue *queue,
                                           const weft__side *side)
{
    return side == &queue->get ? weft__queue_size(queue)
                               : weft__queue_places(queue);
}

/* Whether it seems worth trying. */
static inline bool weft__queue_can_move(const weft_queue *queue,
                                        const weft__side *side)
{
    return weft__load_relaxed(&queue->shut_down) ||
           (weft__load_relaxed(&side->insisting) == NULL &&
            weft__queue_available(queue, side) > 0);
}

/* With the gate: so many have just been moved. */
static inline void weft__queue_moved(weft__side *side, size_t n)
{
    weft__store(&side->count, side->count + n);
}

/* After such an answer: is there more to be done than to tell it? */
static inline bool weft__queue_goes_on(weft_status status, bool may_wait)
{
    return status == WEFT_BUSY || (status == WEFT_TIMED_OUT && may_wait);
}

/* Waits until it has moved at least one. WEFT_OK, or why it did not. The
 * caller, who was answered `status` by move, has counted itself as inside. */
weft_status weft__queue_wait(weft__moving *moving, weft_status status,
                             weft_duration deadline);

/* Before one looks: lets the other side get ahead if that has paid. */
void weft__queue_keep_pace(const weft__moving *moving);

/* A try does not wait, so it says what is in the way. */
static inline weft_status weft__queue_instead_of_timed_out(weft_status status,
                                                           weft_status instead)
{
    return status == WEFT_TIMED_OUT ? instead : status;
}

/* ---- Any number of items: queue_many.c ---- */

weft__moving weft__queue_putting(weft_queue *queue, const void *items,
                                 size_t n);
weft__moving weft__queue_getting(weft_queue *queue, void *items, size_t n);

/* What such a `moving` does with its gate. */
weft_status weft__queue_put_some(weft__moving *moving);
weft_status weft__queue_get_some(weft__moving *moving);

/* Checks, and then puts all of them, or gets some. */
weft_status weft__queue_put_all(weft_queue *queue, const void *items, size_t n,
                                size_t *done, weft_duration deadline);
weft_status weft__queue_get_any(weft_queue *queue, void *items, size_t n,
                                size_t *done, weft_duration deadline);

/* ---- With both gates: for who waits, also elsewhere ---- */

/* Moves what this waiter may, as weft__moving.move. */
weft_status weft__queue_move(weft__moving *moving, const weft__waiter *waiter);

/* Stands in line; one that was called in vain, again: its `since` is set. */
void weft__queue_stand(weft__moving *moving, weft__waiter *waiter);

/* ---- Waiting for a queue among others: queue_select.c ---- */

/* Moves the item, or counts the caller as inside: WEFT_TIMED_OUT. */
weft_status weft__queue_begin(weft__moving *moving);

/* For who is inside: moves the item, and is out of it, or puts the waiter in
 * line: WEFT_TIMED_OUT. `called`: it was there, and is woken. */
weft_status weft__queue_watch(weft__moving *moving, weft__waiter *waiter,
                              bool called);

/* Takes the waiter out of line, and passes on the call if it was called; moves
 * the item before, if `wanted`: WEFT_TIMED_OUT if not. Now it is outside. */
weft_status weft__queue_unwatch(weft__moving *moving, weft__waiter *waiter,
                                bool wanted);

/* The same for who is inside and not in line. */
void weft__queue_end(weft__moving *moving);

/* ---- Statistics, where they are switched on ---- */

/* With both gates, which are about to be left: how deep it is now. */
void weft__queue_count_depth(weft_queue *queue);

/* The call has to wait from now on; nothing if it had to before. */
void weft__queue_note_begin(weft__moving *moving);

static inline void weft__queue_wait_begins(weft__moving *moving)
{
    if (weft__load_relaxed(&moving->queue->counting) != 0)
        weft__queue_note_begin(moving);
}

/* With the side's gate: its wait, if it had one, is over. */
void weft__queue_note_end(weft__moving *moving);

static inline void weft__queue_wait_ends(weft__moving *moving)
{
    if (moving->since != 0)
        weft__queue_note_end(moving);
}

/* ---- First in, first out, few places: queue_ring.c ---- */

/* One item through the first door, or otherwise. */
weft_status weft__ring_put(weft_queue *queue, const void *item,
                           weft_duration duration);
weft_status weft__ring_get(weft_queue *queue, void *item,
                           weft_duration duration);

/* With the gate: moves an item if the slot says that it can be. */
bool weft__ring_try_put(weft_queue *queue, const void *item);
bool weft__ring_try_get(weft_queue *queue, void *item);

/* With the gate, after such a try: the ring is all that there is to wait for,
 * so that nothing else need be looked at before. */
static inline bool weft__ring_is_awaited(const weft__side *side)
{
    return side->ringed && side->reach != side->count;
}

/* As weft__moving.move, for one item. */
weft_status weft__ring_put_some(weft__moving *moving);
weft_status weft__ring_get_some(weft__moving *moving);

/* The doors after that: queue.c. `inside`: with its gate. */
weft_status weft__queue_put_otherwise(weft_queue *queue, const void *item,
                                      weft_duration duration, bool inside);
weft_status weft__queue_get_otherwise(weft_queue *queue, void *item,
                                      weft_duration duration, bool inside);

/* What weft_queue.ring takes. */
size_t weft__ring_size(size_t item_size, size_t places);
/* Before the queue is used; with no places, there is none. */
void weft__ring_init(weft_queue *queue, size_t places);

/* With the side's gate, the side in the ring: where the next item is, or goes.
 * There must be room. */
unsigned char *weft__ring_place(const weft_queue *queue, weft__side *side);
/* One has just been moved there. */
void weft__ring_moved(const weft_queue *queue, weft__side *side);

/* With both gates: all that is in it is taken out, and was in vain. */
void weft__ring_skip(weft_queue *queue);

/* Outside all locks: so many items, from that count on, of a ring that putters
 * have left. */
void weft__ring_destroy_items(weft_queue *queue, size_t from, size_t n);

/* Without a gate: whether the next slot's mark is all that there is to be
 * looked at, and which it is. */
bool weft__ring_watch(weft__moving *moving);
/* Whether it seems worth trying. */
bool weft__ring_sees(weft__moving *moving);

/* ---- First in, first out: a chain of blocks between the two sides ---- */

/* With put's gate and no room. WEFT_OK: now there is some; WEFT_TIMED_OUT: it
 * is full; WEFT_BUSY: it is special; WEFT_NO_MEMORY. */
weft_status weft__fifo_make_room(weft_queue *queue);

/* With get's gate and no room. WEFT_OK: there are items; WEFT_TIMED_OUT: it is
 * empty; WEFT_BUSY: it is special. */
weft_status weft__fifo_find_items(weft_queue *queue);

/* With the side's gate and room: moves items, one if the side is in the ring;
 * so many. */
size_t weft__fifo_put(weft_queue *queue, const void *items, size_t n);
size_t weft__fifo_get(weft_queue *queue, void *items, size_t n);

/* With both gates: the limit has changed. */
void weft__fifo_fit(weft_queue *queue);

/* Where the next item is. */
unsigned char *weft__fifo_place(const weft_queue *queue, weft__side *side);

/* The same for a getter who needs no more than a look at put's count: true,
 * there are items. */
static inline bool weft__fifo_see_items(weft_queue *queue)
{
    weft__side *get = &queue->get;
    size_t there = weft__load(&queue->put.count) - get->count;
    size_t left = get->reach - get->count;
    size_t room = there < left ? there : left;
    get->known = get->count + room;
    return room > 0;
}

/* ---- The other kinds: one storage for both sides ---- */

/* As weft__moving.move. */
weft_status weft__stored_put(weft__moving *moving);
weft_status weft__stored_get(weft__moving *moving);

/* One item of a stack, if that is all that there is to do, or otherwise. */
weft_status weft__stack_put_one(weft_queue *queue, const void *item,
                                weft_duration duration);
weft_status weft__stack_get_one(weft_queue *queue, void *item,
                                weft_duration duration);

/* One item, for callers without a gate; who has to wait is counted. */
weft_status weft__stored_put_one(weft_queue *queue, const void *item,
                                 bool may_wait);
weft_status weft__stored_get_one(weft_queue *queue, void *item, bool may_wait);

/* Says so if the queue is NULL, or if the caller is its own `compare`, which
 * has it locked. */
weft_status weft__queue_check(const weft_queue *queue, const char *function);

/* ---- Items that nobody will get ---- */

typedef struct weft__leftover {
    weft__storage storage;
    weft__block *block; /* a chain */
    unsigned char *at;  /* its first item, ... */
    size_t left;        /* ... how many places from there in its block */
    size_t count;       /* ... and how many items in all, ... */
    size_t ringed;      /* ... so many of which are in the ring, ... */
    size_t from;        /* ... from that count on */
} weft__leftover;

/* With both gates: takes all out. */
weft__leftover weft__queue_take_all(weft_queue *queue);

/* Outside all locks: destroys them, once each. */
void weft__queue_destroy_items(weft_queue *queue, weft__leftover *leftover);

/* Counts items as done, though never more than were put: how many. */
size_t weft__queue_count_done(weft_queue *queue, size_t n);

#endif
