/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <weft/event.h>

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

int main(void)
{
    const TTest *const tests[] = {
        the_kernel_sees_the_name_cut_between_characters,
        renamed_while_it_runs,
        default_names_are_numbered,
        the_default_name_tells_the_function_where_it_can_be_known,
        long_names_are_cut_between_characters,
        daemon_is_inherited_from_the_creator_unless_set,
        setting_daemon_after_the_start_is_answered,
    };
    return RUN_TESTS("thread_options", tests);
}
