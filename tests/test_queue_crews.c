/* SPDX-License-Identifier: MIT */

/* What a queue promises to one putter and one getter it promises to eight of
 * each, in all kinds of queues. */

#include "queue.h"

#include <stdatomic.h>

static const weft_queue_kind kinds[] = {WEFT_FIFO, WEFT_LIFO, WEFT_PRIORITY};
enum { KINDS = 3, MOST = 8, EACH = SANITIZED ? 1000 : 10000 };

/* The framework notes each assertion in a file: too slow for each item. */
static void must(bool holds)
{
    if (!holds)
        ck_abort();
}

static int by_size(const void *one, const void *other)
{
    const int *a = one, *b = other;
    return (*a > *b) - (*a < *b);
}

static void create(weft_queue_kind kind, size_t maxsize)
{
    queue = weft_queue_create(sizeof(int), .kind = kind, .compare = by_size,
                              .maxsize = maxsize);
    ck_assert_ptr_nonnull(queue);
}

static void start_all(weft_thread *threads, int n, weft_target target)
{
    for (intptr_t i = 0; i < n; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(target, (void *)i);
        start(&threads[i]);
    }
}

static void join_all(weft_thread *threads, int n)
{
    for (int i = 0; i < n; i++)
        assert_ok(weft_thread_join(&threads[i]));
}

/* ---- Done and joined ---- */

static atomic_int worked_on, refused;

static void *work(void *arg)
{
    int item;
    while (weft_queue_get(queue, &item) == WEFT_OK) {
        worked_on++;
        must(weft_queue_task_done(queue) == WEFT_OK);
    }
    return arg;
}

static void *join_and_see(void *arg)
{
    must(weft_queue_join(queue) == WEFT_OK);
    must(worked_on == EACH);
    return arg;
}

START_TEST(all_who_join_wait_for_what_eight_work_on)
{
    for (int k = 0; k < KINDS; k++) {
        weft_thread workers[MOST], joiners[MOST];
        create(kinds[k], 0);
        worked_on = 0;
        for (int i = 0; i < EACH; i++)
            put(i);
        start_all(joiners, MOST, join_and_see);
        start_all(workers, MOST, work);
        join_all(joiners, MOST);
        ck_assert_uint_eq(weft_queue_unfinished(queue), 0);
        assert_ok(weft_queue_shutdown(queue, false));
        join_all(workers, MOST);
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

static void count_refusal(const weft_misuse *misuse)
{
    must(misuse->status == WEFT_OVERFLOW);
    refused++;
}

static void *say_done(void *arg)
{
    for (int i = 0; i < EACH; i++)
        (void)weft_queue_task_done(queue);
    return arg;
}

START_TEST(of_too_many_who_say_done_exactly_those_too_many_are_answered)
{
    enum { TOO_MANY = 17 };
    weft_thread threads[MOST];
    weft_misuse_handler before = weft_set_misuse_handler(count_refusal);
    create(WEFT_FIFO, 0);
    for (int i = 0; i < MOST * EACH - TOO_MANY; i++)
        put(i);
    start_all(threads, MOST, say_done);
    join_all(threads, MOST);
    weft_set_misuse_handler(before);
    ck_assert_int_eq(refused, TOO_MANY);
    ck_assert_uint_eq(weft_queue_unfinished(queue), 0);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- Those who wait ---- */

static void *put_two(void *arg)
{
    (void)arg;
    return put_one((void *)2);
}

static void assert_all(weft_thread *threads, int answer)
{
    for (int i = 0; i < MOST; i++)
        ck_assert_int_eq(result_of(&threads[i]), answer);
}

START_TEST(a_shutdown_wakes_all_eight)
{
    for (int i = 0; i < 2 * KINDS; i++) {
        weft_thread threads[MOST];
        create(kinds[i / 2], 1);
        start_all(threads, MOST, get_one);
        wait_until_any_wait(MOST);
        assert_ok(weft_queue_shutdown(queue, i % 2 == 0));
        assert_all(threads, -WEFT_SHUT_DOWN);
        assert_ok(weft_queue_destroy(queue));

        create(kinds[i / 2], 1);
        put(1);
        start_all(threads, MOST, put_two);
        wait_until_any_wait(MOST);
        assert_ok(weft_queue_shutdown(queue, i % 2 == 0));
        assert_all(threads, WEFT_SHUT_DOWN);
        ck_assert_uint_eq(weft_queue_size(queue), i % 2 == 0 ? 0 : 1);
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

static void *join_queue(void *arg)
{
    (void)arg;
    return (void *)(intptr_t)weft_queue_join(queue);
}

START_TEST(destroying_a_queue_with_waiters_is_answered_and_changes_nothing)
{
    static const weft_target waits[] = {get_one, put_two, join_queue};
    for (int i = 0; i < KINDS * 3; i++) {
        weft_thread threads[MOST];
        weft_target wait = waits[i % 3];
        create(kinds[i / 3], 1);
        if (wait != get_one)
            put(1);
        start_all(threads, MOST, wait);
        wait_until_any_wait(MOST);
        expect_misuse(weft_queue_destroy(queue), WEFT_BUSY);
        for (int k = 0; k < MOST; k++)
            ck_assert(weft_thread_is_alive(&threads[k]));
        ck_assert_uint_eq(weft_queue_size(queue), wait != get_one);
        for (int k = 0; k < MOST && wait == get_one; k++)
            put(3);
        for (int k = 0; k < MOST && wait == put_two; k++)
            get();
        if (wait == join_queue)
            assert_ok(weft_queue_task_done(queue));
        assert_all(threads, wait == get_one ? 3 : WEFT_OK);
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

/* ---- Order of those that are not first in, first out ---- */

struct ranked {
    int rank, putter, number;
};

static int by_rank(const void *one, const void *other)
{
    const struct ranked *a = one, *b = other;
    return (a->rank > b->rank) - (a->rank < b->rank);
}

static void *put_ranked(void *arg)
{
    for (int i = 0; i < EACH; i++) {
        struct ranked item = {i * 7919 % 10, (int)(intptr_t)arg, i};
        must(weft_queue_put(queue, &item) == WEFT_OK);
    }
    return NULL;
}

static atomic_int taken;

/* In equal ranks each putter's come as they were put. */
static void *see_smallest_first(void *arg)
{
    struct ranked item;
    int rank = 0, number[MOST] = {0};
    while (weft_queue_try_get(queue, &item) == WEFT_OK) {
        must(item.rank >= rank);
        for (int i = 0; i < MOST && item.rank > rank; i++)
            number[i] = 0;
        rank = item.rank;
        must(item.number >= number[item.putter]);
        number[item.putter] = item.number;
        taken++;
    }
    return arg;
}

START_TEST(eight_take_the_smallest_first_and_ties_in_order_of_arrival)
{
    weft_thread threads[MOST];
    queue = weft_queue_create(sizeof(struct ranked), .kind = WEFT_PRIORITY,
                              .compare = by_rank);
    start_all(threads, MOST, put_ranked);
    join_all(threads, MOST);
    start_all(threads, MOST, see_smallest_first);
    join_all(threads, MOST);
    ck_assert_int_eq(taken, MOST * EACH);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

static void *see_last_first(void *arg)
{
    struct ranked item;
    int number[MOST];
    for (int i = 0; i < MOST; i++)
        number[i] = EACH;
    while (weft_queue_try_get(queue, &item) == WEFT_OK) {
        must(item.number < number[item.putter]);
        number[item.putter] = item.number;
        taken++;
    }
    return arg;
}

START_TEST(eight_take_the_last_first)
{
    weft_thread threads[MOST];
    queue = weft_queue_create(sizeof(struct ranked), .kind = WEFT_LIFO);
    start_all(threads, MOST, put_ranked);
    join_all(threads, MOST);
    start_all(threads, MOST, see_last_first);
    join_all(threads, MOST);
    ck_assert_int_eq(taken, MOST * EACH);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        all_who_join_wait_for_what_eight_work_on,
        of_too_many_who_say_done_exactly_those_too_many_are_answered,
        a_shutdown_wakes_all_eight,
        destroying_a_queue_with_waiters_is_answered_and_changes_nothing,
        eight_take_the_smallest_first_and_ties_in_order_of_arrival,
        eight_take_the_last_first,
    };
    return RUN_TESTS("queue crews", tests);
}
