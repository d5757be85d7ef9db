/* SPDX-License-Identifier: MIT */

/* Selections without memory. */

#include "faults.h"

#include <weft/select.h>

enum { FREE = WEFT_SELECT_FREE, MANY = FREE + 1 };

struct page {
    char filling[4096];
};

static weft_queue *queues[MANY], *of_pages;
static weft_select_case cases[MANY];
static int item;

static void set_up(void)
{
    of_pages = weft_queue_create(sizeof(struct page));
    for (int i = 0; i < MANY; i++) {
        queues[i] = weft_queue_create(sizeof(int));
        cases[i] = (weft_select_case)WEFT_SELECT_GET(queues[i], &item);
    }
}

static void tear_down(void)
{
    for (int i = 0; i < MANY; i++)
        assert_ok(weft_queue_destroy(queues[i]));
    assert_ok(weft_queue_destroy(of_pages));
}

START_TEST(few_cases_need_none)
{
    size_t chosen;
    run_out_of_memory(1, true);
    weft_status status = weft_select_timed(cases, FREE, &chosen, WEFT_MS(1));
    ck_assert(enough_memory());
    assert_status(status, WEFT_TIMED_OUT);
}
END_TEST

/* What is ready needs none, only waiting does. */
START_TEST(waiting_for_many_without_memory)
{
    size_t chosen;
    int one = 1;
    run_out_of_memory(1, true);
    weft_status status = weft_select(cases, MANY, &chosen);
    ck_assert(!enough_memory());
    assert_status(status, WEFT_NO_MEMORY);
    ck_assert_uint_eq(chosen, MANY);
    assert_ok(weft_queue_put(queues[FREE], &one));
    run_out_of_memory(1, true);
    status = weft_select(cases, MANY, &chosen);
    ck_assert(enough_memory());
    assert_ok(status);
    ck_assert_uint_eq(chosen, FREE);
    long before = live;
    assert_status(weft_select_timed(cases, MANY, &chosen, WEFT_MS(1)),
                  WEFT_TIMED_OUT);
    long after = live;
    ck_assert_int_eq(after, before);
}
END_TEST

START_TEST(a_put_without_memory_answers_for_its_case)
{
    static const struct page page;
    size_t chosen = 9;
    const weft_select_case some[] = {WEFT_SELECT_GET(queues[0], &item),
                                     WEFT_SELECT_PUT(of_pages, &page)};
    run_out_of_memory(1, true);
    weft_status status = weft_select(some, 2, &chosen);
    ck_assert(!enough_memory());
    assert_status(status, WEFT_NO_MEMORY);
    ck_assert_uint_eq(chosen, 1);
    ck_assert(weft_queue_empty(of_pages));
    assert_ok(weft_select(some, 2, &chosen));
    ck_assert_uint_eq(weft_queue_size(of_pages), 1);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        few_cases_need_none,
        waiting_for_many_without_memory,
        a_put_without_memory_answers_for_its_case,
    };
    return RUN_TESTS_AROUND("select faults", tests, set_up, tear_down);
}
