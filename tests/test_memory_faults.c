/* SPDX-License-Identifier: MIT */

/* Out of memory, at each allocation in turn: the call says so, nothing changes,
 * nothing leaks, nobody hangs, and once there is memory it works. */

#include "faults.h"

#include <string.h>
#include <weft/local.h>
#include <weft/queue.h>
#include <weft/timer.h>

/* Calls weft, not the test framework, which allocates, too. */
typedef weft_status (*operation)(void);

/* Has the operation fail at its first allocation, its second, and so on, until
 * it needs no more; afterwards each time it succeeds. Returns how many it made.
 * What a failure allocated it must have freed. */
static long fail_at_each(operation run, bool and_on, void (*undo)(void))
{
    for (long k = 1;; k++) {
        long before = live;
        run_out_of_memory(k, and_on);
        weft_status status = run();
        if (enough_memory()) {
            assert_ok(status);
            undo();
            return k - 1;
        }
        long after = live;
        ck_assert_int_eq(status, WEFT_NO_MEMORY);
        ck_assert_int_eq(after, before);
        assert_ok(run());
        undo();
    }
}

/* ---- Spawn ---- */

static atomic_int ran;

static void *run_once(void *arg)
{
    ran++;
    return arg;
}

static weft_status spawn(void)
{
    return weft_spawn(run_once, NULL);
}

static void until_spawned_is_gone(void)
{
    static int expected;
    static long before;
    if (expected++ == 0)
        before = live - 1;
    while (live > before)
        weft_sleep(WEFT_US(100));
    ck_assert_int_eq(ran, expected);
    ck_assert_uint_eq(weft_active_count(), 1);
}

START_TEST(spawn_without_memory)
{
    ck_assert_int_eq(fail_at_each(spawn, false, until_spawned_is_gone), 1);
    ck_assert_int_eq(fail_at_each(spawn, true, until_spawned_is_gone), 1);
}
END_TEST

/* ---- Queue ---- */

enum { ITEMS = 500 };

struct item {
    int number;
    char filling[60];
};

static weft_queue *queue;

static int by_number(const void *one, const void *other)
{
    const struct item *left = one, *right = other;
    return left->number - right->number;
}

static weft_status create_queue(void)
{
    queue = weft_queue_create(sizeof(struct item));
    return queue != NULL ? WEFT_OK
                         : (errno == ENOMEM ? WEFT_NO_MEMORY : WEFT_INVALID);
}

static void destroy_queue(void)
{
    assert_ok(weft_queue_destroy(queue));
}

START_TEST(creating_a_queue_without_memory)
{
    ck_assert_int_eq(fail_at_each(create_queue, false, destroy_queue), 1);
}
END_TEST

/* Puts as many as go in, then the rest; what comes out is all, in order. */
static void put_without_memory(weft_queue_kind kind, long k)
{
    static struct item items[ITEMS], got[ITEMS];
    size_t done, rest;
    queue = weft_queue_create(sizeof(struct item), .kind = kind,
                              .compare = by_number);
    for (int i = 0; i < ITEMS; i++)
        items[i].number = i;
    run_out_of_memory(k, false);
    weft_status status = weft_queue_put_many(queue, items, ITEMS, &done);
    bool enough = enough_memory();
    ck_assert_int_eq(status, enough ? WEFT_OK : WEFT_NO_MEMORY);
    ck_assert_uint_eq(weft_queue_size(queue), done);
    ck_assert_uint_eq(weft_queue_unfinished(queue), done);
    ck_assert(enough == (done == ITEMS));
    assert_ok(weft_queue_put_many(queue, items + done, ITEMS - done, &rest));
    ck_assert_uint_eq(done + rest, ITEMS);
    assert_ok(weft_queue_get_many(queue, got, ITEMS, &done));
    ck_assert_uint_eq(done, ITEMS);
    for (int i = 0; i < ITEMS; i++)
        ck_assert_int_eq(got[kind == WEFT_LIFO ? ITEMS - 1 - i : i].number, i);
    assert_ok(weft_queue_destroy(queue));
}

START_TEST(putting_without_memory)
{
    static const weft_queue_kind kinds[] = {WEFT_FIFO, WEFT_LIFO,
                                            WEFT_PRIORITY};
    for (int kind = 0; kind < 3; kind++) {
        long before = live;
        for (long k = 1; k <= 20; k++)
            put_without_memory(kinds[kind], k);
        ck_assert_int_eq(live, before);
    }
}
END_TEST

/* ---- A blocked putter that fails must not keep the room for itself ---- */

struct page {
    char filling[4096];
};

static void *put_page(void *arg)
{
    static const struct page page;
    (void)arg;
    return (void *)(intptr_t)weft_queue_put(queue, &page);
}

static void wait_until_blocked(const weft_thread *thread)
{
    weft_thread_info infos[8];
    for (bool blocked = false; !blocked; weft_sleep(WEFT_US(100))) {
        size_t n = weft_enumerate(infos, 8);
        for (size_t i = 0; i < n; i++)
            blocked |= infos[i].id == weft_thread_id(thread) &&
                       infos[i].waits_for != NULL;
    }
}

START_TEST(a_putter_without_memory_leaves_its_room_to_the_next)
{
    struct page page;
    weft_thread putters[2];
    /* Blocks of four pages. Six go in; the seventh needs a third block. */
    queue = weft_queue_create(sizeof(struct page), .maxsize = 6);
    for (int i = 0; i < 6; i++)
        put_page(NULL);
    for (int i = 0; i < 2; i++)
        assert_ok(weft_queue_get(queue, &page));
    for (int i = 0; i < 2; i++)
        put_page(NULL);
    for (int i = 0; i < 2; i++) {
        putters[i] = (weft_thread)WEFT_THREAD(put_page, NULL);
        start(&putters[i]);
        wait_until_blocked(&putters[i]);
    }
    run_out_of_memory(1, false);
    weft_status got = weft_queue_get(queue, &page);
    weft_thread_join(&putters[0]);
    ck_assert(!enough_memory());
    assert_ok(got);
    assert_ok(weft_thread_join(&putters[1]));
    ck_assert_ptr_eq(weft_thread_result(&putters[0]), (void *)WEFT_NO_MEMORY);
    ck_assert_ptr_eq(weft_thread_result(&putters[1]), (void *)WEFT_OK);
    ck_assert_uint_eq(weft_queue_size(queue), 6);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        spawn_without_memory,
        creating_a_queue_without_memory,
        putting_without_memory,
        a_putter_without_memory_leaves_its_room_to_the_next,
    };
    return RUN_TESTS("memory faults", tests);
}
