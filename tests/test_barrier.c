/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <stdatomic.h>
#include <weft/barrier.h>
#include <weft/event.h>

static atomic_int actions;
static weft_event in_action, leave_action;

static void *act(void *arg)
{
    actions++;
    return arg;
}

static void *act_slowly(void *arg)
{
    weft_event_set(&in_action);
    weft_event_wait(&leave_action);
    return act(arg);
}

static void *act_and_fail(void *arg)
{
    act(arg);
    return weft_fail(1, "the action failed");
}

static weft_barrier three = WEFT_BARRIER(3, .action = act);

struct visit {
    weft_thread thread;
    weft_barrier *barrier;
    weft_status status;
    unsigned index;
};

static void *arrive(void *arg)
{
    struct visit *visit = arg;
    visit->status = weft_barrier_wait(visit->barrier, &visit->index);
    return NULL;
}

/* Threads that wait at the barrier one behind the other. */
static void start_visits(struct visit *visits, unsigned n,
                         weft_barrier *barrier)
{
    for (unsigned i = 0; i < n; i++) {
        visits[i] = (struct visit){.thread = WEFT_THREAD(arrive, &visits[i]),
                                   .barrier = barrier};
        start(&visits[i].thread);
        wait_until_waiting(barrier, i + 1);
    }
}

static void end_visits(struct visit *visits, unsigned n, weft_status expected)
{
    for (unsigned i = 0; i < n; i++) {
        assert_ok(weft_thread_join(&visits[i].thread));
        assert_status(visits[i].status, expected);
    }
}

START_TEST(indices_are_in_order_of_arrival)
{
    struct visit visits[2];
    unsigned index;
    start_visits(visits, 2, &three);
    ck_assert_uint_eq(weft_barrier_n_waiting(&three), 2);
    assert_ok(weft_barrier_wait(&three, &index));
    end_visits(visits, 2, WEFT_OK);
    ck_assert_uint_eq(visits[0].index, 0);
    ck_assert_uint_eq(visits[1].index, 1);
    ck_assert_uint_eq(index, 2);
    ck_assert_int_eq(actions, 1);
    ck_assert_uint_eq(weft_barrier_n_waiting(&three), 0);
    ck_assert_uint_eq(weft_barrier_parties(&three), 3);
    ck_assert(!weft_barrier_broken(&three));
}
END_TEST

START_TEST(one_party_never_waits)
{
    weft_barrier one = WEFT_BARRIER(1, .action = act);
    for (int i = 0; i < 10; i++)
        assert_ok(weft_barrier_wait(&one, NULL));
    assert_ok(weft_barrier_wait_timed(&one, NULL, 0));
    ck_assert_int_eq(actions, 11);
}
END_TEST

static weft_barrier slow = WEFT_BARRIER(3, .action = act_slowly);

START_TEST(nobody_leaves_before_the_action_has_run)
{
    struct visit visits[3];
    start_visits(visits, 2, &slow);
    visits[2] = (struct visit){.thread = WEFT_THREAD(arrive, &visits[2]),
                               .barrier = &slow};
    start(&visits[2].thread);
    assert_ok(weft_event_wait(&in_action));
    ck_assert_uint_eq(weft_barrier_n_waiting(&slow), 0);
    ck_assert(weft_thread_is_alive(&visits[0].thread));
    /* All have met: a stop comes too late to break anything. */
    assert_ok(weft_thread_stop(&visits[0].thread));
    assert_ok(weft_event_set(&leave_action));
    end_visits(visits, 3, WEFT_OK);
    ck_assert(!weft_barrier_broken(&slow));
}
END_TEST

static void *ignore_error(const weft_thread *thread, const weft_error *error)
{
    (void)thread;
    ck_assert_str_eq(error->message, "the action failed");
    actions += 10;
    return NULL;
}

START_TEST(an_action_that_fails_breaks_the_barrier)
{
    weft_barrier barrier = WEFT_BARRIER(3, .action = act_and_fail);
    struct visit visits[2];
    weft_set_excepthook(ignore_error);
    start_visits(visits, 2, &barrier);
    assert_status(weft_barrier_wait(&barrier, NULL), WEFT_BROKEN);
    end_visits(visits, 2, WEFT_BROKEN);
    ck_assert(weft_barrier_broken(&barrier));
    ck_assert_int_eq(actions, 11);
    assert_status(weft_barrier_wait(&barrier, NULL), WEFT_BROKEN);
}
END_TEST

START_TEST(a_time_out_of_one_breaks_it_for_all)
{
    struct visit visit;
    start_visits(&visit, 1, &three);
    assert_status(weft_barrier_wait_timed(&three, NULL, WEFT_MS(1)),
                  WEFT_TIMED_OUT);
    end_visits(&visit, 1, WEFT_BROKEN);
    ck_assert(weft_barrier_broken(&three));
    ck_assert_uint_eq(weft_barrier_n_waiting(&three), 0);
    assert_ok(weft_barrier_reset(&three));
    assert_status(weft_barrier_wait_timed(&three, NULL, 0), WEFT_TIMED_OUT);
    ck_assert(weft_barrier_broken(&three));
}
END_TEST

START_TEST(a_stop_of_one_breaks_it_for_all)
{
    struct visit visits[2];
    start_visits(visits, 2, &three);
    assert_ok(weft_thread_stop(&visits[1].thread));
    assert_ok(weft_thread_join(&visits[1].thread));
    assert_status(visits[1].status, WEFT_STOPPED);
    end_visits(visits, 1, WEFT_BROKEN);
}
END_TEST

START_TEST(abort_breaks_and_reset_repairs)
{
    struct visit visits[2];
    start_visits(visits, 2, &three);
    assert_ok(weft_barrier_abort(&three));
    end_visits(visits, 2, WEFT_BROKEN);
    ck_assert(weft_barrier_broken(&three));
    assert_status(weft_barrier_wait(&three, NULL), WEFT_BROKEN);
    assert_ok(weft_barrier_reset(&three));
    ck_assert(!weft_barrier_broken(&three));
    start_visits(visits, 2, &three);
    assert_ok(weft_barrier_wait(&three, NULL));
    end_visits(visits, 2, WEFT_OK);
}
END_TEST

START_TEST(reset_with_waiters_breaks_them_and_leaves_it_usable)
{
    struct visit visits[2], again[2];
    start_visits(visits, 2, &three);
    assert_ok(weft_barrier_reset(&three));
    end_visits(visits, 2, WEFT_BROKEN);
    ck_assert(!weft_barrier_broken(&three));
    start_visits(again, 2, &three);
    assert_ok(weft_barrier_wait(&three, NULL));
    end_visits(again, 2, WEFT_OK);
}
END_TEST

START_TEST(no_parties_and_null_are_answered)
{
    weft_barrier none = {.parties = 0};
    expect_misuse(weft_barrier_wait(&none, NULL), WEFT_INVALID);
    expect_misuse(weft_barrier_wait(NULL, NULL), WEFT_INVALID);
    expect_misuse(weft_barrier_reset(NULL), WEFT_INVALID);
    expect_misuse(weft_barrier_abort(NULL), WEFT_INVALID);
}
END_TEST

/* ---- Stress: fast threads lap slow ones ---- */

enum { LAPPERS = 4 };

static weft_barrier laps = WEFT_BARRIER(LAPPERS, .action = act);
static atomic_int arrivals;

static void *run_laps(void *arg)
{
    const int *rounds = arg;
    for (int lap = 1; lap <= *rounds; lap++) {
        arrivals++;
        assert_ok(weft_barrier_wait(&laps, NULL));
        ck_assert_int_ge(arrivals, lap * LAPPERS);
        ck_assert_int_ge(actions, lap);
    }
    return NULL;
}

START_TEST(stress_laps_are_never_mixed)
{
    int rounds = SANITIZED ? 300 : 3000;
    weft_thread threads[LAPPERS];
    for (int i = 0; i < LAPPERS; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(run_laps, &rounds);
        start(&threads[i]);
    }
    for (int i = 0; i < LAPPERS; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_int_eq(actions, rounds);
    ck_assert_int_eq(arrivals, rounds * LAPPERS);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        indices_are_in_order_of_arrival,
        one_party_never_waits,
        nobody_leaves_before_the_action_has_run,
        an_action_that_fails_breaks_the_barrier,
        a_time_out_of_one_breaks_it_for_all,
        a_stop_of_one_breaks_it_for_all,
        abort_breaks_and_reset_repairs,
        reset_with_waiters_breaks_them_and_leaves_it_usable,
        no_parties_and_null_are_answered,
        stress_laps_are_never_mixed,
    };
    return RUN_TESTS("barrier", tests);
}
