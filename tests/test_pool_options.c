/* SPDX-License-Identifier: MIT */

/* What a pool may be told about its workers. */

#include "forking.h"

#include <sched.h>
#include <stdatomic.h>
#include <weft/event.h>
#include <weft/local.h>
#include <weft/pool.h>

static weft_pool *pool;
static weft_event go;
static atomic_int began, initialised, finalised;

static void *wait_to_go(void *arg)
{
    began++;
    assert_ok(weft_event_wait(&go));
    return arg;
}

static void *echo(void *arg)
{
    return arg;
}

static void *fork_once(void *arg)
{
    weft_future future;
    assert_ok(weft_submit(pool, &future, echo, NULL));
    assert_ok(weft_future_result(&future, NULL));
    return arg;
}

/* ---- Finalizer ---- */

static weft_local value = WEFT_LOCAL(int);

static void *initialise(void *arg)
{
    *(int *)weft_local_get(&value) = 7;
    initialised++;
    return arg;
}

static void *finalise(void *arg)
{
    ck_assert_int_eq(*(int *)weft_local_get(&value), 7);
    ck_assert_int_eq(strncmp(weft_thread_name(weft_current_thread()), "io_", 3),
                     0);
    finalised++;
    return arg;
}

START_TEST(each_worker_is_finalised_once_after_its_last_task)
{
    pool = weft_pool_create(.workers = 3, .name = "io",
                            .initializer = initialise, .finalizer = finalise);
    weft_future futures[3];
    for (int i = 0; i < 3; i++)
        assert_ok(weft_submit(pool, &futures[i], wait_to_go, NULL));
    while (began < 3)
        weft_sleep(WEFT_US(100));
    assert_ok(weft_event_set(&go));
    for (int i = 0; i < 3; i++)
        assert_ok(weft_future_result(&futures[i], NULL));
    ck_assert_int_eq(finalised, 0);
    assert_ok(weft_pool_destroy(pool));
    ck_assert_int_eq(initialised, 3);
    ck_assert_int_eq(finalised, 3);
}
END_TEST

static void *finalise_slowly(void *arg)
{
    assert_ok(weft_event_wait(&go));
    finalised++;
    return arg;
}

static void *let_go_soon(void *arg)
{
    weft_sleep(WEFT_MS(20));
    assert_ok(weft_event_set(&go));
    return arg;
}

START_TEST(a_shutdown_waits_for_finalizers)
{
    pool = weft_pool_create(.workers = 1, .finalizer = finalise_slowly);
    weft_thread other = WEFT_THREAD(let_go_soon, NULL);
    weft_future future;
    assert_ok(weft_submit(pool, &future, echo, NULL));
    start(&other);
    assert_ok(weft_pool_shutdown(pool, .wait = true));
    ck_assert_int_eq(finalised, 1);
    assert_ok(weft_thread_join(&other));
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

static weft_status submitting, waiting, destroying;
static weft_pool *other_pool;

static void *use_pools(void *arg)
{
    weft_future future;
    weft_misuse_handler before = weft_set_misuse_handler(count_misuse_);
    submitting = weft_submit(pool, &future, echo, NULL);
    waiting = weft_pool_shutdown(pool, .wait = true);
    destroying = weft_pool_destroy(pool);
    weft_set_misuse_handler(before);
    assert_ok(weft_submit(other_pool, &future, echo, NULL));
    assert_ok(weft_future_result(&future, NULL));
    finalised++;
    return arg;
}

START_TEST(a_finalizer_may_use_pools_and_never_hangs)
{
    other_pool = weft_pool_create(.workers = 1);
    pool = weft_pool_create(.workers = 1, .finalizer = use_pools);
    weft_future future;
    assert_ok(weft_submit(pool, &future, fork_once, NULL));
    assert_ok(weft_future_result(&future, NULL));
    assert_ok(weft_pool_destroy(pool));
    ck_assert_int_eq(finalised, 1);
    assert_status(submitting, WEFT_SHUT_DOWN);
    assert_status(waiting, WEFT_DEADLOCK);
    assert_status(destroying, WEFT_DEADLOCK);
    assert_ok(weft_pool_destroy(other_pool));
}
END_TEST

static char hooked[WEFT_MESSAGE_SIZE];

static void *keep_hooked(const weft_thread *thread, const weft_error *error)
{
    (void)thread;
    snprintf(hooked, sizeof hooked, "%s", error->message);
    return NULL;
}

static void *give_up(void *arg)
{
    (void)arg;
    return weft_fail(1, "no luck");
}

START_TEST(a_failing_finalizer_goes_to_the_hook)
{
    pool = weft_pool_create(.workers = 1, .finalizer = give_up);
    weft_future future;
    weft_set_excepthook(keep_hooked);
    assert_ok(weft_submit(pool, &future, echo, NULL));
    assert_ok(weft_pool_destroy(pool));
    ck_assert_str_eq(hooked, "no luck");
}
END_TEST

static void *fork_here(void *arg)
{
    pid_t child = fork();
    if (child == 0 && !SANITIZED)
        return arg; /* the last thread's end is the child's */
    if (child == 0)
        _exit(EXIT_SUCCESS);
    int status;
    require(waitpid(child, &status, 0) == child);
    say(WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "child ended\n"
                                                      : "child hung\n");
    return arg;
}

static void end_a_pool_that_forks(void)
{
    pool = weft_pool_create(.workers = 1, .finalizer = fork_here);
    require(weft_pool_run(pool, echo, NULL) == WEFT_OK);
    require(weft_pool_shutdown(pool, .wait = true) == WEFT_OK);
}

START_TEST(a_finalizer_may_fork)
{
    assert_child(end_a_pool_that_forks, "child ended\n", 0);
}
END_TEST

/* ---- Processors ---- */

static int processors_of_caller(void)
{
    cpu_set_t set;
    ck_assert_int_eq(sched_getaffinity(0, sizeof set, &set), 0);
    return CPU_COUNT(&set);
}

static void *processor(void *arg)
{
    int *number = arg;
    ck_assert_int_eq(processors_of_caller(), 1);
    *number = sched_getcpu();
    return wait_to_go(arg);
}

START_TEST(pinned_workers_stay_on_one_processor_each)
{
    int numbers[2] = {-1, -1}, all = processors_of_caller();
    pool = weft_pool_create(.workers = 2, .pinned = true);
    weft_future futures[2];
    for (int i = 0; i < 2; i++)
        assert_ok(weft_submit(pool, &futures[i], processor, &numbers[i]));
    while (began < 2)
        weft_sleep(WEFT_US(100));
    assert_ok(weft_event_set(&go));
    for (int i = 0; i < 2; i++)
        assert_ok(weft_future_result(&futures[i], NULL));
    ck_assert_int_eq(numbers[0] != numbers[1], all > 1);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

static void *count_processors(void *arg)
{
    *(int *)arg = processors_of_caller();
    return arg;
}

static void *start_in_other_pool(void *arg)
{
    weft_future future;
    assert_ok(weft_submit(other_pool, &future, count_processors, arg));
    assert_ok(weft_future_result(&future, NULL));
    ck_assert_int_eq(processors_of_caller(), 1);
    return arg;
}

START_TEST(threads_that_a_pinned_worker_starts_are_not_pinned)
{
    int seen = 0;
    weft_future future;
    other_pool = weft_pool_create(.workers = 1);
    pool = weft_pool_create(.workers = 1, .pinned = true);
    assert_ok(weft_submit(pool, &future, start_in_other_pool, &seen));
    assert_ok(weft_future_result(&future, NULL));
    ck_assert_int_eq(seen, processors_of_caller());
    assert_ok(weft_pool_destroy(pool));
    assert_ok(weft_pool_destroy(other_pool));
}
END_TEST

static void *use_stack(void *arg)
{
    volatile char large[1 << 20];
    for (size_t i = 0; i < sizeof large; i += 1024)
        large[i] = 1;
    return arg;
}

START_TEST(the_stack_is_as_large_as_was_asked_for)
{
    pool = weft_pool_create(.workers = 1, .stack_size = (size_t)16 << 20);
    weft_future future;
    assert_ok(weft_submit(pool, &future, use_stack, NULL));
    assert_ok(weft_future_result(&future, NULL));
    assert_ok(weft_pool_destroy(pool));
    pool = weft_pool_create(.workers = 1, .stack_size = 1);
    assert_status(weft_submit(pool, &future, echo, NULL), WEFT_INVALID);
    assert_ok(weft_pool_destroy(pool));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        each_worker_is_finalised_once_after_its_last_task,
        a_shutdown_waits_for_finalizers,
        a_finalizer_may_use_pools_and_never_hangs,
        a_failing_finalizer_goes_to_the_hook,
        a_finalizer_may_fork,
        pinned_workers_stay_on_one_processor_each,
        threads_that_a_pinned_worker_starts_are_not_pinned,
        the_stack_is_as_large_as_was_asked_for,
    };
    return RUN_TESTS("pool options", tests);
}
