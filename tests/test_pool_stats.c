/* SPDX-License-Identifier: MIT */

/* What a pool counts. */

#include "forking.h"

#include <stdatomic.h>
#include <weft/event.h>
#include <weft/pool_stats.h>

static weft_pool *pool;
static weft_event go;
static atomic_int began;

static void tear_down(void)
{
    assert_ok(weft_pool_destroy(pool));
}

static void *echo(void *arg)
{
    return arg;
}

static void *give_up(void *arg)
{
    (void)arg;
    return weft_fail(1, "no luck");
}

static void *wait_to_go(void *arg)
{
    began++;
    assert_ok(weft_event_wait(&go));
    return arg;
}

static uint64_t total(const weft_histogram *histogram)
{
    uint64_t sum = 0;
    for (int i = 0; i < WEFT_SPANS; i++)
        sum += histogram->counts[i];
    return sum;
}

static void occupy(weft_future *future)
{
    assert_ok(weft_submit(pool, future, wait_to_go, NULL));
    while (began == 0)
        weft_sleep(WEFT_US(100));
}

START_TEST(each_task_is_counted_where_it_stands)
{
    weft_future busy, futures[4];
    pool = weft_pool_create(.workers = 1, .statistics = true);
    occupy(&busy);
    for (int i = 0; i < 4; i++)
        assert_ok(
            weft_submit(pool, &futures[i], i == 0 ? give_up : echo, NULL));
    assert_ok(weft_future_cancel(&futures[1]));
    weft_pool_info info = weft_pool_stats(pool);
    ck_assert_uint_eq(info.submitted, 5);
    ck_assert_uint_eq(info.pending, 3);
    ck_assert_uint_eq(info.most_pending, 4);
    ck_assert_uint_eq(info.running, 1);
    ck_assert_uint_eq(info.cancelled, 1);
    ck_assert_uint_eq(info.done, 0);
    ck_assert_uint_eq(info.workers, 1);
    assert_ok(weft_event_set(&go));
    assert_ok(weft_future_result(&futures[3], NULL));
    info = weft_pool_stats(pool);
    ck_assert_uint_eq(info.pending, 0);
    ck_assert_uint_eq(info.running, 0);
    ck_assert_uint_eq(info.done, 4);
    ck_assert_uint_eq(info.failed, 1);
    ck_assert_uint_eq(info.most_running, 1);
    ck_assert_uint_eq(info.most_workers, 1);
    ck_assert_uint_eq(total(&info.waited), 4);
    ck_assert_uint_eq(total(&info.ran), 4);
}
END_TEST

static int span_of(weft_duration duration)
{
    int span = 0;
    for (duration >>= 10; duration > 0; duration >>= 1)
        span++;
    return span;
}

static void *sleep_a_while(void *all_are_there)
{
    assert_ok(weft_event_wait(all_are_there));
    assert_ok(weft_sleep(WEFT_MS(20)));
    return NULL;
}

START_TEST(times_are_counted_by_their_length)
{
    weft_future futures[2];
    weft_event all_are_there = {0};
    pool = weft_pool_create(.workers = 1, .statistics = true);
    for (int i = 0; i < 2; i++)
        assert_ok(
            weft_submit(pool, &futures[i], sleep_a_while, &all_are_there));
    assert_ok(weft_event_set(&all_are_there));
    for (int i = 0; i < 2; i++)
        assert_ok(weft_future_result(&futures[i], NULL));
    weft_pool_info info = weft_pool_stats(pool);
    int least = span_of(WEFT_MS(20));
    uint64_t ran = 0, waited = 0;
    for (int i = 0; i < WEFT_SPANS; i++) {
        ran += i >= least ? info.ran.counts[i] : 0;
        waited += i >= least ? info.waited.counts[i] : 0;
    }
    ck_assert_uint_eq(ran, 2);
    ck_assert_uint_ge(waited, 1); /* the second, for the first */
}
END_TEST

static void *submit_and_block(void *arg)
{
    weft_future inner;
    assert_ok(weft_submit(pool, &inner, echo, NULL));
    while (!weft_future_done(&inner)) /* only a thief can run it */
        weft_sleep(WEFT_US(100));
    return arg;
}

START_TEST(stolen_and_nested_ones_are_counted)
{
    weft_future future;
    pool = weft_pool_create(.workers = 2, .statistics = true);
    assert_ok(weft_submit(pool, &future, submit_and_block, NULL));
    assert_ok(weft_future_result(&future, NULL));
    weft_pool_info info = weft_pool_stats(pool);
    ck_assert_uint_eq(info.submitted, 2);
    ck_assert_uint_eq(info.done, 2);
    ck_assert_uint_eq(info.stolen, 1);
    ck_assert_uint_eq(info.most_running, 2);
}
END_TEST

START_TEST(refused_dropped_and_run_by_the_caller)
{
    static const weft_when_full policies[] = {WEFT_FULL_REFUSE, WEFT_FULL_RUN,
                                              WEFT_FULL_DROP_OLDEST};
    for (int i = 0; i < 3; i++) {
        weft_future busy, futures[2];
        began = 0;
        assert_ok(weft_event_clear(&go));
        pool = weft_pool_create(.workers = 1, .capacity = 1,
                                .when_full = policies[i], .statistics = true);
        occupy(&busy);
        assert_ok(weft_submit(pool, &futures[0], echo, NULL));
        weft_status status = weft_submit(pool, &futures[1], echo, NULL);
        ck_assert_int_eq(status, i == 0 ? WEFT_FULL : WEFT_OK);
        weft_pool_info info = weft_pool_stats(pool);
        ck_assert_uint_eq(info.submitted, i == 0 ? 2 : 3);
        ck_assert_uint_eq(info.pending, 1);
        ck_assert_uint_eq(info.done, i == 1 ? 1 : 0);
        ck_assert_uint_eq(info.cancelled, i == 2 ? 1 : 0);
        assert_ok(weft_event_set(&go));
        assert_ok(weft_pool_destroy(pool));
    }
    pool = NULL;
}
END_TEST

START_TEST(who_does_not_count_is_not_asked)
{
    pool = weft_pool_create(.workers = 1);
    weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
    ck_assert_uint_eq(weft_pool_stats(pool).submitted, 0);
    ck_assert_uint_eq(weft_pool_stats(NULL).submitted, 0);
    ck_assert_int_eq(misuses_, 2);
    weft_set_misuse_handler(before);
}
END_TEST

static void fork_while_one_runs(void)
{
    static weft_future busy; /* until the end of the process */
    pool = weft_pool_create(.workers = 1, .statistics = true);
    occupy(&busy);
    pid_t child = fork();
    if (child == 0) {
        weft_future future;
        require(weft_pool_stats(pool).running == 0);
        require(weft_submit(pool, &future, echo, NULL) == WEFT_OK);
        require(weft_future_result(&future, NULL) == WEFT_OK);
        require(weft_pool_stats(pool).done == 1);
        _exit(EXIT_SUCCESS);
    }
    int status;
    require(waitpid(child, &status, 0) == child && status == 0);
    require(weft_event_set(&go) == WEFT_OK);
}

START_TEST(a_forked_child_counts_its_own)
{
    assert_child(fork_while_one_runs, "", 0);
}
END_TEST

static void *fork_tree(void *arg)
{
    intptr_t depth = (intptr_t)arg;
    if (depth == 0)
        return NULL;
    weft_future futures[2];
    for (int i = 0; i < 2; i++)
        assert_ok(
            weft_submit(pool, &futures[i], fork_tree, (void *)(depth - 1)));
    weft_status cancelled = weft_future_cancel(&futures[depth & 1]);
    ck_assert(cancelled == WEFT_OK || cancelled == WEFT_ALREADY_STARTED);
    for (int i = 0; i < 2; i++)
        (void)weft_future_result(&futures[i], NULL);
    return arg;
}

START_TEST(under_stress_the_sums_are_right)
{
    pool = weft_pool_create(.workers = 3, .statistics = true);
    for (int i = 0; i < (SANITIZED ? 50 : 500); i++) {
        weft_future future;
        assert_ok(weft_submit(pool, &future, fork_tree, (void *)12));
        assert_ok(weft_future_result(&future, NULL));
    }
    assert_ok(weft_pool_shutdown(pool, .wait = true));
    weft_pool_info info = weft_pool_stats(pool);
    ck_assert_uint_eq(info.submitted, info.done + info.cancelled);
    ck_assert_uint_eq(info.pending, 0);
    ck_assert_uint_eq(info.running, 0);
    ck_assert_uint_eq(total(&info.waited), info.done);
    ck_assert_uint_eq(total(&info.ran), info.done);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        each_task_is_counted_where_it_stands,
        times_are_counted_by_their_length,
        stolen_and_nested_ones_are_counted,
        refused_dropped_and_run_by_the_caller,
        who_does_not_count_is_not_asked,
        a_forked_child_counts_its_own,
        under_stress_the_sums_are_right,
    };
    return RUN_TESTS_AROUND("pool stats", tests, NULL, tear_down);
}
