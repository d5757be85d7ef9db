/* SPDX-License-Identifier: MIT */

#include "child.h"
#include "queue.h"

#include <poll.h>

static bool readable(int fd)
{
    struct pollfd asked = {.fd = fd, .events = POLLIN};
    int ready = poll(&asked, 1, 0);
    ck_assert_int_ge(ready, 0);
    return ready == 1;
}

START_TEST(the_descriptor_is_readable_while_not_empty_or_shut_down)
{
    queue = weft_queue_create(sizeof(int));
    put(1);
    int fd = weft_queue_fd(queue);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(weft_queue_fd(queue), fd);
    ck_assert(readable(fd));
    put(2);
    get();
    ck_assert(readable(fd));
    get();
    ck_assert(!readable(fd));
    for (int i = 0; i < 3; i++) {
        put(i + 1);
        ck_assert(readable(fd));
        get();
        ck_assert(!readable(fd));
    }
    assert_ok(weft_queue_shutdown(queue, true));
    ck_assert(readable(fd));
    assert_ok(weft_queue_destroy(queue));
    struct pollfd closed = {.fd = fd, .events = POLLIN};
    ck_assert_int_eq(poll(&closed, 1, 0), 1);
    ck_assert((closed.revents & POLLNVAL) != 0);
}
END_TEST

static void use_in_child(void)
{
    int fd = weft_queue_fd(queue), item = 5;
    require(weft_queue_size(queue) == 1);
    require(weft_queue_get(queue, &item) == WEFT_OK);
    struct pollfd asked = {.fd = fd, .events = POLLIN};
    require(poll(&asked, 1, 0) == 0);
    require(weft_queue_put(queue, &item) == WEFT_OK);
    require(weft_queue_get(queue, &item) == WEFT_OK);
    say("fine");
}

START_TEST(a_forked_child_has_its_own_copy)
{
    queue = weft_queue_create(sizeof(int));
    int fd = weft_queue_fd(queue);
    weft_thread getter = WEFT_THREAD(get_one, NULL);
    start(&getter);
    wait_until_any_wait(1);
    put(3);
    ck_assert_int_eq(result_of(&getter), 3);
    put(4);
    assert_child(use_in_child, "fine", 0);
    ck_assert(readable(fd));
    ck_assert_int_eq(get(), 4);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

START_TEST(a_thousand_queues_come_and_go)
{
    for (int i = 0; i < 1000; i++) {
        queue = weft_queue_create(sizeof(int), .kind = WEFT_FIFO);
        ck_assert_int_ge(weft_queue_fd(queue), 0);
        put(1);
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_descriptor_is_readable_while_not_empty_or_shut_down,
        a_forked_child_has_its_own_copy,
        a_thousand_queues_come_and_go,
    };
    return RUN_TESTS("queue_descriptor", tests);
}
