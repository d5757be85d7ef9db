/* SPDX-License-Identifier: MIT */

/* What the queue does where two of its promises meet. */

#include "support.h"

#include <stdatomic.h>
#include <weft/queue.h>

static weft_queue *queue;

static void put(int item)
{
    assert_ok(weft_queue_put(queue, &item));
}

/* Items may be called done before they are taken out. */
START_TEST(discarding_what_was_called_done_leaves_nothing_unfinished)
{
    queue = weft_queue_create(sizeof(int));
    put(1);
    put(2);
    put(3);
    assert_ok(weft_queue_task_done(queue));
    assert_ok(weft_queue_task_done(queue));
    assert_ok(weft_queue_shutdown(queue, true));
    ck_assert_uint_eq(weft_queue_unfinished(queue), 0);
    assert_ok(weft_queue_join(queue));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

START_TEST(putting_no_items_needs_no_room)
{
    size_t done = 1;
    queue = weft_queue_create(sizeof(int), .maxsize = 1);
    put(1);
    assert_ok(weft_queue_try_put_many(queue, NULL, 0, &done));
    ck_assert_uint_eq(done, 0);
    assert_ok(weft_queue_put_many(queue, NULL, 0, NULL));
    assert_ok(weft_queue_shutdown(queue, false));
    assert_ok(weft_queue_put_many(queue, NULL, 0, NULL));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- Order among putters ---- */

enum { PUTTERS = 3, EACH = SANITIZED ? 1000 : 10000, ALL = PUTTERS * EACH };

/* When each item's put began and had returned, on a clock of events. */
static atomic_long now;
static long began[ALL], returned[ALL];

static void *put_stamped(void *first)
{
    int item = *(int *)first;
    for (int i = 0; i < EACH; i++, item++) {
        began[item] = now++;
        assert_ok(weft_queue_put(queue, &item));
        returned[item] = now++;
    }
    return NULL;
}

START_TEST(what_was_put_before_comes_out_before_whoever_put_it)
{
    static int order[ALL], firsts[PUTTERS];
    weft_thread putters[PUTTERS];
    queue = weft_queue_create(sizeof(int), .maxsize = 7);
    for (int i = 0; i < PUTTERS; i++) {
        firsts[i] = i * EACH;
        putters[i] = (weft_thread)WEFT_THREAD(put_stamped, &firsts[i]);
        start(&putters[i]);
    }
    for (int i = 0; i < ALL; i++)
        assert_ok(weft_queue_get(queue, &order[i]));
    for (int i = 0; i < PUTTERS; i++)
        assert_ok(weft_thread_join(&putters[i]));
    /* Whatever came out later had not returned before this one began. */
    long earliest = now;
    for (int i = ALL - 1; i >= 0; i--) {
        ck_assert_int_gt(earliest, began[order[i]]);
        if (returned[order[i]] < earliest)
            earliest = returned[order[i]];
    }
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- One deadline ---- */

static void *take_now_and_then(void *arg)
{
    int item;
    while (weft_queue_get(queue, &item) == WEFT_OK)
        weft_sleep(WEFT_US(300));
    return arg;
}

/* Each item that finds room would wait anew, if it did not share the call's one
 * deadline; there is far more to put than the taker takes in that time. */
START_TEST(putting_many_has_one_deadline)
{
    enum { MANY = 1000000 };
    static int items[MANY];
    size_t done = 0;
    queue = weft_queue_create(sizeof(int), .maxsize = 1);
    weft_thread taker = WEFT_THREAD(take_now_and_then, NULL);
    start(&taker);
    weft_duration before = weft_monotonic();
    assert_status(
        weft_queue_put_many_timed(queue, items, MANY, &done, WEFT_MS(20)),
        WEFT_TIMED_OUT);
    ck_assert(weft_monotonic() - before >= WEFT_MS(20));
    ck_assert_uint_ge(done, 1);
    assert_ok(weft_queue_shutdown(queue, true));
    assert_ok(weft_thread_join(&taker));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        discarding_what_was_called_done_leaves_nothing_unfinished,
        putting_no_items_needs_no_room,
        what_was_put_before_comes_out_before_whoever_put_it,
        putting_many_has_one_deadline,
    };
    return RUN_TESTS("queue edges", tests);
}
