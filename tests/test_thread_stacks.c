/* SPDX-License-Identifier: MIT */

/* Stacks: that they are guarded, reused, and don't pile up in memory. */

#include "child.h"

#include <limits.h>
#include <stdio.h>

/* The process's address space and what of it is in memory, in bytes. */
static void read_size(size_t *space, size_t *resident)
{
    unsigned long pages[2] = {0};
    FILE *file = fopen("/proc/self/statm", "r");
    require(file != NULL);
    require(fscanf(file, "%lu %lu", &pages[0], &pages[1]) == 2);
    fclose(file);
    *space = pages[0] * (size_t)sysconf(_SC_PAGESIZE);
    *resident = pages[1] * (size_t)sysconf(_SC_PAGESIZE);
}

enum { CROWD = 100, DEEP = 4 << 20 };

static void *use_much(void *arg)
{
    volatile char memory[DEEP];
    for (size_t i = 0; i < sizeof memory; i += 1024)
        memory[i] = 1;
    return arg;
}

static void *use_little(void *arg)
{
    return arg;
}

static void start_and_join_crowd(weft_target target)
{
    static weft_thread threads[CROWD];
    for (int i = 0; i < CROWD; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(target, NULL);
        require(weft_thread_start(&threads[i]) == WEFT_OK);
    }
    for (int i = 0; i < CROWD; i++)
        require(weft_thread_join(&threads[i]) == WEFT_OK);
}

static void use_stacks_deeply(void)
{
    size_t space, resident, before;
    read_size(&space, &before);
    start_and_join_crowd(use_much);
    for (int i = 0; i < 20; i++) {
        weft_sleep(WEFT_MS(1)); /* for the last to be gone */
        start_and_join_crowd(use_little);
    }
    read_size(&space, &resident);
    if (resident > before + (size_t)CROWD / 4 * DEEP)
        say("kept");
}

START_TEST(what_threads_used_deep_down_is_given_back)
{
    assert_child(use_stacks_deeply, "", 0);
}
END_TEST

static void come_and_go(void)
{
    size_t first, last, resident;
    for (int i = 0; i < 3; i++)
        start_and_join_crowd(use_little);
    read_size(&first, &resident);
    for (int i = 0; i < 50; i++)
        start_and_join_crowd(use_little);
    read_size(&last, &resident);
    if (last > first + (size_t)2 * CROWD * (8 << 20))
        say("piled up");
}

START_TEST(stacks_do_not_pile_up)
{
    assert_child(come_and_go, "", 0);
}
END_TEST

static int descend(int levels) /* NOLINT(misc-no-recursion) */
{
    volatile char frame[1024];
    for (size_t i = 0; i < sizeof frame; i++)
        frame[i] = (char)levels;
    return (levels > 0 ? descend(levels - 1) : 0) + frame[levels % 1024];
}

static void *descend_too_far(void *arg)
{
    *(int *)arg = descend(INT_MAX);
    return NULL;
}

/* On stacks that lie side by side, in use for the second time. */
static void overflow(void)
{
    int sum;
    for (int i = 0; i < 3; i++)
        start_and_join_crowd(use_little);
    weft_thread thread = WEFT_THREAD(descend_too_far, &sum);
    require(freopen("/dev/null", "w", stderr) != NULL);
    require(weft_thread_start(&thread) == WEFT_OK);
    (void)weft_thread_join(&thread);
    say("survived");
}

START_TEST(a_stack_ends_in_a_guard)
{
    char said[64];
    int status = run_child(overflow, said, sizeof said);
    ck_assert_str_eq(said, "");
    ck_assert(WIFSIGNALED(status) || WEXITSTATUS(status) != 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        what_threads_used_deep_down_is_given_back,
        stacks_do_not_pile_up,
        a_stack_ends_in_a_guard,
    };
    return RUN_TESTS("thread_stacks", tests);
}
