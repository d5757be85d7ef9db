/* SPDX-License-Identifier: MIT */

/* Groups inside tasks, in forked children, under stress. */

#include "forking.h"

#include <stdatomic.h>
#include <weft/event.h>
#include <weft/group.h>

enum { TASKS = 20 };

static weft_pool *pool;
static weft_group group;
static weft_future futures[TASKS];
static weft_event go, never;
static atomic_int began, ran, stopped;

static void set_up(void)
{
    pool = weft_pool_create(.workers = 2);
    group = (weft_group)WEFT_GROUP(pool);
}

static void tear_down(void)
{
    assert_ok(weft_group_destroy(&group));
    assert_ok(weft_pool_destroy(pool));
}

static void *count(void *arg)
{
    ran++;
    return arg;
}

static void *wait_to_go(void *arg)
{
    began++;
    assert_ok(weft_event_wait(&go));
    return arg;
}

static void submit(int i, weft_target target, void *arg)
{
    assert_ok(weft_group_submit(&group, &futures[i], target, arg));
}

static void wait_until_began(int n)
{
    while (began < n)
        weft_sleep(WEFT_US(100));
}

/* ---- Inside tasks ---- */

struct node {
    weft_future futures[2];
    struct node *children;
    int depth;
};

/* Each submits two more to the same group, which nobody waits for here. */
static void *grow(void *arg)
{
    struct node *node = arg;
    ran++;
    if (node->depth == 0)
        return NULL;
    node->children = calloc(2, sizeof *node);
    for (int i = 0; i < 2; i++) {
        node->children[i].depth = node->depth - 1;
        assert_ok(weft_group_submit(&group, &node->futures[i], grow,
                                    &node->children[i]));
    }
    return NULL;
}

static void prune(struct node *node)
{
    for (int i = 0; node->children != NULL && i < 2; i++)
        prune(&node->children[i]);
    free(node->children);
}

START_TEST(tasks_may_submit_to_their_own_group)
{
    enum { DEPTH = 9 };
    struct node root = {.depth = DEPTH};
    submit(0, grow, &root);
    assert_ok(weft_group_wait(&group));
    ck_assert_int_eq(ran, (2 << DEPTH) - 1);
    prune(&root);
}
END_TEST

/* Each level has a group of its own on its stack. */
static void *divide(void *arg)
{
    intptr_t n = (intptr_t)arg;
    if (n == 0)
        return count(NULL);
    weft_group parts = WEFT_GROUP(pool);
    weft_future halves[2];
    for (int i = 0; i < 2; i++)
        assert_ok(
            weft_group_submit(&parts, &halves[i], divide, (void *)(n - 1)));
    assert_ok(weft_group_wait(&parts));
    return NULL;
}

START_TEST(groups_inside_groups_need_no_second_worker)
{
    for (unsigned workers = 1; workers <= 3; workers++) {
        weft_future future;
        assert_ok(weft_pool_destroy(pool));
        pool = weft_pool_create(.workers = workers);
        assert_ok(weft_submit(pool, &future, divide, (void *)8));
        assert_ok(weft_future_result(&future, NULL));
        ck_assert_int_eq(ran, 256 * (int)workers);
    }
}
END_TEST

static weft_status waiting_inside, destroying_inside;

static void *wait_for_own_group(void *arg)
{
    weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
    waiting_inside = weft_group_wait(&group);
    destroying_inside = weft_group_destroy(&group);
    weft_set_misuse_handler(before);
    return arg;
}

START_TEST(a_task_that_waits_for_its_own_group_is_answered)
{
    submit(0, wait_for_own_group, NULL);
    assert_ok(weft_group_wait(&group));
    assert_status(waiting_inside, WEFT_DEADLOCK);
    assert_status(destroying_inside, WEFT_DEADLOCK);
    ck_assert_int_eq(misuses_, 2);
}
END_TEST

/* ---- Fork ---- */

static void fork_with_a_group(void)
{
    submit(0, wait_to_go, NULL);
    wait_until_began(1);
    pid_t child = fork();
    if (child == 0) {
        require(weft_group_wait(&group) == WEFT_BROKEN);
        require(weft_group_submit(&group, &futures[1], count, NULL) ==
                WEFT_BROKEN);
        require(weft_group_destroy(&group) == WEFT_OK);
        require(weft_group_submit(&group, &futures[1], count, NULL) == WEFT_OK);
        require(weft_group_wait(&group) == WEFT_OK);
        _exit(ran == 1 ? 0 : 1);
    }
    int status;
    require(waitpid(child, &status, 0) == child && status == 0);
    require(weft_event_set(&go) == WEFT_OK);
    require(weft_group_wait(&group) == WEFT_OK);
}

START_TEST(a_forked_childs_group_is_broken_and_then_usable)
{
    assert_ok(weft_pool_destroy(pool));
    pool = NULL;
    set_up();
    assert_child(fork_with_a_group, "", 0);
}
END_TEST

/* ---- Stress ---- */

static void *fail_sometimes(void *arg)
{
    intptr_t number = (intptr_t)arg;
    if (number % 37 == 0)
        return weft_fail((int)number, "number %d", (int)number);
    if (number % 5 == 0)
        stopped += weft_event_wait_timed(&never, WEFT_US(200)) == WEFT_STOPPED;
    return arg;
}

START_TEST(under_stress_all_are_done_after_the_wait)
{
    enum { ROUNDS = SANITIZED ? 300 : 3000 };
    weft_status told = WEFT_OK;
    for (int round = 0; round < ROUNDS; round++) {
        int n = 0;
        for (told = WEFT_OK; n < TASKS && told == WEFT_OK; n += told == WEFT_OK)
            told = weft_group_submit(&group, &futures[n], fail_sometimes,
                                     (void *)(intptr_t)(round * TASKS + n));
        ck_assert(told == WEFT_OK || told == WEFT_CANCELLED);
        if (round % 7 == 0)
            assert_ok(weft_group_stop(&group));
        told = weft_group_wait(&group);
        ck_assert(told == WEFT_OK || told == WEFT_FAILED ||
                  told == WEFT_CANCELLED);
        ck_assert_int_eq(told == WEFT_FAILED, weft_group_error(&group) != NULL);
        if (told == WEFT_FAILED)
            ck_assert_int_eq(weft_group_error(&group)->code % 37, 0);
        for (int i = 0; i < n; i++)
            ck_assert(weft_future_done(&futures[i]));
        memset(futures, 0xee, sizeof futures);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        tasks_may_submit_to_their_own_group,
        groups_inside_groups_need_no_second_worker,
        a_task_that_waits_for_its_own_group_is_answered,
        a_forked_childs_group_is_broken_and_then_usable,
        under_stress_all_are_done_after_the_wait,
    };
    return RUN_TESTS_AROUND("groups inside tasks", tests, set_up, tear_down);
}
