/* SPDX-License-Identifier: MIT */

/* The limit is exact on each side of each change, whoever puts and takes. */

#include "queue.h"

#include <stdatomic.h>
#include <weft/event.h>

static const weft_queue_kind kinds[] = {WEFT_FIFO, WEFT_LIFO, WEFT_PRIORITY};
enum { KINDS = 3, MOST = 8 };

static int by_size(const void *one, const void *other)
{
    const int *a = one, *b = other;
    return (*a > *b) - (*a < *b);
}

static void create(weft_queue_kind kind, size_t maxsize)
{
    queue = weft_queue_create(sizeof(int), .kind = kind, .compare = by_size,
                              .maxsize = maxsize);
    ck_assert_ptr_nonnull(queue);
}

static void wait_until_size(size_t size)
{
    while (weft_queue_size(queue) != size)
        weft_sleep(WEFT_US(100));
}

static void assert_full(void)
{
    static const int item = 1;
    ck_assert(weft_queue_full(queue));
    assert_status(weft_queue_try_put(queue, &item), WEFT_FULL);
    assert_status(weft_queue_put_timed(queue, &item, WEFT_US(100)),
                  WEFT_TIMED_OUT);
}

/* ---- One change at a time ---- */

START_TEST(raising_lets_in_exactly_as_many_putters)
{
    static const size_t limits[] = {2, 2, 5, 6};
    for (int k = 0; k < KINDS; k++) {
        weft_thread putters[MOST];
        create(kinds[k], 1);
        put(1);
        for (int i = 0; i < MOST; i++) {
            putters[i] = (weft_thread)WEFT_THREAD(put_one, (void *)9);
            start(&putters[i]);
        }
        wait_until_any_wait(MOST);
        for (int i = 0; i < 4; i++) {
            assert_ok(weft_queue_set_maxsize(queue, limits[i]));
            wait_until_size(limits[i]);
            wait_until_any_wait(1 + MOST - limits[i]);
            assert_full();
            ck_assert_uint_eq(weft_queue_size(queue), limits[i]);
        }
        assert_ok(weft_queue_set_maxsize(queue, 0)); /* none */
        for (int i = 0; i < MOST; i++)
            assert_ok((weft_status)result_of(&putters[i]));
        ck_assert_uint_eq(weft_queue_size(queue), 1 + MOST);
        ck_assert(!weft_queue_full(queue));
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

START_TEST(lowering_keeps_what_is_there_and_lets_nothing_in_above)
{
    for (int k = 0; k < KINDS; k++) {
        weft_thread putter = WEFT_THREAD(put_one, (void *)5);
        create(kinds[k], k == 0 ? 0 : 10);
        for (int i = 0; i < 10; i++)
            put(5);
        assert_ok(weft_queue_set_maxsize(queue, 3));
        ck_assert_uint_eq(weft_queue_maxsize(queue), 3);
        start(&putter);
        wait_until_any_wait(1);
        for (size_t size = 10; size >= 3; size--) {
            ck_assert_uint_eq(weft_queue_size(queue), size);
            assert_full();
            ck_assert(weft_thread_is_alive(&putter));
            ck_assert_int_eq(get(), 5);
        }
        assert_ok((weft_status)result_of(&putter));
        ck_assert_uint_eq(weft_queue_size(queue), 3);
        assert_full();
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

START_TEST(a_limit_may_come_and_go)
{
    create(WEFT_FIFO, 0);
    for (int i = 0; i < 1000; i++) {
        int item = 2 * i;
        assert_ok(weft_queue_set_maxsize(queue, (size_t)item + 1));
        put(item);
        assert_full();
        assert_ok(weft_queue_set_maxsize(queue, 0));
        put(item + 1);
    }
    for (int i = 0; i < 2000; i++)
        ck_assert_int_eq(get(), i);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- While others put and take ---- */

enum { ROUNDS = SANITIZED ? 10 : 30, SAMPLES = 200 };

static atomic_long put_in, taken;
static atomic_bool pausing, finished;
static atomic_int paused;
static weft_event go_on;

static void must(bool holds)
{
    if (!holds)
        ck_abort();
}

static void *put_always(void *arg)
{
    int item = 1;
    while (!finished) {
        must(weft_queue_put(queue, &item) == WEFT_OK);
        put_in++;
    }
    return arg;
}

static void *take_always(void *arg)
{
    int item;
    while (weft_queue_get(queue, &item) == WEFT_OK) {
        taken++;
        if (pausing) {
            paused++;
            must(weft_event_wait(&go_on) == WEFT_OK);
            paused--;
        }
    }
    return arg;
}

static void pause_takers(int takers)
{
    pausing = true;
    while (paused < takers)
        weft_sleep(WEFT_US(50));
}

static void resume_takers(void)
{
    pausing = false;
    must(weft_event_set(&go_on) == WEFT_OK);
    while (paused > 0)
        weft_sleep(WEFT_US(50));
    weft_event_clear(&go_on);
}

/* While there is more in it than the limit, nothing goes in; then never more
 * goes in than the limit. The most that there may be now. */
static size_t watch(size_t limit)
{
    size_t most = weft_queue_size(queue);
    for (int i = 0; i < SAMPLES; i++) {
        size_t size = weft_queue_size(queue);
        must(size <= most || size <= limit);
        most = size;
    }
    return most > limit ? most : limit;
}

/* With putters only. */
static void change_exactly(int putters, size_t limit, size_t most)
{
    while (weft_queue_size(queue) < limit)
        weft_sleep(WEFT_US(50));
    size_t size = weft_queue_size(queue);
    must(size <= most);
    must(weft_queue_set_maxsize(queue, size + 3) == WEFT_OK);
    wait_until_size(size + 3);
    wait_until_any_wait((size_t)putters);
    assert_full();
    must(weft_queue_set_maxsize(queue, 1) == WEFT_OK);
    assert_full();
    must(weft_queue_size(queue) == size + 3);
}

static void start_all(weft_thread *threads, int n, weft_target target)
{
    for (int i = 0; i < n; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(target, NULL);
        start(&threads[i]);
    }
}

static void join_all(weft_thread *threads, int n)
{
    for (int i = 0; i < n; i++)
        assert_ok(weft_thread_join(&threads[i]));
}

static void change_among(int putters, int takers)
{
    weft_thread putting[MOST], taking[MOST];
    put_in = taken = 0;
    finished = false;
    create(WEFT_FIFO, 1);
    start_all(putting, putters, put_always);
    start_all(taking, takers, take_always);
    for (int round = 0; round < ROUNDS; round++) {
        size_t limit = 1 + (size_t)round * 7 % 12;
        assert_ok(weft_queue_set_maxsize(queue, limit));
        size_t most = watch(limit);
        pause_takers(takers);
        change_exactly(putters, limit, most);
        resume_takers();
        watch(1);
    }
    finished = true;
    assert_ok(weft_queue_set_maxsize(queue, 0));
    join_all(putting, putters);
    assert_ok(weft_queue_shutdown(queue, false));
    join_all(taking, takers);
    ck_assert_int_eq(put_in, taken);
    assert_ok(weft_queue_destroy(queue));
}

START_TEST(each_limit_is_exact_while_others_put_and_take)
{
    static const int crews[][2] = {{1, 1}, {8, 1}, {1, 8}, {4, 4}, {8, 8}};
    for (int i = 0; i < 5; i++)
        change_among(crews[i][0], crews[i][1]);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        raising_lets_in_exactly_as_many_putters,
        lowering_keeps_what_is_there_and_lets_nothing_in_above,
        a_limit_may_come_and_go,
        each_limit_is_exact_while_others_put_and_take,
    };
    return RUN_TESTS("queue limit", tests);
}
