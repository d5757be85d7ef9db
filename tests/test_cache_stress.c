/* SPDX-License-Identifier: MIT */

/*
 * 8 threads, every operation, counted references: no thing is used after its
 * end, each has its end exactly once, and no key is computed twice at a time.
 */

/* Not ck_assert where it is hot: that tells a file of each success. */
#include "child.h"

#include <stdatomic.h>
#include <weft/cache.h>

enum { THREADS = 8, KEYS = 4000, ALIVE = 0x11fe };

/* What the cache's values refer to. */
struct thing {
    atomic_int references;
    int alive, key;
};

static weft_cache *cache;
static atomic_int made, ended;
static atomic_int computing[KEYS];
static bool removing; /* then one key may be computed twice at a time */
static size_t capacity;
static int most_keys, rounds;

static struct thing *make(int key)
{
    struct thing *thing = malloc(sizeof *thing);
    require(thing != NULL);
    *thing = (struct thing){.references = 1, .alive = ALIVE, .key = key};
    made++;
    return thing;
}

static void retain(void *value)
{
    struct thing *thing = *(struct thing **)value;
    require(thing->alive == ALIVE);
    require(thing->references++ > 0);
}

static void release(void *value)
{
    struct thing *thing = *(struct thing **)value;
    require(thing->alive == ALIVE);
    int left = --thing->references;
    require(left >= 0);
    if (left > 0)
        return;
    thing->alive = 0;
    free(thing);
    ended++;
}

static weft_status compute(weft_key key, void *value_out, void *ctx)
{
    int number = *(int *)ctx;
    (void)key;
    int others = computing[number]++;
    require(removing || others == 0);
    struct thing *thing = number % 17 != 0 ? make(number) : NULL;
    memcpy(value_out, &thing, sizeof thing);
    if (made % 16 == 0)
        weft_sleep(WEFT_US(10));
    computing[number]--;
    return thing != NULL ? WEFT_OK : WEFT_FAILED;
}

static void set(int number)
{
    struct thing *thing = make(number);
    require(weft_cache_set(cache, WEFT_KEY_INT(number), &thing) == WEFT_OK);
}

static void check_got(weft_status status, struct thing *thing, int number)
{
    if (status != WEFT_OK) {
        require(status == WEFT_NOT_FOUND || status == WEFT_BUSY ||
                status == WEFT_TIMED_OUT ||
                (status == WEFT_FAILED && number % 17 == 0));
        return;
    }
    require(thing->alive == ALIVE);
    require(thing->key == number);
    release(&thing);
}

static void get(int number, int how)
{
    struct thing *thing = NULL;
    weft_key key = WEFT_KEY_INT(number);
    weft_status status;
    if (how < 4)
        status = weft_cache_get(cache, key, &thing);
    else if (how < 8)
        status =
            weft_cache_get_or_compute(cache, key, &thing, compute, &number);
    else if (how == 8)
        status =
            weft_cache_try_get_or_compute(cache, key, &thing, compute, &number);
    else
        status = weft_cache_get_or_compute_timed(cache, key, &thing, compute,
                                                 &number, WEFT_US(5));
    check_got(status, thing, number);
}

static void do_one(unsigned dice)
{
    int number = (int)(dice / 64 % (unsigned)most_keys);
    if (dice / 64 % 3 == 0)
        number %= 16; /* where they meet */
    int what = (int)(dice % 16);
    if (what < 10)
        get(number, what);
    else if (what < 12 && removing)
        (void)weft_cache_remove(cache, WEFT_KEY_INT(number));
    else if (what == 12 && removing && dice % 1024 < 16)
        (void)weft_cache_clear(cache);
    else if (what < 15 && removing)
        set(number);
    else
        (void)weft_cache_contains(cache, WEFT_KEY_INT(number));
    if (capacity != 0)
        require(weft_cache_size(cache) <= capacity);
}

static void *mix(void *seed)
{
    unsigned dice = (unsigned)(uintptr_t)seed * 2654435761u + 1;
    for (int i = 0; i < rounds; i++) {
        dice ^= dice << 13;
        dice ^= dice >> 17;
        dice ^= dice << 5;
        do_one(dice);
    }
    return NULL;
}

static void run(size_t limit, int keys, weft_duration ttl, bool remove)
{
    weft_thread threads[THREADS];
    capacity = limit;
    most_keys = keys;
    removing = remove;
    rounds = SANITIZED ? 10000 : 60000;
    cache = weft_cache_create(sizeof(struct thing *), .capacity = limit,
                              .ttl = ttl, .retain = retain, .destroy = release);
    for (uintptr_t i = 0; i < THREADS; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(mix, (void *)(i + 1));
        start(&threads[i]);
    }
    for (int i = 0; i < THREADS; i++)
        assert_ok(weft_thread_join(&threads[i]));
    weft_cache_info info = weft_cache_stats(cache);
    ck_assert_uint_gt(info.computations, 0);
    ck_assert_uint_eq(info.expirations > 0, ttl != 0);
    if (ttl == 0 && limit != 0 && limit <= 100)
        ck_assert_uint_gt(info.evictions, 0);
    ck_assert_int_eq(made - ended, (int)info.size);
    assert_ok(weft_cache_destroy(cache));
    ck_assert_int_eq(made, ended);
}

START_TEST(a_tiny_cache)
{
    run(3, 40, 0, true);
}
END_TEST

START_TEST(a_small_cache)
{
    run(100, 400, 0, true);
}
END_TEST

START_TEST(a_sharded_cache)
{
    run(2048, KEYS, 0, true);
}
END_TEST

START_TEST(a_cache_without_a_limit)
{
    run(0, KEYS, 0, true);
}
END_TEST

START_TEST(values_that_go_stale_at_once)
{
    run(0, 400, WEFT_NS(1), true);
}
END_TEST

START_TEST(values_that_go_stale_soon)
{
    run(100, 400, WEFT_US(20), true);
}
END_TEST

START_TEST(no_key_is_computed_twice_at_a_time)
{
    run(20, 100, 0, false);
}
END_TEST

START_TEST(nor_if_values_go_stale)
{
    run(0, 100, WEFT_US(20), false);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_tiny_cache,
        a_small_cache,
        a_sharded_cache,
        a_cache_without_a_limit,
        values_that_go_stale_at_once,
        values_that_go_stale_soon,
        no_key_is_computed_twice_at_a_time,
        nor_if_values_go_stale,
    };
    return RUN_TESTS("cache stress", tests);
}
