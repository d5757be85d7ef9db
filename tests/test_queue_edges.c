/* SPDX-License-Identifier: MIT */

/* What the queue does where two of its promises meet. */

#include "support.h"

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

int main(void)
{
    const TTest *const tests[] = {
        discarding_what_was_called_done_leaves_nothing_unfinished,
        putting_no_items_needs_no_room,
    };
    return RUN_TESTS("queue edges", tests);
}
