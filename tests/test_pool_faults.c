/* SPDX-License-Identifier: MIT */

/* Pools, futures and loops without memory or without threads. */

#include "child.h"
#include "faults.h"

#include <weft/event.h>
#include <weft/parallel.h>

static weft_pool *pool;
static weft_event go;
static atomic_int ran;

static void *count(void *arg)
{
    ran++;
    return arg;
}

static void *wait_to_go(void *arg)
{
    assert_ok(weft_event_wait(&go));
    return count(arg);
}

/* Calls weft, not the test framework, which allocates, too. */
typedef weft_status (*operation)(void);

/* Has the operation fail at its first allocation, its second, and so on, until
 * it needs no more. What a failure allocated it must have freed. Returns how
 * many there were. */
static long fail_at_each(operation run)
{
    for (long k = 1;; k++) {
        long before = live;
        run_out_of_memory(k, false);
        weft_status status = run();
        if (enough_memory()) {
            assert_ok(status);
            return k - 1;
        }
        long after = live;
        ck_assert_int_eq(status, WEFT_NO_MEMORY);
        ck_assert_int_eq(after, before);
    }
}

/* ---- Memory ---- */

static weft_status create(void)
{
    pool = weft_pool_create(.workers = 2);
    return pool != NULL ? WEFT_OK
                        : (errno == ENOMEM ? WEFT_NO_MEMORY : WEFT_INVALID);
}

static weft_status create_counting(void)
{
    pool = weft_pool_create(.workers = 2, .statistics = true);
    return pool != NULL ? WEFT_OK
                        : (errno == ENOMEM ? WEFT_NO_MEMORY : WEFT_INVALID);
}

START_TEST(creating_a_pool_without_memory)
{
    long before = live;
    ck_assert_int_eq(fail_at_each(create), 1);
    assert_ok(weft_pool_destroy(pool));
    ck_assert_int_eq(fail_at_each(create_counting), 2);
    assert_ok(weft_pool_destroy(pool));
    long after = live;
    ck_assert_int_eq(after, before);
}
END_TEST

static weft_pool *found;

static weft_status find_default(void)
{
    found = weft_default_pool();
    return found != NULL ? WEFT_OK
                         : (errno == ENOMEM ? WEFT_NO_MEMORY : WEFT_INVALID);
}

START_TEST(the_default_pool_without_memory)
{
    ck_assert_int_eq(fail_at_each(find_default), 1);
    ck_assert_ptr_eq(weft_default_pool(), found);
}
END_TEST

static weft_future future;

static weft_status submit(void)
{
    return weft_submit(pool, &future, count, NULL);
}

START_TEST(submitting_without_memory)
{
    assert_ok(create());
    ck_assert_int_eq(fail_at_each(submit), 1);
    assert_ok(weft_future_result(&future, NULL));
    run_out_of_memory(1, true); /* the worker is there by now */
    weft_status status = submit();
    ck_assert(enough_memory());
    assert_ok(status);
    assert_ok(weft_future_result(&future, NULL));
    ck_assert_int_eq(ran, 2);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

START_TEST(a_future_refused_is_not_submitted)
{
    assert_ok(create());
    run_out_of_memory(1, false);
    weft_status status = submit();
    enough_memory();
    assert_status(status, WEFT_NO_MEMORY);
    ck_assert(!weft_future_done(&future));
    ck_assert(!weft_future_running(&future));
    expect_misuse(weft_future_result(&future, NULL), WEFT_NOT_STARTED);
    expect_misuse(weft_future_cancel(&future), WEFT_NOT_STARTED);
    assert_ok(weft_pool_destroy(pool));
    ck_assert_int_eq(ran, 0);
}
END_TEST

static weft_status run(void)
{
    return weft_pool_run(pool, count, NULL);
}

START_TEST(running_without_memory)
{
    long before = live;
    assert_ok(create());
    for (long k = 1; k <= 2; k++) { /* for the task, for the worker */
        run_out_of_memory(k, false);
        weft_status status = run();
        ck_assert(!enough_memory());
        assert_status(status, WEFT_NO_MEMORY);
    }
    assert_ok(run());
    assert_ok(weft_pool_destroy(pool));
    long after = live;
    ck_assert_int_eq(after, before);
    ck_assert_int_eq(ran, 1);
}
END_TEST

static int called;

static void count_call(weft_future *done, void *arg)
{
    ck_assert_ptr_eq(done, &future);
    ck_assert_ptr_null(arg);
    called++;
}

static weft_status add_callback(void)
{
    return weft_future_add_done_callback(&future, count_call, NULL);
}

START_TEST(adding_a_callback_without_memory)
{
    assert_ok(create());
    assert_ok(weft_submit(pool, &future, wait_to_go, NULL));
    ck_assert_int_eq(fail_at_each(add_callback), 1);
    assert_ok(weft_event_set(&go));
    assert_ok(weft_future_result(&future, NULL));
    ck_assert_int_eq(called, 1);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

static weft_future *futures[] = {&future, &future};
static weft_completions *completions;

static weft_status wait_for_first(void)
{
    weft_status status =
        weft_wait_timed(futures, 2, WEFT_FIRST_COMPLETED, WEFT_US(100));
    return status == WEFT_TIMED_OUT ? WEFT_OK : status;
}

static weft_status begin_completions(void)
{
    completions = weft_as_completed(futures, 2);
    return completions != NULL
               ? WEFT_OK
               : (errno == ENOMEM ? WEFT_NO_MEMORY : WEFT_INVALID);
}

START_TEST(waiting_for_many_without_memory)
{
    assert_ok(create());
    assert_ok(weft_submit(pool, &future, wait_to_go, NULL));
    ck_assert_int_ge(fail_at_each(wait_for_first), 1);
    ck_assert_int_ge(fail_at_each(begin_completions), 1);
    weft_completions_destroy(completions);
    assert_ok(weft_event_set(&go));
    assert_ok(weft_future_result(&future, NULL));
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

static void add_up(size_t begin, size_t end, void *sum, void *context)
{
    (void)context;
    for (size_t i = begin; i < end; i++)
        *(size_t *)sum += i;
}

static void add(void *sum, const void *other, void *context)
{
    (void)context;
    *(size_t *)sum += *(const size_t *)other;
}

static size_t total;

static weft_status reduce(void)
{
    static const weft_reduction sum = {
        .body = add_up, .combine = add, .size = sizeof(size_t)};
    total = 0;
    return weft_parallel_reduce(pool, 0, 1000, &sum, &total, NULL);
}

START_TEST(reducing_without_memory)
{
    pool = weft_pool_create(.workers = 1);
    ck_assert_ptr_nonnull(pool);
    assert_ok(submit()); /* all workers are there, and need no more memory */
    assert_ok(weft_future_result(&future, NULL));
    ck_assert_int_ge(fail_at_each(reduce), 1);
    ck_assert_uint_eq(total, 1000 * 999 / 2);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

/* ---- Threads ---- */

START_TEST(a_pool_without_threads_refuses_and_later_works)
{
    assert_ok(create());
    out_of_threads = true;
    for (int i = 0; i < 3; i++) {
        assert_status(submit(), WEFT_NO_THREADS);
        assert_status(run(), WEFT_NO_THREADS);
        expect_misuse(weft_future_result(&future, NULL), WEFT_NOT_STARTED);
        ck_assert_uint_eq(weft_active_count(), 1);
    }
    out_of_threads = false;
    assert_ok(submit());
    assert_ok(weft_future_result(&future, NULL));
    assert_ok(weft_pool_destroy(pool));
    ck_assert_int_eq(ran, 1);
}
END_TEST

static void *wait_for(void *event)
{
    assert_ok(weft_event_wait(event));
    return NULL;
}

START_TEST(one_worker_does_it_all_if_there_are_no_more)
{
    weft_event ready = {0};
    weft_future many[20];
    assert_ok(create());
    assert_ok(weft_submit(pool, &future, wait_for, &ready));
    out_of_threads = true;
    for (int i = 0; i < 20; i++)
        assert_ok(weft_submit(pool, &many[i], count, NULL));
    ck_assert_int_gt(threads_refused, 0);
    assert_ok(weft_event_set(&ready));
    for (int i = 0; i < 20; i++)
        assert_ok(weft_future_result(&many[i], NULL));
    assert_ok(weft_future_result(&future, NULL));
    assert_ok(weft_pool_destroy(pool));
    ck_assert_int_eq(ran, 20);
}
END_TEST

static void *submit_and_wait(void *arg)
{
    weft_future inner;
    assert_ok(weft_submit(pool, &inner, count, NULL));
    assert_ok(weft_future_result(&inner, NULL));
    return count(arg);
}

START_TEST(nested_tasks_need_no_second_thread)
{
    assert_ok(create());
    assert_ok(submit());
    assert_ok(weft_future_result(&future, NULL));
    out_of_threads = true;
    assert_ok(weft_submit(pool, &future, submit_and_wait, NULL));
    assert_ok(weft_future_result(&future, NULL));
    ck_assert_int_eq(ran, 3);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

static void count_range(size_t begin, size_t end, void *visited)
{
    for (size_t i = begin; i < end; i++)
        ((atomic_int *)visited)[i]++;
}

START_TEST(loops_without_threads_run_on_the_caller)
{
    static atomic_int visited[1000];
    void *args[3] = {&ran, &go, &pool}, *results[3];
    assert_ok(create());
    out_of_threads = true;
    assert_ok(weft_parallel_for(pool, 0, 1000, count_range, visited));
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(visited[i], 1);
    assert_ok(weft_map(pool, count, args, 3, results));
    ck_assert(memcmp(args, results, sizeof args) == 0);
    assert_ok(reduce());
    ck_assert_uint_eq(total, 1000 * 999 / 2);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

static void exit_after_refused_submits(void)
{
    pool = weft_pool_create(.workers = 2);
    out_of_threads = true;
    require(submit() == WEFT_NO_THREADS);
    require(run() == WEFT_NO_THREADS);
}

START_TEST(refused_submits_do_not_delay_exit)
{
    assert_child(exit_after_refused_submits, "", 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        creating_a_pool_without_memory,
        the_default_pool_without_memory,
        submitting_without_memory,
        a_future_refused_is_not_submitted,
        running_without_memory,
        adding_a_callback_without_memory,
        waiting_for_many_without_memory,
        reducing_without_memory,
        a_pool_without_threads_refuses_and_later_works,
        one_worker_does_it_all_if_there_are_no_more,
        nested_tasks_need_no_second_thread,
        loops_without_threads_run_on_the_caller,
        refused_submits_do_not_delay_exit,
    };
    return RUN_TESTS("pool faults", tests);
}
