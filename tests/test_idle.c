/* SPDX-License-Identifier: MIT */

/*
 * Who waits costs nothing. Eight threads wait for each kind of object, and once
 * all have come to rest, the processor's time of each eight over ten seconds is
 * read from their own clocks. It does not depend on how fast the machine is,
 * nor on who else uses it: a thread that sleeps uses none.
 */

#include "support.h"

#include <pthread.h>
#include <time.h>
#include <weft/barrier.h>
#include <weft/condition.h>
#include <weft/event.h>
#include <weft/latch.h>
#include <weft/pool.h>
#include <weft/queue.h>
#include <weft/rlock.h>
#include <weft/rwlock.h>
#include <weft/select.h>
#include <weft/semaphore.h>
#include <weft/timer.h>

enum { CROWD = 8 };
#define WATCH WEFT_SECONDS(1)
#define LONG_WATCH WEFT_SECONDS(10)
#define ALLOWED WEFT_MS(1)
/* By a process: sanitizers have threads of their own, which it counts too. */
#define ALLOWED_IN_ALL (SANITIZED ? WEFT_MS(50) : ALLOWED)

/* ---- What they wait for ---- */

static weft_lock lock, of_condition;
static weft_rlock rlock;
static weft_rwlock rwlock;
static weft_semaphore semaphore;
static weft_condition condition;
static weft_event event;
static weft_latch latch = WEFT_LATCH(1);
static weft_barrier barrier = WEFT_BARRIER(CROWD + 1);
static weft_queue *queue, *other_queue;

static void pass_lock(void)
{
    weft_lock_acquire(&lock);
    assert_ok(weft_lock_release(&lock));
}

static void pass_rlock(void)
{
    weft_rlock_acquire(&rlock);
    assert_ok(weft_rlock_release(&rlock));
}

static void read_rwlock(void)
{
    weft_rwlock_acquire_read(&rwlock);
    assert_ok(weft_rwlock_release_read(&rwlock));
}

static void write_rwlock(void)
{
    weft_rwlock_acquire_write(&rwlock);
    assert_ok(weft_rwlock_release_write(&rwlock));
}

static void take_permit(void)
{
    weft_semaphore_acquire(&semaphore);
}

static void wait_for_condition(void)
{
    weft_lock_acquire(&of_condition);
    assert_ok(weft_condition_wait(&condition, &of_condition));
    assert_ok(weft_lock_release(&of_condition));
}

static void wait_for_event(void)
{
    assert_ok(weft_event_wait(&event));
}

static void wait_for_latch(void)
{
    assert_ok(weft_latch_wait(&latch));
}

static void meet(void)
{
    assert_ok(weft_barrier_wait(&barrier, NULL));
}

static void get_item(void)
{
    int item;
    assert_ok(weft_queue_get(queue, &item));
}

static void select_item(void)
{
    int item;
    const weft_select_case cases[] = {WEFT_SELECT_EVENT(&event),
                                      WEFT_SELECT_GET(other_queue, &item)};
    assert_ok(weft_select(cases, 2, NULL));
}

static void occupy_all(void)
{
    weft_lock_acquire(&lock);
    weft_rlock_acquire(&rlock);
    weft_rwlock_acquire_write(&rwlock);
    queue = weft_queue_create(sizeof(int));
    other_queue = weft_queue_create(sizeof(int));
    ck_assert(queue != NULL && other_queue != NULL);
}

static void let_all_go(void)
{
    assert_ok(weft_lock_release(&lock));
    assert_ok(weft_rlock_release(&rlock));
    assert_ok(weft_rwlock_release_write(&rwlock));
    assert_ok(weft_semaphore_release(&semaphore, CROWD));
    weft_condition_notify_all(&condition);
    assert_ok(weft_event_set(&event));
    assert_ok(weft_latch_count_down(&latch, 1));
    assert_ok(weft_barrier_wait(&barrier, NULL));
    for (int item = 0; item < CROWD; item++)
        assert_ok(weft_queue_put(queue, &item));
    for (int item = 0; item < CROWD; item++)
        assert_ok(weft_queue_put(other_queue, &item));
}

static const struct wait {
    const char *what;
    void (*wait)(void);
} waits[] = {
    {"lock", pass_lock},
    {"rlock", pass_rlock},
    {"rwlock, reading", read_rwlock},
    {"rwlock, writing", write_rwlock},
    {"semaphore", take_permit},
    {"condition", wait_for_condition},
    {"event", wait_for_event},
    {"latch", wait_for_latch},
    {"barrier", meet},
    {"queue", get_item},
    {"select", select_item},
};

enum { KINDS = sizeof waits / sizeof *waits, WAITERS = KINDS * CROWD };

/* ---- Who waits ---- */

struct waiter {
    weft_thread thread;
    const struct wait *kind;
    clockid_t clock; /* of its processor's time */
};

static struct waiter waiters[WAITERS];

static void *wait_for_it(weft_thread *self)
{
    struct waiter *own = WEFT_CONTAINER_OF(self, struct waiter, thread);
    ck_assert_int_eq(pthread_getcpuclockid(pthread_self(), &own->clock), 0);
    own->kind->wait();
    return NULL;
}

static void start_all(void)
{
    for (int i = 0; i < WAITERS; i++) {
        waiters[i] = (struct waiter){.thread = WEFT_THREAD(.run = wait_for_it),
                                     .kind = &waits[i / CROWD]};
        start(&waiters[i].thread);
    }
}

/* All threads but this one: of weft's own, too. */
static void wait_until_all_rest(void)
{
    enum { MOST = 256 };
    static weft_thread_info infos[MOST];
    size_t count, waiting = 0;
    do {
        weft_sleep(WEFT_MS(1));
        count = weft_enumerate(infos, MOST);
        waiting = 0;
        for (size_t i = 0; i < count && i < MOST; i++)
            waiting += infos[i].waits_for != NULL;
    } while (waiting < count - 1);
}

static weft_duration time_of(clockid_t clock)
{
    struct timespec now;
    ck_assert_int_eq(clock_gettime(clock, &now), 0);
    return (weft_duration)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* What the eight of each kind have used, in all. */
static void read_clocks(weft_duration used[KINDS])
{
    for (int i = 0; i < KINDS; i++)
        used[i] = 0;
    for (int i = 0; i < WAITERS; i++)
        used[i / CROWD] += time_of(waiters[i].clock);
}

START_TEST(eight_that_wait_for_ten_seconds_use_less_than_a_millisecond)
{
    weft_duration before[KINDS], after[KINDS];
    occupy_all();
    start_all();
    wait_until_all_rest();
    read_clocks(before);
    assert_ok(weft_sleep(LONG_WATCH));
    read_clocks(after);
    let_all_go();
    for (int i = 0; i < WAITERS; i++)
        assert_ok(weft_thread_join(&waiters[i].thread));
    for (int i = 0; i < KINDS; i++)
        ck_assert_msg(after[i] - before[i] < ALLOWED, "%s: %lld ns",
                      waits[i].what, (long long)(after[i] - before[i]));
    assert_ok(weft_queue_destroy(queue));
    assert_ok(weft_queue_destroy(other_queue));
}
END_TEST

/* ---- A whole process ---- */

static void *meet_others(void *arg)
{
    meet();
    return arg;
}

static void *do_nothing(void *arg)
{
    return arg;
}

/* Workers without a task, and a timer that is far from due. */
START_TEST(a_process_that_only_waits_uses_less_than_a_millisecond_a_second)
{
    weft_pool *pool = weft_pool_create(.workers = CROWD);
    weft_timer timer = WEFT_TIMER(WEFT_SECONDS(3600), do_nothing, NULL);
    ck_assert_ptr_nonnull(pool);
    assert_ok(weft_timer_start(&timer));
    for (int i = 0; i < CROWD; i++)
        assert_ok(weft_pool_run(pool, meet_others, NULL));
    meet();
    wait_until_all_rest();
    weft_duration before = time_of(CLOCK_PROCESS_CPUTIME_ID);
    assert_ok(weft_sleep(WATCH));
    weft_duration used = time_of(CLOCK_PROCESS_CPUTIME_ID) - before;
    assert_ok(weft_timer_cancel(&timer));
    assert_ok(weft_pool_destroy(pool));
    ck_assert_int_lt(used, ALLOWED_IN_ALL);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        eight_that_wait_for_ten_seconds_use_less_than_a_millisecond,
        a_process_that_only_waits_uses_less_than_a_millisecond_a_second,
    };
    return RUN_TESTS("idle", tests);
}
