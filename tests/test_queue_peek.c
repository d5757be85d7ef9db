/* SPDX-License-Identifier: MIT */

/* A look at the next item tells what a get would take, and takes nothing. */

#include "queue.h"

#include <stdatomic.h>

static const weft_queue_kind kinds[] = {WEFT_FIFO, WEFT_LIFO, WEFT_PRIORITY};
enum { KINDS = 3, MANY = 3000 };

static int by_size(const void *one, const void *other)
{
    const int *a = one, *b = other;
    return (*a > *b) - (*a < *b);
}

static int peek(void)
{
    int item = -1;
    assert_ok(weft_queue_try_peek(queue, &item));
    return item;
}

START_TEST(peek_copies_what_the_next_get_takes)
{
    for (int k = 0; k < KINDS; k++) {
        queue = weft_queue_create(sizeof(int), .kind = kinds[k],
                                  .compare = by_size);
        for (int i = 0; i < MANY; i++) {
            put((i * 7919) % MANY);
            ck_assert_int_eq(peek(), peek());
        }
        ck_assert_uint_eq(weft_queue_size(queue), MANY);
        ck_assert_uint_eq(weft_queue_unfinished(queue), MANY);
        for (int i = 0; i < MANY; i++)
            ck_assert_int_eq(peek(), get());
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

START_TEST(peek_says_empty_or_shut_down_and_leaves_the_item)
{
    for (int k = 0; k < KINDS; k++) {
        int item = 3;
        queue = weft_queue_create(sizeof(int), .kind = kinds[k],
                                  .compare = by_size);
        assert_status(weft_queue_try_peek(queue, &item), WEFT_EMPTY);
        put(1);
        get();
        assert_status(weft_queue_try_peek(queue, &item), WEFT_EMPTY);
        put(4);
        assert_ok(weft_queue_shutdown(queue, false));
        ck_assert_int_eq(peek(), 4);
        get();
        assert_status(weft_queue_try_peek(queue, &item), WEFT_SHUT_DOWN);
        ck_assert_int_eq(item, 3);
        expect_misuse(weft_queue_try_peek(queue, NULL), WEFT_INVALID);
        expect_misuse(weft_queue_try_peek(NULL, &item), WEFT_INVALID);
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

/* Beside a descriptor, or putters that sleep, both gates are needed. */
START_TEST(peek_works_beside_sleeping_putters_and_a_descriptor)
{
    queue = weft_queue_create(sizeof(int), .maxsize = 1);
    weft_thread putter = WEFT_THREAD(put_one, (void *)22);
    put(11);
    start(&putter);
    wait_until_any_wait(1);
    ck_assert_int_eq(peek(), 11);
    ck_assert_int_ge(weft_queue_fd(queue), 0);
    ck_assert_int_eq(peek(), 11);
    ck_assert_int_eq(get(), 11);
    assert_ok((weft_status)result_of(&putter));
    ck_assert_int_eq(peek(), 22);
    ck_assert_int_eq(get(), 22);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- While others put and take ---- */

enum { PUTTERS = 4, TAKERS = 3, EACH = SANITIZED ? 1000 : 20000 };

struct twin {
    int one, other; /* alike */
};

static atomic_int left_to_take;

static void must(bool holds)
{
    if (!holds)
        ck_abort();
}

static void *put_twins(void *arg)
{
    for (int i = 0; i < EACH; i++) {
        struct twin twin = {i, i};
        must(weft_queue_put(queue, &twin) == WEFT_OK);
    }
    return arg;
}

static void *peek_and_take(void *arg)
{
    struct twin twin;
    while (left_to_take > 0) {
        if (weft_queue_try_peek(queue, &twin) == WEFT_OK)
            must(twin.one == twin.other);
        else
            weft_sleep(WEFT_US(10));
        if (weft_queue_try_get(queue, &twin) == WEFT_OK) {
            must(twin.one == twin.other);
            left_to_take--;
        }
    }
    return arg;
}

START_TEST(peek_never_sees_half_an_item)
{
    for (int k = 0; k < KINDS; k++) {
        weft_thread threads[PUTTERS + TAKERS];
        queue = weft_queue_create(sizeof(struct twin), .kind = kinds[k],
                                  .compare = by_size, .maxsize = 20);
        left_to_take = PUTTERS * EACH;
        for (int i = 0; i < PUTTERS + TAKERS; i++) {
            threads[i] = (weft_thread)WEFT_THREAD(
                i < PUTTERS ? put_twins : peek_and_take, NULL);
            start(&threads[i]);
        }
        for (int i = 0; i < PUTTERS + TAKERS; i++)
            assert_ok(weft_thread_join(&threads[i]));
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

/* Whatever others put meanwhile. */
START_TEST(who_alone_takes_gets_what_it_saw)
{
    weft_thread putters[PUTTERS];
    queue = weft_queue_create(sizeof(struct twin), .maxsize = 20);
    for (int i = 0; i < PUTTERS; i++) {
        putters[i] = (weft_thread)WEFT_THREAD(put_twins, NULL);
        start(&putters[i]);
    }
    for (int taken = 0; taken < PUTTERS * EACH;) {
        struct twin seen, got;
        if (weft_queue_try_peek(queue, &seen) != WEFT_OK) {
            weft_sleep(WEFT_US(10));
            continue;
        }
        must(weft_queue_try_get(queue, &got) == WEFT_OK);
        must(memcmp(&seen, &got, sizeof got) == 0);
        taken++;
    }
    for (int i = 0; i < PUTTERS; i++)
        assert_ok(weft_thread_join(&putters[i]));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        peek_copies_what_the_next_get_takes,
        peek_says_empty_or_shut_down_and_leaves_the_item,
        peek_works_beside_sleeping_putters_and_a_descriptor,
        peek_never_sees_half_an_item,
        who_alone_takes_gets_what_it_saw,
    };
    return RUN_TESTS("queue peek", tests);
}
