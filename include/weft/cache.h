/* SPDX-License-Identifier: MIT */
#ifndef WEFT_CACHE_H
#define WEFT_CACHE_H

/*
 * A cache between threads: values of one size, found by keys of any bytes, kept
 * while there is room and while they are fresh. Keys and values are copied. No
 * function blocks, but for get_or_compute; callbacks run outside all locks and
 * may use the cache.
 */

#include "base.h"

#include <string.h>

WEFT_BEGIN_DECLARATIONS

typedef struct weft_cache weft_cache;

/* The bytes of a key; they need live only as long as the call. Keys are equal
 * when their bytes are, whatever they were made from. */
typedef struct weft_key {
    const void *bytes; /* may be NULL if there are none */
    size_t size;
} weft_key;

/* WEFT_KEY(&point, sizeof point): any bytes, none included. Mind padding. */
static inline weft_key weft_key_bytes(const void *bytes, size_t size)
{
    weft_key key = {bytes, size};
    return key;
}
#define WEFT_KEY(bytes, size) weft_key_bytes((bytes), (size))

/* WEFT_KEY_STRING("alice"): without the final NUL. NULL makes a key that every
 * call refuses. */
static inline weft_key weft_key_string(const char *text)
{
    return weft_key_bytes(text, text != NULL ? strlen(text) : 1);
}
#define WEFT_KEY_STRING(text) weft_key_string(text)

/* The key of an integer that lives at `number`: its 8 bytes. */
static inline weft_key weft_key_int(const int64_t *number)
{
    return weft_key_bytes(number, sizeof *number);
}
#ifndef __cplusplus
/* WEFT_KEY_INT(42): any integer type, 42 and 42L are the same key; lives until
 * the end of the enclosing block. C++ names a variable for weft_key_int. */
#define WEFT_KEY_INT(number) weft_key_int(&(const int64_t){(int64_t)(number)})
#endif

typedef struct weft_cache_options {
    size_t capacity;   /* most values at a time; 0: no limit */
    weft_duration ttl; /* how long a value is fresh, in ns; 0: for ever */
    /* Values that own something are counted references: `retain` is called
     * once with each copy handed out, before the caller has it; `destroy` once
     * with each copy that the cache drops, never while it is being handed out,
     * by whichever thread lets go of it last. Either may be NULL. */
    void (*retain)(void *value);
    void (*destroy)(void *value);
    uint8_t private_;
} weft_cache_options;

/*
 * A new cache for values of `value_size` bytes; the caller owns it and destroys
 * it. `options` may be NULL. It never holds more than `capacity` values. Below
 * 1,024 it is also sure to hold as many before it evicts; from there on it is
 * sharded, and an uneven share of the keys may evict a few per cent earlier.
 * Values in steady use, up to nine tenths of it, survive any number of others
 * that are used once. NULL with errno EINVAL: value_size is 0 or absurd,
 * capacity or ttl negative; ENOMEM.
 */
WEFT_API weft_cache *weft_cache_create_with(size_t value_size,
                                            const weft_cache_options *options);

#ifndef __cplusplus
/* weft_cache_create(sizeof(struct row), .capacity = 10000) */
#define weft_cache_create(...) \
    weft__cache_create_macro(__VA_ARGS__, .private_ = 0)
#define weft__cache_create_macro(value_size, ...) \
    weft_cache_create_with((value_size),          \
                           &(const weft_cache_options){__VA_ARGS__})
#endif

/* Destroys what is left in it, and the cache. WEFT_OK, also for NULL;
 * WEFT_BUSY, with nothing changed: threads wait or compute in it. The `destroy`
 * callbacks that this runs find the cache empty and closed. */
WEFT_API weft_status weft_cache_destroy(weft_cache *cache);

/*
 * Keeps a copy of `*value` for the key, instead of any there was; what that
 * copy owns is the cache's now. A value being computed for the key will not
 * replace it. WEFT_OK; WEFT_NO_MEMORY; WEFT_SHUT_DOWN: the cache is being
 * destroyed; WEFT_INVALID: NULL. Without WEFT_OK nothing changed and the value
 * is still the caller's.
 */
WEFT_API WEFT_MUST_USE weft_status weft_cache_set(weft_cache *cache,
                                                  weft_key key,
                                                  const void *value);

/* Copies the key's value to `*value`, and retains it. WEFT_OK; WEFT_NOT_FOUND:
 * not there, or not fresh any more; WEFT_INVALID: NULL. Without WEFT_OK
 * `*value` is unchanged. */
WEFT_API WEFT_MUST_USE weft_status weft_cache_get(weft_cache *cache,
                                                  weft_key key, void *value);

/* Is there a fresh value? Counts neither as a hit nor as a miss, nor as use. */
WEFT_API bool weft_cache_contains(weft_cache *cache, weft_key key);

/* Drops the key's value. A value being computed for it will not be kept, and
 * who asks later has it computed anew. WEFT_OK; WEFT_NOT_FOUND; WEFT_INVALID:
 * NULL. */
WEFT_API weft_status weft_cache_remove(weft_cache *cache, weft_key key);

/* The same for all keys. Counters stay. WEFT_OK; WEFT_INVALID: NULL. */
WEFT_API weft_status weft_cache_clear(weft_cache *cache);

/* Makes the value of `key` in `*value_out`, which is zeroed, has room for one
 * value and is aligned for any type; what it owns is the cache's if WEFT_OK is
 * returned. Another status says that there is none. Must return. */
typedef weft_status (*weft_compute)(weft_key key, void *value_out, void *ctx);

/*
 * As weft_cache_get, but a value that is missing is made by compute(key, ...,
 * ctx) on this thread and kept; or, if another thread is already making it,
 * waited for: one computation at a time for each key. What compute returns
 * besides WEFT_OK, all get who waited, and nothing is kept. After a set, remove
 * or clear during the computation those who waited still get its value, but it
 * is not kept. WEFT_OK; the computation's status; WEFT_STOPPED: asked to stop
 * while it waited; WEFT_DEADLOCK: inside the computation of the same key, or in
 * a circle of threads that wait without limit for each other's;
 * WEFT_NO_MEMORY; WEFT_SHUT_DOWN: the cache is being destroyed; WEFT_INVALID:
 * NULL. Without WEFT_OK `*value` is unchanged.
 */
WEFT_API WEFT_MUST_USE weft_status
weft_cache_get_or_compute(weft_cache *cache, weft_key key, void *value,
                          weft_compute compute, void *ctx);
/* Waits at most `duration` nanoseconds for another thread's computation, then
 * WEFT_TIMED_OUT; its own takes as long as it takes. */
WEFT_API WEFT_MUST_USE weft_status weft_cache_get_or_compute_timed(
    weft_cache *cache, weft_key key, void *value, weft_compute compute,
    void *ctx, weft_duration duration);
/* Does not wait for another thread's computation: WEFT_BUSY. */
WEFT_API WEFT_MUST_USE weft_status
weft_cache_try_get_or_compute(weft_cache *cache, weft_key key, void *value,
                              weft_compute compute, void *ctx);

/* What happened since the cache was made. */
typedef struct weft_cache_info {
    uint64_t hits;         /* lookups that found a fresh value */
    uint64_t misses;       /* and those that did not */
    uint64_t computations; /* begun by get_or_compute */
    uint64_t evictions;    /* values dropped for want of room */
    uint64_t expirations;  /* values dropped because they were not fresh */
    size_t size, capacity; /* as the functions below */
} weft_cache_info;

/* All counters. Zeroes for NULL. */
WEFT_API weft_cache_info weft_cache_stats(weft_cache *cache);

/* How many values it holds; some may have gone stale and wait to be dropped by
 * the calls to come, a few by each. 0 for NULL. */
WEFT_API size_t weft_cache_size(weft_cache *cache);

/* The limit, 0: none. 0 for NULL. */
WEFT_API size_t weft_cache_capacity(const weft_cache *cache);

WEFT_END_DECLARATIONS

#endif
