/* SPDX-License-Identifier: MIT */

#include "queue.h"

#include <errno.h>

START_TEST(fifo_order_is_total)
{
    queue = weft_queue_create(sizeof(int));
    for (int i = 1; i <= 5000; i++)
        put(i);
    ck_assert_uint_eq(weft_queue_size(queue), 5000);
    for (int i = 1; i <= 5000; i++)
        ck_assert_int_eq(get(), i);
    ck_assert(weft_queue_empty(queue));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

START_TEST(lifo_gives_the_last_first)
{
    queue = weft_queue_create(sizeof(int), .kind = WEFT_LIFO);
    for (int i = 1; i <= 3000; i++)
        put(i);
    for (int i = 3000; i > 1500; i--)
        ck_assert_int_eq(get(), i);
    put(7);
    ck_assert_int_eq(get(), 7);
    for (int i = 1500; i > 0; i--)
        ck_assert_int_eq(get(), i);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

struct ranked {
    int rank, number;
};

static int by_rank(const void *one, const void *other)
{
    const struct ranked *a = one, *b = other;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

START_TEST(priority_gives_the_smallest_first_and_ties_in_order_of_arrival)
{
    weft_queue *ranks = weft_queue_create(
        sizeof(struct ranked), .kind = WEFT_PRIORITY, .compare = by_rank);
    struct ranked item, before = {-1, -1};
    for (int i = 0; i < 4000; i++) {
        item = (struct ranked){.rank = (i * 7919) % 40, .number = i};
        assert_ok(weft_queue_put(ranks, &item));
    }
    for (int i = 0; i < 4000; i++) {
        assert_ok(weft_queue_get(ranks, &item));
        ck_assert(item.rank > before.rank ||
                  (item.rank == before.rank && item.number > before.number));
        before = item;
    }
    assert_ok(weft_queue_destroy(ranks));
}
END_TEST

START_TEST(maxsize_is_exact_and_try_and_timed_say_why_not)
{
    queue = weft_queue_create(sizeof(int), .maxsize = 5);
    int item = 6;
    assert_status(weft_queue_try_get(queue, &item), WEFT_EMPTY);
    assert_status(weft_queue_get_timed(queue, &item, 0), WEFT_TIMED_OUT);
    assert_status(weft_queue_get_timed(queue, &item, WEFT_MS(1)),
                  WEFT_TIMED_OUT);
    ck_assert_int_eq(item, 6);
    for (int i = 1; i <= 5; i++) {
        ck_assert(!weft_queue_full(queue));
        assert_ok(weft_queue_try_put(queue, &i));
    }
    ck_assert(weft_queue_full(queue));
    ck_assert_uint_eq(weft_queue_maxsize(queue), 5);
    assert_status(weft_queue_try_put(queue, &item), WEFT_FULL);
    assert_status(weft_queue_put_timed(queue, &item, -1), WEFT_TIMED_OUT);
    assert_status(weft_queue_put_timed(queue, &item, WEFT_MS(1)),
                  WEFT_TIMED_OUT);
    ck_assert_uint_eq(weft_queue_size(queue), 5);
    ck_assert_int_eq(get(), 1);
    assert_ok(weft_queue_put_timed(queue, &item, WEFT_SECONDS(10)));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

START_TEST(maxsize_zero_is_unbounded)
{
    queue = weft_queue_create(sizeof(int));
    for (int i = 0; i < 100000; i++)
        assert_ok(weft_queue_try_put(queue, &i));
    ck_assert(!weft_queue_full(queue));
    ck_assert_uint_eq(weft_queue_size(queue), 100000);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

START_TEST(null_pointers_and_zero_bytes_are_ordinary_items)
{
    void *nothing = NULL, *got = &got;
    weft_queue *pointers = weft_queue_create(sizeof(void *));
    assert_ok(weft_queue_put(pointers, &nothing));
    assert_ok(weft_queue_get(pointers, &got));
    ck_assert_ptr_null(got);
    assert_ok(weft_queue_destroy(pointers));
    struct {
        char bytes[5000];
    } big = {{0}}, bigger;
    weft_queue *bigs = weft_queue_create(sizeof big);
    for (int i = 0; i < 10; i++) {
        big.bytes[4999] = (char)i;
        assert_ok(weft_queue_put(bigs, &big));
    }
    for (int i = 0; i < 10; i++) {
        assert_ok(weft_queue_get(bigs, &bigger));
        ck_assert_int_eq(bigger.bytes[4999], i);
    }
    assert_ok(weft_queue_destroy(bigs));
}
END_TEST

START_TEST(a_blocked_getter_and_a_blocked_putter_are_woken)
{
    queue = weft_queue_create(sizeof(int), .maxsize = 1);
    weft_thread getter = WEFT_THREAD(get_one, NULL);
    weft_thread putter = WEFT_THREAD(put_one, (void *)22);
    start(&getter);
    wait_until_any_wait(1);
    put(11);
    ck_assert_int_eq(result_of(&getter), 11);
    put(12);
    start(&putter);
    wait_until_any_wait(1);
    ck_assert_int_eq(get(), 12);
    assert_ok((weft_status)result_of(&putter));
    ck_assert_int_eq(get(), 22);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

START_TEST(a_stop_request_ends_blocked_calls)
{
    queue = weft_queue_create(sizeof(int), .maxsize = 1);
    weft_thread getter = WEFT_THREAD(get_one, NULL);
    weft_thread putter = WEFT_THREAD(put_one, (void *)2);
    start(&getter);
    wait_until_any_wait(1);
    assert_ok(weft_thread_stop(&getter));
    ck_assert_int_eq(result_of(&getter), -WEFT_STOPPED);
    put(1);
    start(&putter);
    wait_until_any_wait(1);
    assert_ok(weft_thread_stop(&putter));
    ck_assert_int_eq(result_of(&putter), WEFT_STOPPED);
    ck_assert_uint_eq(weft_queue_size(queue), 1);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

START_TEST(many_at_once)
{
    int items[10] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, got[10];
    size_t done = 99;
    queue = weft_queue_create(sizeof(int), .maxsize = 7);
    assert_status(weft_queue_try_get_many(queue, got, 10, &done), WEFT_EMPTY);
    ck_assert_uint_eq(done, 0);
    assert_status(weft_queue_try_put_many(queue, items, 10, &done), WEFT_FULL);
    ck_assert_uint_eq(done, 7);
    assert_status(
        weft_queue_put_many_timed(queue, items + 7, 3, &done, WEFT_MS(1)),
        WEFT_TIMED_OUT);
    ck_assert_uint_eq(done, 0);
    assert_ok(weft_queue_get_many(queue, got, 3, &done));
    ck_assert_uint_eq(done, 3);
    assert_ok(weft_queue_put_many(queue, items + 7, 3, &done));
    ck_assert_uint_eq(done, 3);
    assert_ok(weft_queue_get_many_timed(queue, got + 3, 100, &done, 0));
    ck_assert_uint_eq(done, 7);
    ck_assert_int_eq(memcmp(items, got, sizeof items), 0);
    assert_ok(weft_queue_put_many(queue, NULL, 0, NULL));
    assert_ok(weft_queue_get_many(queue, NULL, 0, NULL));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

static void *put_many(void *arg)
{
    static const int items[6] = {1, 2, 3, 4, 5, 6};
    size_t done;
    assert_status(weft_queue_put_many(queue, items, 6, &done), WEFT_SHUT_DOWN);
    *(size_t *)arg = done;
    return NULL;
}

START_TEST(put_many_tells_how_many_went_in_when_it_ends_early)
{
    size_t done = 0;
    queue = weft_queue_create(sizeof(int), .maxsize = 2);
    weft_thread putter = WEFT_THREAD(put_many, &done);
    start(&putter);
    wait_until_any_wait(1);
    ck_assert_int_eq(get(), 1);
    while (weft_queue_size(queue) < 2)
        weft_sleep(WEFT_US(100));
    assert_ok(weft_queue_shutdown(queue, false));
    assert_ok(weft_thread_join(&putter));
    ck_assert_uint_eq(done, 3);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- Changing the limit ---- */

START_TEST(blocked_putters_follow_a_raised_limit_and_a_lowered_one)
{
    weft_thread putters[3];
    queue = weft_queue_create(sizeof(int), .maxsize = 1);
    put(1);
    for (int i = 0; i < 3; i++) {
        putters[i] = (weft_thread)WEFT_THREAD(put_one, (void *)9);
        start(&putters[i]);
    }
    wait_until_any_wait(3);
    assert_ok(weft_queue_set_maxsize(queue, 3));
    while (weft_queue_size(queue) < 3)
        weft_sleep(WEFT_US(100));
    wait_until_any_wait(1);
    assert_ok(weft_queue_set_maxsize(queue, 1));
    ck_assert_int_eq(get(), 1);
    ck_assert_int_eq(get(), 9);
    ck_assert_uint_eq(weft_queue_size(queue), 1);
    ck_assert(weft_queue_full(queue));
    assert_ok(weft_queue_set_maxsize(queue, 0));
    for (int i = 0; i < 3; i++)
        assert_ok((weft_status)result_of(&putters[i]));
    ck_assert_uint_eq(weft_queue_size(queue), 2);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- Misuse ---- */

START_TEST(wrong_options_are_answered)
{
    weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
    errno = 0;
    ck_assert_ptr_null(weft_queue_create_with(0, NULL));
    ck_assert_int_eq(errno, EINVAL);
    ck_assert_ptr_null(weft_queue_create((size_t)-4));
    ck_assert_ptr_null(weft_queue_create(4, .maxsize = (size_t)-1));
    ck_assert_ptr_null(weft_queue_create(4, .kind = WEFT_PRIORITY));
    ck_assert_ptr_null(weft_queue_create(4, .kind = (weft_queue_kind)9));
    ck_assert_int_eq(weft_queue_fd(NULL), -1);
    ck_assert_int_eq(misuses_, 6);
    weft_set_misuse_handler(before);
}
END_TEST

START_TEST(null_is_answered)
{
    int item;
    queue = weft_queue_create(sizeof(int));
    expect_misuse(weft_queue_put(NULL, &item), WEFT_INVALID);
    expect_misuse(weft_queue_put(queue, NULL), WEFT_INVALID);
    expect_misuse(weft_queue_get(NULL, &item), WEFT_INVALID);
    expect_misuse(weft_queue_get(queue, NULL), WEFT_INVALID);
    expect_misuse(weft_queue_put_many(queue, NULL, 2, NULL), WEFT_INVALID);
    expect_misuse(weft_queue_task_done(NULL), WEFT_INVALID);
    expect_misuse(weft_queue_join(NULL), WEFT_INVALID);
    expect_misuse(weft_queue_try_join(NULL), WEFT_INVALID);
    expect_misuse(weft_queue_shutdown(NULL, false), WEFT_INVALID);
    expect_misuse(weft_queue_set_maxsize(NULL, 1), WEFT_INVALID);
    expect_misuse(weft_queue_set_maxsize(queue, (size_t)-1), WEFT_INVALID);
    ck_assert_uint_eq(weft_queue_size(NULL), 0);
    ck_assert(weft_queue_empty(NULL));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

START_TEST(destroy_with_threads_inside_is_answered)
{
    queue = weft_queue_create(sizeof(int));
    weft_thread getter = WEFT_THREAD(get_one, NULL);
    start(&getter);
    wait_until_any_wait(1);
    expect_misuse(weft_queue_destroy(queue), WEFT_BUSY);
    put(8);
    ck_assert_int_eq(result_of(&getter), 8);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        fifo_order_is_total,
        lifo_gives_the_last_first,
        priority_gives_the_smallest_first_and_ties_in_order_of_arrival,
        maxsize_is_exact_and_try_and_timed_say_why_not,
        maxsize_zero_is_unbounded,
        null_pointers_and_zero_bytes_are_ordinary_items,
        a_blocked_getter_and_a_blocked_putter_are_woken,
        a_stop_request_ends_blocked_calls,
        many_at_once,
        put_many_tells_how_many_went_in_when_it_ends_early,
        blocked_putters_follow_a_raised_limit_and_a_lowered_one,
        wrong_options_are_answered,
        null_is_answered,
        destroy_with_threads_inside_is_answered,
    };
    return RUN_TESTS("queue", tests);
}
