/* SPDX-License-Identifier: MIT */

/* What every call that can block promises, one call of the table after another:
 * exact deadlines, stop requests, and that signals change nothing. */

#include "blocking.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/time.h>
#include <weft/condition.h>
#include <weft/queue.h>

static const blocking_call *one;

#define for_each_call() \
    for (size_t i_ = 0; (one = blocking_call_at(i_)) != NULL; i_++)

#define assert_answer(call, expected)                             \
    do {                                                          \
        weft_status answer_ = (call);                             \
        ck_assert_msg(answer_ == (expected), "%s: %s", one->name, \
                      weft_status_name(answer_));                 \
    } while (0)

START_TEST(the_table_has_them_all)
{
    size_t count = 0;
    for_each_call()
        count++;
    ck_assert_uint_eq(count, 28);
}
END_TEST

START_TEST(each_waits_and_is_let_go)
{
    struct caller own;
    for_each_call() {
        block(&own, one, PLAIN);
        wait_until_blocked(&own);
        assert_answer(answer_when_let_go(&own), WEFT_OK);
    }
}
END_TEST

/* ---- Deadlines ---- */

START_TEST(none_times_out_before_its_deadline)
{
    struct caller own;
    for_each_call() {
        if (one->only_plain)
            continue;
        block(&own, one, WEFT_MS(2));
        assert_answer(answer_then_let_go(&own), WEFT_TIMED_OUT);
        ck_assert_msg(own.took >= WEFT_MS(2), "%s", one->name);
        block(&own, one, PLAIN); /* as usable as before */
        wait_until_blocked(&own);
        assert_answer(answer_when_let_go(&own), WEFT_OK);
    }
}
END_TEST

START_TEST(a_duration_of_zero_or_less_does_not_wait)
{
    static const weft_duration durations[] = {0, -1, INT64_MIN};
    struct caller own;
    for_each_call()
        for (int i = 0; i < 3 && !one->only_plain; i++) {
            block(&own, one, durations[i]);
            assert_answer(answer_then_let_go(&own), WEFT_TIMED_OUT);
        }
}
END_TEST

START_TEST(the_longest_durations_do_not_overflow)
{
    static const weft_duration durations[] = {
        WEFT_FOREVER, WEFT_FOREVER - 1, WEFT_FOREVER / 2, WEFT_SECONDS(4e9)};
    struct caller own;
    for_each_call()
        for (int i = 0; i < 4 && !one->only_plain; i++) {
            block(&own, one, durations[i]);
            wait_until_blocked(&own);
            assert_answer(answer_when_let_go(&own), WEFT_OK);
        }
}
END_TEST

/* ---- Stop requests ---- */

START_TEST(a_stop_request_ends_each_but_the_plain_acquires)
{
    struct caller own;
    for_each_call() {
        block(&own, one, PLAIN);
        wait_until_blocked(&own);
        assert_ok(weft_thread_stop(&own.thread));
        if (!one->unstoppable) {
            assert_answer(answer_then_let_go(&own), WEFT_STOPPED);
            continue;
        }
        weft_sleep(WEFT_MS(1)); /* time to go wrong */
        ck_assert_msg(is_blocked(&own), "%s", one->name);
        assert_answer(answer_when_let_go(&own), WEFT_OK);
    }
}
END_TEST

START_TEST(a_stop_request_ends_each_timed_form)
{
    static const weft_duration durations[] = {WEFT_FOREVER, WEFT_SECONDS(1e6)};
    struct caller own;
    for_each_call()
        for (int i = 0; i < 2 && !one->only_plain; i++) {
            block(&own, one, durations[i]);
            wait_until_blocked(&own);
            assert_ok(weft_thread_stop(&own.thread));
            assert_answer(answer_then_let_go(&own), WEFT_STOPPED);
        }
}
END_TEST

static void *stop_it(void *thread)
{
    assert_ok(weft_thread_stop(thread));
    return NULL;
}

/* Either came first; but the object is none the worse for it. */
START_TEST(a_stop_request_that_races_with_a_wake_spoils_nothing)
{
    struct caller own;
    for (int round = 0; round < (SANITIZED ? 10 : 50); round++)
        for_each_call() {
            weft_thread stopper = WEFT_THREAD(stop_it, &own.thread);
            block(&own, one, one->only_plain ? PLAIN : WEFT_FOREVER);
            wait_until_blocked(&own);
            start(&stopper);
            weft_status status = answer_when_let_go(&own);
            assert_ok(weft_thread_join(&stopper));
            if (status != WEFT_STOPPED)
                assert_answer(status, WEFT_OK);
            block(&own, one, PLAIN);
            wait_until_blocked(&own);
            assert_answer(answer_when_let_go(&own), WEFT_OK);
        }
}
END_TEST

/* ---- Signals ---- */

static atomic_int signals;

static void count_signal(int signal)
{
    (void)signal;
    signals++;
}

/* Without SA_RESTART: system calls are interrupted. */
static void handle(int number)
{
    struct sigaction action = {.sa_handler = count_signal};
    ck_assert_int_eq(sigaction(number, &action, NULL), 0);
}

START_TEST(signals_end_no_wait)
{
    struct caller own;
    handle(SIGUSR1);
    for_each_call() {
        block(&own, one, PLAIN);
        wait_until_blocked(&own);
        for (int i = 0; i < 20; i++) {
            /* Again and again: ThreadSanitizer holds a signal back that comes
             * right before the thread sleeps. */
            int before = signals;
            do {
                ck_assert_int_eq(pthread_kill(own.handle, SIGUSR1), 0);
                weft_sleep(WEFT_US(20));
            } while (signals == before);
        }
        ck_assert_msg(is_blocked(&own), "%s", one->name);
        assert_answer(answer_when_let_go(&own), WEFT_OK);
    }
}
END_TEST

static void send_alarms(weft_duration interval)
{
    struct itimerval often = {.it_interval.tv_usec = interval / 1000,
                              .it_value.tv_usec = interval / 1000};
    handle(SIGALRM);
    ck_assert_int_eq(setitimer(ITIMER_REAL, &often, NULL), 0);
}

/* Those to come are for the other threads. */
static void block_alarms(int how)
{
    sigset_t alarms;
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    pthread_sigmask(how, &alarms, NULL);
}

START_TEST(signals_shorten_no_wait)
{
    struct caller own;
    send_alarms(WEFT_US(200));
    for_each_call() {
        if (one->only_plain)
            continue;
        block(&own, one, WEFT_MS(3));
        block_alarms(SIG_BLOCK);
        assert_answer(answer_then_let_go(&own), WEFT_TIMED_OUT);
        block_alarms(SIG_UNBLOCK);
        ck_assert_msg(own.took >= WEFT_MS(3), "%s", one->name);
    }
    weft_duration before = weft_monotonic();
    assert_ok(weft_sleep(WEFT_MS(5)));
    ck_assert(weft_monotonic() - before >= WEFT_MS(5));
    send_alarms(0);
    ck_assert_int_gt(signals, 0);
}
END_TEST

enum { ITEMS = SANITIZED ? 2000 : 20000 };
static weft_queue *queue;
static weft_lock lock;
static weft_condition condition;
static long long sum;
static int finished;

static void *put_numbers(void *arg)
{
    for (int i = 1; i <= ITEMS; i++)
        assert_ok(weft_queue_put(queue, &i));
    return arg;
}

static void *add_numbers(void *arg)
{
    for (int i = 0; i < ITEMS; i++) {
        int number;
        assert_ok(weft_queue_get(queue, &number));
        weft_lock_acquire(&lock);
        sum += number;
        assert_ok(weft_lock_release(&lock));
    }
    weft_lock_acquire(&lock);
    finished++;
    weft_condition_notify_all(&condition);
    assert_ok(weft_lock_release(&lock));
    return arg;
}

START_TEST(a_storm_of_signals_loses_nothing)
{
    weft_thread threads[4];
    queue = weft_queue_create(sizeof(int), .maxsize = 3);
    send_alarms(WEFT_US(100));
    for (int i = 0; i < 4; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(
            i % 2 == 0 ? put_numbers : add_numbers, NULL);
        start(&threads[i]);
    }
    block_alarms(SIG_BLOCK);
    weft_lock_acquire(&lock);
    while (finished < 2)
        assert_ok(weft_condition_wait(&condition, &lock));
    assert_ok(weft_lock_release(&lock));
    for (int i = 0; i < 4; i++)
        assert_ok(weft_thread_join(&threads[i]));
    send_alarms(0);
    ck_assert_int_eq(sum, (long long)ITEMS * (ITEMS + 1));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_table_has_them_all,
        each_waits_and_is_let_go,
        none_times_out_before_its_deadline,
        a_duration_of_zero_or_less_does_not_wait,
        the_longest_durations_do_not_overflow,
        a_stop_request_ends_each_but_the_plain_acquires,
        a_stop_request_ends_each_timed_form,
        a_stop_request_that_races_with_a_wake_spoils_nothing,
        signals_end_no_wait,
        signals_shorten_no_wait,
        a_storm_of_signals_loses_nothing,
    };
    return RUN_TESTS("blocking", tests);
}
