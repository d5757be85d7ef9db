/* SPDX-License-Identifier: MIT */

/* Keys, values, counters, misuse. */

#include "cache.h"
#include "support.h"

#include <errno.h>
#include <stdio.h>

/* An allocation that is too big for the sanitizers, too, is to fail. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    return "allocator_may_return_null=1";
}
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
    return "allocator_may_return_null=1";
}

static weft_cache *cache;

static void set(weft_key key, int value)
{
    assert_ok(weft_cache_set(cache, key, &value));
}

/* The key's value, or -1. */
static int get(weft_key key)
{
    int value = -1;
    weft_status status = weft_cache_get(cache, key, &value);
    ck_assert(status == (value != -1 ? WEFT_OK : WEFT_NOT_FOUND));
    return value;
}

/* ---- Values ---- */

START_TEST(a_value_is_set_got_replaced_and_removed)
{
    cache = weft_cache_create(sizeof(int));
    weft_key key = WEFT_KEY_STRING("alice");
    ck_assert_int_eq(get(key), -1);
    assert_status(weft_cache_remove(cache, key), WEFT_NOT_FOUND);
    set(key, 7);
    ck_assert_int_eq(get(key), 7);
    ck_assert_int_eq(get(key), 7);
    set(key, 8);
    ck_assert_int_eq(get(key), 8);
    ck_assert_uint_eq(weft_cache_size(cache), 1);
    assert_ok(weft_cache_remove(cache, key));
    ck_assert_int_eq(get(key), -1);
    assert_status(weft_cache_remove(cache, key), WEFT_NOT_FOUND);
    ck_assert_uint_eq(weft_cache_size(cache), 0);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(a_value_is_copied_both_ways)
{
    struct row {
        char text[1000];
    } row = {"one"}, got;
    weft_cache *rows = weft_cache_create(sizeof row);
    assert_ok(weft_cache_set(rows, WEFT_KEY_INT(1), &row));
    strcpy(row.text, "another");
    assert_ok(weft_cache_get(rows, WEFT_KEY_INT(1), &got));
    ck_assert_str_eq(got.text, "one");
    strcpy(got.text, "mine");
    assert_ok(weft_cache_get(rows, WEFT_KEY_INT(1), &got));
    ck_assert_str_eq(got.text, "one");
    assert_ok(weft_cache_destroy(rows));
}
END_TEST

START_TEST(values_of_any_size)
{
    static const size_t sizes[] = {1, 3, 8, 255, 256, 257, 5000};
    unsigned char value[5000], got[5001];
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        weft_cache *sized = weft_cache_create_with(sizes[i], NULL);
        memset(value, (int)i + 1, sizeof value);
        memset(got, 0, sizeof got);
        assert_ok(weft_cache_set(sized, WEFT_KEY_STRING("key"), value));
        assert_ok(weft_cache_get(sized, WEFT_KEY_STRING("key"), got));
        ck_assert_int_eq(memcmp(got, value, sizes[i]), 0);
        ck_assert_int_eq(got[sizes[i]], 0);
        assert_ok(weft_cache_destroy(sized));
    }
}
END_TEST

START_TEST(null_pointers_and_zeroes_are_ordinary_values)
{
    void *nothing = NULL, *got = &got;
    weft_cache *pointers = weft_cache_create(sizeof(void *));
    assert_ok(weft_cache_set(pointers, WEFT_KEY_INT(0), &nothing));
    assert_ok(weft_cache_get(pointers, WEFT_KEY_INT(0), &got));
    ck_assert_ptr_null(got);
    assert_ok(weft_cache_destroy(pointers));
}
END_TEST

START_TEST(clear_drops_everything_and_the_cache_is_usable)
{
    cache = weft_cache_create(sizeof(int));
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 1000; i++)
            set(WEFT_KEY_INT(i), i);
        ck_assert_uint_eq(weft_cache_size(cache), 1000);
        assert_ok(weft_cache_clear(cache));
        ck_assert_uint_eq(weft_cache_size(cache), 0);
        for (int i = 0; i < 1000; i++)
            ck_assert(!weft_cache_contains(cache, WEFT_KEY_INT(i)));
    }
    assert_ok(weft_cache_clear(cache));
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(without_a_capacity_it_holds_everything)
{
    enum { MANY = 20000 };
    cache = weft_cache_create(sizeof(int));
    ck_assert_uint_eq(weft_cache_capacity(cache), 0);
    for (int i = 0; i < MANY; i++)
        set(WEFT_KEY_INT(i), i);
    ck_assert_uint_eq(weft_cache_size(cache), MANY);
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(get(WEFT_KEY_INT(i)), i);
    for (int i = 0; i < MANY; i += 2)
        assert_ok(weft_cache_remove(cache, WEFT_KEY_INT(i)));
    for (int i = 0; i < MANY; i++)
        ck_assert_int_eq(get(WEFT_KEY_INT(i)), i % 2 == 0 ? -1 : i);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

/* ---- Keys ---- */

START_TEST(keys_are_equal_when_their_bytes_are)
{
    const char bytes[] = {'a', 'l', 'i', 'c', 'e'};
    int64_t number = 42;
    cache = weft_cache_create(sizeof(int));
    set(WEFT_KEY_STRING("alice"), 1);
    ck_assert_int_eq(get(WEFT_KEY(bytes, sizeof bytes)), 1);
    ck_assert_int_eq(get(WEFT_KEY(bytes, 4)), -1);
    ck_assert_int_eq(get(WEFT_KEY_STRING("alicea")), -1);
    set(WEFT_KEY_INT(42), 2);
    ck_assert_int_eq(get(WEFT_KEY_INT(42L)), 2);
    ck_assert_int_eq(get(WEFT_KEY_INT((unsigned char)42)), 2);
    ck_assert_int_eq(get(weft_key_int(&number)), 2);
    ck_assert_int_eq(get(WEFT_KEY(&number, sizeof number)), 2);
    ck_assert_int_eq(get(WEFT_KEY_INT(-42)), -1);
    set(WEFT_KEY("a\0b", 3), 3);
    ck_assert_int_eq(get(WEFT_KEY("a\0c", 3)), -1);
    ck_assert_int_eq(get(WEFT_KEY("a\0b", 3)), 3);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(an_empty_key_is_a_key)
{
    cache = weft_cache_create(sizeof(int));
    ck_assert_int_eq(get(WEFT_KEY(NULL, 0)), -1);
    set(WEFT_KEY(NULL, 0), 5);
    ck_assert_int_eq(get(WEFT_KEY_STRING("")), 5);
    ck_assert_int_eq(get(WEFT_KEY("other", 0)), 5);
    ck_assert_int_eq(get(WEFT_KEY("", 1)), -1);
    assert_ok(weft_cache_remove(cache, WEFT_KEY_STRING("")));
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(keys_are_copied)
{
    char text[100];
    cache = weft_cache_create(sizeof(int));
    for (int i = 0; i < 100; i++) {
        memset(text, 'x', sizeof text);
        set(WEFT_KEY(text, (size_t)i), i);
    }
    memset(text, 'y', sizeof text);
    ck_assert_int_eq(get(WEFT_KEY(text, 50)), -1);
    memset(text, 'x', sizeof text);
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(get(WEFT_KEY(text, (size_t)i)), i);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

/* As Python hashes these bytes with PYTHONHASHSEED=0. */
START_TEST(the_hash_is_siphash_1_3)
{
    static const uint64_t zero[2];
    const uint64_t seed[2] = {UINT64_C(0x0706050403020100),
                              UINT64_C(0x0f0e0d0c0b0a0908)};
    ck_assert_uint_eq(weft__cache_hash(zero, "a", 1),
                      UINT64_C(4644417185603328019));
    ck_assert_uint_eq(weft__cache_hash(zero, "12345678", 8),
                      UINT64_C(3785724242978802311));
    ck_assert_uint_eq(
        weft__cache_hash(zero, "a longer text, of 29 bytes ...", 30),
        UINT64_C(3506064622110913970));
    ck_assert_uint_eq(weft__cache_hash(seed, NULL, 0),
                      UINT64_C(0xabac0158050fc4dc));
}
END_TEST

START_TEST(keys_of_equal_hashes_are_told_apart)
{
    weft__visit visit = {.hash = 1, .key = WEFT_KEY_STRING("alice")};
    weft__entry *entry = weft__entry_make(&visit);
    ck_assert(weft__entry_matches(&visit, entry));
    visit.key = WEFT_KEY_STRING("alicf");
    ck_assert(!weft__entry_matches(&visit, entry));
    visit.key = WEFT_KEY_STRING("alic");
    ck_assert(!weft__entry_matches(&visit, entry));
    weft__entry_unpin(&visit.values, entry);
}
END_TEST

START_TEST(each_cache_has_a_seed_of_its_own)
{
    weft_cache *other = weft_cache_create(sizeof(int));
    cache = weft_cache_create(sizeof(int));
    ck_assert(cache->seed[0] != other->seed[0]);
    ck_assert(cache->seed[1] != other->seed[1]);
    assert_ok(weft_cache_destroy(cache));
    assert_ok(weft_cache_destroy(other));
}
END_TEST

/* ---- Counters ---- */

START_TEST(what_happens_is_counted)
{
    cache = weft_cache_create(sizeof(int), .capacity = 2);
    get(WEFT_KEY_INT(1));
    set(WEFT_KEY_INT(1), 1);
    get(WEFT_KEY_INT(1));
    get(WEFT_KEY_INT(1));
    ck_assert(weft_cache_contains(cache, WEFT_KEY_INT(1)));
    ck_assert(!weft_cache_contains(cache, WEFT_KEY_INT(2)));
    set(WEFT_KEY_INT(1), 2);
    set(WEFT_KEY_INT(2), 2);
    set(WEFT_KEY_INT(3), 3);
    set(WEFT_KEY_INT(4), 4);
    assert_ok(weft_cache_remove(cache, WEFT_KEY_INT(4)));
    weft_cache_info info = weft_cache_stats(cache);
    ck_assert_uint_eq(info.hits, 2);
    ck_assert_uint_eq(info.misses, 1);
    ck_assert_uint_eq(info.computations, 0);
    ck_assert_uint_eq(info.evictions, 2);
    ck_assert_uint_eq(info.expirations, 0);
    ck_assert_uint_eq(info.size, 1);
    ck_assert_uint_eq(info.capacity, 2);
    assert_ok(weft_cache_clear(cache));
    ck_assert_uint_eq(weft_cache_stats(cache).hits, 2);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

/* ---- Misuse, and no memory ---- */

START_TEST(wrong_options_are_answered)
{
    weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
    errno = 0;
    ck_assert_ptr_null(weft_cache_create_with(0, NULL));
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_ptr_null(weft_cache_create((size_t)-4));
    ck_assert_ptr_null(weft_cache_create(4, .capacity = (size_t)-1));
    ck_assert_ptr_null(weft_cache_create(4, .ttl = -1));
    ck_assert_int_eq(misuses_, 4);
    weft_set_misuse_handler(before);
}
END_TEST

static weft_status make_nothing(weft_key key, void *value_out, void *ctx)
{
    (void)key, (void)value_out, (void)ctx;
    ck_abort_msg("must not be called");
    return WEFT_FAILED;
}

START_TEST(null_is_answered)
{
    int value = 3;
    weft_key key = WEFT_KEY_INT(1);
    cache = weft_cache_create(sizeof(int));
    expect_misuse(weft_cache_set(NULL, key, &value), WEFT_INVALID);
    expect_misuse(weft_cache_set(cache, key, NULL), WEFT_INVALID);
    expect_misuse(weft_cache_get(NULL, key, &value), WEFT_INVALID);
    expect_misuse(weft_cache_get(cache, key, NULL), WEFT_INVALID);
    expect_misuse(weft_cache_remove(NULL, key), WEFT_INVALID);
    expect_misuse(weft_cache_clear(NULL), WEFT_INVALID);
    expect_misuse(
        weft_cache_get_or_compute(NULL, key, &value, make_nothing, NULL),
        WEFT_INVALID);
    expect_misuse(
        weft_cache_get_or_compute(cache, key, NULL, make_nothing, NULL),
        WEFT_INVALID);
    expect_misuse(weft_cache_get_or_compute(cache, key, &value, NULL, NULL),
                  WEFT_INVALID);
    ck_assert_int_eq(value, 3);
    ck_assert_uint_eq(weft_cache_size(NULL), 0);
    ck_assert_uint_eq(weft_cache_capacity(NULL), 0);
    ck_assert_uint_eq(weft_cache_stats(NULL).misses, 0);
    ck_assert_uint_eq(weft_cache_stats(cache).misses, 0);
    assert_ok(weft_cache_destroy(NULL));
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(wrong_keys_are_answered)
{
    int value = 3;
    const weft_key keys[] = {WEFT_KEY(NULL, 1), WEFT_KEY_STRING(NULL),
                             WEFT_KEY("x", (size_t)-1)};
    cache = weft_cache_create(sizeof(int));
    for (int i = 0; i < 3; i++) {
        weft_key key = keys[i];
        expect_misuse(weft_cache_set(cache, key, &value), WEFT_INVALID);
        expect_misuse(weft_cache_get(cache, key, &value), WEFT_INVALID);
        expect_misuse(weft_cache_remove(cache, key), WEFT_INVALID);
        expect_misuse(
            weft_cache_get_or_compute(cache, key, &value, make_nothing, NULL),
            WEFT_INVALID);
        weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
        ck_assert(!weft_cache_contains(cache, key));
        ck_assert_int_eq(misuses_, 2);
        weft_set_misuse_handler(before);
    }
    ck_assert_uint_eq(weft_cache_size(cache), 0);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(without_memory_nothing_changes)
{
    char value = 1; /* never read: there is no room for it */
    cache = weft_cache_create(PTRDIFF_MAX / 8);
    for (int i = 0; i < 2; i++) {
        assert_status(weft_cache_set(cache, WEFT_KEY_INT(1), &value),
                      WEFT_NO_MEMORY);
        assert_status(weft_cache_get_or_compute(cache, WEFT_KEY_INT(1), &value,
                                                make_nothing, NULL),
                      WEFT_NO_MEMORY);
    }
    ck_assert_uint_eq(weft_cache_size(cache), 0);
    ck_assert_uint_eq(weft_cache_stats(cache).computations, 0);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(a_thousand_caches_come_and_go)
{
    for (int i = 0; i < 1000; i++) {
        cache = weft_cache_create(sizeof(int), .capacity = (size_t)i * 20);
        for (int j = 0; j < 30; j++)
            set(WEFT_KEY_INT(j), j);
        assert_ok(weft_cache_destroy(cache));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_value_is_set_got_replaced_and_removed,
        a_value_is_copied_both_ways,
        values_of_any_size,
        null_pointers_and_zeroes_are_ordinary_values,
        clear_drops_everything_and_the_cache_is_usable,
        without_a_capacity_it_holds_everything,
        keys_are_equal_when_their_bytes_are,
        an_empty_key_is_a_key,
        keys_are_copied,
        the_hash_is_siphash_1_3,
        keys_of_equal_hashes_are_told_apart,
        each_cache_has_a_seed_of_its_own,
        what_happens_is_counted,
        wrong_options_are_answered,
        null_is_answered,
        wrong_keys_are_answered,
        without_memory_nothing_changes,
        a_thousand_caches_come_and_go,
    };
    return RUN_TESTS("cache", tests);
}
