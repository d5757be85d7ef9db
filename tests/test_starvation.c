/* SPDX-License-Identifier: MIT */

/*
 * Seven threads conspire to keep something busy: each stays inside, asleep, and
 * on its way out turns round and is back before anybody who must be woken. The
 * eighth gets in all the same, each time, before the seven have made BOUND more
 * stays, one after another. That does not depend on how fast the machine is,
 * nor on who else uses it: for so many stays the seven must be woken as often,
 * and the eighth never. Once they have made them they give up, so that a test
 * which fails ends.
 *
 * Such a crowd shows who is kept out for ever. That a line is one, first in,
 * first out, is seen where all stand still: the first in line, who was there
 * before seven others came, gets in before them, and before who has just been
 * inside and comes back at once.
 */

#include "rwlock_state.h"
#include "support.h"

#include <weft/rlock.h>
#include <weft/rwlock.h>
#include <weft/semaphore.h>

enum { CONSPIRATORS = 7, TRIES = 100, BOUND = 200, PERMITS = 2 };

/* Longer than a waiter lets others pass. */
#define STAY WEFT_MS(1)

static weft_lock lock;
static weft_rlock rlock;
static weft_rwlock rwlock;
static weft_semaphore semaphore = WEFT_SEMAPHORE(PERMITS);

static uint32_t turns, turns_before; /* in all; when the eighth came */
static uint32_t most_turns;          /* from then on */
static bool ended;

static void stay(void)
{
    weft__fetch_add(&turns, 1);
    weft_sleep(STAY);
}

static bool conspiracy_goes_on(void)
{
    return !weft__load(&ended) &&
           weft__load(&turns) - weft__load(&turns_before) <= most_turns;
}

typedef void visit(void); /* in, and out again */

static void *conspire(void *turn)
{
    while (conspiracy_goes_on())
        (*(visit *const *)turn)();
    return NULL;
}

/* It is being kept busy again. */
static void wait_for_a_turn(void)
{
    uint32_t now = weft__load(&turns);
    while (weft__load(&turns) == now && conspiracy_goes_on())
        weft_sleep(STAY / 4);
}

/* `inside` of the seven can be inside at once. */
static void outlast(visit *turn, uint32_t inside, visit *get_in)
{
    weft_thread threads[CONSPIRATORS];
    uint32_t most = 0;
    most_turns = BOUND * inside;
    for (int i = 0; i < CONSPIRATORS; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(conspire, &turn);
        start(&threads[i]);
    }
    for (int i = 0; i < TRIES && most <= most_turns; i++) {
        wait_for_a_turn();
        uint32_t before = weft__load(&turns);
        weft__store(&turns_before, before);
        get_in();
        uint32_t passed = weft__load(&turns) - before;
        weft__store(&turns_before, before + passed);
        most = passed > most ? passed : most;
    }
    weft__store(&ended, true);
    for (int i = 0; i < CONSPIRATORS; i++)
        assert_ok(weft_thread_join(&threads[i]));
    ck_assert_uint_le(most, most_turns);
}

/* ---- Locks ---- */

static void hold_lock(void)
{
    weft_lock_acquire(&lock);
    stay();
    assert_ok(weft_lock_release(&lock));
}

static void pass_lock(void)
{
    weft_lock_acquire(&lock);
    assert_ok(weft_lock_release(&lock));
}

START_TEST(seven_that_keep_a_lock_do_not_keep_out_the_eighth)
{
    outlast(hold_lock, 1, pass_lock);
}
END_TEST

static void hold_rlock_twice(void)
{
    weft_rlock_acquire(&rlock);
    weft_rlock_acquire(&rlock);
    stay();
    assert_ok(weft_rlock_release(&rlock));
    assert_ok(weft_rlock_release(&rlock));
}

static void pass_rlock(void)
{
    weft_rlock_acquire(&rlock);
    assert_ok(weft_rlock_release(&rlock));
}

START_TEST(seven_that_keep_an_rlock_do_not_keep_out_the_eighth)
{
    outlast(hold_rlock_twice, 1, pass_rlock);
}
END_TEST

/* ---- Semaphore ---- */

static void hold_permit(void)
{
    weft_semaphore_acquire(&semaphore);
    stay();
    assert_ok(weft_semaphore_release(&semaphore, 1));
}

static void pass_semaphore(void)
{
    weft_semaphore_acquire(&semaphore);
    assert_ok(weft_semaphore_release(&semaphore, 1));
}

START_TEST(seven_that_keep_a_semaphore_do_not_keep_out_the_eighth)
{
    outlast(hold_permit, PERMITS, pass_semaphore);
}
END_TEST

/* ---- RWLock ---- */

static uint32_t readers; /* that stay */

/* False: there is no other who stays. */
static bool leave_to_others(void)
{
    uint32_t count = weft__load(&readers);
    while (count > 1)
        if (weft__compare_swap(&readers, &count, count - 1))
            return true;
    return false;
}

/* Until another has come to take over, so that there is always one; but not for
 * ever, as none comes while the writer is being let in. */
static void read_until_relieved(void)
{
    enum { STAYS = 10 };
    bool left = false;
    weft_rwlock_acquire_read(&rwlock);
    weft__fetch_add(&readers, 1);
    stay();
    for (int i = 0; i < STAYS && !(left = leave_to_others()); i++)
        weft_sleep(STAY);
    if (!left)
        weft__fetch_sub(&readers, 1);
    assert_ok(weft_rwlock_release_read(&rwlock));
}

static void pass_for_writing(void)
{
    weft_rwlock_acquire_write(&rwlock);
    assert_ok(weft_rwlock_release_write(&rwlock));
}

START_TEST(seven_that_take_turns_at_reading_do_not_keep_out_a_writer)
{
    outlast(read_until_relieved, CONSPIRATORS, pass_for_writing);
}
END_TEST

static void hold_for_writing(void)
{
    weft_rwlock_acquire_write(&rwlock);
    stay();
    assert_ok(weft_rwlock_release_write(&rwlock));
}

START_TEST(seven_writers_do_not_keep_out_an_eighth)
{
    outlast(hold_for_writing, 1, pass_for_writing);
}
END_TEST

static void pass_for_reading(void)
{
    weft_rwlock_acquire_read(&rwlock);
    assert_ok(weft_rwlock_release_read(&rwlock));
}

START_TEST(seven_writers_do_not_keep_out_a_reader)
{
    outlast(hold_for_writing, 1, pass_for_reading);
}
END_TEST

/* ---- In line ---- */

enum { ROUNDS = 20 };

struct door {
    const void *object;
    visit *enter, *leave;
};

static uint32_t let_in; /* how many were, in this round */

static void *pass(void *arg)
{
    const struct door *door = arg;
    door->enter();
    uint32_t before = weft__fetch_add(&let_in, 1);
    door->leave();
    return (void *)(uintptr_t)before;
}

/* Or in. For rwlocks: a writer may nap before it stands in line. */
static void wait_until_in_line(const struct door *door, size_t n)
{
    const weft_rwlock *own = door->object == &rwlock ? &rwlock : NULL;
    while (weft__load(&let_in) == 0 &&
           (count_waiting(door->object) < n ||
            (own != NULL &&
             (weft__load(&own->word_) & WEFT__RWLOCK_WAITERS) == 0)))
        weft_sleep(WEFT_US(50));
}

/* How many got in before the first in line. */
static uint32_t pass_first_in_line(struct door *holder, struct door *first,
                                   struct door *later)
{
    weft_thread threads[1 + CONSPIRATORS];
    weft__store(&let_in, 0);
    holder->enter();
    for (int i = 0; i <= CONSPIRATORS; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(pass, i == 0 ? first : later);
        start(&threads[i]);
        if (i == 0)
            wait_until_in_line(first, 1);
    }
    wait_until_in_line(first, 1 + CONSPIRATORS);
    holder->leave();
    pass(holder);
    for (int i = 0; i <= CONSPIRATORS; i++)
        assert_ok(weft_thread_join(&threads[i]));
    return (uint32_t)(uintptr_t)weft_thread_result(&threads[0]);
}

static void expect_first(struct door *holder, struct door *first,
                         struct door *later)
{
    for (int i = 0; i < ROUNDS; i++)
        ck_assert_uint_eq(pass_first_in_line(holder, first, later), 0);
}

static weft_semaphore one = WEFT_SEMAPHORE(1);

static void take_permit(void)
{
    weft_semaphore_acquire(&one);
}

static void give_permit(void)
{
    assert_ok(weft_semaphore_release(&one, 1));
}

static void begin_reading(void)
{
    weft_rwlock_acquire_read(&rwlock);
}

static void end_reading(void)
{
    assert_ok(weft_rwlock_release_read(&rwlock));
}

static void begin_writing(void)
{
    weft_rwlock_acquire_write(&rwlock);
}

static void end_writing(void)
{
    assert_ok(weft_rwlock_release_write(&rwlock));
}

static struct door permit = {&one, take_permit, give_permit};
static struct door reading = {&rwlock, begin_reading, end_reading};
static struct door writing = {&rwlock, begin_writing, end_writing};

START_TEST(the_first_in_line_gets_the_first_permit)
{
    expect_first(&permit, &permit, &permit);
}
END_TEST

START_TEST(a_writer_in_line_goes_before_readers_that_come_later)
{
    expect_first(&reading, &writing, &reading);
}
END_TEST

START_TEST(a_writer_in_line_goes_before_writers_that_come_later)
{
    expect_first(&writing, &writing, &writing);
}
END_TEST

START_TEST(a_reader_in_line_goes_before_writers_that_come_later)
{
    expect_first(&writing, &reading, &writing);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        seven_that_keep_a_lock_do_not_keep_out_the_eighth,
        seven_that_keep_an_rlock_do_not_keep_out_the_eighth,
        seven_that_keep_a_semaphore_do_not_keep_out_the_eighth,
        seven_that_take_turns_at_reading_do_not_keep_out_a_writer,
        seven_writers_do_not_keep_out_an_eighth,
        seven_writers_do_not_keep_out_a_reader,
        the_first_in_line_gets_the_first_permit,
        a_writer_in_line_goes_before_readers_that_come_later,
        a_writer_in_line_goes_before_writers_that_come_later,
        a_reader_in_line_goes_before_writers_that_come_later,
    };
    return RUN_TESTS("starvation", tests);
}
