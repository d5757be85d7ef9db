/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <weft/latch.h>

static weft_latch latch = WEFT_LATCH(3);

static void *wait_open(void *arg)
{
    (void)arg;
    return (void *)(intptr_t)weft_latch_wait(&latch);
}

static void *arrive(void *arg)
{
    return (void *)(intptr_t)weft_latch_arrive_and_wait(arg);
}

static weft_status answer_of(weft_thread *thread)
{
    assert_ok(weft_thread_join(thread));
    return (weft_status)(intptr_t)weft_thread_result(thread);
}

START_TEST(zeroed_memory_is_open)
{
    weft_latch zeroed = {0};
    ck_assert_uint_eq(sizeof zeroed, 4);
    assert_ok(weft_latch_try_wait(&zeroed));
    assert_ok(weft_latch_wait(&zeroed));
    assert_ok(weft_latch_wait_timed(&zeroed, 0));
    expect_misuse(weft_latch_count_down(&zeroed, 1), WEFT_OVERFLOW);
}
END_TEST

START_TEST(opens_when_counted_down_to_zero)
{
    weft_thread thread = WEFT_THREAD(wait_open, NULL);
    start(&thread);
    wait_until_waiting(&latch, 1);
    assert_status(weft_latch_try_wait(&latch), WEFT_BUSY);
    assert_status(weft_latch_wait_timed(&latch, 0), WEFT_TIMED_OUT);
    assert_status(weft_latch_wait_timed(&latch, WEFT_MS(1)), WEFT_TIMED_OUT);
    assert_ok(weft_latch_count_down(&latch, 2));
    ck_assert_uint_eq(weft_latch_pending(&latch), 1);
    expect_misuse(weft_latch_count_down(&latch, 2), WEFT_OVERFLOW);
    ck_assert_uint_eq(weft_latch_pending(&latch), 1);
    assert_ok(weft_latch_count_down(&latch, 0));
    assert_ok(weft_latch_count_down(&latch, 1));
    assert_ok(answer_of(&thread));
    assert_ok(weft_latch_wait(&latch));
}
END_TEST

START_TEST(a_stop_request_ends_the_wait)
{
    weft_thread thread = WEFT_THREAD(wait_open, NULL);
    start(&thread);
    wait_until_waiting(&latch, 1);
    assert_ok(weft_thread_stop(&thread));
    assert_status(answer_of(&thread), WEFT_STOPPED);
}
END_TEST

START_TEST(null_is_answered)
{
    expect_misuse(weft_latch_count_down(NULL, 1), WEFT_INVALID);
    expect_misuse(weft_latch_wait(NULL), WEFT_INVALID);
    expect_misuse(weft_latch_arrive_and_wait(NULL), WEFT_INVALID);
}
END_TEST

START_TEST(stress_all_arrive_and_the_memory_may_go)
{
    for (int round = 0; round < 200; round++) {
        weft_latch *own = malloc(sizeof *own);
        *own = (weft_latch)WEFT_LATCH(4);
        weft_thread threads[3];
        for (int i = 0; i < 3; i++) {
            threads[i] = (weft_thread)WEFT_THREAD(arrive, own);
            start(&threads[i]);
        }
        assert_ok(weft_latch_arrive_and_wait(own));
        for (int i = 0; i < 3; i++)
            assert_ok(answer_of(&threads[i]));
        free(own);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        zeroed_memory_is_open,
        opens_when_counted_down_to_zero,
        a_stop_request_ends_the_wait,
        null_is_answered,
        stress_all_arrive_and_the_memory_may_go,
    };
    return RUN_TESTS("latch", tests);
}
