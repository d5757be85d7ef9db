/* SPDX-License-Identifier: MIT */

/* A queue's descriptor in event loops, beside pipes: no wake is lost, or the
 * loop would wait for ever, and none is invented: when it is readable and
 * nobody else takes, there is an item. */

#include "queue.h"

#include <dirent.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { PUTTERS = 4, EACH = SANITIZED ? 1000 : 10000 };
enum { ALL = PUTTERS * EACH };

struct item {
    int putter, number;
};

static int pipes[PUTTERS][2]; /* by which each putter sends as many numbers */
static int next_in_queue[PUTTERS], next_in_pipe[PUTTERS];
static int from_queue, from_pipes;

/* The framework notes each assertion in a file: too slow for each item. */
static void must(bool holds)
{
    if (!holds)
        ck_abort();
}

static void *put_and_write(void *arg)
{
    int putter = (int)(intptr_t)arg;
    for (int i = 0; i < EACH; i++) {
        struct item item = {putter, i};
        must(weft_queue_put(queue, &item) == WEFT_OK);
        must(write(pipes[putter][1], &i, sizeof i) == sizeof i);
    }
    return NULL;
}

static bool take(void)
{
    struct item item;
    weft_status status = weft_queue_try_get(queue, &item);
    must(status == WEFT_OK || status == WEFT_EMPTY);
    if (status == WEFT_EMPTY)
        return false;
    must(item.number == next_in_queue[item.putter]++);
    from_queue++;
    return true;
}

static void read_one(int putter)
{
    int number;
    must(read(pipes[putter][0], &number, sizeof number) == sizeof number);
    must(number == next_in_pipe[putter]++);
    from_pipes++;
}

static bool readable(int fd)
{
    struct pollfd asked = {.fd = fd, .events = POLLIN};
    return poll(&asked, 1, 0) == 1;
}

/* ---- The loops ---- */

static void loop_with_poll(int fd)
{
    struct pollfd asked[PUTTERS + 1] = {{.fd = fd, .events = POLLIN}};
    for (int i = 0; i < PUTTERS; i++)
        asked[1 + i] = (struct pollfd){.fd = pipes[i][0], .events = POLLIN};
    while (from_queue < ALL || from_pipes < ALL) {
        must(poll(asked, PUTTERS + 1, -1) > 0);
        if (asked[0].revents != 0)
            must(take());
        for (int i = 0; i < PUTTERS; i++)
            if (asked[1 + i].revents != 0)
                read_one(i);
    }
}

static void watch(int epoll, int fd, uint32_t events, int number)
{
    struct epoll_event event = {.events = events, .data.fd = number};
    ck_assert_int_eq(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
}

/* One that is told of edges takes all that there is at each. */
static void loop_with_epoll(int fd, bool edges)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    watch(epoll, fd, edges ? EPOLLIN | EPOLLET : EPOLLIN, PUTTERS);
    for (int i = 0; i < PUTTERS; i++)
        watch(epoll, pipes[i][0], EPOLLIN, i);
    while (from_queue < ALL || from_pipes < ALL) {
        struct epoll_event event;
        must(epoll_wait(epoll, &event, 1, -1) == 1);
        if (event.data.fd < PUTTERS) {
            read_one(event.data.fd);
            continue;
        }
        must(take());
        while (edges && take())
            ;
    }
    close(epoll);
}

static void loop_with_epoll_levels(int fd)
{
    loop_with_epoll(fd, false);
}

static void loop_with_epoll_edges(int fd)
{
    loop_with_epoll(fd, true);
}

static void run(void (*loop)(int fd), size_t maxsize, bool asked_late)
{
    weft_thread putters[PUTTERS];
    queue = weft_queue_create(sizeof(struct item), .maxsize = maxsize);
    int fd = asked_late ? -1 : weft_queue_fd(queue);
    from_queue = from_pipes = 0;
    for (intptr_t i = 0; i < PUTTERS; i++) {
        next_in_queue[i] = next_in_pipe[i] = 0;
        ck_assert_int_eq(pipe(pipes[i]), 0);
        putters[i] = (weft_thread)WEFT_THREAD(put_and_write, (void *)i);
        start(&putters[i]);
    }
    if (asked_late)
        fd = weft_queue_fd(queue);
    loop(fd);
    ck_assert(!readable(fd));
    for (int i = 0; i < PUTTERS; i++) {
        assert_ok(weft_thread_join(&putters[i]));
        close(pipes[i][0]);
        close(pipes[i][1]);
    }
    assert_ok(weft_queue_destroy(queue));
}

START_TEST(a_loop_with_poll_loses_and_invents_nothing)
{
    run(loop_with_poll, 0, false);
    run(loop_with_poll, 3, true);
}
END_TEST

START_TEST(a_loop_with_epoll_loses_and_invents_nothing)
{
    run(loop_with_epoll_levels, 3, false);
    run(loop_with_epoll_levels, 0, true);
}
END_TEST

START_TEST(a_loop_with_epoll_that_is_told_of_edges_loses_and_invents_nothing)
{
    run(loop_with_epoll_edges, 0, false);
    run(loop_with_epoll_edges, 3, true);
}
END_TEST

/* ---- Several loops ---- */

enum { LOOPS = 3 };

static atomic_int taken;

static void *take_in_a_loop(void *arg)
{
    struct pollfd asked = {.fd = weft_queue_fd(queue), .events = POLLIN};
    weft_status status = WEFT_OK;
    while (status != WEFT_SHUT_DOWN) {
        struct item item;
        must(poll(&asked, 1, -1) == 1);
        status = weft_queue_try_get(queue, &item);
        taken += status == WEFT_OK;
    }
    return arg;
}

static void *put_each(void *arg)
{
    for (int i = 0; i < EACH; i++) {
        struct item item = {0, i};
        must(weft_queue_put(queue, &item) == WEFT_OK);
    }
    return arg;
}

START_TEST(several_loops_share_a_queue_and_all_hear_of_its_shutdown)
{
    weft_thread loops[LOOPS], putters[PUTTERS];
    queue = weft_queue_create(sizeof(struct item), .maxsize = 10);
    for (int i = 0; i < LOOPS; i++) {
        loops[i] = (weft_thread)WEFT_THREAD(take_in_a_loop, NULL);
        start(&loops[i]);
    }
    for (int i = 0; i < PUTTERS; i++) {
        putters[i] = (weft_thread)WEFT_THREAD(put_each, NULL);
        start(&putters[i]);
    }
    for (int i = 0; i < PUTTERS; i++)
        assert_ok(weft_thread_join(&putters[i]));
    assert_ok(weft_queue_shutdown(queue, false));
    for (int i = 0; i < LOOPS; i++)
        assert_ok(weft_thread_join(&loops[i]));
    ck_assert_int_eq(taken, ALL);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- What it costs ---- */

static int descriptors(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    ck_assert_ptr_nonnull(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

START_TEST(there_is_no_descriptor_until_it_is_asked_for)
{
    int before = descriptors();
    queue = weft_queue_create(sizeof(int));
    for (int i = 0; i < 100; i++)
        put(i);
    get();
    ck_assert_int_eq(descriptors(), before);
    ck_assert_int_ge(weft_queue_fd(queue), 0);
    ck_assert_int_ge(weft_queue_fd(queue), 0);
    ck_assert_int_eq(descriptors(), before + 1);
    assert_ok(weft_queue_destroy(queue));
    ck_assert_int_eq(descriptors(), before);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_loop_with_poll_loses_and_invents_nothing,
        a_loop_with_epoll_loses_and_invents_nothing,
        a_loop_with_epoll_that_is_told_of_edges_loses_and_invents_nothing,
        several_loops_share_a_queue_and_all_hear_of_its_shutdown,
        there_is_no_descriptor_until_it_is_asked_for,
    };
    return RUN_TESTS("queue loops", tests);
}
