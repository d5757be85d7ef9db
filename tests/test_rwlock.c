/* SPDX-License-Identifier: MIT */

#include "support.h"

#include <sched.h>
#include <stdatomic.h>
#include <weft/event.h>
#include <weft/rwlock.h>

static weft_rwlock rwlock;
static atomic_int readers_in, order;
static weft_event leave;

static void *read_until_told(void *arg)
{
    weft_rwlock_acquire_read(&rwlock);
    readers_in++;
    weft_event_wait(&leave);
    weft_rwlock_release_read(&rwlock);
    return arg;
}

static void *note_order_of_write(void *arg)
{
    weft_rwlock_acquire_write(&rwlock);
    *(int *)arg = ++order;
    weft_rwlock_release_write(&rwlock);
    return NULL;
}

static void *note_order_of_read(void *arg)
{
    weft_rwlock_acquire_read(&rwlock);
    *(int *)arg = ++order;
    weft_rwlock_release_read(&rwlock);
    return NULL;
}

START_TEST(zeroed_memory_is_unlocked)
{
    ck_assert_uint_eq(sizeof rwlock, 8);
    ck_assert(!weft_rwlock_locked(&rwlock));
    weft_rwlock_acquire_write(&rwlock);
    ck_assert(weft_rwlock_locked(&rwlock));
    assert_ok(weft_rwlock_release_write(&rwlock));
    weft_rwlock_acquire_read(&rwlock);
    ck_assert(weft_rwlock_locked(&rwlock));
    assert_ok(weft_rwlock_release_read(&rwlock));
    ck_assert(!weft_rwlock_locked(&rwlock));
}
END_TEST

START_TEST(readers_share_and_writers_do_not)
{
    weft_thread threads[3];
    for (int i = 0; i < 3; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(read_until_told, NULL);
        start(&threads[i]);
    }
    wait_until_waiting(&leave, 3);
    ck_assert_int_eq(readers_in, 3);
    assert_ok(weft_rwlock_try_acquire_read(&rwlock));
    assert_status(weft_rwlock_try_acquire_write(&rwlock), WEFT_BUSY);
    assert_status(weft_rwlock_acquire_write_timed(&rwlock, WEFT_MS(1)),
                  WEFT_TIMED_OUT);
    assert_ok(weft_rwlock_release_read(&rwlock));
    assert_ok(weft_event_set(&leave));
    for (int i = 0; i < 3; i++)
        assert_ok(weft_thread_join(&threads[i]));
    assert_ok(weft_rwlock_try_acquire_write(&rwlock));
    assert_status(weft_rwlock_try_acquire_read(&rwlock), WEFT_BUSY);
    assert_status(weft_rwlock_acquire_read_timed(&rwlock, 0), WEFT_TIMED_OUT);
    assert_status(weft_rwlock_acquire_read_timed(&rwlock, WEFT_MS(1)),
                  WEFT_TIMED_OUT);
    assert_ok(weft_rwlock_release_write(&rwlock));
}
END_TEST

/* In line: writer, reader, reader, writer. */
START_TEST(the_line_is_first_in_first_out_with_batches_of_readers)
{
    int orders[4] = {0};
    weft_thread threads[4] = {
        WEFT_THREAD(note_order_of_write, &orders[0]),
        WEFT_THREAD(note_order_of_read, &orders[1]),
        WEFT_THREAD(note_order_of_read, &orders[2]),
        WEFT_THREAD(note_order_of_write, &orders[3]),
    };
    weft_rwlock_acquire_read(&rwlock);
    for (unsigned i = 0; i < 4; i++) {
        start(&threads[i]);
        wait_until_waiting(&rwlock, i + 1);
    }
    /* A reader is inside, and still no other passes the waiting writer. */
    assert_status(weft_rwlock_try_acquire_read(&rwlock), WEFT_BUSY);
    assert_ok(weft_rwlock_release_read(&rwlock));
    for (int i = 0; i < 4; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_int_eq(orders[0], 1);
    ck_assert_int_eq(orders[1] + orders[2], 5);
    ck_assert_int_eq(orders[3], 4);
}
END_TEST

static void *write_timed(void *arg)
{
    weft_duration *duration = arg;
    return (void *)(intptr_t)weft_rwlock_acquire_write_timed(&rwlock,
                                                             *duration);
}

START_TEST(a_writer_that_gives_up_lets_the_readers_behind_it_go)
{
    weft_duration forever = WEFT_FOREVER;
    int number = 0;
    weft_thread writer = WEFT_THREAD(write_timed, &forever);
    weft_thread reader = WEFT_THREAD(note_order_of_read, &number);
    weft_rwlock_acquire_read(&rwlock);
    start(&writer);
    wait_until_waiting(&rwlock, 1);
    start(&reader);
    wait_until_waiting(&rwlock, 2);
    assert_ok(weft_thread_stop(&writer));
    assert_ok(weft_thread_join(&writer));
    assert_status((int)(intptr_t)weft_thread_result(&writer), WEFT_STOPPED);
    assert_ok(weft_thread_join(&reader));
    ck_assert_int_eq(number, 1);
    assert_ok(weft_rwlock_release_read(&rwlock));
    ck_assert(!weft_rwlock_locked(&rwlock));
}
END_TEST

START_TEST(downgrade_lets_readers_in_and_no_writer)
{
    int orders[2] = {0};
    weft_thread reader = WEFT_THREAD(note_order_of_read, &orders[0]);
    weft_thread writer = WEFT_THREAD(note_order_of_write, &orders[1]);
    weft_rwlock_acquire_write(&rwlock);
    start(&reader);
    wait_until_waiting(&rwlock, 1);
    start(&writer);
    wait_until_waiting(&rwlock, 2);
    assert_ok(weft_rwlock_downgrade(&rwlock));
    assert_ok(weft_thread_join(&reader));
    ck_assert_int_eq(orders[0], 1);
    ck_assert_int_eq(orders[1], 0);
    assert_ok(weft_rwlock_release_read(&rwlock));
    assert_ok(weft_thread_join(&writer));
    ck_assert_int_eq(orders[1], 2);
}
END_TEST

START_TEST(releasing_what_is_not_held_is_answered)
{
    expect_misuse(weft_rwlock_release_read(&rwlock), WEFT_NOT_OWNER);
    expect_misuse(weft_rwlock_release_write(&rwlock), WEFT_NOT_OWNER);
    expect_misuse(weft_rwlock_downgrade(&rwlock), WEFT_NOT_OWNER);
    weft_rwlock_acquire_read(&rwlock);
    expect_misuse(weft_rwlock_release_write(&rwlock), WEFT_NOT_OWNER);
    assert_ok(weft_rwlock_release_read(&rwlock));
    weft_rwlock_acquire_write(&rwlock);
    expect_misuse(weft_rwlock_release_read(&rwlock), WEFT_NOT_OWNER);
    expect_misuse(weft_rwlock_release_read(NULL), WEFT_INVALID);
    expect_misuse(weft_rwlock_release_write(NULL), WEFT_INVALID);
    ck_assert(weft_rwlock_locked(&rwlock));
    weft_rwlock_reinit(&rwlock);
    ck_assert(!weft_rwlock_locked(&rwlock));
}
END_TEST

static void *release_it(void *arg)
{
    assert_ok(weft_rwlock_release_write(&rwlock));
    return arg;
}

START_TEST(another_thread_may_release)
{
    weft_thread thread = WEFT_THREAD(release_it, NULL);
    weft_rwlock_acquire_write(&rwlock);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    ck_assert(!weft_rwlock_locked(&rwlock));
}
END_TEST

/* ---- Starvation and stress ---- */

static atomic_bool finished;
static int one, other;

/* Seven readers conspire: none leaves before another is in, unless that takes
 * for ever, as none comes in once the writer stands in line. */
static void *read_for_ever(void *arg)
{
    enum { PATIENCE = 1000 };
    while (!finished) {
        weft_rwlock_acquire_read(&rwlock);
        readers_in++;
        ck_assert_int_eq(one, other);
        for (int i = 0; i < PATIENCE && readers_in < 2; i++)
            sched_yield();
        readers_in--;
        weft_rwlock_release_read(&rwlock);
    }
    return arg;
}

static void *write_for_ever(void *arg)
{
    while (!finished) {
        weft_rwlock_acquire_write(&rwlock);
        one++;
        other++;
        weft_rwlock_release_write(&rwlock);
    }
    return arg;
}

static void run_against(weft_target target, void (*turn)(void))
{
    weft_thread threads[7];
    for (int i = 0; i < 7; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(target, NULL);
        start(&threads[i]);
    }
    for (int i = 0; i < 100; i++)
        turn();
    finished = true;
    for (int i = 0; i < 7; i++)
        assert_ok(weft_thread_join(&threads[i]));
}

static void write_once(void)
{
    weft_rwlock_acquire_write(&rwlock);
    one++;
    other++;
    weft_rwlock_release_write(&rwlock);
}

static void read_once(void)
{
    weft_rwlock_acquire_read(&rwlock);
    ck_assert_int_eq(one, other);
    weft_rwlock_release_read(&rwlock);
}

START_TEST(readers_do_not_starve_a_writer)
{
    run_against(read_for_ever, write_once);
    ck_assert_int_eq(one, 100);
}
END_TEST

START_TEST(writers_do_not_starve_a_reader)
{
    run_against(write_for_ever, read_once);
}
END_TEST

static void *mix(void *arg)
{
    int rounds = SANITIZED ? 1000 : 10000;
    for (int i = 0; i < rounds; i++) {
        if (i % 4 == 0)
            write_once();
        else if (i % 4 == 1 &&
                 weft_rwlock_acquire_read_timed(&rwlock, WEFT_US(5)) == WEFT_OK)
            weft_rwlock_release_read(&rwlock);
        else if (i % 4 == 2 && weft_rwlock_acquire_write_timed(
                                   &rwlock, WEFT_US(5)) == WEFT_OK)
            weft_rwlock_release_write(&rwlock);
        else
            read_once();
    }
    return arg;
}

START_TEST(stress_no_write_is_lost)
{
    weft_thread threads[4];
    for (int i = 0; i < 4; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(mix, NULL);
        start(&threads[i]);
    }
    for (int i = 0; i < 4; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_int_eq(one, SANITIZED ? 1000 : 10000);
    ck_assert(!weft_rwlock_locked(&rwlock));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        zeroed_memory_is_unlocked,
        readers_share_and_writers_do_not,
        the_line_is_first_in_first_out_with_batches_of_readers,
        a_writer_that_gives_up_lets_the_readers_behind_it_go,
        downgrade_lets_readers_in_and_no_writer,
        releasing_what_is_not_held_is_answered,
        another_thread_may_release,
        readers_do_not_starve_a_writer,
        writers_do_not_starve_a_reader,
        stress_no_write_is_lost,
    };
    return RUN_TESTS("rwlock", tests);
}
