/* SPDX-License-Identifier: MIT */

/* What weft prints, to a stderr that is there, full, or closed. */

#include "child.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <weft/lock.h>
#include <weft/semaphore.h>
#include <weft/timer.h>

static weft_lock lock;

/* In children, stderr goes where stdout goes: to the test. */
static void redirect_stderr(void)
{
    require(dup2(STDOUT_FILENO, STDERR_FILENO) == STDERR_FILENO);
}

static void release_free_lock(void)
{
    require(weft_lock_release(&lock) == WEFT_NOT_OWNER);
}

static void misuse_on_main(void)
{
    redirect_stderr();
    release_free_lock();
}

START_TEST(misuse_is_one_line_on_stderr)
{
    assert_child(misuse_on_main,
                 "weft: MainThread: weft_lock_release: released a lock that is "
                 "not held (WEFT_NOT_OWNER)\n",
                 0);
}
END_TEST

static void *misuse_in_thread(void *arg)
{
    release_free_lock();
    return arg;
}

static void misuse_on_named_thread(void)
{
    weft_thread thread =
        WEFT_THREAD(misuse_in_thread, NULL, .name = "Zo\u00eb's worker");
    redirect_stderr();
    require(weft_thread_start(&thread) == WEFT_OK);
    require(weft_thread_join(&thread) == WEFT_OK);
}

START_TEST(the_line_has_the_threads_name)
{
    assert_child(misuse_on_named_thread,
                 "weft: Zo\u00eb's worker: weft_lock_release: released a lock "
                 "that is not held (WEFT_NOT_OWNER)\n",
                 0);
}
END_TEST

static void misuse_on_unknown_thread(void)
{
    pthread_t thread;
    redirect_stderr();
    pthread_create(&thread, NULL, misuse_in_thread, NULL);
    pthread_join(thread, NULL);
    require(weft_active_count() == 1);
}

START_TEST(a_thread_that_weft_has_not_met_has_no_name)
{
    char said[512];
    run_child(misuse_on_unknown_thread, said, sizeof said);
    ck_assert_int_eq(strncmp(said, "weft: ?: weft_lock_release: ", 28), 0);
}
END_TEST

/* ---- Nowhere to print ---- */

static void *fail_at_once(void *arg)
{
    (void)arg;
    return weft_fail(1, "nobody collects this");
}

static void print_all_reports(void)
{
    weft_timer timer = WEFT_TIMER(0, fail_at_once, NULL);
    for (int i = 0; i < 100; i++)
        release_free_lock();
    require(weft_spawn(fail_at_once, NULL) == WEFT_OK);
    require(weft_timer_start(&timer) == WEFT_OK);
    require(weft_timer_join(&timer) == WEFT_OK);
}

static void print_to_a_full_device(void)
{
    int full = open("/dev/full", O_WRONLY);
    require(full >= 0);
    require(dup2(full, STDERR_FILENO) == STDERR_FILENO);
    print_all_reports();
    say("went on");
}

static void print_to_nothing(void)
{
    close(STDERR_FILENO);
    print_all_reports();
    say("went on");
}

/* A reader that is gone, whose signal the program ignores. */
static void print_to_a_broken_pipe(void)
{
    int ends[2];
    require(pipe(ends) == 0);
    signal(SIGPIPE, SIG_IGN);
    require(dup2(ends[1], STDERR_FILENO) == STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    print_all_reports();
    say("went on");
}

START_TEST(a_full_device_loses_reports_and_no_more)
{
    assert_child(print_to_a_full_device, "went on", 0);
}
END_TEST

START_TEST(a_closed_stderr_loses_reports_and_no_more)
{
    assert_child(print_to_nothing, "went on", 0);
}
END_TEST

START_TEST(a_broken_pipe_loses_reports_and_no_more)
{
    assert_child(print_to_a_broken_pipe, "went on", 0);
}
END_TEST

/* ---- Handlers ---- */

static int heard;

static void use_weft_in_handler(const weft_misuse *misuse)
{
    heard++;
    weft_lock_acquire(&lock); /* the very object */
    require(weft_lock_release(&lock) == WEFT_OK);
    require(misuse->object == &lock);
    if (heard == 1) /* misuse within: reported, too */
        require(weft_lock_release(&lock) == WEFT_NOT_OWNER);
}

START_TEST(a_handler_may_call_weft)
{
    weft_misuse_handler first = weft_set_misuse_handler(use_weft_in_handler);
    release_free_lock();
    ck_assert_int_eq(heard, 2);
    ck_assert(weft_set_misuse_handler(NULL) == use_weft_in_handler);
    ck_assert(weft_set_misuse_handler(first) == first);
}
END_TEST

static void abort_in_handler(const weft_misuse *misuse)
{
    say(misuse->function);
    abort();
}

static void misuse_and_abort(void)
{
    weft_set_misuse_handler(abort_in_handler);
    weft_lock_release(&lock);
    say(" and on");
}

START_TEST(a_handler_may_abort)
{
    char said[64];
    int status = run_child(misuse_and_abort, said, sizeof said);
    ck_assert(WIFSIGNALED(status));
    ck_assert_int_eq(WTERMSIG(status), SIGABRT);
    ck_assert_str_eq(said, "weft_lock_release");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        misuse_is_one_line_on_stderr,
        the_line_has_the_threads_name,
        a_thread_that_weft_has_not_met_has_no_name,
        a_full_device_loses_reports_and_no_more,
        a_closed_stderr_loses_reports_and_no_more,
        a_broken_pipe_loses_reports_and_no_more,
        a_handler_may_call_weft,
        a_handler_may_abort,
    };
    return RUN_TESTS("reports", tests);
}
