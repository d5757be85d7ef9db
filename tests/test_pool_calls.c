/* SPDX-License-Identifier: MIT */

/* Whom a submit wakes: one worker if a task needs one, and nobody where as many
 * are at work as may be, or one looks out for a task. */

#include "faults.h"

#include <pthread.h>
#include <sched.h>
#include <weft/pool.h>

enum { WORKERS = 8, ROUNDS = SANITIZED ? 20 : 100, TASKS = 1000 };

static weft_pool *pool;
static atomic_int begun;
static atomic_bool go;

/* Busy with something that weft knows nothing of. */
static void *hold(void *arg)
{
    begun++;
    while (!go)
        sched_yield();
    return arg;
}

static void *do_nothing(void *arg)
{
    return arg;
}

static void submit_all(weft_future *futures, int n, weft_target target)
{
    for (int i = 0; i < n; i++)
        assert_ok(weft_submit(pool, &futures[i], target, NULL));
}

static void wait_for_all(weft_future *futures, int n)
{
    for (int i = 0; i < n; i++)
        assert_ok(weft_future_result(&futures[i], NULL));
}

/* Returns with all workers in `hold`. */
static void occupy(weft_future holding[WORKERS])
{
    begun = 0;
    go = false;
    submit_all(holding, WORKERS, hold);
    while (begun < WORKERS)
        sched_yield();
}

START_TEST(where_all_are_at_work_nobody_is_woken)
{
    static weft_future holding[WORKERS], futures[TASKS];
    pool = weft_pool_create(.workers = WORKERS);
    occupy(holding);
    int calls = sleeps + wake_calls;
    submit_all(futures, TASKS, do_nothing);
    int after = sleeps + wake_calls;
    go = true;
    wait_for_all(futures, TASKS);
    wait_for_all(holding, WORKERS);
    ck_assert_int_eq(after, calls);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

static bool all_sleep(void)
{
    weft_thread_info infos[2 * WORKERS];
    size_t count = weft_enumerate(infos, 2 * WORKERS);
    int asleep = 0;
    for (size_t i = 0; i < count; i++)
        asleep += infos[i].waits_for != NULL &&
                  strcmp(infos[i].waits_for, "task") == 0;
    return asleep == WORKERS;
}

static void wait_until_all_sleep(void)
{
    while (!all_sleep())
        weft_sleep(WEFT_US(100));
}

START_TEST(where_all_sleep_a_task_wakes_one)
{
    weft_future holding[WORKERS], future;
    pool = weft_pool_create(.workers = WORKERS);
    occupy(holding);
    go = true;
    wait_for_all(holding, WORKERS);
    for (int i = 0; i < ROUNDS; i++) {
        wait_until_all_sleep();
        int calls = wake_calls;
        submit_all(&future, 1, do_nothing);
        while (!weft_future_done(&future)) /* needs no waking itself */
            sched_yield();
        wait_until_all_sleep();
        ck_assert_int_le(wake_calls, calls + 1);
    }
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

/* ---- While one looks out: for that long it only lets others run ---- */

static pthread_t submitter;
static atomic_bool keep_looking;
static atomic_int looking;

int __real_sched_yield(void);
int __wrap_sched_yield(void);

int __wrap_sched_yield(void)
{
    if (keep_looking && !pthread_equal(pthread_self(), submitter)) {
        looking++;
        while (keep_looking)
            __real_sched_yield();
        looking--;
    }
    return __real_sched_yield();
}

static void *look_out_afterwards(void *arg)
{
    keep_looking = true;
    return arg;
}

/* Not each worker looks out that has nothing to do: only where that has not
 * been in vain too often. */
static void wait_until_one_looks_out(void)
{
    weft_future future;
    while (looking == 0) {
        keep_looking = false;
        wait_until_all_sleep();
        submit_all(&future, 1, look_out_afterwards);
        while (!weft_future_done(&future) || (looking == 0 && !all_sleep()))
            weft_sleep(WEFT_US(100));
    }
}

START_TEST(while_one_looks_out_nobody_is_woken)
{
    static weft_future holding[WORKERS], futures[TASKS];
    pool = weft_pool_create(.workers = WORKERS);
    submitter = pthread_self();
    occupy(holding);
    go = true;
    wait_for_all(holding, WORKERS);
    wait_until_one_looks_out();
    int calls = sleeps + wake_calls;
    submit_all(futures, TASKS, do_nothing);
    int after = sleeps + wake_calls;
    keep_looking = false;
    wait_for_all(futures, TASKS);
    ck_assert_int_eq(after, calls);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        where_all_are_at_work_nobody_is_woken,
        where_all_sleep_a_task_wakes_one,
        while_one_looks_out_nobody_is_woken,
    };
    return RUN_TESTS("whom a pool wakes", tests);
}
