/* SPDX-License-Identifier: MIT */

/* Who leaves a full cache. */

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

/* Half the cache is in use; then come twenty times as many, each touched as
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
    for (int i = hot; i < (int)capacity * 20; i++) {
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

static void use_all(int n, int times)
{
    int value;
    for (int use = 0; use < times; use++)
        for (int i = 0; i < n; i++)
            (void)!weft_cache_get(cache, WEFT_KEY_INT(i), &value);
}

/* How many in main have been used fewer than `uses` times since a lap. */
static int used_less(int uses)
{
    int count = 0;
    const weft__link *list = &cache->shards[0].main;
    for (weft__link *link = list->next; link != list; link = link->next)
        count += WEFT_CONTAINER_OF(link, weft__entry, order)->uses < uses;
    return count;
}

START_TEST(a_walk_through_main_has_a_limit)
{
    enum { CAPACITY = 1000 };
    cache = weft_cache_create(sizeof(int), .capacity = CAPACITY);
    for (int i = 0; i < CAPACITY; i++)
        put_number(i);
    use_all(CAPACITY, 2);
    put_number(CAPACITY); /* all the others are in main now, but for one */
    use_all(CAPACITY, 5);
    ck_assert_int_eq(used_less(3), 0);
    put_number(CAPACITY + 1);
    ck_assert_uint_eq(weft_cache_size(cache), CAPACITY);
    ck_assert_int_gt(used_less(3), 0);
    ck_assert_int_lt(used_less(3), 100);
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
    };
    return RUN_TESTS("cache, who leaves", tests);
}
