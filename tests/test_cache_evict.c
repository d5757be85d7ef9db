/* SPDX-License-Identifier: MIT */

/* Who leaves a full cache, and what goes stale. */

#include "cache.h"
#include "support.h"

static weft_cache *cache;
static char gone[64]; /* what left, in order, of caches of letters */
static size_t gone_count;

static void note_gone(void *value)
{
    gone[gone_count++] = *(char *)value;
    gone[gone_count] = '\0';
}

static void make(size_t capacity)
{
    cache = weft_cache_create(sizeof(char), .capacity = capacity,
                              .destroy = note_gone);
    gone[gone_count = 0] = '\0';
}

/* Sets keys that are letters, to themselves. */
static void set(const char *letters)
{
    for (; *letters != '\0'; letters++)
        assert_ok(weft_cache_set(cache, WEFT_KEY(letters, 1), letters));
}

static void get(const char *letters)
{
    char value;
    for (; *letters != '\0'; letters++) {
        assert_ok(weft_cache_get(cache, WEFT_KEY(letters, 1), &value));
        ck_assert_int_eq(value, *letters);
    }
}

static void put_number(int number)
{
    assert_ok(weft_cache_set(cache, WEFT_KEY_INT(number), &number));
}

/* ---- Capacity ---- */

START_TEST(a_small_capacity_is_exact)
{
    for (size_t capacity = 1; capacity < 50; capacity++) {
        cache = weft_cache_create(sizeof(int), .capacity = capacity);
        ck_assert_uint_eq(weft_cache_capacity(cache), capacity);
        for (int i = 0; i < 200; i++) {
            put_number(i);
            size_t full = (size_t)i + 1 < capacity ? (size_t)i + 1 : capacity;
            ck_assert_uint_eq(weft_cache_size(cache), full);
            ck_assert(weft_cache_contains(cache, WEFT_KEY_INT(i)));
        }
        ck_assert_uint_eq(weft_cache_stats(cache).evictions, 200 - capacity);
        assert_ok(weft_cache_destroy(cache));
    }
}
END_TEST

START_TEST(a_thousand_fit_before_any_is_evicted)
{
    cache = weft_cache_create(sizeof(int), .capacity = 1023);
    for (int i = 0; i < 1023; i++)
        put_number(i);
    ck_assert_uint_eq(weft_cache_size(cache), 1023);
    ck_assert_uint_eq(weft_cache_stats(cache).evictions, 0);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(a_large_capacity_is_never_passed_and_nearly_reached)
{
    enum { CAPACITY = 20001 };
    cache = weft_cache_create(sizeof(int), .capacity = CAPACITY);
    for (int i = 0; i < 3 * CAPACITY; i++) {
        put_number(i);
        if (i % 100 == 0)
            ck_assert_uint_le(weft_cache_size(cache), CAPACITY);
    }
    ck_assert_uint_eq(weft_cache_size(cache), CAPACITY);
    assert_ok(weft_cache_clear(cache));
    uint64_t evicted = weft_cache_stats(cache).evictions;
    for (int i = 0; i < CAPACITY / 100 * 80; i++)
        put_number(i);
    ck_assert_uint_eq(weft_cache_stats(cache).evictions, evicted);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

/* ---- Order ---- */

START_TEST(unused_values_leave_in_order_of_arrival)
{
    make(3);
    set("abcdefg");
    ck_assert_str_eq(gone, "abcd");
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(a_value_used_twice_outlives_those_used_less)
{
    make(3);
    set("abc");
    get("abaa");
    set("d");
    ck_assert_str_eq(gone, "b");
    set("efgh");
    ck_assert_str_eq(gone, "bcdef");
    get("agh");
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(replacing_is_a_use_and_keeps_the_place)
{
    make(3);
    set("abcaa");
    ck_assert_str_eq(gone, "aa");
    set("de");
    ck_assert_str_eq(gone, "aabc");
    get("a");
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(contains_is_no_use)
{
    make(2);
    set("ab");
    for (int i = 0; i < 5; i++)
        ck_assert(weft_cache_contains(cache, WEFT_KEY_STRING("a")));
    set("c");
    ck_assert_str_eq(gone, "a");
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(a_value_that_comes_back_soon_stays)
{
    make(5);
    set("abcdef"); /* a leaves, and is remembered */
    ck_assert_str_eq(gone, "a");
    set("a"); /* b leaves */
    set("ghijklmn");
    ck_assert_str_eq(gone, "abcdefghij");
    get("aklmn");
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(in_main_use_is_another_lap)
{
    make(3);
    set("abc");
    get("aabbcc");
    set("d"); /* all three are worth keeping, so the oldest of them leaves */
    ck_assert_str_eq(gone, "a");
    get("b");
    get("dd");
    set("e"); /* d moves to main; b was used since, c was not */
    ck_assert_str_eq(gone, "ac");
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(removed_values_are_not_remembered)
{
    make(3);
    set("abc");
    for (int i = 0; i < 10; i++) {
        assert_ok(weft_cache_remove(cache, WEFT_KEY_STRING("b")));
        set("b");
    }
    ck_assert_str_eq(gone, "bbbbbbbbbb");
    set("def");
    ck_assert_str_eq(gone, "bbbbbbbbbbacb");
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

/* Half the cache is in use; then come a hundred times as many, each touched as
 * often as `touches` says. */
static void scan(size_t capacity, int touches)
{
    int hot = (int)capacity / 2, value;
    cache = weft_cache_create(sizeof(int), .capacity = capacity);
    for (int i = 0; i < hot; i++)
        put_number(i);
    for (int use = 0; use < 2; use++)
        for (int i = 0; i < hot; i++)
            assert_ok(weft_cache_get(cache, WEFT_KEY_INT(i), &value));
    for (int i = hot; i < (int)capacity * 100; i++) {
        put_number(i);
        for (int touch = 0; touch < touches; touch++)
            assert_ok(weft_cache_get(cache, WEFT_KEY_INT(i), &value));
    }
    for (int i = 0; i < hot; i++)
        ck_assert(weft_cache_contains(cache, WEFT_KEY_INT(i)));
    assert_ok(weft_cache_destroy(cache));
}

START_TEST(values_in_use_survive_a_scan)
{
    scan(10, 0);
    scan(1000, 0);
    scan(5000, 0);
}
END_TEST

START_TEST(they_survive_a_scan_that_uses_each_once)
{
    scan(10, 1);
    scan(1000, 1);
}
END_TEST

START_TEST(a_walk_through_main_has_a_limit)
{
    enum { CAPACITY = 1000 };
    int value;
    cache = weft_cache_create(sizeof(int), .capacity = CAPACITY);
    for (int i = 0; i < CAPACITY; i++)
        put_number(i);
    put_number(CAPACITY); /* 0 leaves */
    for (int use = 0; use < 6; use++)
        for (int i = 1; i <= CAPACITY; i++)
            assert_ok(weft_cache_get(cache, WEFT_KEY_INT(i), &value));
    for (int i = 1; i <= 50; i++) {
        put_number(-i); /* all are much used; still one leaves at once */
        ck_assert_uint_eq(weft_cache_size(cache), CAPACITY);
    }
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

/* ---- Time ---- */

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
        a_small_capacity_is_exact,
        a_thousand_fit_before_any_is_evicted,
        a_large_capacity_is_never_passed_and_nearly_reached,
        unused_values_leave_in_order_of_arrival,
        a_value_used_twice_outlives_those_used_less,
        replacing_is_a_use_and_keeps_the_place,
        contains_is_no_use,
        a_value_that_comes_back_soon_stays,
        in_main_use_is_another_lap,
        removed_values_are_not_remembered,
        values_in_use_survive_a_scan,
        they_survive_a_scan_that_uses_each_once,
        a_walk_through_main_has_a_limit,
        a_stale_value_is_a_miss_and_is_dropped,
        no_call_finds_a_stale_value,
        a_call_drops_a_few_stale_values_and_its_own,
        a_fresh_value_stays,
        stale_values_are_swept_by_calls_for_other_keys,
        a_replaced_value_is_as_fresh_as_a_new_one,
    };
    return RUN_TESTS("cache, who leaves", tests);
}
