/* SPDX-License-Identifier: MIT */

/* Calls about a thread by others, at the moment at which it begins or ends. */

#include "support.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static void *echo(void *arg)
{
    return arg;
}

static void *sleep_until_stopped(void *arg)
{
    return weft_sleep(WEFT_FOREVER) == WEFT_STOPPED ? arg : NULL;
}

/* The others ask about a thread that is on its way out, all the time. */
enum { MANY = SANITIZED ? 300 : 2000 };
static weft_thread targets[MANY];
static atomic_int current = -1;

static void start_and_join_targets(void)
{
    for (int i = 0; i < MANY; i++) {
        targets[i] = (weft_thread)WEFT_THREAD(echo, NULL, .name = "target");
        start(&targets[i]);
        current = i;
        assert_ok(weft_thread_join(&targets[i]));
    }
    current = MANY;
}

static void *rename_targets(void *arg)
{
    int i;
    while ((i = current) < MANY)
        if (i >= 0)
            assert_ok(weft_thread_set_name(&targets[i], "renamed"));
    return arg;
}

START_TEST(a_thread_may_be_renamed_while_it_ends)
{
    weft_thread renamer = WEFT_THREAD(rename_targets, NULL, .name = "renamer");
    start(&renamer);
    start_and_join_targets();
    assert_ok(weft_thread_join(&renamer));
    ck_assert_str_eq(weft_thread_name(&renamer), "renamer");
    ck_assert_str_eq(weft_thread_name(weft_main_thread()), "MainThread");
}
END_TEST

/* A slot of weft's table gives out the same id again after 32,767 threads. */
START_TEST(a_number_used_again_does_not_confuse_the_old_thread_with_the_new)
{
    weft_thread ended = WEFT_THREAD(echo, NULL, .name = "ended"), living;
    start(&ended);
    assert_ok(weft_thread_join(&ended));
    do {
        living = (weft_thread)WEFT_THREAD(sleep_until_stopped, NULL,
                                          .name = "living");
        start(&living);
        if (weft_thread_id(&living) == weft_thread_id(&ended))
            break;
        assert_ok(weft_thread_stop(&living));
        assert_ok(weft_thread_join(&living));
    } while (true);
    assert_ok(weft_thread_stop(&ended));
    assert_ok(weft_thread_set_name(&ended, "renamed"));
    ck_assert_int_eq(weft_thread_native_id(&ended), 0);
    assert_status(weft_thread_join_timed(&living, WEFT_MS(5)), WEFT_TIMED_OUT);
    ck_assert_str_eq(weft_thread_name(&living), "living");
    assert_ok(weft_thread_stop(&living));
    assert_ok(weft_thread_join(&living));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_thread_may_be_renamed_while_it_ends,
        a_number_used_again_does_not_confuse_the_old_thread_with_the_new,
    };
    return RUN_TESTS("thread races", tests);
}
