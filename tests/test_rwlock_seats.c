/* SPDX-License-Identifier: MIT */

/* Readers that sit apart. They do so once they have met often; here they are
 * told to, as one of them would tell them. */

#include "forking.h"

#include <stdatomic.h>
#include <weft/event.h>
#include <weft/rwlock.h>

enum { MANY = 70 }; /* more than there are rows of seats */

static weft_rwlock rwlock;
static weft_event leave_now;
static atomic_int inside;

/* By a thread that reads, unless somebody waits. */
static void let_sit(weft_rwlock *lock)
{
    uint32_t word = weft__load_relaxed(&lock->word_);
    if (word < WEFT__RWLOCK_MOST)
        weft__compare_swap(&lock->word_, &word, word | WEFT__RWLOCK_SEATS);
}

static void let_all_sit(void)
{
    weft_rwlock_acquire_read(&rwlock);
    let_sit(&rwlock);
    assert_ok(weft_rwlock_release_read(&rwlock));
    ck_assert(!weft_rwlock_locked(&rwlock));
}

static bool is_counted(const weft_rwlock *lock)
{
    return (weft__load(&lock->word_) & WEFT__RWLOCK_READERS) != 0;
}

static void *read_until_told(void *arg)
{
    weft_rwlock_acquire_read(&rwlock);
    inside++;
    weft_event_wait(&leave_now);
    assert_ok(weft_rwlock_release_read(&rwlock));
    return arg;
}

static void *write_once(void *arg)
{
    weft_rwlock_acquire_write(&rwlock);
    atomic_store((atomic_int *)arg, inside);
    assert_ok(weft_rwlock_release_write(&rwlock));
    return arg;
}

static void *release_reading(void *arg)
{
    return (void *)(intptr_t)weft_rwlock_release_read(arg);
}

static void expect_released_elsewhere(void)
{
    weft_thread thread = WEFT_THREAD(release_reading, &rwlock);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    assert_status((int)(intptr_t)weft_thread_result(&thread), WEFT_OK);
}

START_TEST(who_sits_has_the_lock)
{
    let_all_sit();
    weft_rwlock_acquire_read(&rwlock);
    ck_assert(!is_counted(&rwlock));
    ck_assert(weft_rwlock_locked(&rwlock));
    assert_status(weft_rwlock_try_acquire_write(&rwlock), WEFT_BUSY);
    assert_status(weft_rwlock_acquire_write_timed(&rwlock, 0), WEFT_TIMED_OUT);
    assert_ok(weft_rwlock_try_acquire_read(&rwlock));
    assert_ok(weft_rwlock_release_read(&rwlock));
    assert_ok(weft_rwlock_release_read(&rwlock));
    ck_assert(!weft_rwlock_locked(&rwlock));
    assert_ok(weft_rwlock_try_acquire_write(&rwlock));
    assert_ok(weft_rwlock_release_write(&rwlock));
}
END_TEST

START_TEST(a_writer_that_gives_up_leaves_who_sat_reading)
{
    let_all_sit();
    weft_rwlock_acquire_read(&rwlock);
    assert_status(weft_rwlock_acquire_write_timed(&rwlock, WEFT_MS(1)),
                  WEFT_TIMED_OUT);
    assert_status(weft_rwlock_try_acquire_write(&rwlock), WEFT_BUSY);
    assert_ok(weft_rwlock_try_acquire_read(&rwlock));
    assert_ok(weft_rwlock_release_read(&rwlock));
    ck_assert(weft_rwlock_locked(&rwlock));
    assert_ok(weft_rwlock_release_read(&rwlock));
    ck_assert(!weft_rwlock_locked(&rwlock));
    expect_misuse(weft_rwlock_release_read(&rwlock), WEFT_NOT_OWNER);
}
END_TEST

/* Some share a seat, so that only one of them can sit. */
START_TEST(a_writer_waits_for_more_readers_than_seats)
{
    atomic_int seen = -1;
    weft_thread readers[MANY], writer = WEFT_THREAD(write_once, &seen);
    let_all_sit();
    for (int i = 0; i < MANY; i++) {
        readers[i] = (weft_thread)WEFT_THREAD(read_until_told, NULL);
        start(&readers[i]);
    }
    wait_until_waiting(&leave_now, MANY);
    ck_assert(is_counted(&rwlock));
    start(&writer);
    wait_until_waiting(&rwlock, 1);
    assert_ok(weft_event_set(&leave_now));
    for (int i = 0; i < MANY; i++)
        assert_ok(weft_thread_join(&readers[i]));
    assert_ok(weft_thread_join(&writer));
    ck_assert_int_eq(seen, MANY);
    ck_assert(!weft_rwlock_locked(&rwlock));
}
END_TEST

START_TEST(one_thread_reads_many_locks)
{
    static weft_rwlock locks[MANY];
    for (int i = 0; i < MANY; i++) {
        let_sit(&locks[i]);
        weft_rwlock_acquire_read(&locks[i]);
    }
    for (int i = 0; i < MANY; i++) {
        assert_status(weft_rwlock_try_acquire_write(&locks[i]), WEFT_BUSY);
        assert_ok(weft_rwlock_release_read(&locks[i]));
        ck_assert(!weft_rwlock_locked(&locks[i]));
        assert_ok(weft_rwlock_try_acquire_write(&locks[i]));
    }
}
END_TEST

START_TEST(another_thread_may_end_the_reading_of_who_sits)
{
    let_all_sit();
    weft_rwlock_acquire_read(&rwlock);
    expect_released_elsewhere();
    ck_assert(!weft_rwlock_locked(&rwlock));
    expect_misuse(weft_rwlock_release_read(&rwlock), WEFT_NOT_OWNER);
    weft_rwlock_acquire_write(&rwlock);
    expect_misuse(weft_rwlock_release_read(&rwlock), WEFT_NOT_OWNER);
    assert_ok(weft_rwlock_release_write(&rwlock));
}
END_TEST

/* A writer stands in line meanwhile, for the reading that the other ends. */
START_TEST(another_thread_may_let_the_writer_in)
{
    atomic_int seen = -1;
    weft_thread writer = WEFT_THREAD(write_once, &seen);
    let_all_sit();
    weft_rwlock_acquire_read(&rwlock);
    start(&writer);
    wait_until_waiting(&rwlock, 1);
    expect_released_elsewhere();
    assert_ok(weft_thread_join(&writer));
    ck_assert_int_eq(seen, 0);
}
END_TEST

static void free_in_child(void)
{
    require(weft_rwlock_locked(&rwlock));
    require(weft_rwlock_try_acquire_write(&rwlock) == WEFT_BUSY);
    weft_rwlock_reinit(&rwlock);
    require(!weft_rwlock_locked(&rwlock));
    require(weft_rwlock_try_acquire_write(&rwlock) == WEFT_OK);
    require(weft_rwlock_release_write(&rwlock) == WEFT_OK);
    leave("free");
}

static void end_in_child(void)
{
    require(weft_rwlock_release_read(&rwlock) == WEFT_OK);
    require(!weft_rwlock_locked(&rwlock));
    weft_rwlock_acquire_write(&rwlock);
    leave("written");
}

static void expect_child(void (*body)(void), const char *text)
{
    char said[64];
    int status = run_child(body, said, sizeof said);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS);
    ck_assert_str_eq(said, text);
}

START_TEST(in_a_child_others_that_sat_hold_it_until_it_is_made_new)
{
    weft_thread reader = WEFT_THREAD(read_until_told, NULL);
    let_all_sit();
    start(&reader);
    wait_until_waiting(&leave_now, 1);
    expect_child(free_in_child, "free");
    assert_ok(weft_event_set(&leave_now));
    assert_ok(weft_thread_join(&reader));
    ck_assert(!weft_rwlock_locked(&rwlock));
}
END_TEST

START_TEST(a_child_ends_the_reading_of_who_forked)
{
    let_all_sit();
    weft_rwlock_acquire_read(&rwlock);
    expect_child(end_in_child, "written");
    ck_assert(weft_rwlock_locked(&rwlock));
    assert_ok(weft_rwlock_release_read(&rwlock));
}
END_TEST

/* ---- Stress ---- */

static int one, other;

static void read_sitting(weft_status taken)
{
    if (taken != WEFT_OK)
        return;
    ck_assert_int_eq(one, other);
    let_sit(&rwlock);
    assert_ok(weft_rwlock_release_read(&rwlock));
}

static void write_both(weft_status taken, int *writes)
{
    if (taken != WEFT_OK)
        return;
    one++;
    other++;
    (*writes)++;
    assert_ok(weft_rwlock_release_write(&rwlock));
}

static void *mix(void *arg)
{
    int *writes = arg;
    int rounds = SANITIZED ? 3000 : 30000;
    for (int i = 0; i < rounds; i++) {
        weft_rwlock_acquire_read(&rwlock);
        read_sitting(WEFT_OK);
        if (i % 8 == 0)
            write_both(weft_rwlock_try_acquire_write(&rwlock), writes);
        else if (i % 8 == 2)
            write_both(weft_rwlock_acquire_write_timed(&rwlock, WEFT_US(5)),
                       writes);
        else if (i % 8 == 4)
            read_sitting(weft_rwlock_acquire_read_timed(&rwlock, WEFT_US(5)));
        else if (i % 64 == 7) {
            weft_rwlock_acquire_write(&rwlock);
            write_both(WEFT_OK, writes);
        } else
            read_sitting(weft_rwlock_try_acquire_read(&rwlock));
    }
    return NULL;
}

static atomic_int given; /* readings that anybody may end */

static void give(void)
{
    if (weft_rwlock_acquire_read_timed(&rwlock, WEFT_US(5)) != WEFT_OK)
        return;
    let_sit(&rwlock);
    given++;
}

static void take_what_is_given(void)
{
    int before = given;
    while (before > 0)
        if (atomic_compare_exchange_weak(&given, &before, before - 1)) {
            assert_ok(weft_rwlock_release_read(&rwlock));
            before = given;
        }
}

static void *exchange(void *arg)
{
    int *writes = arg;
    int rounds = SANITIZED ? 3000 : 30000;
    for (int i = 0; i < rounds; i++) {
        give();
        read_sitting(weft_rwlock_try_acquire_read(&rwlock));
        if (i % 4 == 0)
            write_both(weft_rwlock_acquire_write_timed(&rwlock, WEFT_US(1)),
                       writes);
        take_what_is_given();
    }
    return NULL;
}

static void stress(weft_target target)
{
    int writes[4] = {0};
    weft_thread threads[4];
    for (int i = 0; i < 4; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(target, &writes[i]);
        start(&threads[i]);
    }
    for (int i = 0; i < 4; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_int_eq(one, writes[0] + writes[1] + writes[2] + writes[3]);
    ck_assert_int_eq(one, other);
    ck_assert(!weft_rwlock_locked(&rwlock));
}

START_TEST(stress_who_sits_keeps_writers_out)
{
    stress(mix);
}
END_TEST

START_TEST(stress_others_end_the_readings_of_who_sits)
{
    stress(exchange);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        who_sits_has_the_lock,
        a_writer_that_gives_up_leaves_who_sat_reading,
        a_writer_waits_for_more_readers_than_seats,
        one_thread_reads_many_locks,
        another_thread_may_end_the_reading_of_who_sits,
        another_thread_may_let_the_writer_in,
        in_a_child_others_that_sat_hold_it_until_it_is_made_new,
        a_child_ends_the_reading_of_who_forked,
        stress_who_sits_keeps_writers_out,
        stress_others_end_the_readings_of_who_sits,
    };
    return RUN_TESTS("rwlock_seats", tests);
}
