/* SPDX-License-Identifier: MIT */

/* Maps over streams. */

#include "support.h"

#include <stdatomic.h>
#include <weft/event.h>
#include <weft/queue.h>
#include <weft/stream.h>

enum { N = 500, AHEAD = 7 };

static weft_pool *pool;

static void set_up(void)
{
    pool = weft_pool_create(.workers = 3);
}

static void tear_down(void)
{
    assert_ok(weft_pool_destroy(pool));
}

/* ---- A source that counts, and targets ---- */

static intptr_t given;
static atomic_long in_work, most_in_work;

static weft_status count_up(void **item, void *end)
{
    if (end != NULL && given == *(const intptr_t *)end)
        return WEFT_EMPTY;
    *item = (void *)++given;
    return WEFT_OK;
}

static void *twice(void *item)
{
    long now = ++in_work, most = most_in_work;
    while (now > most &&
           !atomic_compare_exchange_weak(&most_in_work, &most, now))
        ;
    if ((intptr_t)item % 10 == 0)
        weft_sleep(WEFT_US(200)); /* later ones are done before */
    in_work--;
    return (void *)(2 * (intptr_t)item);
}

static weft_event go;
static atomic_int begun, stopped;

static void *wait_to_go(void *item)
{
    begun++;
    stopped += weft_event_wait(&go) == WEFT_STOPPED;
    return item;
}

static weft_stream *open_stream(weft_target target, size_t look_ahead)
{
    weft_stream *stream =
        weft_map_stream(pool, target, count_up, NULL, .look_ahead = look_ahead);
    ck_assert_ptr_nonnull(stream);
    given = 0;
    return stream;
}

/* ---- Order and bound ---- */

static void check_stream(size_t look_ahead)
{
    intptr_t end = N;
    void *item, *result;
    given = 0;
    weft_stream *stream =
        weft_map_stream(pool, twice, count_up, &end, .look_ahead = look_ahead);
    ck_assert_int_eq(given, 0);
    for (intptr_t i = 1; i <= N; i++) {
        assert_ok(weft_stream_next(stream, &item, &result));
        ck_assert_int_eq((intptr_t)item, i);
        ck_assert_int_eq((intptr_t)result, 2 * i);
        ck_assert_uint_eq(weft_stream_in_flight(stream), (size_t)(given - i));
        if (look_ahead != 0)
            ck_assert_int_le(given, i - 1 + (intptr_t)look_ahead);
    }
    for (int i = 0; i < 2; i++) {
        assert_status(weft_stream_next(stream, &item, &result), WEFT_EMPTY);
        ck_assert_ptr_null(item);
    }
    assert_ok(weft_stream_destroy(stream));
}

START_TEST(results_come_in_the_order_of_the_items)
{
    check_stream(AHEAD);
    check_stream(1);
    check_stream(0);
    check_stream(10 * N);
}
END_TEST

START_TEST(no_more_are_in_flight_than_the_look_ahead)
{
    weft_stream *stream = open_stream(twice, 2);
    for (int i = 0; i < N; i++)
        assert_ok(weft_stream_next(stream, NULL, NULL));
    ck_assert_int_le(most_in_work, 2);
    ck_assert_int_le(given, N + 1);
    assert_ok(weft_stream_destroy(stream));
}
END_TEST

START_TEST(by_default_four_for_each_worker_are_in_flight)
{
    weft_stream *stream = open_stream(wait_to_go, 0);
    assert_status(weft_stream_try_next(stream, NULL, NULL), WEFT_BUSY);
    ck_assert_uint_eq(weft_stream_in_flight(stream), 12);
    weft_event_set(&go);
    assert_ok(weft_stream_destroy(stream));
}
END_TEST

/* ---- The source ---- */

static weft_status get_from_queue(void **item, void *queue)
{
    return weft_queue_get(queue, item);
}

static weft_status try_get_from_queue(void **item, void *queue)
{
    weft_status status = weft_queue_try_get(queue, item);
    return status == WEFT_EMPTY ? WEFT_BUSY : status;
}

START_TEST(what_ends_the_source_comes_out_last_and_stays)
{
    void *item = &item;
    weft_queue *queue = weft_queue_create(sizeof item);
    weft_stream *stream =
        weft_map_stream(pool, twice, get_from_queue, queue, .look_ahead = 5);
    for (int i = 0; i < 3; i++)
        assert_ok(weft_queue_put(queue, &item));
    assert_ok(weft_queue_shutdown(queue, false));
    for (int i = 0; i < 3; i++)
        assert_ok(weft_stream_next(stream, NULL, NULL));
    for (int i = 0; i < 3; i++)
        assert_status(weft_stream_next(stream, &item, NULL), WEFT_SHUT_DOWN);
    ck_assert_ptr_null(item);
    assert_ok(weft_stream_destroy(stream));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

START_TEST(a_source_that_has_nothing_just_now_is_asked_again)
{
    void *item = &item;
    weft_queue *queue = weft_queue_create(sizeof item);
    weft_stream *stream = weft_map_stream(pool, twice, try_get_from_queue,
                                          queue, .look_ahead = 5);
    for (int i = 0; i < 3; i++) {
        assert_status(weft_stream_next(stream, NULL, NULL), WEFT_BUSY);
        assert_ok(weft_queue_put(queue, &item));
        assert_ok(weft_queue_put(queue, &item));
        assert_ok(weft_stream_next(stream, NULL, NULL));
        assert_ok(weft_stream_next(stream, NULL, NULL));
    }
    assert_ok(weft_stream_destroy(stream));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- Failures, stops, ends ---- */

static void *fail_at_three(void *item)
{
    if ((intptr_t)item == 3)
        return weft_fail(33, "%d is too much", 3);
    return item;
}

START_TEST(a_failure_is_one_answer_and_the_stream_goes_on)
{
    void *item, *result;
    weft_stream *stream = open_stream(fail_at_three, AHEAD);
    for (intptr_t i = 1; i <= 6; i++) {
        assert_status(weft_stream_next(stream, &item, &result),
                      i == 3 ? WEFT_FAILED : WEFT_OK);
        ck_assert_int_eq((intptr_t)item, i);
        ck_assert(i == 3 || result == item);
        ck_assert_int_eq(weft_stream_error(stream) != NULL, i >= 3);
    }
    ck_assert_int_eq(weft_stream_error(stream)->code, 33);
    ck_assert_str_eq(weft_stream_error(stream)->message, "3 is too much");
    assert_ok(weft_stream_destroy(stream));
}
END_TEST

START_TEST(a_time_out_keeps_the_item_for_the_next_call)
{
    void *item = NULL;
    weft_stream *stream = open_stream(wait_to_go, 2);
    assert_status(weft_stream_try_next(stream, &item, NULL), WEFT_BUSY);
    assert_status(weft_stream_next_timed(stream, &item, NULL, WEFT_MS(1)),
                  WEFT_TIMED_OUT);
    ck_assert_int_eq(given, 2);
    weft_event_set(&go);
    assert_ok(weft_stream_next(stream, &item, NULL));
    ck_assert_int_eq((intptr_t)item, 1);
    assert_ok(weft_stream_destroy(stream));
}
END_TEST

static void *take_one(void *stream)
{
    assert_status(weft_stream_next(stream, NULL, NULL), WEFT_STOPPED);
    return NULL;
}

START_TEST(a_stop_request_ends_the_wait_and_keeps_the_item)
{
    void *item;
    weft_stream *stream = open_stream(wait_to_go, 1);
    weft_thread taker = WEFT_THREAD(take_one, stream);
    start(&taker);
    assert_ok(weft_thread_stop(&taker));
    assert_ok(weft_thread_join(&taker));
    weft_event_set(&go);
    assert_ok(weft_stream_next(stream, &item, NULL));
    ck_assert_int_eq((intptr_t)item, 1);
    assert_ok(weft_stream_destroy(stream));
}
END_TEST

static intptr_t dropped;
static int dropped_with_result;

static void drop(void *item, void *result, void *context)
{
    ck_assert_ptr_null(context);
    ck_assert_int_eq((intptr_t)item, ++dropped);
    ck_assert(result == NULL || result == item);
    dropped_with_result += result != NULL;
}

START_TEST(destroy_stops_what_is_in_flight_and_drops_it)
{
    weft_stream *stream = weft_map_stream(pool, wait_to_go, count_up, NULL,
                                          .look_ahead = 10, .drop = drop);
    assert_status(weft_stream_try_next(stream, NULL, NULL), WEFT_BUSY);
    while (begun < 3)
        weft_sleep(WEFT_US(50));
    assert_ok(weft_stream_destroy(stream));
    ck_assert_int_eq(begun, 3);
    ck_assert_int_eq(dropped, 10);
    ck_assert_int_eq(dropped_with_result, 3);
    ck_assert_int_eq(stopped, 3);
    assert_ok(weft_stream_destroy(NULL));
}
END_TEST

START_TEST(what_the_pool_refuses_or_cancels_is_told)
{
    weft_event_set(&go);
    weft_stream *stream = open_stream(wait_to_go, 1);
    assert_ok(weft_stream_next(stream, NULL, NULL));
    assert_ok(weft_pool_shutdown(pool, .wait = true));
    void *item;
    for (intptr_t i = 2; i < 4; i++) {
        assert_status(weft_stream_next(stream, &item, NULL), WEFT_SHUT_DOWN);
        ck_assert_int_eq((intptr_t)item, i);
    }
    assert_status(weft_stream_try_next(stream, &item, NULL), WEFT_SHUT_DOWN);
    assert_ok(weft_stream_destroy(stream));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        results_come_in_the_order_of_the_items,
        no_more_are_in_flight_than_the_look_ahead,
        by_default_four_for_each_worker_are_in_flight,
        what_ends_the_source_comes_out_last_and_stays,
        a_source_that_has_nothing_just_now_is_asked_again,
        a_failure_is_one_answer_and_the_stream_goes_on,
        a_time_out_keeps_the_item_for_the_next_call,
        a_stop_request_ends_the_wait_and_keeps_the_item,
        destroy_stops_what_is_in_flight_and_drops_it,
        what_the_pool_refuses_or_cancels_is_told,
    };
    return RUN_TESTS_AROUND("stream", tests, set_up, tear_down);
}
