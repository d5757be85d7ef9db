/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <weft/event.h>

static weft_event event;

static void *wait_for_it(void *arg)
{
    (void)arg;
    return (void *)(intptr_t)weft_event_wait(&event);
}

static weft_status answer_of(weft_thread *thread)
{
    assert_ok(weft_thread_join(thread));
    return (weft_status)(intptr_t)weft_thread_result(thread);
}

START_TEST(zeroed_memory_is_not_set)
{
    ck_assert_uint_eq(sizeof(weft_event), 4);
    ck_assert(!weft_event_is_set(&event));
    assert_status(weft_event_try_wait(&event), WEFT_BUSY);
    assert_status(weft_event_wait_timed(&event, 0), WEFT_TIMED_OUT);
    assert_status(weft_event_wait_timed(&event, WEFT_MS(1)), WEFT_TIMED_OUT);
}
END_TEST

START_TEST(wait_on_a_set_event_does_not_sleep)
{
    assert_ok(weft_event_set(&event));
    assert_ok(weft_event_set(&event));
    ck_assert(weft_event_is_set(&event));
    assert_ok(weft_event_wait(&event));
    assert_ok(weft_event_wait_timed(&event, -1));
    assert_ok(weft_event_try_wait(&event));
    assert_ok(weft_event_clear(&event));
    ck_assert(!weft_event_is_set(&event));
    assert_ok(weft_event_clear(&event));
}
END_TEST

START_TEST(set_wakes_all)
{
    weft_thread threads[5];
    for (int i = 0; i < 5; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(wait_for_it, NULL);
        start(&threads[i]);
    }
    wait_until_waiting(&event, 5);
    assert_ok(weft_event_set(&event));
    for (int i = 0; i < 5; i++)
        assert_ok(answer_of(&threads[i]));
}
END_TEST

START_TEST(a_pulse_is_not_lost)
{
    for (int round = 0; round < 200; round++) {
        weft_thread threads[3];
        for (int i = 0; i < 3; i++) {
            threads[i] = (weft_thread)WEFT_THREAD(wait_for_it, NULL);
            start(&threads[i]);
        }
        wait_until_waiting(&event, 3);
        assert_ok(weft_event_set(&event));
        assert_ok(weft_event_clear(&event));
        for (int i = 0; i < 3; i++)
            assert_ok(answer_of(&threads[i]));
    }
}
END_TEST

static void *wait_shortly(void *arg)
{
    const bool *enough = arg;
    while (!weft__load(enough))
        (void)weft_event_wait_timed(&event, WEFT_US(20));
    return NULL;
}

/* Those who give up and come back must not take a place in the line that a set
 * has already called: the one who stays is woken by each pulse. */
START_TEST(a_pulse_is_not_lost_among_those_who_give_up)
{
    static bool enough;
    weft_thread fickle[3];
    for (int i = 0; i < 3; i++) {
        fickle[i] = (weft_thread)WEFT_THREAD(wait_shortly, &enough);
        start(&fickle[i]);
    }
    for (int round = 0; round < 200; round++) {
        weft_thread thread = WEFT_THREAD(wait_for_it, NULL);
        start(&thread);
        wait_until_waits(&thread, &event);
        assert_ok(weft_event_set(&event));
        assert_ok(weft_event_clear(&event));
        assert_ok(answer_of(&thread));
    }
    weft__store(&enough, true);
    for (int i = 0; i < 3; i++)
        assert_ok(weft_thread_join(&fickle[i]));
    ck_assert_uint_eq(event.word_, 0);
}
END_TEST

START_TEST(a_stop_request_ends_the_wait)
{
    weft_thread thread = WEFT_THREAD(wait_for_it, NULL);
    start(&thread);
    wait_until_waiting(&event, 1);
    assert_ok(weft_thread_stop(&thread));
    assert_status(answer_of(&thread), WEFT_STOPPED);
    assert_ok(weft_event_set(&event));
    assert_ok(weft_event_wait(&event));
}
END_TEST

START_TEST(null_is_answered)
{
    expect_misuse(weft_event_set(NULL), WEFT_INVALID);
    expect_misuse(weft_event_clear(NULL), WEFT_INVALID);
    expect_misuse(weft_event_wait(NULL), WEFT_INVALID);
    expect_misuse(weft_event_wait_timed(NULL, 1), WEFT_INVALID);
}
END_TEST

/* ---- From a signal handler ---- */

static weft_event tick;
static atomic_int ticks;

static void set_the_event(int signal)
{
    (void)signal;
    weft_event_set(&tick);
    ticks++;
}

static void *send_signals(void *thread)
{
    pthread_t *target = thread;
    int sent = SANITIZED ? 500 : 5000;
    for (int i = 0; i < sent; i++) {
        int before = ticks;
        pthread_kill(*target, SIGUSR1);
        while (ticks == before)
            weft_sleep(0);
    }
    return NULL;
}

/* The handler interrupts this thread anywhere, also inside the wait for that
 * very event: each wait must be ended by a later signal. */
START_TEST(set_is_safe_in_a_signal_handler)
{
    pthread_t self = pthread_self();
    signal(SIGUSR1, set_the_event);
    weft_thread sender = WEFT_THREAD(send_signals, &self);
    start(&sender);
    while (weft_thread_is_alive(&sender)) {
        weft_event_clear(&tick);
        weft_event_wait_timed(&tick, WEFT_MS(1));
    }
    assert_ok(weft_thread_join(&sender));
    weft_event_clear(&tick);
    raise(SIGUSR1);
    assert_ok(weft_event_wait(&tick));
}
END_TEST

/* ---- Stress ---- */

static weft_event ping, pong;

static void *answer_pings(void *arg)
{
    int *rounds = arg;
    for (int i = 0; i < *rounds; i++) {
        assert_ok(weft_event_wait(&ping));
        assert_ok(weft_event_clear(&ping));
        assert_ok(weft_event_set(&pong));
    }
    return NULL;
}

START_TEST(stress_no_ping_is_lost)
{
    int rounds = SANITIZED ? 2000 : 20000;
    weft_thread thread = WEFT_THREAD(answer_pings, &rounds);
    start(&thread);
    for (int i = 0; i < rounds; i++) {
        assert_ok(weft_event_set(&ping));
        assert_ok(weft_event_wait(&pong));
        assert_ok(weft_event_clear(&pong));
    }
    assert_ok(weft_thread_join(&thread));
}
END_TEST

static void *set_it(void *arg)
{
    weft_event_set(arg);
    return NULL;
}

/* Address sanitizer tells if a setter touches it too late. */
START_TEST(the_memory_may_go_as_soon_as_the_wait_returns)
{
    for (int i = 0; i < 200; i++) {
        weft_event *own = calloc(1, sizeof *own);
        weft_thread thread = WEFT_THREAD(set_it, own);
        start(&thread);
        assert_ok(weft_event_wait(own));
        free(own);
        assert_ok(weft_thread_join(&thread));
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        zeroed_memory_is_not_set,
        wait_on_a_set_event_does_not_sleep,
        set_wakes_all,
        a_pulse_is_not_lost,
        a_pulse_is_not_lost_among_those_who_give_up,
        a_stop_request_ends_the_wait,
        null_is_answered,
        set_is_safe_in_a_signal_handler,
        stress_no_ping_is_lost,
        the_memory_may_go_as_soon_as_the_wait_returns,
    };
    return RUN_TESTS("event", tests);
}
