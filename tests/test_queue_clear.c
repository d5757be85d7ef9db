/* SPDX-License-Identifier: MIT */

/* Clearing discards what is in the queue at that moment, once, and the queue
 * goes on. */

#include "queue.h"

#include <poll.h>
#include <stdatomic.h>

static const weft_queue_kind kinds[] = {WEFT_FIFO, WEFT_LIFO, WEFT_PRIORITY};
enum { KINDS = 3, MANY = 3000, TAKEN = 1000 };

static atomic_int destroyed;

static void count_destroyed(void *item)
{
    ck_assert_int_gt(*(int *)item, 0);
    destroyed++;
}

static int by_size(const void *one, const void *other)
{
    const int *a = one, *b = other;
    return (*a > *b) - (*a < *b);
}

START_TEST(clear_destroys_what_is_in_it_once_and_tells_how_many)
{
    for (int k = 0; k < KINDS; k++) {
        size_t n = 99;
        destroyed = 0;
        queue =
            weft_queue_create(sizeof(int), .kind = kinds[k], .compare = by_size,
                              .destroy = count_destroyed);
        assert_ok(weft_queue_clear(queue, &n));
        ck_assert_uint_eq(n, 0);
        for (int i = 1; i <= MANY; i++)
            put(i);
        for (int i = 0; i < TAKEN; i++)
            get();
        assert_ok(weft_queue_clear(queue, &n));
        ck_assert_uint_eq(n, MANY - TAKEN);
        ck_assert_int_eq(destroyed, MANY - TAKEN);
        ck_assert(weft_queue_empty(queue));
        assert_ok(weft_queue_clear(queue, NULL));
        assert_ok(weft_queue_destroy(queue));
        ck_assert_int_eq(destroyed, MANY - TAKEN);
    }
}
END_TEST

START_TEST(after_clear_the_queue_goes_on)
{
    for (int k = 0; k < KINDS; k++) {
        queue = weft_queue_create(sizeof(int), .kind = kinds[k],
                                  .compare = by_size, .maxsize = MANY);
        for (int round = 0; round < 3; round++) {
            for (int i = 1; i <= MANY; i++)
                put(i);
            ck_assert(weft_queue_full(queue));
            assert_ok(weft_queue_clear(queue, NULL));
            for (int i = 1; i <= MANY; i++)
                put(i);
            ck_assert(weft_queue_full(queue));
            for (int i = 1; i <= MANY; i++)
                ck_assert_int_eq(get(),
                                 kinds[k] == WEFT_LIFO ? MANY + 1 - i : i);
        }
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

START_TEST(clear_lets_in_as_many_putters_as_there_is_room_for)
{
    enum { ROOM = 3, PUTTERS = 8 };
    for (int k = 0; k < KINDS; k++) {
        weft_thread putters[PUTTERS];
        queue = weft_queue_create(sizeof(int), .kind = kinds[k],
                                  .compare = by_size, .maxsize = ROOM);
        for (int i = 0; i < ROOM; i++)
            put(1);
        for (int i = 0; i < PUTTERS; i++) {
            putters[i] = (weft_thread)WEFT_THREAD(put_one, (void *)2);
            start(&putters[i]);
        }
        wait_until_any_wait(PUTTERS);
        for (int outside = PUTTERS; outside > 0; outside -= ROOM) {
            size_t n;
            assert_ok(weft_queue_clear(queue, &n));
            ck_assert_uint_eq(n, ROOM);
            int room = outside < ROOM ? outside : ROOM;
            while (weft_queue_size(queue) < (size_t)room)
                weft_sleep(WEFT_US(100));
            wait_until_any_wait((size_t)(outside - room));
        }
        for (int i = 0; i < PUTTERS; i++)
            assert_ok((weft_status)result_of(&putters[i]));
        ck_assert_uint_eq(weft_queue_size(queue), PUTTERS % ROOM);
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

static void *join_queue(void *arg)
{
    (void)arg;
    return (void *)(intptr_t)weft_queue_join(queue);
}

START_TEST(what_is_cleared_counts_as_done)
{
    queue = weft_queue_create(sizeof(int));
    weft_thread joiner = WEFT_THREAD(join_queue, NULL);
    put(1);
    put(2);
    put(3);
    get();
    start(&joiner);
    wait_until_any_wait(1);
    assert_ok(weft_queue_clear(queue, NULL));
    ck_assert_uint_eq(weft_queue_unfinished(queue), 1); /* in flight */
    assert_status(weft_queue_try_join(queue), WEFT_BUSY);
    assert_ok(weft_queue_task_done(queue));
    assert_ok((weft_status)result_of(&joiner));
    put(4);
    ck_assert_uint_eq(weft_queue_unfinished(queue), 1);
    assert_ok(weft_queue_clear(queue, NULL));
    assert_ok(weft_queue_join(queue));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

static bool readable(int fd)
{
    struct pollfd asked = {.fd = fd, .events = POLLIN};
    return poll(&asked, 1, 0) == 1;
}

START_TEST(clear_lowers_the_descriptor_but_not_a_shut_down_ones)
{
    queue = weft_queue_create(sizeof(int));
    int fd = weft_queue_fd(queue);
    put(1);
    ck_assert(readable(fd));
    assert_ok(weft_queue_clear(queue, NULL));
    ck_assert(!readable(fd));
    put(2);
    ck_assert(readable(fd));
    assert_ok(weft_queue_shutdown(queue, false));
    assert_ok(weft_queue_clear(queue, NULL));
    ck_assert(readable(fd));
    int item;
    assert_status(weft_queue_get(queue, &item), WEFT_SHUT_DOWN);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* Which may use the queue. */
static void put_again(void *item)
{
    int next = *(int *)item - 1;
    if (next > 0)
        assert_ok(weft_queue_put(queue, &next));
    destroyed++;
}

START_TEST(destroy_runs_outside_all_locks)
{
    queue = weft_queue_create(sizeof(int), .destroy = put_again);
    put(3);
    for (int left = 3; left > 0; left--) {
        size_t n;
        assert_ok(weft_queue_clear(queue, &n));
        ck_assert_uint_eq(n, 1);
    }
    ck_assert_int_eq(destroyed, 3);
    ck_assert(weft_queue_empty(queue));
    expect_misuse(weft_queue_clear(NULL, NULL), WEFT_INVALID);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        clear_destroys_what_is_in_it_once_and_tells_how_many,
        after_clear_the_queue_goes_on,
        clear_lets_in_as_many_putters_as_there_is_room_for,
        what_is_cleared_counts_as_done,
        clear_lowers_the_descriptor_but_not_a_shut_down_ones,
        destroy_runs_outside_all_locks,
    };
    return RUN_TESTS("queue clear", tests);
}
