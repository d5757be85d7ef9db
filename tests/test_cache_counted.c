/* SPDX-License-Identifier: MIT */

/* Values that own something: each copy handed out is retained once, each copy
 * dropped is destroyed once, and both callbacks may use the cache. */

#include "support.h"

#include <stdatomic.h>
#include <string.h>
#include <weft/cache.h>
#include <weft/event.h>

/* A counted reference is a pointer to one of these. */
struct thing {
    atomic_int references;
    int number;
};

static struct thing things[16];
static weft_cache *cache;

static void retain(void *value)
{
    struct thing *thing = *(struct thing **)value;
    ck_assert_int_gt(thing->references++, 0);
}

static void release(void *value)
{
    struct thing *thing = *(struct thing **)value;
    ck_assert_int_gt(thing->references--, 0);
}

static weft_cache *make(size_t capacity, weft_duration ttl)
{
    for (int i = 0; i < 16; i++)
        things[i] = (struct thing){.references = 1, .number = i};
    return weft_cache_create(sizeof(struct thing *), .capacity = capacity,
                             .ttl = ttl, .retain = retain, .destroy = release);
}

/* Gives the cache a reference to things[number], under that key. */
static void set(int key, int number)
{
    struct thing *thing = &things[number];
    retain(&thing);
    assert_ok(weft_cache_set(cache, WEFT_KEY_INT(key), &thing));
}

/* Gets a reference and gives it back. */
static void get(int key, int number)
{
    struct thing *thing = NULL;
    int before = things[number].references;
    assert_ok(weft_cache_get(cache, WEFT_KEY_INT(key), &thing));
    ck_assert_ptr_eq(thing, &things[number]);
    ck_assert_int_eq(thing->references, before + 1);
    release(&thing);
}

/* How many references the cache has. */
static int held(int number)
{
    return things[number].references - 1;
}

START_TEST(each_way_out_destroys_once)
{
    cache = make(3, 0);
    set(1, 1);
    get(1, 1);
    get(1, 1);
    ck_assert_int_eq(held(1), 1);
    set(1, 2); /* replaced */
    ck_assert_int_eq(held(1), 0);
    set(1, 2); /* by the same */
    ck_assert_int_eq(held(2), 1);
    assert_ok(weft_cache_remove(cache, WEFT_KEY_INT(1)));
    ck_assert_int_eq(held(2), 0);
    for (int i = 3; i < 8; i++)
        set(i, i);
    ck_assert_int_eq(held(3) + held(4), 0); /* evicted */
    ck_assert_int_eq(held(5) + held(6) + held(7), 3);
    assert_ok(weft_cache_clear(cache));
    ck_assert_int_eq(held(5) + held(6) + held(7), 0);
    set(8, 8);
    set(9, 8);
    ck_assert_int_eq(held(8), 2);
    assert_ok(weft_cache_destroy(cache));
    ck_assert_int_eq(held(8), 0);
}
END_TEST

START_TEST(a_stale_value_is_destroyed_once)
{
    struct thing *thing;
    cache = make(10, WEFT_US(1)); /* so small that it has one shard */
    set(1, 1);
    while (held(1) > 0)
        if (weft_cache_get(cache, WEFT_KEY_INT(1), &thing) == WEFT_OK)
            release(&thing);
    ck_assert_uint_eq(weft_cache_size(cache), 0);
    set(2, 2);
    while (held(2) > 0) /* by a call for another key */
        ck_assert(!weft_cache_contains(cache, WEFT_KEY_INT(3)));
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(a_value_got_outlives_the_cache)
{
    struct thing *thing = NULL;
    cache = make(0, 0);
    set(1, 1);
    assert_ok(weft_cache_get(cache, WEFT_KEY_INT(1), &thing));
    assert_ok(weft_cache_destroy(cache));
    ck_assert_int_eq(held(1), 1);
    ck_assert_int_eq(thing->number, 1);
}
END_TEST

/* ---- Computed ---- */

static weft_event begun, go;

static weft_status refer(weft_key key, void *value_out, void *ctx)
{
    struct thing *thing = ctx;
    (void)key;
    weft_event_set(&begun);
    assert_ok(weft_event_wait(&go));
    if (thing == NULL)
        return WEFT_FAILED;
    retain(&thing);
    memcpy(value_out, &thing, sizeof thing);
    return WEFT_OK;
}

/* Computes a reference under key 5, and gives it back. */
static void *compute(void *thing)
{
    struct thing *got = NULL;
    weft_status status =
        weft_cache_get_or_compute(cache, WEFT_KEY_INT(5), &got, refer, thing);
    ck_assert_ptr_eq(got, thing);
    if (status == WEFT_OK)
        release(&got);
    return (void *)(intptr_t)status;
}

/* Two compute, or wait; meanwhile() happens. */
static void compute_twice(struct thing *thing, void (*meanwhile)(void))
{
    weft_thread threads[2];
    weft_event_clear(&begun);
    weft_event_clear(&go);
    for (int i = 0; i < 2; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(compute, thing);
        start(&threads[i]);
    }
    wait_until_waiting(cache, 1);
    meanwhile();
    weft_event_set(&go);
    for (int i = 0; i < 2; i++) {
        assert_ok(weft_thread_join(&threads[i]));
        ck_assert_int_eq((int)(intptr_t)weft_thread_result(&threads[i]),
                         thing != NULL ? WEFT_OK : WEFT_FAILED);
    }
}

static void nothing(void)
{
}

static void set_another(void)
{
    set(5, 6);
}

static void remove_it(void)
{
    assert_status(weft_cache_remove(cache, WEFT_KEY_INT(5)), WEFT_NOT_FOUND);
}

START_TEST(a_computed_value_is_the_caches_reference)
{
    cache = make(0, 0);
    compute_twice(&things[5], nothing);
    ck_assert_int_eq(held(5), 1);
    get(5, 5);
    assert_ok(weft_cache_destroy(cache));
    ck_assert_int_eq(held(5), 0);
}
END_TEST

START_TEST(a_computed_value_that_is_not_kept_is_destroyed_once)
{
    cache = make(0, 0);
    compute_twice(&things[5], set_another);
    ck_assert_int_eq(held(5), 0);
    ck_assert_int_eq(held(6), 1);
    assert_ok(weft_cache_clear(cache));
    compute_twice(&things[5], remove_it);
    ck_assert_int_eq(held(5), 0);
    ck_assert_uint_eq(weft_cache_size(cache), 0);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

START_TEST(a_failure_destroys_nothing)
{
    cache = make(0, 0);
    compute_twice(NULL, nothing);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

/* ---- Callbacks that use the cache ---- */

static int inside; /* callbacks on the way */

/* Every call there is, on a key of its own. */
static void use_everything(void *value)
{
    struct thing *thing = *(struct thing **)value, *got;
    if (inside++ == 0) {
        int key = 1000 + thing->number;
        set(key, 10);
        assert_ok(weft_cache_get(cache, WEFT_KEY_INT(key), &got));
        release(&got);
        ck_assert(weft_cache_contains(cache, WEFT_KEY_INT(key)));
        assert_ok(weft_cache_remove(cache, WEFT_KEY_INT(key)));
        assert_ok(weft_cache_get_or_compute(cache, WEFT_KEY_INT(key), &got,
                                            refer, &things[11]));
        release(&got);
        ck_assert_uint_ge(weft_cache_size(cache), 1);
        ck_assert_uint_ge(weft_cache_stats(cache).hits, 1);
    }
    inside--;
}

static void retain_and_use(void *value)
{
    use_everything(value);
    retain(value);
}

static void use_and_release(void *value)
{
    use_everything(value);
    release(value);
}

START_TEST(callbacks_may_use_the_cache)
{
    assert_ok(weft_cache_destroy(make(0, 0))); /* for the things */
    weft_event_set(&go);
    cache =
        weft_cache_create(sizeof(struct thing *), .capacity = 4,
                          .retain = retain_and_use, .destroy = use_and_release);
    for (int i = 0; i < 8; i++) {
        set(i, i);
        struct thing *got;
        weft_status status = weft_cache_get(cache, WEFT_KEY_INT(i), &got);
        if (status == WEFT_OK)
            release(&got);
        set(i, i);
        (void)weft_cache_remove(cache, WEFT_KEY_INT(i));
    }
    inside = 1; /* the callbacks of the end find a closed cache */
    assert_ok(weft_cache_destroy(cache));
    for (int i = 0; i < 16; i++)
        ck_assert_int_eq(held(i), 0);
}
END_TEST

/* Takes the value away that is just being handed out. */
static void remove_and_retain(void *value)
{
    assert_ok(weft_cache_remove(cache, WEFT_KEY_INT(1)));
    ck_assert_int_eq(held(1), 1); /* the cache's own is still there */
    retain(value);
}

START_TEST(a_value_being_handed_out_is_not_destroyed)
{
    struct thing *got = NULL;
    assert_ok(weft_cache_destroy(make(0, 0)));
    cache = weft_cache_create(sizeof(struct thing *),
                              .retain = remove_and_retain, .destroy = release);
    set(1, 1);
    assert_ok(weft_cache_get(cache, WEFT_KEY_INT(1), &got));
    ck_assert_int_eq(held(1), 1); /* ours alone */
    ck_assert_uint_eq(weft_cache_size(cache), 0);
    assert_ok(weft_cache_destroy(cache));
}
END_TEST

static void destroy_and_retain(void *value)
{
    assert_ok(weft_cache_destroy(cache));
    retain(value);
}

START_TEST(even_the_cache_may_go_meanwhile)
{
    struct thing *got = NULL;
    assert_ok(weft_cache_destroy(make(0, 0)));
    cache = weft_cache_create(sizeof(struct thing *),
                              .retain = destroy_and_retain, .destroy = release);
    set(1, 1);
    set(2, 2);
    assert_ok(weft_cache_get(cache, WEFT_KEY_INT(1), &got));
    ck_assert_int_eq(held(1), 1);
    ck_assert_int_eq(held(2), 0);
}
END_TEST

static int found_closed;

static void find_it_closed(void *value)
{
    struct thing *thing = *(struct thing **)value, *got = NULL;
    weft_key key = WEFT_KEY_INT(thing->number);
    assert_status(weft_cache_get(cache, key, &got), WEFT_NOT_FOUND);
    assert_status(weft_cache_set(cache, key, &thing), WEFT_SHUT_DOWN);
    assert_status(weft_cache_get_or_compute(cache, key, &got, refer, thing),
                  WEFT_SHUT_DOWN);
    assert_ok(weft_cache_clear(cache));
    ck_assert_uint_eq(weft_cache_size(cache), 0);
    expect_misuse(weft_cache_destroy(cache), WEFT_BUSY);
    found_closed++;
    release(value);
}

START_TEST(callbacks_of_the_end_find_it_empty_and_closed)
{
    assert_ok(weft_cache_destroy(make(0, 0)));
    cache = weft_cache_create(sizeof(struct thing *), .retain = retain,
                              .destroy = find_it_closed);
    for (int i = 0; i < 16; i++)
        set(i, i);
    assert_ok(weft_cache_destroy(cache));
    ck_assert_int_eq(found_closed, 16);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        each_way_out_destroys_once,
        a_stale_value_is_destroyed_once,
        a_value_got_outlives_the_cache,
        a_computed_value_is_the_caches_reference,
        a_computed_value_that_is_not_kept_is_destroyed_once,
        a_failure_destroys_nothing,
        callbacks_may_use_the_cache,
        a_value_being_handed_out_is_not_destroyed,
        even_the_cache_may_go_meanwhile,
        callbacks_of_the_end_find_it_empty_and_closed,
    };
    return RUN_TESTS("cache, counted values", tests);
}
