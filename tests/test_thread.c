/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <weft/event.h>
#include <weft/lock.h>

static weft_event go;

static void *echo(void *arg)
{
    return arg;
}

static void *wait_to_go(void *arg)
{
    weft_event_wait(&go);
    return arg;
}

static void *give_up(void *arg)
{
    (void)arg;
    return weft_fail(7, "cannot open %s", "the door");
}

START_TEST(target_and_argument_give_a_result)
{
    int value;
    weft_thread thread = WEFT_THREAD(echo, &value);
    ck_assert_ptr_null(weft_thread_result(&thread));
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    ck_assert_ptr_eq(weft_thread_result(&thread), &value);
    ck_assert_ptr_null(weft_thread_error(&thread));
}
END_TEST

struct worker {
    weft_thread thread;
    int done;
};

static void *worker_run(weft_thread *self)
{
    struct worker *worker = WEFT_CONTAINER_OF(self, struct worker, thread);
    worker->done++;
    return worker;
}

START_TEST(a_thread_is_subclassed_by_embedding)
{
    struct worker worker = {.thread = WEFT_THREAD(.run = worker_run)};
    start(&worker.thread);
    assert_ok(weft_thread_join(&worker.thread));
    ck_assert_int_eq(worker.done, 1);
    ck_assert_ptr_eq(weft_thread_result(&worker.thread), &worker);
}
END_TEST

START_TEST(after_start_it_is_alive_and_enumerated)
{
    weft_thread_info infos[8];
    weft_thread thread = WEFT_THREAD(wait_to_go, NULL, .name = "listed");
    ck_assert(!weft_thread_is_alive(&thread));
    ck_assert_uint_eq(weft_thread_id(&thread), 0);
    start(&thread);
    ck_assert(weft_thread_is_alive(&thread));
    ck_assert_uint_eq(weft_active_count(), 2);
    ck_assert_uint_eq(weft_enumerate(infos, 8), 2);
    ck_assert_uint_eq(weft_enumerate(NULL, 0), 2);
    ck_assert_str_eq(infos[0].name, "MainThread");
    ck_assert_str_eq(infos[1].name, "listed");
    ck_assert_uint_eq(infos[1].id, weft_thread_id(&thread));
    weft_event_set(&go);
    assert_ok(weft_thread_join(&thread));
    ck_assert(!weft_thread_is_alive(&thread));
    ck_assert_uint_eq(weft_active_count(), 1);
}
END_TEST

START_TEST(enumerate_tells_what_a_thread_waits_for)
{
    weft_thread_info infos[2];
    weft_thread thread = WEFT_THREAD(wait_to_go, NULL);
    start(&thread);
    wait_until_waiting(&go, 1);
    ck_assert_uint_eq(weft_enumerate(infos, 2), 2);
    ck_assert_str_eq(infos[1].waits_for, "event");
    ck_assert_ptr_eq(infos[1].waits_on, &go);
    ck_assert(infos[1].waiting_since > 0);
    ck_assert(infos[1].waiting_since <= weft_monotonic());
    ck_assert_ptr_null(infos[0].waits_for);
    weft_event_set(&go);
    assert_ok(weft_thread_join(&thread));
}
END_TEST

START_TEST(starting_twice_is_answered)
{
    weft_thread thread = WEFT_THREAD(wait_to_go, NULL);
    start(&thread);
    expect_misuse(weft_thread_start(&thread), WEFT_ALREADY_STARTED);
    weft_event_set(&go);
    assert_ok(weft_thread_join(&thread));
    expect_misuse(weft_thread_start(&thread), WEFT_ALREADY_STARTED);
}
END_TEST

static void *join_it(void *arg)
{
    return weft_thread_join(arg) == WEFT_OK ? arg : NULL;
}

START_TEST(join_any_number_of_times_by_any_number_of_threads)
{
    weft_thread thread = WEFT_THREAD(wait_to_go, NULL), joiners[4];
    start(&thread);
    for (int i = 0; i < 4; i++) {
        joiners[i] = (weft_thread)WEFT_THREAD(join_it, &thread);
        start(&joiners[i]);
    }
    wait_until_waiting(&thread, 4);
    weft_event_set(&go);
    for (int i = 0; i < 4; i++) {
        assert_ok(weft_thread_join(&joiners[i]));
        ck_assert_ptr_eq(weft_thread_result(&joiners[i]), &thread);
    }
    assert_ok(weft_thread_join(&thread));
    assert_ok(weft_thread_join(&thread));
    assert_ok(weft_thread_try_join(&thread));
}
END_TEST

START_TEST(joining_an_unstarted_thread_is_answered)
{
    weft_thread thread = WEFT_THREAD(echo, NULL);
    expect_misuse(weft_thread_join(&thread), WEFT_NOT_STARTED);
    expect_misuse(weft_thread_try_join(&thread), WEFT_NOT_STARTED);
    expect_misuse(weft_thread_stop(&thread), WEFT_NOT_STARTED);
}
END_TEST

static void *join_myself(void *arg)
{
    (void)arg;
    weft_status status = weft_thread_join(weft_current_thread());
    return (void *)(intptr_t)status;
}

START_TEST(joining_oneself_is_answered)
{
    weft_set_misuse_handler(count_misuse_);
    weft_thread thread = WEFT_THREAD(join_myself, NULL);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    ck_assert_int_eq((int)(intptr_t)weft_thread_result(&thread), WEFT_DEADLOCK);
    ck_assert_int_eq(misuses_, 1);
}
END_TEST

START_TEST(a_join_that_times_out_leaves_it_joinable)
{
    weft_thread thread = WEFT_THREAD(wait_to_go, NULL);
    start(&thread);
    assert_status(weft_thread_join_timed(&thread, WEFT_MS(2)), WEFT_TIMED_OUT);
    assert_status(weft_thread_join_timed(&thread, 0), WEFT_TIMED_OUT);
    assert_status(weft_thread_try_join(&thread), WEFT_BUSY);
    weft_event_set(&go);
    assert_ok(weft_thread_join_timed(&thread, WEFT_SECONDS(30)));
}
END_TEST

START_TEST(null_and_nothing_to_run_are_answered)
{
    weft_thread nothing = WEFT_THREAD(NULL, NULL);
    expect_misuse(weft_thread_start(NULL), WEFT_INVALID);
    expect_misuse(weft_thread_start(&nothing), WEFT_INVALID);
    expect_misuse(weft_thread_join(NULL), WEFT_INVALID);
    expect_misuse(weft_thread_stop(NULL), WEFT_INVALID);
    expect_misuse(weft_thread_set_name(NULL, "x"), WEFT_INVALID);
    expect_misuse(weft_thread_set_name(&nothing, NULL), WEFT_INVALID);
    expect_misuse(weft_thread_set_daemon(NULL, true), WEFT_INVALID);
    expect_misuse(weft_spawn(NULL, NULL), WEFT_INVALID);
    expect_misuse(weft_thread_join(weft_main_thread()), WEFT_INVALID);
    ck_assert_uint_eq(weft_active_count(), 1);
}
END_TEST

/* ---- Names ---- */

static void read_kernel_name(long native_id, char name[32])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%ld/comm", native_id);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(name, 32, file));
    fclose(file);
    name[strcspn(name, "\n")] = '\0';
}

static void *kernel_name(void *arg)
{
    read_kernel_name((long)syscall(SYS_gettid), arg);
    return NULL;
}

START_TEST(the_kernel_sees_the_name_cut_between_characters)
{
    char name[32];
    /* 14 bytes, then a character of 3 that does not fit into 15. */
    weft_thread thread =
        WEFT_THREAD(kernel_name, name, .name = "fourteen bytes\u20ac.");
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    ck_assert_str_eq(name, "fourteen bytes");
}
END_TEST

START_TEST(renamed_while_it_runs)
{
    char name[32];
    weft_thread_info infos[2];
    weft_thread thread = WEFT_THREAD(wait_to_go, NULL, .name = "before");
    ck_assert_str_eq(weft_thread_name(&thread), "before");
    start(&thread);
    wait_until_waiting(&go, 1);
    assert_ok(weft_thread_set_name(&thread, "after"));
    ck_assert_str_eq(weft_thread_name(&thread), "after");
    weft_enumerate(infos, 2);
    ck_assert_str_eq(infos[1].name, "after");
    read_kernel_name(weft_thread_native_id(&thread), name);
    ck_assert_str_eq(name, "after");
    weft_event_set(&go);
    assert_ok(weft_thread_join(&thread));
}
END_TEST

START_TEST(default_names_are_numbered)
{
    weft_thread threads[2] = {WEFT_THREAD(echo, NULL), WEFT_THREAD(echo, NULL)};
    for (int i = 0; i < 2; i++) {
        start(&threads[i]);
        assert_ok(weft_thread_join(&threads[i]));
    }
    ck_assert_int_eq(strncmp(weft_thread_name(&threads[0]), "Thread-1", 8), 0);
    ck_assert_int_eq(strncmp(weft_thread_name(&threads[1]), "Thread-2", 8), 0);
}
END_TEST

START_TEST(the_default_name_tells_the_function_where_it_can_be_known)
{
    /* malloc is exported, so that its symbol can be known everywhere. */
    weft_thread thread =
        WEFT_THREAD(.target = (weft_target)(uintptr_t)malloc, .arg = NULL);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    free(weft_thread_result(&thread));
    ck_assert_ptr_nonnull(strchr(weft_thread_name(&thread), '('));
}
END_TEST

START_TEST(long_names_are_cut_between_characters)
{
    char name[WEFT_NAME_SIZE + 2];
    weft_thread thread = WEFT_THREAD(echo, NULL);
    memset(name, 'x', sizeof name);
    memcpy(name + WEFT_NAME_SIZE - 2, "\u00e4", 3);
    assert_ok(weft_thread_set_name(&thread, name));
    ck_assert_uint_eq(strlen(weft_thread_name(&thread)), WEFT_NAME_SIZE - 2);
}
END_TEST

/* ---- Daemons ---- */

static void *start_child(void *arg)
{
    start(arg);
    weft_thread_join(arg);
    return arg;
}

START_TEST(daemon_is_inherited_from_the_creator_unless_set)
{
    weft_thread child = WEFT_THREAD(wait_to_go, NULL);
    weft_thread parent = WEFT_THREAD(start_child, &child, .daemon = true);
    start(&parent);
    wait_until_waiting(&go, 1);
    ck_assert(weft_thread_daemon(&parent));
    ck_assert(weft_thread_daemon(&child));
    weft_event_set(&go);
    assert_ok(weft_thread_join(&parent));
    weft_event_clear(&go);

    weft_thread own = WEFT_THREAD(wait_to_go, NULL);
    assert_ok(weft_thread_set_daemon(&own, false));
    weft_thread second = WEFT_THREAD(start_child, &own, .daemon = true);
    start(&second);
    wait_until_waiting(&go, 1);
    ck_assert(!weft_thread_daemon(&own));
    weft_event_set(&go);
    assert_ok(weft_thread_join(&second));
}
END_TEST

START_TEST(setting_daemon_after_the_start_is_answered)
{
    weft_thread thread = WEFT_THREAD(echo, NULL);
    start(&thread);
    expect_misuse(weft_thread_set_daemon(&thread, true), WEFT_ALREADY_STARTED);
    assert_ok(weft_thread_join(&thread));
}
END_TEST

/* ---- Errors ---- */

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

/* ---- Stop requests, identity, stacks ---- */

static void *sleep_until_stopped(void *arg)
{
    weft_status status = weft_sleep(WEFT_FOREVER);
    bool stopping = weft_stopping();
    weft_status later = weft_sleep(WEFT_FOREVER);
    return status == WEFT_STOPPED && stopping && later == WEFT_STOPPED ? arg
                                                                       : NULL;
}

START_TEST(a_stop_request_ends_waits_now_and_later)
{
    int value;
    weft_thread thread = WEFT_THREAD(sleep_until_stopped, &value);
    start(&thread);
    ck_assert(!weft_stopping());
    assert_ok(weft_thread_stop(&thread));
    assert_ok(weft_thread_join(&thread));
    ck_assert_ptr_eq(weft_thread_result(&thread), &value);
    assert_ok(weft_thread_stop(&thread)); /* it has ended: no harm */
}
END_TEST

START_TEST(a_stopped_joiner_returns)
{
    weft_thread thread = WEFT_THREAD(wait_to_go, NULL);
    weft_thread joiner = WEFT_THREAD(join_it, &thread);
    start(&thread);
    start(&joiner);
    wait_until_waiting(&thread, 1);
    assert_ok(weft_thread_stop(&joiner));
    assert_ok(weft_thread_join(&joiner));
    ck_assert_ptr_null(weft_thread_result(&joiner));
    weft_event_set(&go);
    assert_ok(weft_thread_join(&thread));
}
END_TEST

static void *who_am_i(void *arg)
{
    *(long *)arg = (long)syscall(SYS_gettid);
    weft_event_wait(&go);
    return weft_current_thread();
}

START_TEST(current_main_and_native_id)
{
    long native_id = 0;
    weft_thread thread = WEFT_THREAD(who_am_i, &native_id);
    ck_assert_ptr_eq(weft_current_thread(), weft_main_thread());
    ck_assert_int_eq(weft_thread_native_id(&thread), 0);
    start(&thread);
    long told = weft_thread_native_id(&thread);
    weft_event_set(&go);
    assert_ok(weft_thread_join(&thread));
    ck_assert_int_eq(told, native_id);
    ck_assert_ptr_eq(weft_thread_result(&thread), &thread);
    ck_assert_int_eq(weft_thread_native_id(&thread), 0);
    ck_assert_int_eq(weft_thread_native_id(weft_main_thread()), getpid());
}
END_TEST

static void *stack_size(void *arg)
{
    pthread_attr_t attributes;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstacksize(&attributes, arg);
    pthread_attr_destroy(&attributes);
    return NULL;
}

START_TEST(the_stack_size_is_honoured_and_too_small_is_answered)
{
    size_t size = 0;
    weft_thread thread = WEFT_THREAD(stack_size, &size, .stack_size = 3 << 20);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    ck_assert_uint_ge(size, 3 << 20);
    weft_thread small = WEFT_THREAD(stack_size, &size, .stack_size = 1);
    expect_misuse(weft_thread_start(&small), WEFT_INVALID);
    ck_assert(!weft_thread_is_alive(&small));
    small.stack_size = 0;
    start(&small);
    assert_ok(weft_thread_join(&small));
}
END_TEST

START_TEST(the_memory_is_the_callers_once_a_join_has_returned)
{
    for (int i = 0; i < 2000; i++) {
        weft_thread *thread = malloc(sizeof *thread);
        *thread = (weft_thread)WEFT_THREAD(echo, thread);
        start(thread);
        assert_ok(weft_thread_join(thread));
        memset(thread, 0xa5, sizeof *thread);
        free(thread);
    }
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
        target_and_argument_give_a_result,
        a_thread_is_subclassed_by_embedding,
        after_start_it_is_alive_and_enumerated,
        enumerate_tells_what_a_thread_waits_for,
        starting_twice_is_answered,
        join_any_number_of_times_by_any_number_of_threads,
        joining_an_unstarted_thread_is_answered,
        joining_oneself_is_answered,
        a_join_that_times_out_leaves_it_joinable,
        null_and_nothing_to_run_are_answered,
        the_kernel_sees_the_name_cut_between_characters,
        renamed_while_it_runs,
        default_names_are_numbered,
        the_default_name_tells_the_function_where_it_can_be_known,
        long_names_are_cut_between_characters,
        daemon_is_inherited_from_the_creator_unless_set,
        setting_daemon_after_the_start_is_answered,
        a_target_that_fails_tells_its_joiner,
        an_error_that_nobody_can_collect_goes_to_the_excepthook,
        a_long_error_is_cut,
        the_default_excepthook_prints_thread_and_message,
        a_failing_hook_is_reported,
        misuse_is_printed_once_with_the_threads_name,
        a_stop_request_ends_waits_now_and_later,
        a_stopped_joiner_returns,
        current_main_and_native_id,
        the_stack_size_is_honoured_and_too_small_is_answered,
        the_memory_is_the_callers_once_a_join_has_returned,
        every_status_has_a_name_and_a_text,
    };
    return RUN_TESTS("thread", tests);
}
