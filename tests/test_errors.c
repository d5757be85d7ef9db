/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <string.h>
#include <unistd.h>
#include <weft/event.h>

static void *give_up(void *arg)
{
    (void)arg;
    return weft_fail(7, "cannot open %s", "the door");
}

START_TEST(a_target_that_fails_tells_its_joiner)
{
    weft_thread thread = WEFT_THREAD(give_up, NULL);
    start(&thread);
    assert_status(weft_thread_join(&thread), WEFT_FAILED);
    ck_assert_ptr_null(weft_thread_result(&thread));
    const weft_error *error = weft_thread_error(&thread);
    ck_assert_int_eq(error->code, 7);
    ck_assert_str_eq(error->message, "cannot open the door");
    assert_status(weft_thread_try_join(&thread), WEFT_FAILED);
}
END_TEST

static weft_event hooked;
static weft_error hooked_error;
static char hooked_text[WEFT_MESSAGE_SIZE];

static void *hook(const weft_thread *thread, const weft_error *error)
{
    (void)thread;
    hooked_error = *error;
    strcpy(hooked_text, error->message);
    weft_event_set(&hooked);
    return NULL;
}

START_TEST(an_error_that_nobody_can_collect_goes_to_the_excepthook)
{
    ck_assert(weft_set_excepthook(hook) == weft_excepthook);
    assert_ok(weft_spawn(give_up, NULL, .name = "spawned"));
    assert_ok(weft_event_wait(&hooked));
    ck_assert_int_eq(hooked_error.code, 7);
    ck_assert_str_eq(hooked_text, "cannot open the door");
    ck_assert(weft_set_excepthook(NULL) == hook);
}
END_TEST

static void *fail_long(void *arg)
{
    char text[2 * WEFT_MESSAGE_SIZE];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    (void)arg;
    return weft_fail(1, "%s", text);
}

START_TEST(a_long_error_is_cut)
{
    weft_thread thread = WEFT_THREAD(fail_long, NULL);
    start(&thread);
    assert_status(weft_thread_join(&thread), WEFT_FAILED);
    ck_assert_uint_eq(strlen(weft_thread_error(&thread)->message),
                      WEFT_MESSAGE_SIZE - 1);
}
END_TEST

static void *failing_hook(const weft_thread *thread, const weft_error *error)
{
    (void)thread;
    return weft_fail(2, "the hook cannot print \"%s\"", error->message);
}

/* What the call prints on stderr. */
static void capture_stderr(void (*call)(void), char *text, size_t size)
{
    int ends[2], saved = dup(STDERR_FILENO);
    ck_assert_int_eq(pipe(ends), 0);
    dup2(ends[1], STDERR_FILENO);
    close(ends[1]);
    call();
    dup2(saved, STDERR_FILENO);
    close(saved);
    ssize_t got = read(ends[0], text, size - 1);
    ck_assert_int_ge(got, 0);
    text[got] = '\0';
    close(ends[0]);
}

static void spawn_failing(void)
{
    assert_ok(weft_spawn(give_up, NULL, .name = "spawned"));
    while (weft_active_count() > 1)
        weft_sleep(WEFT_US(100));
}

START_TEST(the_default_excepthook_prints_thread_and_message)
{
    char text[512];
    capture_stderr(spawn_failing, text, sizeof text);
    ck_assert_str_eq(text,
                     "Exception in thread spawned: cannot open the door\n");
}
END_TEST

START_TEST(a_failing_hook_is_reported)
{
    char text[512];
    weft_set_excepthook(failing_hook);
    capture_stderr(spawn_failing, text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, "thread spawned: cannot open the door"));
    ck_assert_ptr_nonnull(strstr(text, "the hook cannot print"));
}
END_TEST

static void misuse_once(void)
{
    weft_thread_join(NULL);
}

START_TEST(misuse_is_printed_once_with_the_threads_name)
{
    char text[512];
    capture_stderr(misuse_once, text, sizeof text);
    ck_assert_ptr_nonnull(strstr(text, "MainThread: weft_thread_join: "));
    ck_assert_ptr_nonnull(strstr(text, "WEFT_INVALID"));
    ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
}
END_TEST

START_TEST(every_status_has_a_name_and_a_text)
{
    ck_assert_str_eq(weft_status_name((weft_status)WEFT_OK), "WEFT_OK");
    ck_assert_str_eq(weft_status_name(WEFT_TIMED_OUT), "WEFT_TIMED_OUT");
    ck_assert_str_eq(weft_status_text(WEFT_TIMED_OUT), "the wait timed out");
    for (int status = 0; status <= WEFT_NO_THREADS; status++) {
        const char *name = weft_status_name((weft_status)status);
        ck_assert_int_eq(strncmp(name, "WEFT_", 5), 0);
        ck_assert_str_ne(name, "WEFT_?");
        ck_assert_uint_gt(strlen(weft_status_text((weft_status)status)), 0);
    }
    ck_assert_str_eq(weft_status_name((weft_status)1000), "WEFT_?");
    ck_assert_str_eq(weft_status_name((weft_status)-1), "WEFT_?");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_target_that_fails_tells_its_joiner,
        an_error_that_nobody_can_collect_goes_to_the_excepthook,
        a_long_error_is_cut,
        the_default_excepthook_prints_thread_and_message,
        a_failing_hook_is_reported,
        misuse_is_printed_once_with_the_threads_name,
        every_status_has_a_name_and_a_text,
    };
    return RUN_TESTS("errors", tests);
}
