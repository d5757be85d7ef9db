/* SPDX-License-Identifier: MIT */

/* Descriptors of futures and groups, for event loops. */

#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <weft/event.h>
#include <weft/group.h>

static weft_pool *pool;
static weft_event go;

static void set_up(void)
{
    pool = weft_pool_create(.workers = 2);
}

static void tear_down(void)
{
    assert_ok(weft_pool_destroy(pool));
}

static void *echo(void *arg)
{
    return arg;
}

static void *wait_to_go(void *arg)
{
    assert_ok(weft_event_wait(&go));
    return arg;
}

static bool readable(int fd, int milliseconds)
{
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    return poll(&polled, 1, milliseconds) == 1 && polled.revents == POLLIN;
}

START_TEST(a_futures_descriptor_is_readable_once_it_is_done)
{
    weft_future future;
    assert_ok(weft_submit(pool, &future, wait_to_go, NULL));
    int first = weft_future_fd(&future), second = weft_future_fd(&future);
    ck_assert_int_ge(first, 0);
    ck_assert_int_ne(first, second);
    ck_assert(!readable(first, 0));
    assert_ok(weft_event_set(&go));
    ck_assert(readable(first, -1));
    assert_ok(weft_future_try_result(&future, NULL)); /* at once */
    ck_assert(readable(second, -1));
    int late = weft_future_fd(&future);
    ck_assert(readable(late, 0));
    close(first);
    close(second);
    close(late);
}
END_TEST

START_TEST(it_may_be_closed_before_the_future_is_done)
{
    weft_future future;
    int ends[2];
    char byte;
    assert_ok(weft_submit(pool, &future, wait_to_go, NULL));
    int fd = weft_future_fd(&future);
    close(fd);
    ck_assert_int_eq(pipe(ends), 0); /* has the number now */
    ck_assert(ends[0] == fd || ends[1] == fd);
    assert_ok(weft_event_set(&go));
    assert_ok(weft_future_result(&future, NULL));
    assert_ok(weft_pool_shutdown(pool, .wait = true));
    close(ends[1]);
    ck_assert_int_eq(read(ends[0], &byte, 1), 0); /* nobody wrote there */
    close(ends[0]);
}
END_TEST

START_TEST(a_cancelled_future_is_readable)
{
    weft_future busy[2], future;
    for (int i = 0; i < 2; i++)
        assert_ok(weft_submit(pool, &busy[i], wait_to_go, NULL));
    assert_ok(weft_submit(pool, &future, echo, NULL));
    int fd = weft_future_fd(&future);
    (void)weft_future_cancel(&future);
    ck_assert(readable(fd, -1));
    close(fd);
    assert_ok(weft_event_set(&go));
    for (int i = 0; i < 2; i++)
        assert_ok(weft_future_result(&busy[i], NULL));
}
END_TEST

START_TEST(a_groups_descriptor_is_readable_while_none_is_unfinished)
{
    weft_group group = WEFT_GROUP(pool);
    weft_future futures[8];
    int fd = weft_group_fd(&group);
    ck_assert_int_eq(weft_group_fd(&group), fd);
    for (int round = 0; round < 3; round++) {
        ck_assert(readable(fd, 0));
        assert_ok(weft_event_clear(&go));
        for (int i = 0; i < 8; i++)
            assert_ok(weft_group_submit(&group, &futures[i], wait_to_go, NULL));
        ck_assert(!readable(fd, 0));
        assert_status(weft_group_try_wait(&group), WEFT_BUSY);
        assert_ok(weft_event_set(&go));
        ck_assert(readable(fd, -1));
        assert_ok(weft_group_wait(&group));
    }
    assert_ok(weft_group_destroy(&group));
    ck_assert_int_eq(fcntl(fd, F_GETFD), -1); /* closed */
}
END_TEST

START_TEST(a_group_may_get_one_while_its_tasks_run)
{
    for (int i = 0; i < (SANITIZED ? 200 : 2000); i++) {
        weft_group group = WEFT_GROUP(pool);
        weft_future futures[3];
        for (int j = 0; j < 3; j++)
            assert_ok(weft_group_submit(&group, &futures[j], echo, NULL));
        int fd = weft_group_fd(&group);
        ck_assert(readable(fd, -1));
        assert_ok(weft_group_wait(&group));
        ck_assert(readable(fd, 0));
        assert_ok(weft_group_submit(&group, &futures[0], echo, NULL));
        assert_ok(weft_group_wait(&group));
        assert_ok(weft_group_destroy(&group));
    }
}
END_TEST

START_TEST(without_descriptors_all_else_works)
{
    weft_group group = WEFT_GROUP(pool);
    weft_future future;
    struct rlimit before, none;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    assert_ok(weft_group_submit(&group, &future, echo, NULL));
    int next = dup(0); /* room for this one, and no more */
    close(next);
    none = before;
    for (int room = 0; room < 2; room++) {
        none.rlim_cur = (rlim_t)next + (rlim_t)room;
        ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
        errno = 0;
        ck_assert_int_eq(weft_future_fd(&future), -1);
        ck_assert_int_eq(errno, EMFILE);
    }
    none.rlim_cur = (rlim_t)next;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    ck_assert_int_eq(weft_group_fd(&group), -1);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    assert_ok(weft_group_wait(&group));
    ck_assert_int_ge(weft_group_fd(&group), 0);
    assert_ok(weft_group_destroy(&group));
}
END_TEST

START_TEST(wrong_calls_are_answered)
{
    weft_future never_submitted = {.state_ = 0};
    expect_misuse(weft_future_fd(NULL) == -1 ? last_misuse_.status : 0,
                  WEFT_INVALID);
    expect_misuse(weft_future_fd(&never_submitted) == -1 ? last_misuse_.status
                                                         : 0,
                  WEFT_NOT_STARTED);
    expect_misuse(weft_group_fd(NULL) == -1 ? last_misuse_.status : 0,
                  WEFT_INVALID);
    ck_assert_int_eq(errno, EINVAL);
}
END_TEST

START_TEST(thousands_come_and_go)
{
    for (int i = 0; i < (SANITIZED ? 1000 : 5000); i++) {
        weft_future future;
        assert_ok(weft_submit(pool, &future, echo, NULL));
        int fd = weft_future_fd(&future);
        ck_assert_int_ge(fd, 0);
        ck_assert(readable(fd, -1));
        assert_ok(weft_future_try_result(&future, NULL));
        close(fd);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_futures_descriptor_is_readable_once_it_is_done,
        it_may_be_closed_before_the_future_is_done,
        a_cancelled_future_is_readable,
        a_groups_descriptor_is_readable_while_none_is_unfinished,
        a_group_may_get_one_while_its_tasks_run,
        without_descriptors_all_else_works,
        wrong_calls_are_answered,
        thousands_come_and_go,
    };
    return RUN_TESTS_AROUND("descriptors", tests, set_up, tear_down);
}
