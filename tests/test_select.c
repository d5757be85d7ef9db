/* SPDX-License-Identifier: MIT */

/* The first of many: which case happens, what it answers, and that the others
 * leave no trace. */

#include "select.h"

/* ---- What is ready happens at once ---- */

START_TEST(a_get_happens_where_there_is_an_item)
{
    const weft_select_case cases[] = {WEFT_SELECT_GET(a, &from_a),
                                      WEFT_SELECT_GET(b, &from_b)};
    put(b, 7);
    assert_ok(weft_select(cases, 2, &chosen));
    ck_assert_uint_eq(chosen, B);
    ck_assert_int_eq(from_b, 7);
    ck_assert_int_eq(from_a, -1);
    ck_assert(weft_queue_empty(b));
}
END_TEST

START_TEST(a_put_happens_where_there_is_room)
{
    int one = 1, two = 2;
    const weft_select_case cases[] = {WEFT_SELECT_PUT(a, &one),
                                      WEFT_SELECT_PUT(b, &two)};
    put(a, 8);
    put(a, 9);
    assert_ok(weft_select(cases, 2, &chosen));
    ck_assert_uint_eq(chosen, B);
    ck_assert_uint_eq(weft_queue_size(a), 2);
    ck_assert_int_eq(get(b), 2);
}
END_TEST

static void *echo(void *arg)
{
    return arg;
}

static void *refuse(void *arg)
{
    (void)arg;
    return weft_fail(5, "on purpose");
}

START_TEST(events_futures_and_threads_happen)
{
    weft_future future = {0};
    weft_thread thread = WEFT_THREAD(echo, &event);
    void *value = NULL;
    assert_ok(weft_event_set(&event));
    const weft_select_case on_event = WEFT_SELECT_EVENT(&event);
    assert_ok(weft_select(&on_event, 1, &chosen));
    ck_assert_uint_eq(chosen, 0);
    assert_ok(weft_submit(weft_default_pool(), &future, echo, &event));
    const weft_select_case on_future = WEFT_SELECT_FUTURE(&future);
    assert_ok(weft_select(&on_future, 1, NULL));
    assert_ok(weft_future_try_result(&future, &value));
    ck_assert_ptr_eq(value, &event);
    start(&thread);
    const weft_select_case on_thread = WEFT_SELECT_THREAD(&thread);
    assert_ok(weft_select(&on_thread, 1, NULL));
    ck_assert_ptr_eq(weft_thread_result(&thread), &event);
}
END_TEST

START_TEST(the_answer_is_that_of_the_case)
{
    weft_future future = {0};
    weft_thread thread = WEFT_THREAD(refuse, NULL);
    assert_ok(weft_submit(weft_default_pool(), &future, refuse, NULL));
    start(&thread);
    const weft_select_case on_future = WEFT_SELECT_FUTURE(&future);
    assert_status(weft_select(&on_future, 1, &chosen), WEFT_FAILED);
    ck_assert_uint_eq(chosen, 0);
    ck_assert_int_eq(weft_future_error(&future)->code, 5);
    const weft_select_case on_thread = WEFT_SELECT_THREAD(&thread);
    assert_status(weft_select(&on_thread, 1, NULL), WEFT_FAILED);
    const weft_select_case on_queues[] = {WEFT_SELECT_PUT(a, &to_b),
                                          WEFT_SELECT_GET(b, &from_b)};
    put(a, 1);
    assert_ok(weft_queue_shutdown(a, false));
    assert_status(weft_select(on_queues, 2, &chosen), WEFT_SHUT_DOWN);
    ck_assert_uint_eq(chosen, A);
    ck_assert_uint_eq(weft_queue_size(a), 1);
}
END_TEST

START_TEST(a_closed_queue_is_drained_first)
{
    const weft_select_case cases[] = {WEFT_SELECT_GET(a, &from_a)};
    put(a, 3);
    assert_ok(weft_queue_shutdown(a, false));
    assert_ok(weft_select(cases, 1, NULL));
    ck_assert_int_eq(from_a, 3);
    assert_status(weft_select(cases, 1, &chosen), WEFT_SHUT_DOWN);
    ck_assert_uint_eq(chosen, 0);
    ck_assert_int_eq(from_a, 3);
}
END_TEST

START_TEST(without_waiting_it_is_busy_and_nothing_happens)
{
    const weft_select_case cases[] = {WEFT_SELECT_GET(a, &from_a),
                                      WEFT_SELECT_PUT(b, &to_b),
                                      WEFT_SELECT_EVENT(&event)};
    put(b, 1);
    put(b, 2);
    assert_status(weft_try_select(cases, 3, &chosen), WEFT_BUSY);
    ck_assert_uint_eq(chosen, 3);
    assert_status(weft_select_timed(cases, 3, &chosen, -5), WEFT_TIMED_OUT);
    ck_assert_uint_eq(chosen, 3);
    ck_assert_int_eq(from_a, -1);
    ck_assert_uint_eq(weft_queue_size(b), 2);
    ck_assert_int_eq(get(b), 1);
    assert_ok(weft_try_select(cases, 3, &chosen));
    ck_assert_uint_eq(chosen, B);
}
END_TEST

static int by_size(const void *one, const void *other)
{
    return *(const int *)one - *(const int *)other;
}

static void exchange_on(weft_queue *queue, int first)
{
    int items[] = {2, 1}, got = -1;
    const weft_select_case putting = WEFT_SELECT_PUT(queue, &items[0]),
                           putting_more = WEFT_SELECT_PUT(queue, &items[1]),
                           getting = WEFT_SELECT_GET(queue, &got);
    assert_ok(weft_select(&putting, 1, NULL));
    assert_ok(weft_select(&putting_more, 1, NULL));
    assert_status(weft_try_select(&putting, 1, NULL), WEFT_BUSY);
    assert_ok(weft_select(&getting, 1, NULL));
    ck_assert_int_eq(got, first);
    assert_ok(weft_queue_shutdown(queue, true));
    assert_ok(weft_queue_destroy(queue));
}

START_TEST(queues_of_each_kind_keep_their_order)
{
    exchange_on(weft_queue_create(sizeof(int), .maxsize = 2), 2);
    exchange_on(weft_queue_create(sizeof(int), .maxsize = 2, .kind = WEFT_LIFO),
                1);
    exchange_on(weft_queue_create(sizeof(int), .maxsize = 2,
                                  .kind = WEFT_PRIORITY, .compare = by_size),
                1);
}
END_TEST

/* Each as likely: 300 of 900 each, give or take 14, so that 200 is far out. */
START_TEST(those_that_are_ready_take_turns)
{
    int counts[4] = {0};
    const weft_select_case cases[] = {
        WEFT_SELECT_PUT(a, &to_b), WEFT_SELECT_EVENT(&event),
        WEFT_SELECT_GET(b, &from_b), WEFT_SELECT_EVENT(&event)};
    put(a, 1);
    put(a, 1);
    put(b, 1);
    assert_ok(weft_event_set(&event));
    for (int i = 0; i < 900; i++) {
        assert_ok(weft_select(cases, 4, &chosen));
        counts[chosen]++;
        if (chosen == 2)
            put(b, 1);
    }
    ck_assert_int_eq(counts[0], 0);
    for (int i = 1; i < 4; i++)
        ck_assert_int_gt(counts[i], 200);
}
END_TEST

START_TEST(a_case_that_is_off_takes_no_part)
{
    weft_select_case cases[] = {WEFT_SELECT_GET(a, &from_a),
                                WEFT_SELECT_GET(NULL, NULL)};
    put(a, 1);
    cases[0].off = cases[1].off = true;
    assert_status(weft_try_select(cases, 2, &chosen), WEFT_BUSY);
    assert_status(weft_select_timed(cases, 2, &chosen, WEFT_MS(1)),
                  WEFT_TIMED_OUT);
    cases[0].off = false;
    assert_ok(weft_select(cases, 2, &chosen));
    ck_assert_uint_eq(chosen, 0);
}
END_TEST

/* ---- Wrong calls ---- */

static void *select_itself(void *self)
{
    const weft_select_case cases[] = {WEFT_SELECT_EVENT(&event),
                                      WEFT_SELECT_THREAD(self)};
    expect_misuse(weft_try_select(cases, 2, &chosen), WEFT_DEADLOCK);
    return NULL;
}

static void *select_own_future(void *future)
{
    const weft_select_case cases[] = {WEFT_SELECT_EVENT(&event),
                                      WEFT_SELECT_FUTURE(future)};
    expect_misuse(weft_select(cases, 2, &chosen), WEFT_DEADLOCK);
    return NULL;
}

START_TEST(wrong_calls_are_answered_and_nothing_happens)
{
    weft_future fresh = {0}, own = {0};
    weft_thread unstarted = WEFT_THREAD(echo, NULL), itself;
    const weft_select_case wrong[][2] = {
        {WEFT_SELECT_GET(a, &from_a), WEFT_SELECT_GET(NULL, &from_b)},
        {WEFT_SELECT_GET(a, &from_a), WEFT_SELECT_GET(b, NULL)},
        {WEFT_SELECT_GET(a, &from_a), WEFT_SELECT_PUT(NULL, &to_b)},
        {WEFT_SELECT_GET(a, &from_a), WEFT_SELECT_PUT(b, NULL)},
        {WEFT_SELECT_GET(a, &from_a), WEFT_SELECT_EVENT(NULL)},
        {WEFT_SELECT_GET(a, &from_a), WEFT_SELECT_FUTURE(NULL)},
        {WEFT_SELECT_GET(a, &from_a), WEFT_SELECT_THREAD(NULL)},
        {WEFT_SELECT_GET(a, &from_a), WEFT_SELECT_THREAD(weft_main_thread())},
        {WEFT_SELECT_GET(a, &from_a), {.off = false}},
    };
    const weft_select_case not_submitted = WEFT_SELECT_FUTURE(&fresh);
    const weft_select_case not_started = WEFT_SELECT_THREAD(&unstarted);
    put(a, 1);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        expect_misuse(weft_select(wrong[i], 2, &chosen), WEFT_INVALID);
        ck_assert_uint_eq(chosen, 2);
    }
    expect_misuse(weft_select(NULL, 2, &chosen), WEFT_INVALID);
    expect_misuse(weft_select(&not_submitted, 1, &chosen), WEFT_NOT_STARTED);
    expect_misuse(weft_select(&not_started, 1, &chosen), WEFT_NOT_STARTED);
    ck_assert_uint_eq(weft_queue_size(a), 1);
    itself = (weft_thread)WEFT_THREAD(select_itself, &itself);
    start(&itself);
    assert_ok(weft_thread_join(&itself));
    assert_ok(weft_submit(weft_default_pool(), &own, select_own_future, &own));
    assert_ok(weft_future_result(&own, NULL));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_get_happens_where_there_is_an_item,
        a_put_happens_where_there_is_room,
        events_futures_and_threads_happen,
        the_answer_is_that_of_the_case,
        a_closed_queue_is_drained_first,
        without_waiting_it_is_busy_and_nothing_happens,
        queues_of_each_kind_keep_their_order,
        those_that_are_ready_take_turns,
        a_case_that_is_off_takes_no_part,
        wrong_calls_are_answered_and_nothing_happens,
    };
    return RUN_TESTS_AROUND("select", tests, set_up, tear_down);
}
