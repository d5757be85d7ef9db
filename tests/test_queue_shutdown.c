/* SPDX-License-Identifier: MIT */

#include "queue.h"

#include <stdatomic.h>
#include <weft/event.h>

static atomic_int destroyed;

static void count_destroyed(void *item)
{
    ck_assert_int_gt(*(int *)item, 0);
    destroyed++;
}

/* ---- Join ---- */

static void *join_queue(void *arg)
{
    (void)arg;
    return (void *)(intptr_t)weft_queue_join(queue);
}

START_TEST(join_waits_until_all_are_done_and_is_reusable)
{
    queue = weft_queue_create(sizeof(int));
    assert_ok(weft_queue_join(queue));
    for (int round = 0; round < 2; round++) {
        weft_thread joiner = WEFT_THREAD(join_queue, NULL);
        put(1);
        put(2);
        start(&joiner);
        wait_until_any_wait(1);
        get();
        get();
        assert_ok(weft_queue_task_done(queue));
        ck_assert_uint_eq(weft_queue_unfinished(queue), 1);
        assert_status(weft_queue_try_join(queue), WEFT_BUSY);
        assert_status(weft_queue_join_timed(queue, WEFT_MS(1)), WEFT_TIMED_OUT);
        assert_ok(weft_queue_task_done(queue));
        assert_ok((weft_status)result_of(&joiner));
        assert_ok(weft_queue_try_join(queue));
    }
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

START_TEST(task_done_too_often_is_answered)
{
    queue = weft_queue_create(sizeof(int));
    expect_misuse(weft_queue_task_done(queue), WEFT_OVERFLOW);
    put(1);
    get();
    assert_ok(weft_queue_task_done(queue));
    expect_misuse(weft_queue_task_done(queue), WEFT_OVERFLOW);
    ck_assert_uint_eq(weft_queue_unfinished(queue), 0);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- Shutdown ---- */

START_TEST(shutdown_lets_gets_drain_and_refuses_puts)
{
    queue = weft_queue_create(sizeof(int));
    int item = 3;
    put(1);
    put(2);
    assert_ok(weft_queue_shutdown(queue, false));
    assert_ok(weft_queue_shutdown(queue, false));
    assert_status(weft_queue_put(queue, &item), WEFT_SHUT_DOWN);
    assert_status(weft_queue_try_put(queue, &item), WEFT_SHUT_DOWN);
    ck_assert_int_eq(get(), 1);
    ck_assert_int_eq(get(), 2);
    assert_status(weft_queue_get(queue, &item), WEFT_SHUT_DOWN);
    assert_status(weft_queue_try_get(queue, &item), WEFT_SHUT_DOWN);
    ck_assert_int_eq(item, 3);
    assert_status(weft_queue_join_timed(queue, 0), WEFT_TIMED_OUT);
    assert_ok(weft_queue_task_done(queue));
    assert_ok(weft_queue_task_done(queue));
    assert_ok(weft_queue_join(queue));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

START_TEST(shutdown_wakes_blocked_putters_and_getters)
{
    for (int immediate = 0; immediate < 2; immediate++) {
        weft_thread threads[4];
        queue = weft_queue_create(sizeof(int), .maxsize = 1);
        for (int i = 0; i < 2; i++) {
            threads[i] = (weft_thread)WEFT_THREAD(get_one, NULL);
            start(&threads[i]);
        }
        wait_until_any_wait(2);
        assert_ok(weft_queue_shutdown(queue, immediate));
        for (int i = 0; i < 2; i++)
            ck_assert_int_eq(result_of(&threads[i]), -WEFT_SHUT_DOWN);
        assert_ok(weft_queue_destroy(queue));

        queue = weft_queue_create(sizeof(int), .maxsize = 1);
        put(1);
        for (int i = 2; i < 4; i++) {
            threads[i] = (weft_thread)WEFT_THREAD(put_one, (void *)5);
            start(&threads[i]);
        }
        wait_until_any_wait(2);
        assert_ok(weft_queue_shutdown(queue, immediate));
        for (int i = 2; i < 4; i++)
            ck_assert_int_eq(result_of(&threads[i]), WEFT_SHUT_DOWN);
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

START_TEST(immediate_shutdown_discards_and_counts_as_done)
{
    queue = weft_queue_create(sizeof(int), .destroy = count_destroyed);
    for (int i = 1; i <= 1000; i++)
        put(i);
    ck_assert_int_eq(get(), 1);
    assert_ok(weft_queue_shutdown(queue, false));
    assert_ok(weft_queue_shutdown(queue, true)); /* false, then true */
    ck_assert_int_eq(destroyed, 999);
    ck_assert_uint_eq(weft_queue_unfinished(queue), 1); /* in flight */
    assert_status(weft_queue_try_join(queue), WEFT_BUSY);
    assert_ok(weft_queue_task_done(queue));
    assert_ok(weft_queue_join(queue));
    assert_ok(weft_queue_shutdown(queue, true));
    assert_ok(weft_queue_shutdown(queue, false)); /* never revives */
    int item;
    assert_status(weft_queue_get(queue, &item), WEFT_SHUT_DOWN);
    assert_ok(weft_queue_destroy(queue));
    ck_assert_int_eq(destroyed, 999);
}
END_TEST

static weft_event destroying, may_go_on;

static void destroy_slowly(void *item)
{
    count_destroyed(item);
    assert_ok(weft_event_set(&destroying));
    assert_ok(weft_event_wait(&may_go_on));
}

static void *shut_down(void *arg)
{
    assert_ok(weft_queue_shutdown(queue, true));
    return arg;
}

/* And then whoever joins may destroy the queue. */
START_TEST(join_waits_until_what_is_discarded_is_destroyed)
{
    queue = weft_queue_create(sizeof(int), .destroy = destroy_slowly);
    put(1);
    put(2);
    weft_thread closer = WEFT_THREAD(shut_down, NULL);
    start(&closer);
    assert_ok(weft_event_wait(&destroying));
    assert_status(weft_queue_try_join(queue), WEFT_BUSY);
    assert_ok(weft_event_set(&may_go_on));
    assert_ok(weft_queue_join(queue));
    ck_assert_int_eq(destroyed, 2);
    assert_ok(weft_queue_destroy(queue));
    assert_ok(weft_thread_join(&closer));
}
END_TEST

START_TEST(destroy_destroys_what_is_left_once)
{
    static const weft_queue_kind kinds[] = {WEFT_FIFO, WEFT_LIFO};
    for (int k = 0; k < 2; k++) {
        destroyed = 0;
        queue = weft_queue_create(sizeof(int), .kind = kinds[k],
                                  .destroy = count_destroyed);
        for (int i = 1; i <= 3000; i++)
            put(i);
        for (int i = 0; i < 1000; i++)
            get();
        assert_ok(weft_queue_destroy(queue));
        ck_assert_int_eq(destroyed, 2000);
    }
    assert_ok(weft_queue_destroy(NULL));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        join_waits_until_all_are_done_and_is_reusable,
        task_done_too_often_is_answered,
        shutdown_lets_gets_drain_and_refuses_puts,
        shutdown_wakes_blocked_putters_and_getters,
        immediate_shutdown_discards_and_counts_as_done,
        join_waits_until_what_is_discarded_is_destroyed,
        destroy_destroys_what_is_left_once,
    };
    return RUN_TESTS("queue_shutdown", tests);
}
