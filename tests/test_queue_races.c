/* SPDX-License-Identifier: MIT */

/* Whatever calls meet each other, and however they end: nothing is lost,
 * nothing comes twice, each getter sees each putter's items in order, and
 * nobody is forgotten. */

#include "support.h"

#include <stdatomic.h>
#include <string.h>
#include <weft/queue.h>

enum { MOST = 8, ITEMS = SANITIZED ? 2000 : 20000, BATCH = 9 };

/* The framework notes each assertion in a file: too slow for each item. */
static void must(bool holds)
{
    if (!holds)
        ck_abort();
}

struct item {
    uint32_t putter, number;
};

static weft_queue *queue;
static atomic_uchar seen[MOST][ITEMS + BATCH];
static uint32_t put_count[MOST];

static uint32_t dice(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

static void see(void *item)
{
    const struct item *got = item;
    must(seen[got->putter][got->number]++ == 0);
}

/* ---- All ways to put and to get ---- */

static weft_status put_somehow(const struct item *items, size_t *done,
                               uint32_t *random)
{
    uint32_t how = dice(random) % 6, n = dice(random) % BATCH;
    weft_duration length = WEFT_US(dice(random) % 60);
    *done = 0;
    if (how == 0)
        return weft_queue_put_many(queue, items, n, done);
    if (how == 1)
        return weft_queue_put_many_timed(queue, items, n, done, length);
    if (how == 2)
        return weft_queue_try_put_many(queue, items, n, done);
    weft_status status = how == 3   ? weft_queue_put_timed(queue, items, length)
                         : how == 4 ? weft_queue_try_put(queue, items)
                                    : weft_queue_put(queue, items);
    *done = status == WEFT_OK;
    return status;
}

static weft_status get_somehow(struct item *items, size_t *done,
                               uint32_t *random)
{
    uint32_t how = dice(random) % 6, n = 1 + dice(random) % BATCH;
    weft_duration length = WEFT_US(dice(random) % 60);
    *done = 0;
    if (how == 0)
        return weft_queue_get_many(queue, items, n, done);
    if (how == 1)
        return weft_queue_get_many_timed(queue, items, n, done, length);
    if (how == 2)
        return weft_queue_try_get_many(queue, items, n, done);
    weft_status status = how == 3   ? weft_queue_get_timed(queue, items, length)
                         : how == 4 ? weft_queue_try_get(queue, items)
                                    : weft_queue_get(queue, items);
    *done = status == WEFT_OK;
    return status;
}

static void *put_all(void *arg)
{
    uint32_t putter = (uint32_t)(intptr_t)arg, random = putter + 1, next = 0;
    struct item items[BATCH];
    size_t done;
    weft_status status = WEFT_OK;
    while (next < ITEMS && status != WEFT_SHUT_DOWN) {
        for (uint32_t i = 0; i < BATCH; i++)
            items[i] = (struct item){putter, next + i};
        status = put_somehow(items, &done, &random);
        must(status == WEFT_OK || status == WEFT_SHUT_DOWN ||
             status == WEFT_TIMED_OUT || status == WEFT_FULL);
        next += (uint32_t)done;
    }
    put_count[putter] = next;
    return NULL;
}

static bool in_order; /* each putter's come out as they went in */

static void *get_all(void *arg)
{
    uint32_t random = (uint32_t)(intptr_t)arg + 100, next[MOST] = {0};
    struct item items[BATCH];
    size_t done;
    weft_status status = WEFT_OK;
    while (status != WEFT_SHUT_DOWN) {
        status = get_somehow(items, &done, &random);
        must(status == WEFT_OK || status == WEFT_SHUT_DOWN ||
             status == WEFT_TIMED_OUT || status == WEFT_EMPTY);
        for (size_t i = 0; i < done; i++) {
            must(!in_order || items[i].number >= next[items[i].putter]);
            next[items[i].putter] = items[i].number + 1;
            see(&items[i]);
            must(weft_queue_task_done(queue) == WEFT_OK);
        }
    }
    return NULL;
}

static void start_all(weft_thread *threads, int n, weft_target target)
{
    for (intptr_t i = 0; i < n; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(target, (void *)i);
        start(&threads[i]);
    }
}

static void join_all(weft_thread *threads, int n)
{
    for (int i = 0; i < n; i++)
        assert_ok(weft_thread_join(&threads[i]));
}

static atomic_bool all_put;

static void *clear_now_and_then(void *arg)
{
    uint32_t random = 7;
    while (!all_put) {
        weft_sleep(WEFT_US(dice(&random) % 500));
        must(weft_queue_clear(queue, NULL) == WEFT_OK);
    }
    return arg;
}

static int by_number(const void *one, const void *other)
{
    const struct item *a = one, *b = other;
    return (a->number > b->number) - (a->number < b->number);
}

struct crew {
    int putters, getters;
};

struct plan {
    struct crew crew;
    size_t maxsize;
    weft_queue_kind kind;
    weft_duration moment; /* > 0: shuts down at once after so long */
    bool clear;           /* now and then */
    bool statistics;
};

static void run(struct plan plan)
{
    weft_thread putting[MOST], getting[MOST];
    weft_thread clearer = WEFT_THREAD(clear_now_and_then, NULL);
    memset(seen, 0, sizeof seen);
    in_order = plan.kind == WEFT_FIFO;
    all_put = false;
    queue = weft_queue_create(sizeof(struct item), .maxsize = plan.maxsize,
                              .kind = plan.kind, .compare = by_number,
                              .destroy = see, .statistics = plan.statistics);
    start_all(getting, plan.crew.getters, get_all);
    start_all(putting, plan.crew.putters, put_all);
    if (plan.clear)
        start(&clearer);
    if (plan.moment > 0) {
        weft_sleep(plan.moment);
        assert_ok(weft_queue_shutdown(queue, true));
    }
    join_all(putting, plan.crew.putters);
    all_put = true;
    if (plan.clear)
        assert_ok(weft_thread_join(&clearer));
    assert_ok(weft_queue_shutdown(queue, false));
    join_all(getting, plan.crew.getters);
    assert_ok(weft_queue_join(queue));
    ck_assert_uint_eq(weft_queue_size(queue), 0);
    weft_queue_info info = weft_queue_stats(queue);
    ck_assert_uint_eq(info.puts, info.gets + info.discarded);
    assert_ok(weft_queue_destroy(queue));
    for (int i = 0; i < plan.crew.putters; i++)
        for (uint32_t k = 0; k < ITEMS + BATCH; k++)
            must(seen[i][k] == (k < put_count[i]));
}

static const struct crew crews[] = {{1, 1}, {1, 8}, {8, 1},
                                    {2, 3}, {4, 4}, {8, 8}};
enum { CREWS = sizeof crews / sizeof *crews };

START_TEST(all_calls_together_lose_nothing)
{
    static const size_t sizes[] = {1, 5, 64, 0};
    for (int i = 0; i < CREWS; i++)
        for (int k = 0; k < 2; k++)
            run((struct plan){crews[i], sizes[(i + k) % 4], WEFT_FIFO, 0, false,
                              k == 1});
}
END_TEST

START_TEST(all_calls_together_lose_nothing_in_the_other_kinds)
{
    static const size_t sizes[] = {5, 64, 0};
    for (int i = 0; i < CREWS; i++)
        for (int k = 0; k < 2; k++)
            run((struct plan){crews[i], sizes[(i + k) % 3],
                              k == 0 ? WEFT_PRIORITY : WEFT_LIFO, 0, false,
                              i % 2 == 0});
}
END_TEST

static void run_at_random(int rounds, weft_duration longest, bool clear)
{
    static const weft_queue_kind kinds[] = {WEFT_FIFO, WEFT_LIFO, WEFT_FIFO,
                                            WEFT_PRIORITY, WEFT_FIFO};
    uint32_t random = 1;
    for (int round = 0; round < rounds; round++)
        run((struct plan){
            crews[round % CREWS], dice(&random) % 20, kinds[round % 5],
            1 + WEFT_US(dice(&random)) % longest, clear, round % 4 == 3});
}

START_TEST(a_shutdown_at_any_moment_loses_nothing)
{
    run_at_random(10 * CREWS, WEFT_MS(3), false);
}
END_TEST

START_TEST(clears_at_any_moment_lose_nothing)
{
    run_at_random(5 * CREWS, WEFT_MS(10), true);
}
END_TEST

/* ---- Nobody is forgotten ---- */

static void *get_one_item(void *arg)
{
    struct item item;
    assert_ok(weft_queue_get(queue, &item));
    see(&item);
    return arg;
}

/* One by one and all at once. */
START_TEST(as_many_items_as_sleepers_wake_them_all)
{
    weft_thread getters[MOST];
    struct item items[MOST];
    for (uint32_t i = 0; i < MOST; i++)
        items[i] = (struct item){0, i};
    for (int round = 0; round < 20; round++) {
        memset(seen, 0, sizeof seen);
        queue = weft_queue_create(sizeof(struct item));
        start_all(getters, MOST, get_one_item);
        wait_until_any_wait(MOST);
        if (round % 2 == 0)
            assert_ok(weft_queue_put_many(queue, items, MOST, NULL));
        else
            for (int i = 0; i < MOST; i++)
                assert_ok(weft_queue_put(queue, &items[i]));
        join_all(getters, MOST);
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

static atomic_bool finished;

static void *take_and_put_back(void *arg)
{
    struct item item;
    while (!finished) {
        must(weft_queue_get(queue, &item) == WEFT_OK);
        must(weft_queue_put(queue, &item) == WEFT_OK);
    }
    return arg;
}

/* One item goes round among seven; the eighth wants it, too. */
START_TEST(seven_who_conspire_do_not_keep_out_the_eighth)
{
    weft_thread others[MOST - 1];
    struct item item = {0, 0};
    queue = weft_queue_create(sizeof(struct item), .maxsize = 1);
    assert_ok(weft_queue_put(queue, &item));
    start_all(others, MOST - 1, take_and_put_back);
    for (int i = 0; i < 100; i++) {
        assert_ok(weft_queue_get(queue, &item));
        assert_ok(weft_queue_put(queue, &item));
        weft_sleep(WEFT_US(200));
    }
    finished = true;
    join_all(others, MOST - 1);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- Sizes ---- */

static unsigned char in[30 * 4096], out[30 * 4096];

static void move_items_of(size_t size)
{
    size_t got;
    memset(out, 0, sizeof out);
    assert_ok(weft_queue_put(queue, in));
    assert_ok(weft_queue_put_many(queue, in + size, 28, NULL));
    assert_ok(weft_queue_put(queue, in + 29 * size));
    assert_ok(weft_queue_get(queue, out));
    assert_ok(weft_queue_get_many(queue, out + size, 40, &got));
    ck_assert_uint_eq(got, 29);
    ck_assert_int_eq(memcmp(in, out, 30 * size), 0);
}

START_TEST(items_of_any_size_come_out_as_they_went_in)
{
    static const size_t sizes[] = {1, 3, 8, 24, 100, 1000, 4096};
    uint32_t random = 1;
    for (size_t i = 0; i < sizeof in; i++)
        in[i] = (unsigned char)dice(&random);
    for (int i = 0; i < 7; i++) {
        queue = weft_queue_create(sizes[i]);
        for (int round = 0; round < 50; round++)
            move_items_of(sizes[i]);
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        all_calls_together_lose_nothing,
        all_calls_together_lose_nothing_in_the_other_kinds,
        a_shutdown_at_any_moment_loses_nothing,
        clears_at_any_moment_lose_nothing,
        as_many_items_as_sleepers_wake_them_all,
        seven_who_conspire_do_not_keep_out_the_eighth,
        items_of_any_size_come_out_as_they_went_in,
    };
    return RUN_TESTS("queue races", tests);
}
