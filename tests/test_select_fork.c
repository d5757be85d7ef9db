/* SPDX-License-Identifier: MIT */

/* A child forked while others wait for the first of many. */

#include "forking.h"
#include "select.h"

static const weft_select_case *waited_for;

static void use_in_child(void)
{
    int item = 5;
    require(weft_queue_try_put(a, &item) == WEFT_OK);
    require(weft_select(waited_for, 2, &chosen) == WEFT_OK);
    require(chosen == A && from_a == 5);
    require(weft_event_set(&event) == WEFT_OK);
    require(weft_select(waited_for, 2, &chosen) == WEFT_OK);
    require(chosen == B);
    require(weft_queue_destroy(a) == WEFT_OK);
    leave("fine");
}

START_TEST(the_child_has_its_queues_to_itself)
{
    struct selector selector;
    const weft_select_case cases[] = {WEFT_SELECT_GET(a, &from_a),
                                      WEFT_SELECT_EVENT(&event)};
    waited_for = cases;
    start_selector(&selector, cases, 2);
    assert_child(use_in_child, "fine", 0);
    put(a, 6);
    assert_selected(&selector, A, WEFT_OK);
    ck_assert_int_eq(from_a, 6);
}
END_TEST

static void select_a_parents_thread(void)
{
    require(weft_select(waited_for, 1, &chosen) == WEFT_OK);
    leave("gone");
}

/* To the child, the parent's threads have ended. */
START_TEST(a_thread_that_is_the_parents_has_ended)
{
    struct selector selector;
    const weft_select_case closing = WEFT_SELECT_EVENT(&event);
    const weft_select_case end = WEFT_SELECT_THREAD(&selector.thread);
    start_selector(&selector, &closing, 1);
    waited_for = &end;
    assert_child(select_a_parents_thread, "gone", 0);
    assert_ok(weft_event_set(&event));
    assert_ok(weft_select(&end, 1, NULL));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_child_has_its_queues_to_itself,
        a_thread_that_is_the_parents_has_ended,
    };
    return RUN_TESTS_AROUND("select fork", tests, set_up, tear_down);
}
