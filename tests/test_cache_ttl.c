/* SPDX-License-Identifier: MIT */

/* What goes stale in a cache. */

#include "cache.h"
#include "support.h"

static weft_cache *cache;

static void put_number(int number)
{
    assert_ok(weft_cache_set(cache, WEFT_KEY_INT(number), &number));
}

/* Asks until the key is gone; the test's own time limit is the only one. */
static void wait_until_gone(weft_key key)
{
    int value = 0;
    weft_status status;
    while ((status = weft_cache_get(cache, key, &value)) == WEFT_OK)
        weft_sleep(WEFT_US(10));
    assert_status(status, WEFT_NOT_FOUND);
}

START_TEST(a_stale_value_is_a_miss_and_is_dropped)
{
    cache = weft_cache_create(sizeof(int), .ttl = WEFT_MS(1));
    put_number(7);
    wait_until_gone(WEFT_KEY_INT(7));
    ck_assert(!weft_cache_contains(cache, WEFT_KEY_INT(7)));
    weft_cache_info info = weft_cache_stats(cache);
    ck_assert_uint_eq(info.size, 0);
    ck_assert_uint_eq(info.misses, 1);
    ck_assert_uint_eq(info.expirations, 1);
    ck_assert_uint_eq(info.evictions, 0);
    put_number(7);
    wait_until_gone(WEFT_KEY_INT(7));
    ck_assert_uint_eq(weft_cache_stats(cache).expirations, 2);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

/* Ten numbers, all of them stale at once. */
static void make_stale(void)
{
    cache = weft_cache_create(sizeof(int), .capacity = 10,
                              .ttl = WEFT_SECONDS(3600));
    for (int i = 0; i < 10; i++)
        put_number(i);
    weft__link *list = &cache->shards[0].by_age;
    for (weft__link *link = list->next; link != list; link = link->next)
        WEFT_CONTAINER_OF(link, weft__entry, age)->expires = 1;
    ck_assert_uint_eq(weft_cache_size(cache), 10);
}

START_TEST(no_call_finds_a_stale_value)
{
    int value;
    make_stale();
    assert_status(weft_cache_remove(cache, WEFT_KEY_INT(9)), WEFT_NOT_FOUND);
    assert_ok(weft_cache_destroy(cache));
    make_stale();
    ck_assert(!weft_cache_contains(cache, WEFT_KEY_INT(9)));
    assert_ok(weft_cache_destroy(cache));
    make_stale();
    assert_status(weft_cache_get(cache, WEFT_KEY_INT(9), &value),
                  WEFT_NOT_FOUND);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(a_call_drops_a_few_stale_values_and_its_own)
{
    make_stale();
    ck_assert(!weft_cache_contains(cache, WEFT_KEY_INT(9)));
    ck_assert_uint_eq(weft_cache_size(cache), 5);
    put_number(11);
    ck_assert_uint_eq(weft_cache_size(cache), 2);
    ck_assert_uint_eq(weft_cache_stats(cache).evictions, 0);
    ck_assert_uint_eq(weft_cache_stats(cache).expirations, 9);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(a_fresh_value_stays)
{
    static const weft_duration ttls[] = {0, WEFT_SECONDS(3600),
                                         WEFT_FOREVER - 1, WEFT_FOREVER};
    int value;
    for (int i = 0; i < 4; i++) {
        cache = weft_cache_create(sizeof(int), .ttl = ttls[i]);
        put_number(7);
        for (int look = 0; look < 1000; look++)
            assert_ok(weft_cache_get(cache, WEFT_KEY_INT(7), &value));
        ck_assert_uint_eq(weft_cache_stats(cache).expirations, 0);
        assert_ok(weft_cache_destroy(cache));
    }
}
END_TEST

START_TEST(stale_values_are_swept_by_calls_for_other_keys)
{
    cache = weft_cache_create(sizeof(int), .capacity = 1000, .ttl = WEFT_MS(1));
    for (int i = 0; i < 1000; i++)
        put_number(i);
    while (weft_cache_size(cache) > 0)
        ck_assert(!weft_cache_contains(cache, WEFT_KEY_INT(-1)));
    ck_assert_uint_eq(weft_cache_stats(cache).expirations +
                          weft_cache_stats(cache).evictions,
                      1000);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(a_replaced_value_is_as_fresh_as_a_new_one)
{
    cache = weft_cache_create(sizeof(int), .capacity = 10,
                              .ttl = WEFT_SECONDS(3600));
    put_number(1);
    put_number(2);
    put_number(1);
    const weft__entry *oldest = WEFT_CONTAINER_OF(
        weft__list_oldest(&cache->shards[0].by_age), weft__entry, age);
    int value;
    memcpy(&value, oldest->value, sizeof value);
    ck_assert_int_eq(value, 2);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_stale_value_is_a_miss_and_is_dropped,
        no_call_finds_a_stale_value,
        a_call_drops_a_few_stale_values_and_its_own,
        a_fresh_value_stays,
        stale_values_are_swept_by_calls_for_other_keys,
        a_replaced_value_is_as_fresh_as_a_new_one,
    };
    return RUN_TESTS("cache, time", tests);
}
