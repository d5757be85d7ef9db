/* SPDX-License-Identifier: MIT */

/* What a priority queue's comparison may call, and what it is answered. */

#include "queue.h"

#include <errno.h>
#include <stdatomic.h>
#include <weft/select.h>

/* What the comparison does besides. */
static void (*beside)(void);

static int compare(const void *one, const void *other)
{
    const int *a = one, *b = other;
    if (beside != NULL)
        beside();
    return (*a > *b) - (*a < *b);
}

static void create(void)
{
    beside = NULL;
    queue = weft_queue_create(sizeof(int), .kind = WEFT_PRIORITY,
                              .compare = compare);
    put(2);
    put(3);
}

static int calls;

/* All that would lock the queue. */
static void call_everything(void)
{
    int item = 9;
    const weft_select_case cases[] = {WEFT_SELECT_GET(queue, &item)};
    weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
    misuses_ = 0;
    errno = 0;
    const weft_status answers[] = {
        weft_queue_put(queue, &item),
        weft_queue_put_timed(queue, &item, 1),
        weft_queue_try_put(queue, &item),
        weft_queue_get(queue, &item),
        weft_queue_get_timed(queue, &item, 1),
        weft_queue_try_get(queue, &item),
        weft_queue_put_many(queue, &item, 1, NULL),
        weft_queue_get_many(queue, &item, 1, NULL),
        weft_queue_try_peek(queue, &item),
        weft_select(cases, 1, NULL),
        weft_queue_join(queue),
        weft_queue_clear(queue, NULL),
        weft_queue_shutdown(queue, true),
        weft_queue_set_maxsize(queue, 1),
        weft_queue_set_statistics(queue, true),
        weft_queue_destroy(queue),
        weft_queue_fd(queue) == -1 ? WEFT_DEADLOCK : WEFT_OK,
    };
    enum { CALLS = sizeof answers / sizeof *answers };
    for (int i = 0; i < CALLS; i++)
        ck_assert_int_eq(answers[i], WEFT_DEADLOCK);
    ck_assert_int_eq(misuses_, CALLS);
    ck_assert_int_eq(errno, EDEADLK);
    ck_assert_int_eq(item, 9);
    weft_set_misuse_handler(before);
    calls++;
}

START_TEST(a_comparison_that_calls_its_own_queue_is_answered)
{
    create();
    beside = call_everything;
    put(1);
    ck_assert_int_ge(calls, 1);
    int before = calls;
    ck_assert_int_eq(get(), 1);
    ck_assert_int_gt(calls, before);
    beside = NULL;
    ck_assert_uint_eq(weft_queue_size(queue), 2);
    ck_assert_uint_eq(weft_queue_maxsize(queue), 0);
    ck_assert_int_eq(get(), 2);
    ck_assert_int_eq(get(), 3);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* Where the queue is special, another way is taken. */
START_TEST(also_beside_a_descriptor_and_for_many)
{
    static const int items[] = {7, 5, 6};
    int got[5];
    size_t n;
    create();
    ck_assert_int_ge(weft_queue_fd(queue), 0);
    beside = call_everything;
    put(4);
    assert_ok(weft_queue_put_many(queue, items, 3, NULL));
    assert_ok(weft_queue_get_many(queue, got, 5, &n));
    ck_assert_uint_eq(n, 5);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(got[i], i + 2);
    beside = NULL;
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

static void select_at_full(void)
{
    int item = 9;
    const weft_select_case putting = WEFT_SELECT_PUT(queue, &item);
    expect_misuse(weft_select(&putting, 1, NULL), WEFT_DEADLOCK);
    calls++;
}

/* While one is taken out there is no room yet for another. */
START_TEST(nor_does_a_selection_wait_for_it)
{
    create();
    put(1);
    assert_ok(weft_queue_set_maxsize(queue, 3));
    beside = select_at_full;
    ck_assert_int_eq(get(), 1);
    ck_assert_int_ge(calls, 1);
    beside = NULL;
    ck_assert_uint_eq(weft_queue_size(queue), 2);
    assert_ok(weft_queue_shutdown(queue, true));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

static size_t seen;

static void look(void)
{
    seen = weft_queue_size(queue) + weft_queue_unfinished(queue) +
           weft_queue_maxsize(queue);
    ck_assert(!weft_queue_empty(queue));
    ck_assert(!weft_queue_full(queue));
    calls++;
}

START_TEST(a_comparison_may_look_at_the_size)
{
    create();
    beside = look;
    put(1);
    ck_assert_int_ge(calls, 1);
    ck_assert_uint_eq(seen, 4); /* as before that put */
    beside = NULL;
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

static weft_queue *log_queue;

static void log_it(void)
{
    int item = 1;
    assert_ok(weft_queue_put(log_queue, &item));
    calls++;
}

START_TEST(a_comparison_may_use_another_queue)
{
    create();
    log_queue = weft_queue_create(sizeof(int));
    beside = log_it;
    put(1);
    get();
    beside = NULL;
    ck_assert_uint_eq(weft_queue_size(log_queue), (size_t)calls);
    assert_ok(weft_queue_destroy(log_queue));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* A handler that would wait for the queue, too. */
static void put_report(const weft_misuse *misuse)
{
    int item = 8;
    assert_status(misuse->status, WEFT_DEADLOCK);
    assert_status(weft_queue_try_put(queue, &item), WEFT_DEADLOCK);
    calls++;
}

static void put_once_more(void)
{
    int item = 8;
    assert_status(weft_queue_try_put(queue, &item), WEFT_DEADLOCK);
}

START_TEST(a_handler_that_calls_the_queue_hears_of_it_once)
{
    create();
    weft_misuse_handler before = weft_set_misuse_handler(put_report);
    beside = put_once_more;
    put(4);
    beside = NULL;
    weft_set_misuse_handler(before);
    ck_assert_int_eq(calls, 1);
    ck_assert_uint_eq(weft_queue_size(queue), 3);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- Others are not taken for the one that compares ---- */

enum { THREADS = 4, EACH = SANITIZED ? 1000 : 10000 };

static void *put_and_get(void *arg)
{
    for (int i = 0; i < EACH; i++) {
        int item = i;
        if (weft_queue_put(queue, &item) != WEFT_OK ||
            weft_queue_get(queue, &item) != WEFT_OK)
            ck_abort();
    }
    return arg;
}

START_TEST(others_wait_while_one_compares)
{
    weft_thread threads[THREADS];
    create();
    for (int i = 0; i < THREADS; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(put_and_get, NULL);
        start(&threads[i]);
    }
    for (int i = 0; i < THREADS; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_uint_eq(weft_queue_size(queue), 2);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_comparison_that_calls_its_own_queue_is_answered,
        also_beside_a_descriptor_and_for_many,
        nor_does_a_selection_wait_for_it,
        a_comparison_may_look_at_the_size,
        a_comparison_may_use_another_queue,
        a_handler_that_calls_the_queue_hears_of_it_once,
        others_wait_while_one_compares,
    };
    return RUN_TESTS("queue compare", tests);
}
