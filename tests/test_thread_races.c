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

int main(void)
{
    const TTest *const tests[] = {
        a_thread_may_be_renamed_while_it_ends,
    };
    return RUN_TESTS("thread races", tests);
}
