/* SPDX-License-Identifier: MIT */

/* A cache without memory, at each allocation in turn: the call says so, nothing
 * changes, nothing leaks, and callbacks still see each copy once. */

#include "faults.h"

#include <weft/cache.h>

enum { VALUES = 300 };

static weft_cache *cache;
static int given, retained, destroyed, computed;

static void retain(void *value)
{
    (void)value;
    retained++;
}

static void destroy(void *value)
{
    (void)value;
    destroyed++;
}

static void create(void)
{
    cache = weft_cache_create(sizeof(int), .capacity = 200, .retain = retain,
                              .destroy = destroy);
    ck_assert_ptr_nonnull(cache);
}

START_TEST(creating_without_memory)
{
    long before = live;
    for (long k = 1;; k++) {
        run_out_of_memory(k, false);
        cache = weft_cache_create(sizeof(int), .capacity = 100000);
        int error = errno;
        if (enough_memory())
            break;
        long after = live;
        ck_assert_ptr_null(cache);
        ck_assert_int_eq(error, ENOMEM);
        ck_assert_int_eq(after, before);
    }
    assert_ok(weft_cache_destroy(cache));
    long after = live;
    ck_assert_int_eq(after, before);
}
END_TEST

static weft_status set(int number)
{
    weft_status status = weft_cache_set(cache, WEFT_KEY_INT(number), &number);
    given += status == WEFT_OK;
    return status;
}

/* Fails at the first allocation, then the second, until it needs no more. */
static int set_without_memory(int number)
{
    int value;
    for (long k = 1;; k++) {
        size_t size = weft_cache_size(cache);
        run_out_of_memory(k, false);
        weft_status status = set(number);
        if (enough_memory()) {
            assert_ok(status);
            assert_ok(weft_cache_get(cache, WEFT_KEY_INT(number), &value));
            ck_assert_int_eq(value, number);
            destroy(&value); /* the copy that was handed out */
            return (int)k - 1;
        }
        ck_assert_int_eq(status, WEFT_NO_MEMORY);
        ck_assert_uint_eq(weft_cache_size(cache), size);
    }
}

START_TEST(setting_without_memory)
{
    long before = live;
    int failures = 0;
    create();
    for (int i = 0; i < VALUES; i++)
        failures += set_without_memory(i);
    ck_assert_int_gt(failures, VALUES); /* some tables had to grow, too */
    ck_assert_int_eq(set_without_memory(VALUES - 1), 1); /* replaces */
    assert_ok(weft_cache_destroy(cache));
    long after = live;
    ck_assert_int_eq(after, before);
    ck_assert_int_eq(destroyed, given + retained);
}
END_TEST

START_TEST(a_value_stays_when_there_is_no_memory_to_replace_it)
{
    int value = 2;
    create();
    assert_ok(set(1));
    run_out_of_memory(1, true);
    weft_status status = weft_cache_set(cache, WEFT_KEY_INT(1), &value);
    ck_assert(!enough_memory());
    assert_status(status, WEFT_NO_MEMORY);
    assert_ok(weft_cache_get(cache, WEFT_KEY_INT(1), &value));
    ck_assert_int_eq(value, 1);
    ck_assert_int_eq(destroyed, 0);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

static weft_status compute(weft_key key, void *value, void *ctx)
{
    (void)key;
    computed++;
    given++;
    *(int *)value = *(int *)ctx;
    return WEFT_OK;
}

/* All that a computation needs is there before it begins. */
START_TEST(computing_without_memory)
{
    long before = live;
    int value = 0, failures = 0;
    create();
    for (int i = 1; i <= VALUES; i++)
        for (long k = 1;; k++) {
            int before_this = computed;
            run_out_of_memory(k, false);
            weft_status status = weft_cache_get_or_compute(
                cache, WEFT_KEY_INT(i), &value, compute, &i);
            bool enough = enough_memory();
            ck_assert_int_eq(status, enough ? WEFT_OK : WEFT_NO_MEMORY);
            ck_assert_int_eq(computed, before_this + enough);
            ck_assert_int_eq(value, enough ? i : i - 1);
            failures += !enough;
            if (enough)
                break;
        }
    ck_assert_int_gt(failures, VALUES); /* some tables had to grow, too */
    assert_ok(weft_cache_destroy(cache));
    long after = live;
    ck_assert_int_eq(after, before);
    ck_assert_int_eq(destroyed + VALUES, given + retained);
}
END_TEST

START_TEST(getting_removing_and_clearing_need_no_memory)
{
    int value;
    create();
    for (int i = 0; i < 100; i++)
        assert_ok(set(i));
    run_out_of_memory(1, true);
    weft_status got = weft_cache_get(cache, WEFT_KEY_INT(5), &value);
    weft_status removed = weft_cache_remove(cache, WEFT_KEY_INT(6));
    weft_status cleared = weft_cache_clear(cache);
    ck_assert(enough_memory());
    assert_ok(got);
    assert_ok(removed);
    assert_ok(cleared);
    ck_assert_uint_eq(weft_cache_size(cache), 0);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        creating_without_memory,
        setting_without_memory,
        a_value_stays_when_there_is_no_memory_to_replace_it,
        computing_without_memory,
        getting_removing_and_clearing_need_no_memory,
    };
    return RUN_TESTS("cache faults", tests);
}
