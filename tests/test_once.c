/* SPDX-License-Identifier: MIT */

#include "child.h"

#include <stdatomic.h>
#include <weft/event.h>
#include <weft/once.h>

static weft_once once;
static atomic_int runs;
static weft_event inside, leave;

static void count(void *arg)
{
    atomic_int *counter = arg;
    ++*counter;
}

static void count_slowly(void *arg)
{
    weft_event_set(&inside);
    weft_event_wait(&leave);
    count(arg);
}

START_TEST(runs_one_time)
{
    ck_assert_uint_eq(sizeof once, 4);
    ck_assert(!weft_once_done(&once));
    for (int i = 0; i < 3; i++)
        assert_ok(weft_call_once(&once, count, &runs));
    ck_assert(weft_once_done(&once));
    ck_assert_int_eq(runs, 1);
}
END_TEST

static void *call_slowly(void *arg)
{
    assert_ok(weft_call_once(&once, count_slowly, &runs));
    ck_assert_int_eq(runs, 1);
    return arg;
}

START_TEST(others_wait_until_it_has_run_even_when_stopped)
{
    weft_thread threads[3];
    for (int i = 0; i < 3; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(call_slowly, NULL);
        start(&threads[i]);
    }
    assert_ok(weft_event_wait(&inside));
    wait_until_waiting(&once, 2);
    ck_assert(!weft_once_done(&once));
    for (int i = 0; i < 3; i++)
        assert_ok(weft_thread_stop(&threads[i]));
    assert_ok(weft_event_set(&leave));
    for (int i = 0; i < 3; i++)
        assert_ok(weft_thread_join(&threads[i]));
}
END_TEST

static void call_myself(void *arg)
{
    expect_misuse(weft_call_once(&once, call_myself, arg), WEFT_DEADLOCK);
    count(arg);
}

START_TEST(calling_from_inside_is_answered)
{
    assert_ok(weft_call_once(&once, call_myself, &runs));
    ck_assert_int_eq(runs, 1);
}
END_TEST

START_TEST(null_is_answered)
{
    expect_misuse(weft_call_once(NULL, count, NULL), WEFT_INVALID);
    expect_misuse(weft_call_once(&once, NULL, NULL), WEFT_INVALID);
    ck_assert(!weft_once_done(&once));
}
END_TEST

static void call_in_the_child(void)
{
    require(weft_call_once(&once, count, &runs) == WEFT_OK);
    require(runs == 1);
    say("ran");
}

START_TEST(a_forked_child_begins_anew_what_nobody_can_finish)
{
    weft_thread thread = WEFT_THREAD(call_slowly, NULL);
    start(&thread);
    assert_ok(weft_event_wait(&inside));
    assert_child(call_in_the_child, "ran", 0);
    assert_ok(weft_event_set(&leave));
    assert_ok(weft_thread_join(&thread));
}
END_TEST

static weft_once many[200];

static void *call_all(void *arg)
{
    for (int i = 0; i < 200; i++) {
        assert_ok(weft_call_once(&many[i], count, &runs));
        ck_assert_int_gt(runs, i);
    }
    return arg;
}

START_TEST(stress_each_runs_one_time)
{
    weft_thread threads[4];
    for (int i = 0; i < 4; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(call_all, NULL);
        start(&threads[i]);
    }
    for (int i = 0; i < 4; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_int_eq(runs, 200);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        runs_one_time,
        others_wait_until_it_has_run_even_when_stopped,
        calling_from_inside_is_answered,
        null_is_answered,
        a_forked_child_begins_anew_what_nobody_can_finish,
        stress_each_runs_one_time,
    };
    return RUN_TESTS("once", tests);
}
