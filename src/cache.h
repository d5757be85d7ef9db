/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_CACHE_H
#define WEFT_SRC_CACHE_H

/* What the files of the cache share; the picture is in cache.c. */

#include "lifecycle.h"
#include "park.h"
#include "weft/cache.h"

/* A place in a circular list, or the list itself; `next` is the oldest. */
typedef struct weft__link {
    struct weft__link *next, *previous;
} weft__link;

/* Where an entry is. */
enum {
    WEFT__OUTSIDE, /* in no list: not yet, or not any more */
    WEFT__SMALL,   /* in the table */
    WEFT__MAIN,    /* in the table */
    WEFT__FLYING,  /* being computed */
    WEFT__CAST_OFF /* being computed, but not to be kept */
};

/*
 * One value, or the computation of one (a flight). The value is written before
 * the entry enters the table or the flight is done, and never again.
 */
typedef struct weft__entry {
    struct weft__entry *below; /* in the same bucket, or to be dropped */
    weft__link order;          /* in SMALL, MAIN or the flights */
    weft__link age;            /* in order of expiry */
    uint64_t hash;
    weft_duration expires; /* WEFT_FOREVER: never */
    size_t key_size;
    uint32_t pins;      /* one for being inside, one for each user */
    uint32_t owner;     /* of a flight: the id of the thread that computes */
    weft_status status; /* WEFT_OK: there is a value */
    uint8_t place, uses, done;
    _Alignas(max_align_t) unsigned char value[]; /* then the key */
} weft__entry;

/* Beside its chain a bucket remembers one key that left SMALL unused: the
 * upper half of its hash, never 0, and how many had left by then. */
typedef struct weft__bucket {
    weft__entry *first;
    uint32_t ghost, ghost_number;
} weft__bucket;

/* Its lock guards all that changes. */
typedef struct weft__shard {
    weft_lock lock;
    bool closed; /* the cache is being destroyed */
    weft__bucket *buckets;
    size_t bucket_count; /* a power of two, or 0 */
    size_t size, small_size;
    size_t busy; /* threads that compute or wait */
    weft__link small, main, by_age, flights;
    uint64_t hits, misses, computations, evictions, expirations;
    uint32_t ghosts; /* ever */
    size_t capacity; /* 0: no limit */
    weft__fork_guard guard;
} __attribute__((aligned(64))) weft__shard;

/* What is known of the values; copied by each call, so that it may finish with
 * a value when the cache is gone. */
typedef struct weft__values {
    size_t size;
    void (*retain)(void *value);
    void (*destroy)(void *value);
} weft__values;

struct weft_cache {
    weft__values values;
    size_t capacity;
    weft_duration ttl;
    uint64_t seed[2];
    size_t shard_count; /* a power of two */
    weft__shard shards[];
};

/* One call's business: its key, its shard, and the entries that it took out of
 * the table, which it drops after it has let the lock go. */
typedef struct weft__visit {
    weft_cache *cache;
    weft__shard *shard;
    weft_key key;
    uint64_t hash;
    weft_duration now; /* 0 without a ttl */
    weft__values values;
    weft__entry *dropped;
} weft__visit;

/* SipHash-1-3 of the bytes. */
uint64_t weft__cache_hash(const uint64_t seed[2], const void *bytes,
                          size_t size);

/* ---- cache.c ---- */

/* WEFT_OK and a visit that has begun; else, reported, WEFT_INVALID: NULL. */
weft_status weft__visit_begin(weft__visit *visit, weft_cache *cache,
                              weft_key key, const void *value,
                              const char *function);

/* Takes the lock, and out what went stale, a few at a time. */
void weft__visit_enter(weft__visit *visit) WEFT_ACQUIRE(visit->shard->lock);

/* Lets the lock go and drops what was taken out. The cache may be gone when
 * this returns. */
void weft__visit_leave(weft__visit *visit) WEFT_RELEASE(visit->shard->lock);

/* The lookup of a get, counted; with the lock held. */
weft__entry *weft__visit_look(weft__visit *visit);

/* Copies the value out at once if that is cheap and may be done under the
 * lock, which is held, and returns NULL; else the entry, pinned, for
 * weft__entry_hand_out. */
weft__entry *weft__entry_lend(const weft__visit *visit, weft__entry *entry,
                              void *value);

/* ---- cache_entry.c: without the lock ---- */

/* An entry for the key, pinned once, outside, without a value; or NULL. */
weft__entry *weft__entry_make(const weft__visit *visit);

/* Gives one pin back; the last destroys the value, if any, and the entry. */
void weft__entry_unpin(const weft__values *values, weft__entry *entry);

/* Copies the value out, retains the copy, gives the pin back. */
void weft__entry_hand_out(const weft__values *values, weft__entry *entry,
                          void *value);

/* Unpins what the visit took out of the table. */
void weft__visit_drop(weft__visit *visit);

/* Is it the visit's key? */
bool weft__entry_matches(const weft__visit *visit, const weft__entry *entry);

static inline void weft__entry_pin(weft__entry *entry)
{
    weft__fetch_add(&entry->pins, 1);
}

/* Counts that it was asked for; with the lock held. */
static inline void weft__entry_use(weft__entry *entry)
{
    enum { MOST = 3 };
    if (entry->uses < MOST)
        entry->uses++;
}

/* ---- cache_table.c: with the lock held ---- */

void weft__list_init(weft__link *list);
void weft__list_append(weft__link *list, weft__link *link);
void weft__list_remove(weft__link *link);
/* NULL: the list is empty. */
weft__link *weft__list_oldest(const weft__link *list);

weft__bucket *weft__table_bucket(const weft__visit *visit, uint64_t hash);

/* The key's entry in the table, fresh or not, or NULL. */
weft__entry *weft__table_find(const weft__visit *visit);

/* Makes sure that an entry can be put; false: out of memory. */
bool weft__table_reserve(weft__visit *visit);

/* Puts an entry with a value, instead of the key's or, if need be, of one that
 * is evicted; needs weft__table_reserve before. */
void weft__table_put(weft__visit *visit, weft__entry *entry);

/* Takes an entry out of the table, to be dropped. */
void weft__table_take(weft__visit *visit, weft__entry *entry);

/* Takes everything out. */
void weft__table_clear(weft__visit *visit);

/* ---- cache_evict.c: with the lock held ---- */

/* Makes room for one. */
void weft__evict(weft__visit *visit);

/* Did the key leave SMALL lately? Forgets that it did. */
bool weft__ghost_returns(weft__visit *visit);

/* Entries that may be in SMALL when somebody must leave. */
static inline size_t weft__small_share(const weft__shard *shard)
{
    return shard->capacity >= 20 ? shard->capacity / 10 : 1;
}

/* ---- cache_flight.c: with the lock held ---- */

/* Whatever is being computed for the key is not to be kept. */
void weft__flight_cast_off(weft__visit *visit);
void weft__flights_cast_off(weft__shard *shard);

/* In a forked child: the flights of other threads are gone. */
void weft__flights_mend(weft__shard *shard);

#endif
