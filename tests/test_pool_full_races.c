/* SPDX-License-Identifier: MIT */

/* Full pools: submits from inside, in forked children, under stress. */

#include "forking.h"

#include <stdatomic.h>
#include <weft/event.h>
#include <weft/parallel.h>

static weft_pool *pool;
static weft_event go;
static weft_future busy, pending[4];
static atomic_int began, ran;

static void *wait_to_go(void *arg)
{
    began++;
    assert_ok(weft_event_wait(&go));
    return arg;
}

static void *count(void *arg)
{
    ran++;
    return arg;
}

/* A pool whose only worker is busy, and whose two places are taken. */
static void fill(weft_when_full when_full)
{
    pool =
        weft_pool_create(.workers = 1, .capacity = 2, .when_full = when_full);
    assert_ok(weft_submit(pool, &busy, wait_to_go, NULL));
    while (began == 0)
        weft_sleep(WEFT_US(100));
    for (int i = 0; i < 2; i++)
        assert_ok(weft_submit(pool, &pending[i], count, &pending[i]));
}

static void let_go_and_destroy(void)
{
    assert_ok(weft_event_set(&go));
    assert_ok(weft_pool_destroy(pool));
}

static void *submit_third(void *arg)
{
    return (void *)(intptr_t)weft_submit(pool, arg, count, arg);
}

static weft_thread submitter = WEFT_THREAD(submit_third, &pending[2]);

static void wait_until_submitter_waits(void)
{
    weft_thread_info infos[8];
    bool waits = false;
    while (!waits) {
        size_t n = weft_enumerate(infos, 8);
        for (size_t i = 0; i < n; i++)
            waits |= infos[i].id == weft_thread_id(&submitter) &&
                     infos[i].waits_for != NULL &&
                     strcmp(infos[i].waits_for, "condition") == 0;
    }
}

/* ---- From inside ---- */

static void *submit_many(void *arg)
{
    enum { MANY = 400 }; /* more than a deque holds */
    weft_future futures[MANY];
    for (int i = 0; i < MANY; i++)
        assert_ok(weft_submit(pool, &futures[i], count, NULL));
    for (int i = 0; i < MANY; i++)
        assert_ok(weft_future_result(&futures[i], NULL));
    return arg;
}

START_TEST(a_task_of_the_pool_never_waits_for_room)
{
    for (int i = WEFT_FULL_WAIT; i <= WEFT_FULL_DROP_OLDEST; i++) {
        ran = 0;
        pool = weft_pool_create(.workers = 1, .capacity = 1,
                                .when_full = (weft_when_full)i);
        assert_ok(weft_submit(pool, &busy, submit_many, NULL));
        assert_ok(weft_future_result(&busy, NULL));
        ck_assert_int_eq(ran, 400);
        assert_ok(weft_pool_destroy(pool));
    }
}
END_TEST

static weft_pool *other;

static void *submit_to_full(void *arg)
{
    assert_ok(weft_submit(pool, arg, count, arg));
    return arg;
}

static void *set_go(void *arg)
{
    assert_ok(weft_event_set(&go));
    return arg;
}

/* The other pool's only worker waits for room, which is made by a task that
 * this pool has yet to run. */
START_TEST(a_worker_of_another_pool_lets_others_work_while_it_waits)
{
    weft_future waiting, freeing;
    fill(WEFT_FULL_WAIT);
    other = weft_pool_create(.workers = 1);
    assert_ok(weft_submit(other, &waiting, submit_to_full, &pending[2]));
    assert_ok(weft_submit(other, &freeing, set_go, NULL));
    assert_ok(weft_future_result(&waiting, NULL));
    assert_ok(weft_future_result(&freeing, NULL));
    assert_ok(weft_pool_destroy(other));
    let_go_and_destroy();
}
END_TEST

static void count_range(size_t begin, size_t end, void *visited)
{
    for (size_t i = begin; i < end; i++)
        ((atomic_int *)visited)[i]++;
}

START_TEST(loops_do_not_wait_for_room)
{
    static atomic_int visited[1000];
    fill(WEFT_FULL_WAIT);
    assert_ok(weft_parallel_for(pool, 0, 1000, count_range, visited));
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(visited[i], 1);
    let_go_and_destroy();
}
END_TEST

/* ---- Fork, stress ---- */

static void fork_while_full(void)
{
    fill(WEFT_FULL_WAIT);
    start(&submitter);
    wait_until_submitter_waits();
    pid_t child = fork();
    if (child == 0) {
        weft_future future;
        for (int i = 0; i < 5; i++) {
            require(weft_submit(pool, &future, count, NULL) == WEFT_OK);
            require(weft_future_result(&future, NULL) == WEFT_OK);
        }
        _exit(EXIT_SUCCESS);
    }
    int status;
    require(waitpid(child, &status, 0) == child && status == 0);
    require(weft_event_set(&go) == WEFT_OK);
    require(weft_thread_join(&submitter) == WEFT_OK);
}

START_TEST(a_forked_childs_pool_has_room)
{
    assert_child(fork_while_full, "", 0);
}
END_TEST

enum { THREADS = 6, EACH = SANITIZED ? 300 : 3000 };

static void *submit_in_bursts(void *arg)
{
    for (int i = 0; i < EACH; i++) {
        weft_future futures[3];
        int submitted = 0;
        for (int j = 0; j < 3; j++) {
            weft_duration limit = (i + j) % 3 == 0 ? WEFT_US(20) : WEFT_FOREVER;
            submitted += weft_submit_timed(pool, &futures[submitted], count,
                                           NULL, limit) == WEFT_OK;
        }
        for (int j = 0; j < submitted; j++)
            assert_ok(weft_future_result(&futures[j], NULL));
        *(int *)arg += submitted;
    }
    return arg;
}

START_TEST(under_stress_all_that_entered_are_run)
{
    weft_thread threads[THREADS];
    int submitted[THREADS] = {0}, sum = 0;
    pool = weft_pool_create(.workers = 2, .capacity = 2);
    for (int i = 0; i < THREADS; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(submit_in_bursts, &submitted[i]);
        start(&threads[i]);
    }
    for (int i = 0; i < THREADS; i++) {
        assert_ok(weft_thread_join(&threads[i]));
        sum += submitted[i];
    }
    ck_assert_int_eq(ran, sum);
    ck_assert_int_ge(sum, 2 * EACH * THREADS); /* those without a limit */
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

static void *submit_until_shut(void *arg)
{
    weft_status status = WEFT_OK;
    while (status == WEFT_OK)
        status = weft_pool_run(pool, count, NULL);
    return (void *)(intptr_t)status == arg ? NULL : &pool;
}

START_TEST(a_shutdown_waits_for_those_who_wait_for_room)
{
    for (int round = 0; round < (SANITIZED ? 20 : 200); round++) {
        weft_thread threads[3];
        pool = weft_pool_create(.workers = 1, .capacity = 1);
        for (int i = 0; i < 3; i++) {
            threads[i] = (weft_thread)WEFT_THREAD(
                submit_until_shut, (void *)(intptr_t)WEFT_SHUT_DOWN);
            start(&threads[i]);
        }
        weft_sleep(WEFT_US(100));
        assert_ok(weft_pool_shutdown(pool, .wait = true));
        for (int i = 0; i < 3; i++) {
            assert_ok(weft_thread_join(&threads[i]));
            ck_assert_ptr_null(weft_thread_result(&threads[i]));
        }
        assert_ok(weft_pool_destroy(pool));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_task_of_the_pool_never_waits_for_room,
        a_worker_of_another_pool_lets_others_work_while_it_waits,
        loops_do_not_wait_for_room,
        a_forked_childs_pool_has_room,
        under_stress_all_that_entered_are_run,
        a_shutdown_waits_for_those_who_wait_for_room,
    };
    return RUN_TESTS("full pools, races", tests);
}
