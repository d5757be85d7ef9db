/* SPDX-License-Identifier: MIT */

/* 4 writers, 6 readers, shutdown anywhere: nothing lost, nothing twice, and
 * each reader sees each writer's items in order. */

#include "support.h"

#include <stdatomic.h>
#include <weft/queue.h>

enum { WRITERS = 4, READERS = 6, ITEMS = SANITIZED ? 8000 : 64000 };

struct item {
    int writer, number;
};

static weft_queue *queue;
static atomic_int put_count[WRITERS], got_count;
static atomic_uchar seen[WRITERS][ITEMS];
static atomic_int discarded;

static void see(const struct item *item)
{
    ck_assert_int_eq(seen[item->writer][item->number]++, 0);
}

static void discard(void *item)
{
    see(item);
    discarded++;
}

static void *write_items(void *arg)
{
    int writer = (int)(intptr_t)arg;
    for (int i = 0; i < ITEMS; i++) {
        struct item item = {writer, i};
        weft_status status = weft_queue_put(queue, &item);
        if (status == WEFT_SHUT_DOWN)
            break;
        assert_ok(status);
        put_count[writer]++;
    }
    return NULL;
}

static void *read_items(void *in_order)
{
    int last[WRITERS];
    for (int i = 0; i < WRITERS; i++)
        last[i] = -1;
    struct item items[3];
    size_t n;
    while (weft_queue_get_many(queue, items, 3, &n) == WEFT_OK)
        for (size_t i = 0; i < n; i++) {
            see(&items[i]);
            if (in_order != NULL)
                ck_assert_int_gt(items[i].number, last[items[i].writer]);
            last[items[i].writer] = items[i].number;
            got_count++;
            assert_ok(weft_queue_task_done(queue));
        }
    return NULL;
}

static void check_all(void)
{
    int put = 0;
    for (int writer = 0; writer < WRITERS; writer++) {
        put += put_count[writer];
        for (int i = 0; i < ITEMS; i++)
            ck_assert_int_eq(seen[writer][i], i < put_count[writer]);
    }
    ck_assert_int_eq(got_count + discarded, put);
    assert_ok(weft_queue_join(queue));
}

/* Shuts down once `after` items were read; -1: when all were written. */
static void run(weft_queue_kind kind, size_t maxsize, int after, bool immediate)
{
    weft_thread writers[WRITERS], readers[READERS];
    queue = weft_queue_create(sizeof(struct item), .maxsize = maxsize,
                              .kind = kind, .destroy = discard);
    for (intptr_t i = 0; i < WRITERS; i++) {
        writers[i] = (weft_thread)WEFT_THREAD(write_items, (void *)i);
        start(&writers[i]);
    }
    for (int i = 0; i < READERS; i++) {
        readers[i] = (weft_thread)WEFT_THREAD(read_items,
                                              kind == WEFT_FIFO ? queue : NULL);
        start(&readers[i]);
    }
    if (after >= 0) {
        while (got_count < after)
            weft_sleep(WEFT_US(50));
        assert_ok(weft_queue_shutdown(queue, immediate));
    }
    for (int i = 0; i < WRITERS; i++)
        assert_ok(weft_thread_join(&writers[i]));
    assert_ok(weft_queue_shutdown(queue, false));
    for (int i = 0; i < READERS; i++)
        assert_ok(weft_thread_join(&readers[i]));
    check_all();
    assert_ok(weft_queue_destroy(queue));
}

START_TEST(nothing_is_lost_or_seen_twice_in_a_bounded_queue)
{
    run(WEFT_FIFO, 10, -1, false);
    ck_assert_int_eq(got_count, WRITERS * ITEMS);
}
END_TEST

START_TEST(nothing_is_lost_or_seen_twice_in_an_unbounded_queue)
{
    run(WEFT_FIFO, 0, -1, false);
    ck_assert_int_eq(got_count, WRITERS * ITEMS);
}
END_TEST

START_TEST(nothing_is_lost_or_seen_twice_in_a_lifo)
{
    run(WEFT_LIFO, 100, -1, false);
}
END_TEST

START_TEST(nothing_is_lost_or_seen_twice_by_a_shutdown)
{
    run(WEFT_FIFO, 10, ITEMS / 3, false);
}
END_TEST

START_TEST(nothing_is_lost_or_seen_twice_by_an_immediate_shutdown)
{
    run(WEFT_FIFO, 1000, ITEMS / 2, true);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        nothing_is_lost_or_seen_twice_in_a_bounded_queue,
        nothing_is_lost_or_seen_twice_in_an_unbounded_queue,
        nothing_is_lost_or_seen_twice_in_a_lifo,
        nothing_is_lost_or_seen_twice_by_a_shutdown,
        nothing_is_lost_or_seen_twice_by_an_immediate_shutdown,
    };
    return RUN_TESTS("queue stress", tests);
}
