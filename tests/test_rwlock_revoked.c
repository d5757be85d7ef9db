/* SPDX-License-Identifier: MIT */

/* Looks into the moments in which a writer empties the seats of those who read.
 * The test itself does what a writer does then, and stops in between. */

#include "forking.h"
#include "registry.h"
#include "rwlock_state.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>

enum { PAGE = 4096 };

static weft_rwlock *rwlock; /* alone on its page */

static void make_page(void)
{
    rwlock = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ck_assert_ptr_ne(rwlock, MAP_FAILED);
}

static weft_rwlock **own_seat(void)
{
    return weft__seat_of(weft__self()->id, rwlock);
}

/* The caller reads, on a seat. */
static void sit(void)
{
    weft__self();
    weft__store(&rwlock->word_, WEFT__RWLOCK_SEATS);
    weft_rwlock_acquire_read(rwlock);
    ck_assert_ptr_eq(*own_seat(), rwlock);
}

/* What a writer does first. */
static void announce(void)
{
    weft__exchange(&rwlock->word_, WEFT__RWLOCK_WAITERS);
}

static void expect_one_reader(void)
{
    ck_assert_uint_eq(weft__load(&rwlock->word_) & WEFT__RWLOCK_READERS, 1);
    assert_ok(weft_rwlock_release_read(rwlock));
    ck_assert(!weft_rwlock_locked(rwlock));
    assert_ok(weft_rwlock_try_acquire_write(rwlock));
    assert_ok(weft_rwlock_release_write(rwlock));
}

/* ---- Counting ---- */

static volatile sig_atomic_t faults, was_empty;

/* The word was about to be written. */
static void look_at_seat(int signal)
{
    (void)signal;
    faults++;
    was_empty = weft__load_relaxed(own_seat()) == NULL;
    mprotect(rwlock, PAGE, PROT_READ | PROT_WRITE);
}

/* Else its reader could leave by itself and be counted nevertheless, and who
 * ends another reading take that count; the word would then fall below 0. */
START_TEST(a_reader_is_counted_once_its_seat_is_empty)
{
    struct sigaction action = {.sa_handler = look_at_seat};
    make_page();
    sit();
    announce();
    weft__line *line = weft__line_lock(rwlock);
    ck_assert_int_eq(sigaction(SIGSEGV, &action, NULL), 0);
    ck_assert_int_eq(mprotect(rwlock, PAGE, PROT_READ), 0);
    weft__seats_clear(rwlock);
    weft__line_unlock(line);
    ck_assert_int_eq(faults, 1);
    ck_assert(was_empty);
    expect_one_reader();
}
END_TEST

/* ---- Forking ---- */

static atomic_bool may_fork;

static void end_in_child(void)
{
    require((weft__load(&rwlock->word_) & WEFT__RWLOCK_READERS) == 1);
    require(weft_rwlock_release_read(rwlock) == WEFT_OK);
    require(!weft_rwlock_locked(rwlock));
    weft_rwlock_acquire_write(rwlock);
    require(weft_rwlock_release_write(rwlock) == WEFT_OK);
    leave("free");
}

static void *fork_meanwhile(void *said)
{
    while (!may_fork)
        weft_sleep(WEFT_US(50));
    int status = run_child(end_in_child, said, 64);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS);
    return NULL;
}

START_TEST(a_fork_waits_until_who_sat_is_counted)
{
    char said[64] = "";
    weft_thread forker = WEFT_THREAD(fork_meanwhile, said);
    make_page();
    sit();
    start(&forker);
    weft__line *line = weft__line_lock(rwlock);
    announce();
    ck_assert(weft__seat_leave(own_seat(), rwlock));
    may_fork = true;
    weft_sleep(WEFT_MS(20)); /* time to go wrong */
    weft__fetch_add(&rwlock->word_, 1);
    weft__line_unlock(line);
    assert_ok(weft_thread_join(&forker));
    ck_assert_str_eq(said, "free");
    expect_one_reader();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_reader_is_counted_once_its_seat_is_empty,
        a_fork_waits_until_who_sat_is_counted,
    };
    return RUN_TESTS("rwlock revoked", tests);
}
