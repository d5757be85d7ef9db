/* SPDX-License-Identifier: MIT */

/* Signal handlers that call weft, in threads that are inside weft. */

#include "park.h"
#include "support.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <weft/condition.h>
#include <weft/event.h>
#include <weft/latch.h>
#include <weft/queue.h>
#include <weft/semaphore.h>

enum { WORKERS = 3, SIGNALS = SANITIZED ? 1000 : 6000 };

static weft_semaphore given, answered;
static weft_bounded_semaphore bounded = WEFT_BOUNDED_SEMAPHORE(1);
static weft_event tick;
static weft_latch latch = WEFT_LATCH(SIGNALS);
static atomic_int handled;
static weft_thread stopped;

/* Everything that is promised to be safe here. */
static void handle(int number)
{
    (void)number;
    weft_duration now = weft_monotonic();
    weft_semaphore_release(&given, 1);
    if (weft_bounded_semaphore_try_acquire(&bounded) == WEFT_OK)
        weft_bounded_semaphore_release(&bounded, 1);
    if (weft_event_is_set(&tick))
        weft_event_clear(&tick);
    weft_event_set(&tick);
    weft_latch_count_down(&latch, 1);
    handled += now > 0;
    weft_semaphore_release(&answered, 1);
}

/* ---- Threads that are inside weft nearly all the time ---- */

static weft_lock lock;
static weft_condition condition;
static weft_semaphore permits = WEFT_SEMAPHORE(1);
static weft_queue *queue;
static atomic_bool finished;
static pthread_t handles[WORKERS];
static weft_latch ready = WEFT_LATCH(WORKERS);
static long inside; /* guarded by `permits` */

static void use_queue(void)
{
    int item = 1;
    weft_status put = weft_queue_put_timed(queue, &item, WEFT_US(50));
    ck_assert(put == WEFT_OK || put == WEFT_TIMED_OUT);
    if (put == WEFT_OK)
        assert_ok(weft_queue_get(queue, &item));
}

static void *be_inside(void *handle)
{
    *(pthread_t *)handle = pthread_self();
    assert_ok(weft_latch_count_down(&ready, 1));
    while (!finished) {
        weft_lock_acquire(&lock);
        weft_condition_notify_all(&condition);
        weft_condition_wait_timed(&condition, &lock, WEFT_US(20));
        assert_ok(weft_lock_release(&lock));
        weft_semaphore_acquire(&permits);
        ck_assert_int_eq(inside++, 0);
        ck_assert_int_eq(--inside, 0);
        assert_ok(weft_semaphore_release(&permits, 1));
        weft_event_wait_timed(&tick, WEFT_US(10));
        use_queue();
    }
    return NULL;
}

static void *send_signals(void *arg)
{
    for (int sent = 0; sent < SIGNALS; sent++) {
        ck_assert_int_eq(pthread_kill(handles[sent % WORKERS], SIGUSR1), 0);
        weft_semaphore_acquire(&answered);
    }
    return arg;
}

START_TEST(a_storm_of_handlers_loses_nothing)
{
    weft_thread workers[WORKERS];
    weft_thread sender = WEFT_THREAD(send_signals, NULL);
    signal(SIGUSR1, handle);
    queue = weft_queue_create(sizeof(int), .maxsize = 1);
    for (int i = 0; i < WORKERS; i++) {
        workers[i] = (weft_thread)WEFT_THREAD(be_inside, &handles[i]);
        start(&workers[i]);
    }
    assert_ok(weft_latch_wait(&ready));
    start(&sender);
    for (int i = 0; i < SIGNALS; i++)
        weft_semaphore_acquire(&given); /* one for each signal */
    assert_ok(weft_latch_wait(&latch));
    finished = true;
    assert_ok(weft_thread_join(&sender));
    for (int i = 0; i < WORKERS; i++)
        assert_ok(weft_thread_join(&workers[i]));
    ck_assert_int_eq(handled, SIGNALS);
    ck_assert_uint_eq(weft_semaphore_value(&given), 0);
    ck_assert_uint_eq(weft_bounded_semaphore_value(&bounded), 1);
    ck_assert(weft_event_is_set(&tick));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- A thread that waits for its own handler ---- */

static void *wait_for_own_handler(void *handle)
{
    *(pthread_t *)handle = pthread_self();
    assert_ok(weft_latch_count_down(&ready, WORKERS));
    weft_semaphore_acquire(&given);
    assert_ok(weft_event_wait(&tick));
    return NULL;
}

START_TEST(a_handler_ends_the_wait_of_its_own_thread)
{
    weft_thread thread = WEFT_THREAD(wait_for_own_handler, &handles[0]);
    signal(SIGUSR1, handle);
    start(&thread);
    assert_ok(weft_latch_wait(&ready));
    wait_until_waiting(&given, 1);
    pthread_kill(handles[0], SIGUSR1);
    assert_ok(weft_thread_join(&thread));
}
END_TEST

/* ---- A thread that is interrupted inside a line of waiters ---- */

static void *wait_for_permit(void *arg)
{
    weft_semaphore_acquire(&given);
    return arg;
}

static void *wait_for_latch(void *arg)
{
    assert_ok(weft_latch_wait(&latch));
    return arg;
}

static void *wait_for_tick(void *arg)
{
    assert_ok(weft_event_wait(&tick));
    return arg;
}

/* The handler cannot lock a line that its own thread has locked; it leaves the
 * work to that thread. Whichever the line, and though it interrupts twice. */
START_TEST(what_a_handler_cannot_do_now_is_done_later)
{
    const weft_target targets[] = {wait_for_permit, wait_for_latch,
                                   wait_for_tick};
    const void *const objects[] = {&given, &latch, &tick};
    signal(SIGUSR1, handle);
    for (int locked = 0; locked < 3; locked++) {
        weft_thread threads[3];
        given = (weft_semaphore)WEFT_SEMAPHORE(0);
        latch = (weft_latch)WEFT_LATCH(2);
        assert_ok(weft_event_clear(&tick));
        for (int i = 0; i < 3; i++) {
            threads[i] = (weft_thread)WEFT_THREAD(targets[i], NULL);
            start(&threads[i]);
            wait_until_waiting(objects[i], 1);
        }
        weft__line *line = weft__line_lock(objects[locked]);
        raise(SIGUSR1);
        raise(SIGUSR1);
        weft__line_unlock(line);
        for (int i = 0; i < 3; i++)
            assert_ok(weft_thread_join(&threads[i]));
        ck_assert_uint_eq(weft_semaphore_value(&given), 1);
    }
}
END_TEST

/* ---- Stop requests ---- */

static void stop_it(int number)
{
    (void)number;
    weft_thread_stop(&stopped);
}

static void *wait_for_ever(void *arg)
{
    return weft_sleep(WEFT_FOREVER) == WEFT_STOPPED ? arg : NULL;
}

START_TEST(a_handler_may_stop_a_thread)
{
    int value;
    signal(SIGUSR2, stop_it);
    for (int i = 0; i < 100; i++) {
        stopped = (weft_thread)WEFT_THREAD(wait_for_ever, &value);
        start(&stopped);
        ck_assert_int_eq(raise(SIGUSR2), 0);
        assert_ok(weft_thread_join(&stopped));
        ck_assert_ptr_eq(weft_thread_result(&stopped), &value);
    }
}
END_TEST

/* ---- errno ---- */

static void set_tick(int number)
{
    (void)number;
    weft_event_set(&tick);
}

START_TEST(waking_leaves_errno_alone)
{
    weft_thread thread = WEFT_THREAD(wait_for_tick, NULL);
    signal(SIGUSR1, set_tick);
    start(&thread);
    wait_until_waiting(&tick, 1);
    errno = EXDEV;
    raise(SIGUSR1);
    ck_assert_int_eq(errno, EXDEV);
    assert_ok(weft_thread_join(&thread));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_storm_of_handlers_loses_nothing,
        a_handler_ends_the_wait_of_its_own_thread,
        what_a_handler_cannot_do_now_is_done_later,
        a_handler_may_stop_a_thread,
        waking_leaves_errno_alone,
    };
    return RUN_TESTS("signals", tests);
}
