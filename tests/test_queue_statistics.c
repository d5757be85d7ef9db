/* SPDX-License-Identifier: MIT */

/* What a queue tells of itself is exact, and nothing is told unasked. */

#include "queue.h"

#include <stdatomic.h>
#include <weft/select.h>

static const weft_queue_kind kinds[] = {WEFT_FIFO, WEFT_LIFO, WEFT_PRIORITY};
enum { KINDS = 3, MOST = 8 };

static int by_size(const void *one, const void *other)
{
    const int *a = one, *b = other;
    return (*a > *b) - (*a < *b);
}

static void create(weft_queue_kind kind, size_t maxsize, bool statistics)
{
    queue = weft_queue_create(sizeof(int), .kind = kind, .compare = by_size,
                              .maxsize = maxsize, .statistics = statistics);
    ck_assert_ptr_nonnull(queue);
}

static void assert_nothing_told(void)
{
    static const weft_queue_info nothing;
    weft_queue_info info = weft_queue_stats(queue);
    ck_assert_int_eq(memcmp(&info, &nothing, sizeof info), 0);
}

static void assert_moved(uint64_t puts, uint64_t gets, size_t deepest)
{
    weft_queue_info info = weft_queue_stats(queue);
    ck_assert_uint_eq(info.puts, puts);
    ck_assert_uint_eq(info.gets, gets);
    ck_assert_uint_eq(info.deepest, deepest);
}

/* ---- On and off ---- */

START_TEST(statistics_are_off_until_asked_for)
{
    create(WEFT_FIFO, 0, false);
    for (int i = 0; i < 1000; i++)
        put(i);
    assert_nothing_told();
    get();
    assert_ok(weft_queue_set_statistics(queue, true));
    assert_moved(0, 0, 999); /* so deep it is already */
    put(1);
    get();
    get();
    assert_moved(1, 2, 1000);
    assert_ok(weft_queue_set_statistics(queue, false));
    assert_nothing_told();
    get();
    put(1);
    put(1);
    assert_nothing_told();
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

START_TEST(switching_on_again_begins_from_zero)
{
    create(WEFT_FIFO, 0, true);
    put(1);
    put(2);
    get();
    assert_moved(2, 1, 2);
    assert_ok(weft_queue_set_statistics(queue, true));
    assert_moved(0, 0, 1);
    ck_assert_uint_eq(weft_queue_stats(queue).get_waits, 0);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

START_TEST(statistics_of_no_queue_are_answered)
{
    queue = NULL;
    assert_nothing_told();
    expect_misuse(weft_queue_set_statistics(NULL, true), WEFT_INVALID);
}
END_TEST

/* ---- Items and depth ---- */

static uint32_t dice(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

START_TEST(items_and_the_greatest_depth_are_counted_exactly)
{
    for (int k = 0; k < KINDS; k++) {
        static const int items[40];
        int got[40];
        uint32_t random = (uint32_t)k;
        size_t puts = 0, gets = 0, deepest = 0, discarded = 0, n;
        create(kinds[k], 900, true);
        for (int i = 0; i < 4000; i++) {
            size_t size = puts - gets - discarded;
            if (dice(&random) % 100 == 0) {
                assert_ok(weft_queue_clear(queue, &n));
                discarded += n;
            } else if (dice(&random) % 8 < 5 && size <= 900 - 40) {
                n = dice(&random) % 40;
                assert_ok(weft_queue_put_many(queue, items, n, NULL));
                puts += n;
            } else if (size > 0) {
                assert_ok(weft_queue_get_many(queue, got, 40, &n));
                gets += n;
            }
            size = puts - gets - discarded;
            deepest = size > deepest ? size : deepest;
            if (i % 10 == 0)
                assert_moved(puts, gets, deepest);
        }
        ck_assert_uint_eq(weft_queue_stats(queue).discarded, discarded);
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

enum { EACH = SANITIZED ? 2000 : 20000 };

static void *put_each(void *arg)
{
    for (int i = 0; i < EACH; i++)
        if (weft_queue_put(queue, &i) != WEFT_OK)
            ck_abort();
    return arg;
}

static void *get_each(void *arg)
{
    int item;
    for (int i = 0; i < EACH; i++)
        if (weft_queue_get(queue, &item) != WEFT_OK)
            ck_abort();
    return arg;
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

/* What anybody saw is no deeper than what is told. */
static void count_among(int threads, weft_queue_kind kind, size_t maxsize)
{
    weft_thread putting[MOST], getting[MOST];
    size_t seen = 0;
    uint64_t all = (uint64_t)threads * EACH;
    create(kind, maxsize, true);
    start_all(putting, threads, put_each);
    while (weft_queue_size(queue) < maxsize)
        weft_sleep(WEFT_US(50));
    start_all(getting, threads, get_each);
    for (size_t size = 1; size > 0; size = weft_queue_size(queue))
        seen = size > seen ? size : seen;
    join_all(putting, threads);
    join_all(getting, threads);
    weft_queue_info info = weft_queue_stats(queue);
    assert_moved(all, all, maxsize != 0 ? maxsize : info.deepest);
    ck_assert_uint_le(seen, info.deepest);
    ck_assert_uint_le(info.put_waits, all);
    ck_assert_uint_le(info.get_waits, all);
    ck_assert(maxsize == 0 || info.put_waits >= 1);
    assert_ok(weft_queue_destroy(queue));
}

START_TEST(they_are_exact_while_many_put_and_get)
{
    static const int crews[] = {1, 2, 8};
    static const size_t limits[] = {5, 0, 64};
    for (int i = 0; i < 3; i++)
        for (int k = 0; k < KINDS; k++)
            count_among(crews[i], kinds[k], limits[(i + k) % 3]);
}
END_TEST

/* ---- Waits ---- */

#define LONG WEFT_MS(2)

static void assert_waits(uint64_t put_waits, uint64_t get_waits)
{
    weft_queue_info info = weft_queue_stats(queue);
    ck_assert_uint_eq(info.put_waits, put_waits);
    ck_assert_uint_eq(info.get_waits, get_waits);
    ck_assert_int_ge(info.put_waiting, (weft_duration)put_waits * LONG);
    ck_assert_int_ge(info.get_waiting, (weft_duration)get_waits * LONG);
    ck_assert(put_waits > 0 || info.put_waiting == 0);
    ck_assert(get_waits > 0 || info.get_waiting == 0);
}

/* Each wait lasts at least so long. */
static void let_wait(weft_thread *thread)
{
    start(thread);
    wait_until_any_wait(1);
    assert_ok(weft_sleep(LONG));
}

START_TEST(waits_and_their_time_are_counted_when_they_are_over)
{
    for (int k = 0; k < KINDS; k++) {
        weft_thread getter = WEFT_THREAD(get_one, NULL);
        weft_thread putter = WEFT_THREAD(put_one, (void *)2);
        weft_thread stopped = WEFT_THREAD(put_one, (void *)3);
        int item;
        create(kinds[k], 1, true);
        assert_status(weft_queue_try_get(queue, &item), WEFT_EMPTY);
        let_wait(&getter);
        assert_waits(0, 0);
        put(1);
        ck_assert_int_eq(result_of(&getter), 1);
        assert_waits(0, 1);
        put(1);
        let_wait(&putter);
        get();
        assert_ok((weft_status)result_of(&putter));
        assert_waits(1, 1);
        assert_status(weft_queue_try_put(queue, &item), WEFT_FULL);
        assert_status(weft_queue_put_timed(queue, &item, LONG), WEFT_TIMED_OUT);
        assert_waits(2, 1);
        let_wait(&stopped);
        assert_ok(weft_thread_stop(&stopped));
        ck_assert_int_eq(result_of(&stopped), WEFT_STOPPED);
        assert_waits(3, 1);
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

static void *select_either(void *cases)
{
    return (void *)(intptr_t)weft_select(cases, 2, NULL);
}

START_TEST(a_selections_waits_are_counted_too)
{
    for (int k = 0; k < KINDS; k++) {
        int item;
        weft_event never = {0};
        create(kinds[k], 0, true);
        weft_select_case cases[] = {WEFT_SELECT_EVENT(&never),
                                    WEFT_SELECT_GET(queue, &item)};
        weft_thread selector = WEFT_THREAD(select_either, cases);
        start(&selector);
        wait_until_waiting(cases, 1);
        assert_ok(weft_sleep(LONG));
        assert_waits(0, 0);
        put(1);
        assert_ok((weft_status)result_of(&selector));
        assert_waits(0, 1);
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

START_TEST(a_wait_that_began_before_is_not_counted)
{
    create(WEFT_FIFO, 0, false);
    weft_thread getter = WEFT_THREAD(get_one, NULL);
    let_wait(&getter);
    assert_ok(weft_queue_set_statistics(queue, true));
    put(4);
    ck_assert_int_eq(result_of(&getter), 4);
    assert_waits(0, 0);
    weft_thread second = WEFT_THREAD(get_one, NULL);
    let_wait(&second);
    assert_ok(weft_queue_set_statistics(queue, true));
    put(5);
    ck_assert_int_eq(result_of(&second), 5);
    assert_waits(0, 0);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        statistics_are_off_until_asked_for,
        switching_on_again_begins_from_zero,
        statistics_of_no_queue_are_answered,
        items_and_the_greatest_depth_are_counted_exactly,
        they_are_exact_while_many_put_and_get,
        waits_and_their_time_are_counted_when_they_are_over,
        a_selections_waits_are_counted_too,
        a_wait_that_began_before_is_not_counted,
    };
    return RUN_TESTS("queue statistics", tests);
}
