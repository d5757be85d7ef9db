/* SPDX-License-Identifier: MIT */

/* What happens while one waits for the first of many, and how that ends. */

#include "select.h"

#include <signal.h>

/* ---- Whatever comes first ---- */

START_TEST(an_item_room_or_a_set_ends_the_wait)
{
    struct selector selector;
    const weft_select_case cases[] = {WEFT_SELECT_GET(a, &from_a),
                                      WEFT_SELECT_PUT(b, &to_b),
                                      WEFT_SELECT_EVENT(&event)};
    put(b, 1);
    put(b, 2);
    start_selector(&selector, cases, 3);
    put(a, 5);
    assert_selected(&selector, A, WEFT_OK);
    ck_assert_int_eq(from_a, 5);
    to_b = 6;
    start_selector(&selector, cases, 3);
    ck_assert_int_eq(get(b), 1);
    assert_selected(&selector, B, WEFT_OK);
    ck_assert_int_eq(get(b), 2);
    ck_assert_int_eq(get(b), 6);
    put(b, 1);
    put(b, 2);
    start_selector(&selector, cases, 3);
    assert_ok(weft_event_set(&event));
    assert_selected(&selector, C, WEFT_OK);
    ck_assert_uint_eq(weft_queue_size(b), 2);
}
END_TEST

static void *wait_for(void *arg)
{
    assert_ok(weft_event_wait(arg));
    return weft_fail(1, "on purpose");
}

START_TEST(a_future_done_or_a_thread_that_ends_ends_the_wait)
{
    weft_event go = {0}, go_on = {0};
    weft_future future = {0};
    weft_pool *pool = weft_pool_create(.workers = 1);
    weft_thread thread = WEFT_THREAD(wait_for, &go_on);
    struct selector selector;
    weft_select_case cases[] = {WEFT_SELECT_FUTURE(&future),
                                WEFT_SELECT_THREAD(&thread),
                                WEFT_SELECT_GET(a, &from_a)};
    assert_ok(weft_submit(pool, &future, wait_for, &go));
    start(&thread);
    start_selector(&selector, cases, 3);
    assert_ok(weft_event_set(&go));
    assert_selected(&selector, A, WEFT_FAILED);
    cases[0].off = true;
    start_selector(&selector, cases, 3);
    assert_ok(weft_event_set(&go_on));
    assert_selected(&selector, B, WEFT_FAILED);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

START_TEST(a_future_cancelled_ends_the_wait)
{
    weft_event go = {0};
    weft_future first = {0}, second = {0};
    weft_pool *pool = weft_pool_create(.workers = 1);
    struct selector selector;
    assert_ok(weft_submit(pool, &first, wait_for, &go));
    assert_ok(weft_submit(pool, &second, wait_for, &go));
    const weft_select_case on_second = WEFT_SELECT_FUTURE(&second);
    start_selector(&selector, &on_second, 1);
    assert_ok(weft_future_cancel(&second));
    assert_selected(&selector, 0, WEFT_CANCELLED);
    assert_ok(weft_event_set(&go));
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

START_TEST(no_pulse_is_lost)
{
    struct selector selector;
    const weft_select_case cases[] = {WEFT_SELECT_GET(a, &from_a),
                                      WEFT_SELECT_EVENT(&event)};
    for (int i = 0; i < 100; i++) {
        start_selector(&selector, cases, 2);
        assert_ok(weft_event_set(&event));
        assert_ok(weft_event_clear(&event));
        assert_selected(&selector, 1, WEFT_OK);
    }
}
END_TEST

static void set_event(int number)
{
    (void)number;
    (void)weft_event_set(&event);
}

START_TEST(a_handler_may_set_the_event)
{
    struct selector selector;
    const weft_select_case cases[] = {WEFT_SELECT_GET(a, &from_a),
                                      WEFT_SELECT_EVENT(&event)};
    signal(SIGUSR1, set_event);
    start_selector(&selector, cases, 2);
    raise(SIGUSR1);
    assert_selected(&selector, 1, WEFT_OK);
}
END_TEST

START_TEST(a_shutdown_ends_the_wait)
{
    struct selector selector;
    const weft_select_case getting[] = {WEFT_SELECT_GET(a, &from_a),
                                        WEFT_SELECT_GET(b, &from_b)};
    const weft_select_case putting = WEFT_SELECT_PUT(b, &to_b);
    start_selector(&selector, getting, 2);
    assert_ok(weft_queue_shutdown(a, false));
    assert_selected(&selector, A, WEFT_SHUT_DOWN);
    put(b, 1);
    put(b, 2);
    start_selector(&selector, &putting, 1);
    assert_ok(weft_queue_shutdown(b, true));
    assert_selected(&selector, 0, WEFT_SHUT_DOWN);
}
END_TEST

START_TEST(a_raised_limit_ends_the_wait)
{
    struct selector selector;
    const weft_select_case putting = WEFT_SELECT_PUT(a, &to_b);
    put(a, 1);
    put(a, 2);
    start_selector(&selector, &putting, 1);
    assert_ok(weft_queue_set_maxsize(a, 3));
    assert_selected(&selector, 0, WEFT_OK);
    ck_assert_uint_eq(weft_queue_size(a), 3);
}
END_TEST

/* ---- Nothing comes ---- */

START_TEST(a_time_out_leaves_all_as_it_was)
{
    weft_thread never = WEFT_THREAD(wait_for, &event);
    weft_event other = {0};
    const weft_select_case cases[] = {
        WEFT_SELECT_GET(a, &from_a), WEFT_SELECT_PUT(b, &to_b),
        WEFT_SELECT_EVENT(&other), WEFT_SELECT_THREAD(&never)};
    start(&never);
    put(b, 1);
    put(b, 2);
    for (int i = 0; i < 10; i++) {
        weft_duration before = weft_monotonic();
        assert_status(weft_select_timed(cases, 4, &chosen, WEFT_MS(2)),
                      WEFT_TIMED_OUT);
        ck_assert(weft_monotonic() - before >= WEFT_MS(2));
        ck_assert_uint_eq(chosen, 4);
    }
    ck_assert_uint_eq(other.word_, 0); /* nobody seems to wait */
    ck_assert_int_eq(from_a, -1);
    ck_assert_int_eq(get(b), 1);
    ck_assert_int_eq(get(b), 2);
    ck_assert(weft_queue_empty(b));
    assert_ok(weft_event_set(&event));
    assert_status(weft_thread_join(&never), WEFT_FAILED);
}
END_TEST

START_TEST(a_stop_request_ends_it_even_if_there_is_no_case)
{
    struct selector selector;
    weft_select_case cases[] = {WEFT_SELECT_GET(a, &from_a),
                                WEFT_SELECT_GET(b, &from_b)};
    start_selector(&selector, cases, 2);
    assert_ok(weft_thread_stop(&selector.thread));
    assert_selected(&selector, 2, WEFT_STOPPED);
    start_selector(&selector, cases, 0);
    assert_ok(weft_thread_stop(&selector.thread));
    assert_selected(&selector, 0, WEFT_STOPPED);
    assert_status(weft_select_timed(NULL, 0, NULL, WEFT_MS(1)), WEFT_TIMED_OUT);
    assert_status(weft_try_select(NULL, 0, NULL), WEFT_BUSY);
}
END_TEST

START_TEST(a_queue_in_which_one_waits_is_not_destroyed)
{
    struct selector selector;
    const weft_select_case cases[] = {WEFT_SELECT_GET(a, &from_a),
                                      WEFT_SELECT_EVENT(&event)};
    start_selector(&selector, cases, 2);
    expect_misuse(weft_queue_destroy(a), WEFT_BUSY);
    assert_ok(weft_event_set(&event));
    assert_selected(&selector, 1, WEFT_OK);
}
END_TEST

/* ---- Others in line ---- */

START_TEST(it_is_first_in_line_if_it_came_first)
{
    struct selector selector;
    weft_thread getter = WEFT_THREAD(get_int, a);
    const weft_select_case cases[] = {WEFT_SELECT_GET(b, &from_b),
                                      WEFT_SELECT_GET(a, &from_a)};
    for (int i = 0; i < 20; i++) {
        start_selector(&selector, cases, 2);
        getter = (weft_thread)WEFT_THREAD(get_int, a);
        start(&getter);
        wait_until_any_wait(1);
        put(a, 1);
        assert_selected(&selector, 1, WEFT_OK);
        ck_assert(weft_thread_is_alive(&getter));
        put(a, 2);
        ck_assert_int_eq(result_of(&getter), 2);
    }
}
END_TEST

/* It is called by both, and takes from one; the other's item goes on. */
START_TEST(a_call_that_it_does_not_follow_goes_to_the_next)
{
    struct selector selector;
    const weft_select_case cases[] = {WEFT_SELECT_GET(a, &from_a),
                                      WEFT_SELECT_GET(b, &from_b)};
    for (int i = 0; i < 200; i++) {
        weft_thread from[] = {WEFT_THREAD(get_int, a), WEFT_THREAD(get_int, b)};
        start_selector(&selector, cases, 2);
        start(&from[A]);
        start(&from[B]);
        wait_until_any_wait(2);
        put(a, 1);
        put(b, 2);
        assert_ok(weft_thread_join(&selector.thread));
        assert_ok(selector.status);
        ck_assert_int_eq(result_of(&from[1 - selector.chosen]),
                         selector.chosen == A ? 2 : 1);
        put(selector.chosen == A ? a : b, 3);
        ck_assert_int_eq(result_of(&from[selector.chosen]), 3);
    }
}
END_TEST

START_TEST(a_queue_may_stand_in_several_cases)
{
    struct selector selector;
    int first = -1, second = -1;
    const weft_select_case twice[] = {WEFT_SELECT_GET(a, &first),
                                      WEFT_SELECT_GET(a, &second)};
    const weft_select_case both_ways[] = {WEFT_SELECT_GET(a, &first),
                                          WEFT_SELECT_PUT(a, &second)};
    start_selector(&selector, twice, 2);
    put(a, 4);
    assert_ok(weft_thread_join(&selector.thread));
    ck_assert_int_eq(selector.chosen == 0 ? first : second, 4);
    ck_assert_int_eq(selector.chosen == 0 ? second : first, -1);
    start_selector(&selector, twice, 2);
    weft_thread getter = WEFT_THREAD(get_int, a);
    start(&getter);
    wait_until_any_wait(1);
    put(a, 4);
    put(a, 5);
    assert_ok(weft_thread_join(&selector.thread));
    ck_assert_int_ge(result_of(&getter), 4);
    assert_ok(weft_select(both_ways, 2, &chosen));
    ck_assert_uint_eq(chosen, 1);
    put(a, 1);
    assert_ok(weft_select(both_ways, 2, &chosen));
    ck_assert_uint_eq(chosen, 0);
}
END_TEST

/* ---- Many, and in a pool ---- */

START_TEST(there_may_be_more_cases_than_find_room_on_the_stack)
{
    enum { MANY = 40 };
    weft_queue *queues[MANY];
    weft_select_case cases[MANY];
    struct selector selector;
    for (size_t i = 0; i < MANY; i++) {
        queues[i] = weft_queue_create(sizeof(int));
        cases[i] = (weft_select_case)WEFT_SELECT_GET(queues[i], &from_a);
    }
    for (size_t i = 0; i < MANY; i++) {
        start_selector(&selector, cases, MANY);
        put(queues[i], (int)i);
        assert_selected(&selector, i, WEFT_OK);
        ck_assert_int_eq(from_a, (int)i);
    }
    for (size_t i = 0; i < MANY; i++)
        assert_ok(weft_queue_destroy(queues[i]));
}
END_TEST

static void *put_to_a(void *pool)
{
    put(a, 1);
    return pool;
}

static void *select_on_nested(void *pool)
{
    weft_future nested = {0};
    const weft_select_case cases[] = {WEFT_SELECT_FUTURE(&nested),
                                      WEFT_SELECT_GET(b, &from_b)};
    assert_ok(weft_submit(pool, &nested, put_to_a, pool));
    assert_ok(weft_select(cases, 2, &chosen));
    return (void *)(intptr_t)chosen;
}

START_TEST(a_task_may_wait_for_one_that_its_only_worker_must_run)
{
    weft_pool *pool = weft_pool_create(.workers = 1);
    weft_future future = {0};
    void *value = &future;
    assert_ok(weft_submit(pool, &future, select_on_nested, pool));
    assert_ok(weft_future_result(&future, &value));
    ck_assert_ptr_null(value);
    ck_assert_uint_eq(weft_queue_size(a), 1);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        an_item_room_or_a_set_ends_the_wait,
        a_future_done_or_a_thread_that_ends_ends_the_wait,
        a_future_cancelled_ends_the_wait,
        no_pulse_is_lost,
        a_handler_may_set_the_event,
        a_shutdown_ends_the_wait,
        a_raised_limit_ends_the_wait,
        a_time_out_leaves_all_as_it_was,
        a_stop_request_ends_it_even_if_there_is_no_case,
        a_queue_in_which_one_waits_is_not_destroyed,
        it_is_first_in_line_if_it_came_first,
        a_call_that_it_does_not_follow_goes_to_the_next,
        a_queue_may_stand_in_several_cases,
        there_may_be_more_cases_than_find_room_on_the_stack,
        a_task_may_wait_for_one_that_its_only_worker_must_run,
    };
    return RUN_TESTS_AROUND("select wait", tests, set_up, tear_down);
}
