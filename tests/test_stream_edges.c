/* SPDX-License-Identifier: MIT */

/* Maps over streams: full pools, tasks, wrong calls. */

#include "support.h"

#include <errno.h>
#include <stdatomic.h>
#include <weft/event.h>
#include <weft/stream.h>

enum { AHEAD = 7 };

static weft_pool *pool;

static void set_up(void)
{
    pool = weft_pool_create(.workers = 3);
}

static void tear_down(void)
{
    assert_ok(weft_pool_destroy(pool));
}

static intptr_t given;

static weft_status count_up(void **item, void *end)
{
    if (end != NULL && given == *(const intptr_t *)end)
        return WEFT_EMPTY;
    *item = (void *)++given;
    return WEFT_OK;
}

static void *twice(void *item)
{
    return (void *)(2 * (intptr_t)item);
}

static weft_event go;
static atomic_int begun;

static void *wait_to_go(void *item)
{
    begun++;
    assert_ok(weft_event_wait(&go));
    return item;
}

/* ---- Full pools ---- */

static void check_full_pool(weft_when_full when_full, weft_status expected)
{
    weft_future holds[2];
    void *item;
    weft_pool *full =
        weft_pool_create(.workers = 1, .capacity = 1, .when_full = when_full);
    begun = 0;
    assert_ok(weft_submit(full, &holds[0], wait_to_go, NULL));
    while (begun == 0)
        weft_sleep(WEFT_US(50));
    assert_ok(weft_submit(full, &holds[1], wait_to_go, NULL));
    given = 0;
    weft_stream *stream = weft_map_stream(full, twice, count_up, NULL);
    assert_status(weft_stream_try_next(stream, NULL, NULL), WEFT_BUSY);
    assert_status(weft_stream_next_timed(stream, &item, NULL, WEFT_MS(1)),
                  expected);
    ck_assert_int_eq(given, 1);
    weft_event_set(&go);
    for (intptr_t i = expected == WEFT_TIMED_OUT ? 1 : 2; i < 50; i++) {
        assert_ok(weft_stream_next(stream, &item, NULL));
        ck_assert_int_eq((intptr_t)item, i);
    }
    assert_ok(weft_stream_destroy(stream));
    assert_ok(weft_pool_destroy(full));
    weft_event_clear(&go);
}

START_TEST(for_a_full_pool_items_wait_in_the_stream)
{
    check_full_pool(WEFT_FULL_WAIT, WEFT_TIMED_OUT);
    check_full_pool(WEFT_FULL_RUN, WEFT_OK);
}
END_TEST

/* ---- Inside tasks ---- */

static void *run_stream(void *arg)
{
    weft_pool *own = arg;
    intptr_t end = 100;
    given = 0;
    weft_stream *stream =
        weft_map_stream(own, twice, count_up, &end, .look_ahead = AHEAD);
    void *result;
    intptr_t sum = 0;
    while (weft_stream_next(stream, NULL, &result) == WEFT_OK)
        sum += (intptr_t)result;
    ck_assert_int_eq(sum, 100 * 101);
    assert_ok(weft_stream_destroy(stream));
    return NULL;
}

START_TEST(a_stream_inside_a_task_needs_no_other_worker)
{
    weft_future future;
    weft_pool *one = weft_pool_create(.workers = 1);
    assert_ok(weft_submit(one, &future, run_stream, one));
    assert_ok(weft_future_result(&future, NULL));
    assert_ok(weft_pool_destroy(one));
}
END_TEST

/* ---- Refused ---- */

static weft_stream *own_stream;

static void *use_own_stream(void *item)
{
    expect_misuse(weft_stream_destroy(own_stream), WEFT_DEADLOCK);
    expect_misuse(weft_stream_next(own_stream, NULL, NULL), WEFT_DEADLOCK);
    weft_event_set(&go);
    return item;
}

START_TEST(a_target_cannot_wait_for_itself)
{
    own_stream =
        weft_map_stream(pool, use_own_stream, count_up, NULL, .look_ahead = 1);
    assert_status(weft_stream_try_next(own_stream, NULL, NULL), WEFT_BUSY);
    assert_ok(weft_event_wait(&go));
    assert_ok(weft_stream_next(own_stream, NULL, NULL));
    assert_ok(weft_stream_destroy(own_stream));
}
END_TEST

static weft_status use_from_source(void **item, void *context)
{
    (void)item, (void)context;
    expect_misuse(weft_stream_next(own_stream, NULL, NULL), WEFT_NOT_OWNER);
    expect_misuse(weft_stream_destroy(own_stream), WEFT_NOT_OWNER);
    return WEFT_EMPTY;
}

START_TEST(one_call_at_a_time)
{
    own_stream = weft_map_stream(pool, twice, use_from_source, NULL);
    assert_status(weft_stream_next(own_stream, NULL, NULL), WEFT_EMPTY);
    assert_ok(weft_stream_destroy(own_stream));
}
END_TEST

static weft_status refused(weft_pool *of, weft_target target,
                           weft_source source, size_t look_ahead)
{
    errno = 0;
    weft_stream *stream =
        weft_map_stream(of, target, source, NULL, .look_ahead = look_ahead);
    ck_assert_ptr_null(stream);
    return errno == EINVAL ? WEFT_INVALID : WEFT_NO_MEMORY;
}

START_TEST(wrong_calls_are_answered)
{
    expect_misuse(refused(NULL, twice, count_up, 1), WEFT_INVALID);
    expect_misuse(refused(pool, NULL, count_up, 1), WEFT_INVALID);
    expect_misuse(refused(pool, twice, NULL, 1), WEFT_INVALID);
    assert_status(refused(pool, twice, count_up, SIZE_MAX), WEFT_NO_MEMORY);
    expect_misuse(weft_stream_next(NULL, NULL, NULL), WEFT_INVALID);
    expect_misuse(weft_stream_next_timed(NULL, NULL, NULL, 0), WEFT_INVALID);
    expect_misuse(weft_stream_try_next(NULL, NULL, NULL), WEFT_INVALID);
    ck_assert_uint_eq(weft_stream_in_flight(NULL), 0);
    ck_assert_ptr_null(weft_stream_error(NULL));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        for_a_full_pool_items_wait_in_the_stream,
        a_stream_inside_a_task_needs_no_other_worker,
        a_target_cannot_wait_for_itself,
        one_call_at_a_time,
        wrong_calls_are_answered,
    };
    return RUN_TESTS_AROUND("stream, edges", tests, set_up, tear_down);
}
