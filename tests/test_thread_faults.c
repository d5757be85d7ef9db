/* SPDX-License-Identifier: MIT */

/* No more threads: told by status, nothing changed, and once there are some
 * again it works. By a pthread_create that fails, and for real. */

#include "child.h"
#include "faults.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <weft/event.h>
#include <weft/timer.h>

static weft_event go;
static atomic_int ran;

static void *count(void *arg)
{
    ran++;
    return arg;
}

static void *wait_to_go(void *arg)
{
    weft_event_wait(&go);
    return count(arg);
}

/* Nothing of the attempt is left. */
static void assert_only_main(void)
{
    weft_thread_info infos[2];
    ck_assert_uint_eq(weft_active_count(), 1);
    ck_assert_uint_eq(weft_enumerate(infos, 2), 1);
    ck_assert_int_eq(ran, 0);
}

START_TEST(a_thread_that_cannot_start_may_start_later)
{
    int value;
    weft_thread thread = WEFT_THREAD(count, &value);
    out_of_threads = true;
    for (int i = 1; i <= 3; i++) {
        assert_status(weft_thread_start(&thread), WEFT_NO_THREADS);
        ck_assert_int_eq(threads_refused, i);
        ck_assert(!weft_thread_is_alive(&thread));
        ck_assert_uint_eq(weft_thread_id(&thread), 0);
        ck_assert_int_eq(weft_thread_native_id(&thread), 0);
        ck_assert_str_eq(weft_thread_name(&thread), "");
        ck_assert(!weft_thread_daemon(&thread));
        expect_misuse(weft_thread_join(&thread), WEFT_NOT_STARTED);
        expect_misuse(weft_thread_stop(&thread), WEFT_NOT_STARTED);
        assert_only_main();
    }
    assert_ok(weft_thread_set_daemon(&thread, true));
    assert_status(weft_thread_start(&thread), WEFT_NO_THREADS);
    assert_ok(weft_thread_set_daemon(&thread, false));
    out_of_threads = false;
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    ck_assert_ptr_eq(weft_thread_result(&thread), &value);
}
END_TEST

static void *start_inherited(void *thread)
{
    out_of_threads = true;
    assert_status(weft_thread_start(thread), WEFT_NO_THREADS);
    out_of_threads = false;
    return NULL;
}

START_TEST(a_failed_start_is_not_remembered_as_a_daemons)
{
    weft_thread inherits = WEFT_THREAD(count, NULL);
    weft_thread creator =
        WEFT_THREAD(start_inherited, &inherits, .daemon = true);
    start(&creator);
    assert_ok(weft_thread_join(&creator));
    start(&inherits); /* now by a thread that is no daemon */
    ck_assert(!weft_thread_daemon(&inherits));
    assert_ok(weft_thread_join(&inherits));
}
END_TEST

START_TEST(a_stack_too_large_for_the_system_is_answered)
{
    weft_thread thread =
        WEFT_THREAD(count, NULL, .stack_size = (size_t)1 << 60);
    assert_status(weft_thread_start(&thread), WEFT_NO_THREADS);
    assert_only_main();
    thread.stack_size = 0;
    start(&thread);
    assert_ok(weft_thread_join(&thread));
}
END_TEST

START_TEST(spawn_without_threads_leaks_nothing)
{
    long before = live;
    out_of_threads = true;
    for (int i = 0; i < 10; i++) {
        weft_status status = weft_spawn(count, NULL);
        long after = live;
        assert_status(status, WEFT_NO_THREADS);
        if (i == 0)
            before = after; /* the framework has made itself at home */
        ck_assert_int_eq(after, before);
    }
    assert_only_main();
    out_of_threads = false;
    assert_ok(weft_spawn(count, NULL));
    while (weft_active_count() > 1)
        weft_sleep(WEFT_US(100));
    ck_assert_int_eq(ran, 1);
}
END_TEST

static void exit_after_a_failed_start(void)
{
    static weft_thread thread = WEFT_THREAD(count, NULL);
    out_of_threads = true;
    require(weft_thread_start(&thread) == WEFT_NO_THREADS);
    require(weft_spawn(count, NULL) == WEFT_NO_THREADS);
}

START_TEST(a_failed_start_does_not_delay_exit)
{
    assert_child(exit_after_a_failed_start, "", 0);
}
END_TEST

/* ---- Timers ---- */

START_TEST(a_timer_that_cannot_start_may_start_later)
{
    weft_timer timer = WEFT_TIMER(0, count, NULL);
    out_of_threads = true;
    for (int i = 0; i < 3; i++) {
        assert_status(weft_timer_start(&timer), WEFT_NO_THREADS);
        ck_assert(!weft_timer_is_pending(&timer));
        expect_misuse(weft_timer_cancel(&timer), WEFT_NOT_STARTED);
        expect_misuse(weft_timer_join(&timer), WEFT_NOT_STARTED);
        assert_only_main();
    }
    out_of_threads = false;
    assert_ok(weft_timer_start(&timer));
    assert_ok(weft_timer_join(&timer));
    ck_assert_int_eq(ran, 1);
}
END_TEST

/* The second timer would get a thread of its own while the first one's callback
 * blocks; now it waits for that. */
START_TEST(a_timer_without_a_thread_to_fire_waits_for_one)
{
    weft_timer blocks = WEFT_TIMER(0, wait_to_go, NULL);
    weft_timer late = WEFT_TIMER(0, count, NULL);
    assert_ok(weft_timer_start(&late)); /* makes the first thread */
    assert_ok(weft_timer_join(&late));
    late.interval = WEFT_MS(20);
    out_of_threads = true;
    int before = 1;
    for (;; before++) {
        assert_ok(weft_timer_start(&late));
        assert_ok(weft_timer_start(&blocks));
        wait_until_waiting(&go, 1);
        if (weft_timer_is_pending(&late))
            break; /* else it was first: once more */
        assert_ok(weft_event_set(&go));
        assert_ok(weft_timer_join(&late));
        assert_ok(weft_timer_join(&blocks));
        assert_ok(weft_event_clear(&go));
    }
    assert_status(weft_timer_join_timed(&late, WEFT_MS(25)), WEFT_TIMED_OUT);
    ck_assert_int_gt(threads_refused, 0);
    assert_ok(weft_event_set(&go));
    assert_ok(weft_timer_join(&late));
    assert_ok(weft_timer_join(&blocks));
    ck_assert_int_eq(ran, 2 * before + 1);
}
END_TEST

static void exit_with_a_timer_refused(void)
{
    static weft_timer timer = WEFT_TIMER(0, count, NULL);
    out_of_threads = true;
    require(weft_timer_start(&timer) == WEFT_NO_THREADS);
}

START_TEST(a_timer_that_could_not_start_does_not_delay_exit)
{
    assert_child(exit_with_a_timer_refused, "", 0);
}
END_TEST

/* ---- For real ---- */

enum { MOST = 64, LIMIT = 8 };
static weft_thread threads[MOST];

/* The limit is not for root, who becomes another if there is one. */
static bool limit_threads(void)
{
    const struct rlimit limit = {.rlim_cur = LIMIT, .rlim_max = LIMIT};
    if (geteuid() == 0 && setuid(65534) != 0)
        return false;
    prctl(PR_SET_DUMPABLE, 1); /* the leak checker looks into this process */
    require(setrlimit(RLIMIT_NPROC, &limit) == 0);
    return true;
}

static void start_until_there_are_no_more(void)
{
    int started = 0;
    if (!limit_threads()) {
        say("root, and nobody else to be");
        return;
    }
    for (; started < MOST; started++) {
        threads[started] = (weft_thread)WEFT_THREAD(wait_to_go, NULL);
        weft_status status = weft_thread_start(&threads[started]);
        if (status == WEFT_NO_THREADS)
            break;
        require(status == WEFT_OK);
    }
    require(started < MOST);
    require(weft_active_count() == (size_t)started + 1);
    require(weft_spawn(count, NULL) == WEFT_NO_THREADS);
    require(weft_event_set(&go) == WEFT_OK);
    for (int i = 0; i < started; i++)
        require(weft_thread_join(&threads[i]) == WEFT_OK);
    require(ran == started);
    if (started == 0)
        return; /* this user has others, who use up the limit */
    /* The kernel may take a moment to see that they have ended. */
    while (weft_thread_start(&threads[started]) == WEFT_NO_THREADS)
        weft_sleep(WEFT_US(100));
    require(weft_thread_join(&threads[started]) == WEFT_OK);
}

START_TEST(the_systems_limit_is_answered)
{
    char said[64];
    int status = run_child(start_until_there_are_no_more, said, sizeof said);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    if (said[0] != '\0')
        fprintf(stderr, "Skipped the system's limit on threads: %s\n", said);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_thread_that_cannot_start_may_start_later,
        a_failed_start_is_not_remembered_as_a_daemons,
        a_stack_too_large_for_the_system_is_answered,
        spawn_without_threads_leaks_nothing,
        a_failed_start_does_not_delay_exit,
        a_timer_that_cannot_start_may_start_later,
        a_timer_without_a_thread_to_fire_waits_for_one,
        a_timer_that_could_not_start_does_not_delay_exit,
        the_systems_limit_is_answered,
    };
    return RUN_TESTS("thread faults", tests);
}
