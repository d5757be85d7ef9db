/* SPDX-License-Identifier: MIT */

/* Queues of few places keep their items in a ring, until the limit is raised or
 * leftovers have to be destroyed: whatever is done in whatever order, each does
 * what a plain array does. */

#include "queue.h"

enum { MOST_BYTES = 80, MOST_ITEMS = 64, STEPS = 4000, PLACES = 7 };

/* The framework writes down each assertion that holds, which takes long. */
static void expect(bool holds)
{
    if (!holds)
        ck_abort_msg("the ring did something else");
}

static unsigned random_state;

static unsigned any(unsigned below)
{
    random_state = random_state * 1103515245 + 12345;
    return (random_state >> 16) % below;
}

/* What must be in the queue: item i consists of bytes i, oldest first. */
static struct {
    size_t item_size, maxsize, count;
    unsigned char items[MOST_ITEMS];
} model;
static unsigned char next_put, destroyed[MOST_ITEMS];
static size_t destroyed_count, misplaced;

/* Nothing is aligned to more than the largest power of two in its size. */
static bool is_aligned(const void *item)
{
    size_t alignment = model.item_size & (~model.item_size + 1);
    if (alignment > _Alignof(max_align_t))
        alignment = _Alignof(max_align_t);
    return (uintptr_t)item % alignment == 0;
}

static void note(void *item)
{
    misplaced += !is_aligned(item);
    if (destroyed_count < MOST_ITEMS)
        destroyed[destroyed_count] = *(unsigned char *)item;
    destroyed_count++;
}

static void assert_is(const unsigned char *item, unsigned char byte)
{
    for (size_t i = 0; i < model.item_size; i++)
        expect(item[i] == byte);
}

static bool is_room(size_t n)
{
    return model.maxsize == 0 ? model.count + n <= MOST_ITEMS
                              : model.count + n <= model.maxsize;
}

static void put_next(void)
{
    unsigned char item[MOST_BYTES];
    memset(item, next_put, sizeof item);
    if (model.maxsize == 0 && !is_room(1))
        return;
    bool room = is_room(1);
    expect(weft_queue_try_put(queue, item) == (room ? WEFT_OK : WEFT_FULL));
    if (room)
        model.items[model.count++] = next_put++;
}

static void forget(size_t n)
{
    model.count -= n;
    memmove(model.items, model.items + n, model.count);
}

static void get_next(void)
{
    unsigned char item[MOST_BYTES];
    if (model.count == 0) {
        expect(weft_queue_try_get(queue, item) == WEFT_EMPTY);
        return;
    }
    expect(weft_queue_try_get(queue, item) == WEFT_OK);
    assert_is(item, model.items[0]);
    forget(1);
}

static void put_some(void)
{
    unsigned char items[3 * MOST_BYTES];
    size_t n = 1 + any(3), done;
    if (!is_room(n))
        return;
    for (size_t i = 0; i < n; i++)
        memset(items + i * model.item_size, next_put + (int)i, model.item_size);
    expect(weft_queue_put_many(queue, items, n, &done) == WEFT_OK);
    expect(done == n);
    for (size_t i = 0; i < n; i++)
        model.items[model.count++] = next_put++;
}

static void get_some(void)
{
    unsigned char items[3 * MOST_BYTES];
    size_t n = 1 + any(3), done;
    if (model.count == 0)
        return;
    expect(weft_queue_get_many(queue, items, n, &done) == WEFT_OK);
    expect(done == (n < model.count ? n : model.count));
    for (size_t i = 0; i < done; i++)
        assert_is(items + i * model.item_size, model.items[i]);
    forget(done);
}

static void look(void)
{
    unsigned char item[MOST_BYTES];
    weft_status status = weft_queue_try_peek(queue, item);
    expect(status == (model.count > 0 ? WEFT_OK : WEFT_EMPTY));
    if (model.count > 0)
        assert_is(item, model.items[0]);
    expect(weft_queue_size(queue) == model.count);
}

static void clear(void)
{
    size_t discarded;
    destroyed_count = 0;
    expect(weft_queue_clear(queue, &discarded) == WEFT_OK);
    expect(discarded == model.count);
    if (destroyed_count != 0) {
        expect(destroyed_count == model.count);
        expect(memcmp(destroyed, model.items, model.count) == 0);
    }
    forget(model.count);
}

static void change_limit(bool may_leave)
{
    size_t maxsize = any(PLACES + (may_leave ? 4 : 1));
    if (maxsize == 0 && !may_leave)
        maxsize = PLACES;
    expect(weft_queue_set_maxsize(queue, maxsize) == WEFT_OK);
    model.maxsize = maxsize;
}

static void step(bool may_leave)
{
    unsigned what = any(400);
    if (what < 150)
        put_next();
    else if (what < 290)
        get_next();
    else if (what < 330)
        put_some();
    else if (what < 370)
        get_some();
    else if (what < 390)
        look();
    else if (what < 394)
        expect(weft_queue_set_statistics(queue, any(2) != 0) == WEFT_OK);
    else if (what < 398)
        change_limit(may_leave);
    else
        clear();
}

static void walk(size_t item_size, void (*destroy)(void *), bool may_leave)
{
    model.item_size = item_size;
    model.maxsize = PLACES;
    model.count = 0;
    queue = weft_queue_create(item_size, .maxsize = PLACES, .destroy = destroy);
    expect(queue != NULL);
    for (int i = 0; i < STEPS; i++)
        step(may_leave);
    destroyed_count = misplaced = 0;
    expect(weft_queue_destroy(queue) == WEFT_OK);
    expect(destroyed_count == (destroy != NULL ? model.count : 0));
    expect(misplaced == 0);
}

START_TEST(a_ring_does_what_an_array_does)
{
    static const size_t sizes[] = {1, 3, 4, 8, 12, 16, 24, 48, 64, 65, 80};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (unsigned seed = 0; seed < 4; seed++) {
            random_state = seed;
            walk(sizes[i], seed % 2 != 0 ? note : NULL, seed / 2 != 0);
        }
}
END_TEST

/* ---- Between threads ---- */

enum { PASSED = 20000 };

static void *put_all(void *arg)
{
    (void)arg;
    for (int i = 0; i < PASSED; i++)
        put(i);
    return NULL;
}

static void *change_limits(void *arg)
{
    (void)arg;
    for (int i = 0; i < 200; i++) {
        assert_ok(weft_queue_set_maxsize(queue, (size_t)(1 + i % PLACES)));
        weft_sleep(WEFT_US(10));
    }
    assert_ok(weft_queue_set_maxsize(queue, 0));
    return NULL;
}

START_TEST(who_waits_finds_the_ring_left)
{
    for (int round = 0; round < 3; round++) {
        queue = weft_queue_create(sizeof(int), .maxsize = PLACES);
        weft_thread putter = WEFT_THREAD(put_all, NULL);
        weft_thread changer = WEFT_THREAD(change_limits, NULL);
        start(&putter);
        start(&changer);
        for (int i = 0; i < PASSED; i++)
            ck_assert_int_eq(get(), i);
        assert_ok(weft_thread_join(&putter));
        assert_ok(weft_thread_join(&changer));
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

/* Counts go on, and a slot's marks with them, when items are thrown away. */
START_TEST(a_cleared_ring_goes_on)
{
    queue = weft_queue_create(sizeof(int), .maxsize = 3);
    for (int i = 0; i < 100; i++) {
        static const int more = 0;
        size_t discarded;
        for (int k = 0; k < 3; k++)
            put(k);
        assert_status(weft_queue_try_put(queue, &more), WEFT_FULL);
        if (i % 2 != 0)
            ck_assert_int_eq(get(), 0);
        assert_ok(weft_queue_clear(queue, &discarded));
        ck_assert_uint_eq(discarded, i % 2 != 0 ? 2 : 3);
        ck_assert(weft_queue_empty(queue));
    }
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_ring_does_what_an_array_does,
        who_waits_finds_the_ring_left,
        a_cleared_ring_goes_on,
    };
    return RUN_TESTS("queue ring", tests);
}
