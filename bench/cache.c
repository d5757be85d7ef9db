/* SPDX-License-Identifier: MIT */

/*
 * The race of the caches: 1,000 numbers by keys that are numbers. The floor is
 * a table without a lock in which each key has one place, which another key may
 * take from it. GLib's is its hash table with a lock around; std's the cache of
 * textbooks, a map and a list in order of use, with a lock around.
 */

#include "cache.h"

#include "template.h"
#include "weft/cache.h"

#include <glib.h>
#include <stdlib.h>

static const bench_contest contests[] = {
    {.name = "hit, one thread", .workload = HIT},
    {"hits, two cores", SHARED, 2, BENCH_OWN_CORES, .size = 0},
    {"9 hits : 1 set, two cores", SHARED, 2, BENCH_OWN_CORES, .size = 10},
    {.name = "set that evicts, one thread", .workload = EVICT},
};

static void must(bool done)
{
    if (!done)
        abort();
}

/* ---- The floor ---- */

enum { PLACES = 1024 };

static struct {
    int64_t key, value;
} places_floor[PLACES];

static void open_cache_floor(void)
{
    for (int i = 0; i < PLACES; i++)
        places_floor[i].key = -1;
}

static void close_cache_floor(void)
{
}

static inline bool lookup_floor(int64_t key, int64_t *value)
{
    size_t place = (size_t)key % PLACES;
    *value = places_floor[place].value;
    return places_floor[place].key == key;
}

static inline void keep_floor(int64_t key, int64_t value)
{
    size_t place = (size_t)key % PLACES;
    places_floor[place].key = key;
    places_floor[place].value = value;
}

/* ---- weft ---- */

static weft_cache *cache_weft;

static void open_cache_weft(void)
{
    cache_weft = weft_cache_create(sizeof(int64_t), .capacity = KEYS);
    must(cache_weft != NULL);
}

static void close_cache_weft(void)
{
    must(weft_cache_destroy(cache_weft) == WEFT_OK);
}

static inline bool lookup_weft(int64_t key, int64_t *value)
{
    return weft_cache_get(cache_weft, weft_key_int(&key), value) == WEFT_OK;
}

static inline void keep_weft(int64_t key, int64_t value)
{
    must(weft_cache_set(cache_weft, weft_key_int(&key), &value) == WEFT_OK);
}

/* ---- GLib ---- */

static GHashTable *cache_glib;
static GMutex lock_glib;

static void open_cache_glib(void)
{
    cache_glib = g_hash_table_new(g_direct_hash, g_direct_equal);
}

static void close_cache_glib(void)
{
    g_hash_table_destroy(cache_glib);
}

static inline bool lookup_glib(int64_t key, int64_t *value)
{
    void *found;
    g_mutex_lock(&lock_glib);
    bool there = g_hash_table_lookup_extended(cache_glib, (void *)(intptr_t)key,
                                              NULL, &found);
    g_mutex_unlock(&lock_glib);
    if (there)
        *value = (intptr_t)found;
    return there;
}

static inline void keep_glib(int64_t key, int64_t value)
{
    g_mutex_lock(&lock_glib);
    g_hash_table_insert(cache_glib, (void *)(intptr_t)key,
                        (void *)(intptr_t)value);
    g_mutex_unlock(&lock_glib);
}

#define PEER floor
#include "cache_workloads.h"
#define PEER weft
#include "cache_workloads.h"
#define PEER glib
#include "cache_workloads.h"

static const bench_entrant floor_entrant = {
    "floor", BENCH_FLOOR, "", {hit_floor, shared_floor, evict_floor}};
static const bench_entrant weft_entrant = {
    "weft", BENCH_WEFT, "", {hit_weft, shared_weft, evict_weft}};
static const bench_entrant glib_entrant = {
    "GLib",
    BENCH_PEER,
    "capacity, freshness, computing once",
    {hit_glib, shared_glib}};
extern const bench_entrant bench_cache_std, bench_cache_tbb;

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant,   &weft_entrant,    &glib_entrant,
        &bench_cache_std, &bench_cache_tbb,
    };
    const bench_race race = {"cache", contests, BENCH_COUNT(contests), entrants,
                             BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
