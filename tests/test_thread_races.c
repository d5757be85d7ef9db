/* SPDX-License-Identifier: MIT */

/* Calls about a thread by others, at the moment at which it begins or ends. */

#include "registry.h"
#include "support.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <weft/barrier.h>

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

START_TEST(who_is_not_alive_is_not_counted)
{
    for (int i = 0; i < MANY; i++) {
        weft_thread thread = WEFT_THREAD(echo, NULL, .name = "short");
        start(&thread);
        while (weft_thread_is_alive(&thread))
            ;
        ck_assert_uint_eq(weft_active_count(), 1);
        assert_ok(weft_thread_join(&thread));
    }
}
END_TEST

static void *who_am_i(void *record)
{
    *(weft__record **)record = weft__current;
    return NULL;
}

/* A slot of weft's table gives out the same id again after 32,767 threads; here
 * it is turned back. */
START_TEST(a_number_used_again_does_not_confuse_the_old_thread_with_the_new)
{
    weft__record *record;
    weft_thread ended = WEFT_THREAD(who_am_i, &record, .name = "ended");
    weft_thread living =
        WEFT_THREAD(sleep_until_stopped, NULL, .name = "living");
    start(&ended);
    assert_ok(weft_thread_join(&ended));
    record->uses--;
    start(&living);
    ck_assert_uint_eq(weft_thread_id(&living), weft_thread_id(&ended));
    assert_ok(weft_thread_stop(&ended));
    assert_ok(weft_thread_set_name(&ended, "renamed"));
    ck_assert_int_eq(weft_thread_native_id(&ended), 0);
    assert_status(weft_thread_join_timed(&living, WEFT_MS(5)), WEFT_TIMED_OUT);
    ck_assert_str_eq(weft_thread_name(&living), "living");
    assert_ok(weft_thread_stop(&living));
    assert_ok(weft_thread_join(&living));
}
END_TEST

static weft_barrier together = WEFT_BARRIER(2);
static atomic_int already_started;

static void count_already_started(const weft_misuse *misuse)
{
    already_started += misuse->status == WEFT_ALREADY_STARTED;
}

static void *start_targets(void *arg)
{
    intptr_t started = 0;
    for (int i = 0; i < MANY; i++) {
        assert_ok(weft_barrier_wait(&together, NULL));
        started += weft_thread_start(&targets[i]) == WEFT_OK;
    }
    (void)arg;
    return (void *)started;
}

START_TEST(of_two_that_start_it_at_once_one_is_answered)
{
    weft_set_misuse_handler(count_already_started);
    for (int i = 0; i < MANY; i++)
        targets[i] = (weft_thread)WEFT_THREAD(echo, &targets[i]);
    weft_thread starter = WEFT_THREAD(start_targets, NULL);
    start(&starter);
    intptr_t started = (intptr_t)start_targets(NULL);
    assert_ok(weft_thread_join(&starter));
    started += (intptr_t)weft_thread_result(&starter);
    ck_assert_int_eq(started, MANY);
    ck_assert_int_eq(already_started, MANY);
    for (int i = 0; i < MANY; i++) {
        assert_ok(weft_thread_join(&targets[i]));
        ck_assert_ptr_eq(weft_thread_result(&targets[i]), &targets[i]);
    }
}
END_TEST

static void *start_it(void *thread)
{
    start(thread);
    return thread;
}

START_TEST(whether_it_was_a_daemon_is_known_after_its_end)
{
    weft_thread inherits = WEFT_THREAD(echo, NULL);
    weft_thread creator = WEFT_THREAD(start_it, &inherits, .daemon = true);
    start(&creator);
    assert_ok(weft_thread_join(&creator));
    assert_ok(weft_thread_join(&inherits));
    ck_assert(weft_thread_daemon(&creator));
    ck_assert(weft_thread_daemon(&inherits));
    ck_assert(!weft_thread_daemon(weft_main_thread()));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_thread_may_be_renamed_while_it_ends,
        who_is_not_alive_is_not_counted,
        a_number_used_again_does_not_confuse_the_old_thread_with_the_new,
        of_two_that_start_it_at_once_one_is_answered,
        whether_it_was_a_daemon_is_known_after_its_end,
    };
    return RUN_TESTS("thread races", tests);
}
