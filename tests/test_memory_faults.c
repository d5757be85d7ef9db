/* SPDX-License-Identifier: MIT */

/* Out of memory, at each allocation in turn: the call says so, nothing changes,
 * nothing leaks, nobody hangs, and once there is memory it works. */

#include "faults.h"

#include <poll.h>
#include <sys/resource.h>
#include <weft/event.h>
#include <weft/local.h>
#include <weft/queue.h>
#include <weft/timer.h>

/* Calls weft, not the test framework, which allocates, too. */
typedef weft_status (*operation)(void);

/* Has the operation fail at its first allocation, its second, and so on, until
 * it needs no more; afterwards each time it succeeds. Returns how many it made.
 * What a failure allocated it must have freed. */
static long live_before; /* how many allocations lived */

static long fail_at_each(operation run, bool and_on, void (*undo)(void))
{
    for (long k = 1;; k++) {
        live_before = live;
        run_out_of_memory(k, and_on);
        weft_status status = run();
        if (enough_memory()) {
            assert_ok(status);
            undo();
            return k - 1;
        }
        long after = live;
        ck_assert_int_eq(status, WEFT_NO_MEMORY);
        ck_assert_int_eq(after, live_before);
        assert_ok(run());
        undo();
    }
}

/* ---- Spawn ---- */

static atomic_int ran;

static void *run_once(void *arg)
{
    ran++;
    return arg;
}

static weft_status spawn(void)
{
    return weft_spawn(run_once, NULL);
}

static void until_spawned_is_gone(void)
{
    static int expected;
    while (weft_active_count() > 1 || live > live_before)
        weft_sleep(WEFT_US(100));
    ck_assert_int_eq(ran, ++expected);
}

START_TEST(spawn_without_memory)
{
    ck_assert_int_eq(fail_at_each(spawn, false, until_spawned_is_gone), 1);
    ck_assert_int_eq(fail_at_each(spawn, true, until_spawned_is_gone), 1);
}
END_TEST

/* ---- Local ---- */

enum { LOCALS = 40 };
static weft_local locals[LOCALS];
static int constructed, destroyed;

static weft_status construct(void *value, void *arg)
{
    (void)value;
    (void)arg;
    constructed++;
    return WEFT_OK;
}

static void destroy(void *value)
{
    (void)value;
    destroyed++;
}

/* Values of so many objects that keys and the thread's table must grow. */
static weft_status get_locals(void)
{
    for (int i = 0; i < LOCALS; i++) {
        errno = 0;
        int *value = weft_local_get(&locals[i]);
        if (value == NULL)
            return errno == ENOMEM ? WEFT_NO_MEMORY : WEFT_INVALID;
        *value = i + 1;
    }
    return WEFT_OK;
}

static void destroy_locals(void)
{
    for (int i = 0; i < LOCALS; i++) {
        ck_assert_int_eq(*(int *)weft_local_get(&locals[i]), i + 1);
        weft_local_destroy(&locals[i]);
    }
    ck_assert_int_eq(constructed, destroyed);
}

static void *get_locals_without_memory(void *and_on)
{
    for (long k = 1;; k++) {
        run_out_of_memory(k, and_on != NULL);
        weft_status status = get_locals();
        bool enough = enough_memory();
        ck_assert_int_eq(status, enough ? WEFT_OK : WEFT_NO_MEMORY);
        assert_ok(get_locals()); /* those that were made are kept */
        destroy_locals();
        if (enough)
            return NULL;
    }
}

/* The first thread grows what all share, for good: the table of keys. */
START_TEST(local_values_without_memory)
{
    static int and_on;
    void *const modes[] = {NULL, &and_on, NULL};
    long after_first = 0;
    for (int i = 0; i < LOCALS; i++)
        locals[i] = (weft_local)WEFT_LOCAL(int, .construct = construct,
                                           .destroy = destroy);
    for (int i = 0; i < 3; i++) {
        weft_thread thread = WEFT_THREAD(get_locals_without_memory, modes[i]);
        start(&thread);
        assert_ok(weft_thread_join(&thread));
        long now = live;
        if (i == 0)
            after_first = now;
        ck_assert_int_eq(now, after_first);
    }
}
END_TEST

/* ---- Timer ---- */

static weft_timer timer = WEFT_TIMER(0, run_once, NULL);
static weft_event inside, leave;

static void *block(void *arg)
{
    weft_event_set(&inside);
    weft_event_wait(&leave);
    return arg;
}

static weft_status start_timer(void)
{
    return weft_timer_start(&timer);
}

static void join_timer(void)
{
    assert_ok(weft_timer_join(&timer));
}

START_TEST(a_timer_without_memory)
{
    /* Once after the failure, once more with the thread that is there. */
    ck_assert_int_eq(fail_at_each(start_timer, false, join_timer), 1);
    ck_assert_int_eq(ran, 2);
}
END_TEST

/* Whether `timer` was not due before the other had begun. */
static bool is_pending_while_one_blocks(weft_timer *blocks)
{
    run_out_of_memory(1, true);
    weft_status started = weft_timer_start(&timer);
    weft_status started_too = weft_timer_start(blocks);
    weft_status waited = weft_event_wait(&inside);
    bool was_enough = enough_memory();
    assert_ok(started);
    assert_ok(started_too);
    assert_ok(waited);
    ck_assert(!was_enough || !weft_timer_is_pending(&timer));
    return weft_timer_is_pending(&timer);
}

/* While a callback blocks, another thread watches the clock; without memory for
 * one, the timers wait for the callback. */
START_TEST(a_timer_without_memory_for_its_thread_waits_for_one)
{
    weft_timer blocks = WEFT_TIMER(0, block, NULL);
    assert_ok(weft_timer_start(&timer)); /* makes the first thread */
    join_timer();
    timer.interval = WEFT_MS(20);
    while (!is_pending_while_one_blocks(&blocks)) {
        assert_ok(weft_event_set(&leave)); /* it was first: once more */
        join_timer();
        assert_ok(weft_timer_join(&blocks));
        assert_ok(weft_event_clear(&leave));
        assert_ok(weft_event_clear(&inside));
    }
    int before = ran;
    assert_status(weft_timer_join_timed(&timer, WEFT_MS(25)), WEFT_TIMED_OUT);
    assert_ok(weft_event_set(&leave));
    join_timer();
    assert_ok(weft_timer_join(&blocks));
    ck_assert_int_eq(ran, before + 1);
}
END_TEST

/* ---- Queue ---- */

enum { ITEMS = 500 };

struct item {
    int number;
    char filling[60];
};

static weft_queue *queue;

static int by_number(const void *one, const void *other)
{
    const struct item *left = one, *right = other;
    return left->number - right->number;
}

static weft_status create_queue(void)
{
    queue = weft_queue_create(sizeof(struct item));
    return queue != NULL ? WEFT_OK
                         : (errno == ENOMEM ? WEFT_NO_MEMORY : WEFT_INVALID);
}

static void destroy_queue(void)
{
    assert_ok(weft_queue_destroy(queue));
}

START_TEST(creating_a_queue_without_memory)
{
    ck_assert_int_eq(fail_at_each(create_queue, false, destroy_queue), 1);
}
END_TEST

/* Puts as many as go in, then the rest; what comes out is all, in order. */
static void put_without_memory(weft_queue_kind kind, long k)
{
    static struct item items[ITEMS], got[ITEMS];
    size_t done, rest;
    queue = weft_queue_create(sizeof(struct item), .kind = kind,
                              .compare = by_number);
    for (int i = 0; i < ITEMS; i++)
        items[i].number = i;
    run_out_of_memory(k, false);
    weft_status status = weft_queue_put_many(queue, items, ITEMS, &done);
    bool enough = enough_memory();
    ck_assert_int_eq(status, enough ? WEFT_OK : WEFT_NO_MEMORY);
    ck_assert_uint_eq(weft_queue_size(queue), done);
    ck_assert_uint_eq(weft_queue_unfinished(queue), done);
    ck_assert(enough == (done == ITEMS));
    assert_ok(weft_queue_put_many(queue, items + done, ITEMS - done, &rest));
    ck_assert_uint_eq(done + rest, ITEMS);
    assert_ok(weft_queue_get_many(queue, got, ITEMS, &done));
    ck_assert_uint_eq(done, ITEMS);
    for (int i = 0; i < ITEMS; i++)
        ck_assert_int_eq(got[kind == WEFT_LIFO ? ITEMS - 1 - i : i].number, i);
    assert_ok(weft_queue_destroy(queue));
}

START_TEST(putting_without_memory)
{
    static const weft_queue_kind kinds[] = {WEFT_FIFO, WEFT_LIFO,
                                            WEFT_PRIORITY};
    for (int kind = 0; kind < 3; kind++) {
        long first = live;
        for (long k = 1; k <= 20; k++)
            put_without_memory(kinds[kind], k);
        long last = live;
        ck_assert_int_eq(last, first);
    }
}
END_TEST

/* ---- A blocked putter that fails must not keep the room for itself ---- */

struct page {
    char filling[4096];
};

static void *put_page(void *arg)
{
    static const struct page page;
    (void)arg;
    return (void *)(intptr_t)weft_queue_put(queue, &page);
}

static void wait_until_blocked(const weft_thread *thread)
{
    weft_thread_info infos[8];
    for (bool blocked = false; !blocked; weft_sleep(WEFT_US(100))) {
        size_t n = weft_enumerate(infos, 8);
        for (size_t i = 0; i < n; i++)
            blocked |= infos[i].id == weft_thread_id(thread) &&
                       infos[i].waits_for != NULL;
    }
}

START_TEST(a_putter_without_memory_leaves_its_room_to_the_next)
{
    struct page page;
    weft_thread putters[2];
    /* Blocks of four pages. Six go in; the seventh needs a third block. */
    queue = weft_queue_create(sizeof(struct page), .maxsize = 6);
    for (int i = 0; i < 6; i++)
        put_page(NULL);
    for (int i = 0; i < 2; i++)
        assert_ok(weft_queue_get(queue, &page));
    for (int i = 0; i < 2; i++)
        put_page(NULL);
    for (int i = 0; i < 2; i++) {
        putters[i] = (weft_thread)WEFT_THREAD(put_page, NULL);
        start(&putters[i]);
        wait_until_blocked(&putters[i]);
    }
    run_out_of_memory(1, false);
    weft_status got = weft_queue_get(queue, &page);
    weft_thread_join(&putters[0]);
    ck_assert(!enough_memory());
    assert_ok(got);
    assert_ok(weft_thread_join(&putters[1]));
    ck_assert_ptr_eq(weft_thread_result(&putters[0]), (void *)WEFT_NO_MEMORY);
    ck_assert_ptr_eq(weft_thread_result(&putters[1]), (void *)WEFT_OK);
    ck_assert_uint_eq(weft_queue_size(queue), 6);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- Descriptors ---- */

static bool readable(int fd)
{
    struct pollfd asked = {.fd = fd, .events = POLLIN};
    return poll(&asked, 1, 0) == 1;
}

START_TEST(a_queue_without_descriptors_works_and_gets_one_later)
{
    struct item item = {.number = 1};
    struct rlimit before, none;
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){.rlim_cur = 0, .rlim_max = before.rlim_max};
    assert_ok(create_queue());
    assert_ok(weft_queue_put(queue, &item));
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    int fd = weft_queue_fd(queue), error = errno;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    ck_assert_int_eq(fd, -1);
    ck_assert_int_eq(error, EMFILE);
    assert_ok(weft_queue_get(queue, &item));
    assert_ok(weft_queue_put(queue, &item));
    ck_assert_int_ge(fd = weft_queue_fd(queue), 0);
    ck_assert(readable(fd));
    assert_ok(weft_queue_get(queue, &item));
    ck_assert(!readable(fd));
    destroy_queue();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        spawn_without_memory,
        local_values_without_memory,
        a_timer_without_memory,
        a_timer_without_memory_for_its_thread_waits_for_one,
        creating_a_queue_without_memory,
        putting_without_memory,
        a_putter_without_memory_leaves_its_room_to_the_next,
        a_queue_without_descriptors_works_and_gets_one_later,
    };
    return RUN_TESTS("memory faults", tests);
}
