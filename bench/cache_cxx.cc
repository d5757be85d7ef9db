/* SPDX-License-Identifier: MIT */

/* Caches in C++: the one of textbooks, and oneTBB's concurrent map. */

#include "cache.h"

#include "template.h"

#include <list>
#include <memory>
#include <mutex>
#include <oneapi/tbb/concurrent_hash_map.h>
#include <unordered_map>
#include <utility>

/* ---- The C++ standard library ---- */

struct textbook_cache {
    typedef std::list<std::pair<int64_t, int64_t>> list;
    std::mutex lock;
    list values; /* used last comes first */
    std::unordered_map<int64_t, list::iterator> by_key;
};

static std::unique_ptr<textbook_cache> cache_std;

static void open_cache_std(void)
{
    cache_std = std::make_unique<textbook_cache>();
}

static void close_cache_std(void)
{
    cache_std.reset();
}

static inline bool lookup_std(int64_t key, int64_t *value)
{
    std::lock_guard<std::mutex> guard(cache_std->lock);
    auto found = cache_std->by_key.find(key);
    if (found == cache_std->by_key.end())
        return false;
    auto &values = cache_std->values;
    values.splice(values.begin(), values, found->second);
    *value = found->second->second;
    return true;
}

static inline void keep_std(int64_t key, int64_t value)
{
    std::lock_guard<std::mutex> guard(cache_std->lock);
    auto &values = cache_std->values;
    auto found = cache_std->by_key.find(key);
    if (found != cache_std->by_key.end()) {
        found->second->second = value;
        values.splice(values.begin(), values, found->second);
        return;
    }
    if (values.size() == KEYS) {
        cache_std->by_key.erase(values.back().first);
        values.pop_back();
    }
    values.emplace_front(key, value);
    cache_std->by_key[key] = values.begin();
}

/* ---- oneTBB ---- */

typedef tbb::concurrent_hash_map<int64_t, int64_t> map_tbb;

static std::unique_ptr<map_tbb> cache_tbb;

static void open_cache_tbb(void)
{
    cache_tbb = std::make_unique<map_tbb>();
}

static void close_cache_tbb(void)
{
    cache_tbb.reset();
}

static inline bool lookup_tbb(int64_t key, int64_t *value)
{
    map_tbb::const_accessor found;
    if (!cache_tbb->find(found, key))
        return false;
    *value = found->second;
    return true;
}

static inline void keep_tbb(int64_t key, int64_t value)
{
    map_tbb::accessor found;
    cache_tbb->insert(found, key);
    found->second = value;
}

#define PEER std
#include "cache_workloads.h"
#define PEER tbb
#include "cache_workloads.h"

extern const bench_entrant bench_cache_std, bench_cache_tbb;

const bench_entrant bench_cache_std = {"std",
                                       BENCH_PEER,
                                       "freshness, computing once",
                                       {hit_std, shared_std, evict_std}};
const bench_entrant bench_cache_tbb = {"oneTBB",
                                       BENCH_PEER,
                                       "capacity, freshness, computing once",
                                       {hit_tbb, shared_tbb, NULL}};
