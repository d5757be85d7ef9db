/* SPDX-License-Identifier: MIT */

/* Threads that weft did not start. */

#include "child.h"

#include <pthread.h>
#include <stdatomic.h>
#include <weft/barrier.h>
#include <weft/condition.h>
#include <weft/event.h>
#include <weft/latch.h>
#include <weft/local.h>
#include <weft/once.h>
#include <weft/queue.h>
#include <weft/rwlock.h>
#include <weft/semaphore.h>
#include <weft/timer.h>

static weft_event met, go;
static weft_thread *met_thread;

static pthread_t begin(void *(*run)(void *), void *arg)
{
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, run, arg), 0);
    return thread;
}

static void *end(pthread_t thread)
{
    void *result;
    ck_assert_int_eq(pthread_join(thread, &result), 0);
    return result;
}

static void *meet_and_wait(void *arg)
{
    met_thread = weft_current_thread();
    weft_event_set(&met);
    return weft_event_wait(&go) == WEFT_OK ? arg : NULL;
}

START_TEST(they_are_enumerated_once_they_used_weft_and_vanish)
{
    weft_thread_info infos[4];
    pthread_t thread = begin(meet_and_wait, NULL);
    assert_ok(weft_event_wait(&met));
    ck_assert_uint_eq(weft_active_count(), 2);
    ck_assert_uint_eq(weft_enumerate(infos, 4), 2);
    ck_assert(infos[1].foreign);
    ck_assert(infos[1].daemon);
    ck_assert_int_eq(strncmp(infos[1].name, "Dummy-", 6), 0);
    ck_assert_int_eq(infos[1].native_id, weft_thread_native_id(met_thread));
    ck_assert(!infos[0].foreign);
    weft_event_set(&go);
    end(thread);
    ck_assert_uint_eq(weft_active_count(), 1);
    ck_assert_uint_eq(weft_enumerate(infos, 4), 1);
}
END_TEST

START_TEST(they_cannot_be_joined_by_weft)
{
    pthread_t thread = begin(meet_and_wait, NULL);
    assert_ok(weft_event_wait(&met));
    expect_misuse(weft_thread_join(met_thread), WEFT_INVALID);
    expect_misuse(weft_thread_join_timed(met_thread, 1), WEFT_INVALID);
    expect_misuse(weft_thread_try_join(met_thread), WEFT_INVALID);
    expect_misuse(weft_thread_set_daemon(met_thread, false),
                  WEFT_ALREADY_STARTED);
    weft_event_set(&go);
    end(thread);
}
END_TEST

START_TEST(they_may_be_named_and_stopped)
{
    int value;
    pthread_t thread = begin(meet_and_wait, &value);
    assert_ok(weft_event_wait(&met));
    assert_ok(weft_thread_set_name(met_thread, "stranger"));
    ck_assert_str_eq(weft_thread_name(met_thread), "stranger");
    assert_ok(weft_thread_stop(met_thread));
    ck_assert_ptr_null(end(thread));
}
END_TEST

/* ---- They may use everything ---- */

static weft_lock lock;
static weft_rlock rlock;
static weft_rwlock rwlock;
static weft_condition condition;
static weft_semaphore semaphore = WEFT_SEMAPHORE(1);
static weft_barrier barrier = WEFT_BARRIER(2);
static weft_latch latch = WEFT_LATCH(2);
static weft_once once;
static weft_local local = WEFT_LOCAL(int);
static weft_queue *queue;
static int meetings;

static void count_meeting(void *arg)
{
    ++*(int *)arg;
}

static void *echo(void *arg)
{
    return arg;
}

static bool both_are_there(void *arg)
{
    return *(int *)arg == 2;
}

static void use_locks(void)
{
    static int count;
    weft_rlock_acquire(&rlock);
    weft_rlock_acquire(&rlock);
    assert_ok(weft_rlock_release(&rlock));
    assert_ok(weft_rlock_release(&rlock));
    weft_rwlock_acquire_read(&rwlock);
    assert_ok(weft_rwlock_release_read(&rwlock));
    weft_rwlock_acquire_write(&rwlock);
    assert_ok(weft_rwlock_release_write(&rwlock));
    weft_semaphore_acquire(&semaphore);
    assert_ok(weft_semaphore_release(&semaphore, 1));
    weft_lock_acquire(&lock);
    count++;
    weft_condition_notify_all(&condition);
    assert_ok(
        weft_condition_wait_until(&condition, &lock, both_are_there, &count));
    assert_ok(weft_lock_release(&lock));
}

static void use_threads(void)
{
    weft_thread thread = WEFT_THREAD(echo, NULL);
    weft_timer timer = WEFT_TIMER(0, echo, NULL);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    assert_ok(weft_timer_start(&timer));
    assert_ok(weft_timer_join(&timer));
}

static void *use_everything(void *arg)
{
    int item = 7;
    use_locks();
    assert_ok(weft_barrier_wait(&barrier, NULL));
    assert_ok(weft_latch_arrive_and_wait(&latch));
    assert_ok(weft_call_once(&once, count_meeting, &meetings));
    ck_assert_int_eq(*(int *)weft_local_get(&local), 0);
    *(int *)weft_local_get(&local) = 1;
    assert_ok(weft_queue_put(queue, &item));
    assert_ok(weft_queue_get(queue, &item));
    ck_assert_int_eq(item, 7);
    use_threads();
    assert_ok(weft_sleep(WEFT_US(1)));
    return arg;
}

START_TEST(they_may_use_everything)
{
    queue = weft_queue_create(sizeof(int), .maxsize = 1);
    pthread_t threads[2] = {begin(use_everything, NULL),
                            begin(use_everything, NULL)};
    for (int i = 0; i < 2; i++)
        end(threads[i]);
    ck_assert_int_eq(meetings, 1);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- Their ends ---- */

static atomic_int destroyed;

static void count_destroyed(void *value)
{
    ck_assert_ptr_nonnull(weft_current_thread());
    destroyed += *(int *)value;
}

static weft_local counted = WEFT_LOCAL(int, .destroy = count_destroyed);

static void use_weft_again(void *arg)
{
    (void)arg;
    weft_lock_acquire(&lock);
    *(int *)weft_local_get(&counted) += 1;
    weft_lock_release(&lock);
}

static void *leave_a_destructor(void *key)
{
    use_weft_again(NULL);
    pthread_setspecific(*(pthread_key_t *)key, key);
    return NULL;
}

/* The key's destructor runs when weft has already seen the thread's end. */
START_TEST(a_destructor_may_use_weft_after_weft_saw_the_end)
{
    pthread_key_t key;
    ck_assert_int_eq(pthread_key_create(&key, use_weft_again), 0);
    for (int i = 1; i <= 10; i++) {
        end(begin(leave_a_destructor, &key));
        ck_assert_int_eq(destroyed, 2 * i);
        ck_assert_uint_eq(weft_active_count(), 1);
    }
    weft_thread thread = WEFT_THREAD(leave_a_destructor, &key);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    while (destroyed < 22)
        weft_sleep(WEFT_US(100));
    while (weft_active_count() > 1)
        weft_sleep(WEFT_US(100));
    pthread_key_delete(key);
}
END_TEST

static void *exit_early(void *arg)
{
    use_weft_again(NULL);
    pthread_exit(arg);
}

START_TEST(ending_by_pthread_exit_is_an_end_like_another)
{
    end(begin(exit_early, NULL));
    ck_assert_int_eq(destroyed, 1);
    ck_assert_uint_eq(weft_active_count(), 1);
}
END_TEST

/* ---- The first threads of a program ---- */

static void *start_one(void *arg)
{
    weft_thread thread = WEFT_THREAD(echo, arg);
    pthread_barrier_wait(arg);
    require(weft_thread_start(&thread) == WEFT_OK);
    require(weft_thread_join(&thread) == WEFT_OK);
    return NULL;
}

static void start_the_first_at_once(void)
{
    pthread_barrier_t both;
    pthread_t threads[2];
    pthread_barrier_init(&both, NULL, 2);
    for (int i = 0; i < 2; i++)
        pthread_create(&threads[i], NULL, start_one, &both);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&both);
}

START_TEST(two_may_start_the_programs_first_threads_at_once)
{
    for (int i = 0; i < 20; i++)
        assert_child(start_the_first_at_once, "", 0);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        they_are_enumerated_once_they_used_weft_and_vanish,
        they_cannot_be_joined_by_weft,
        they_may_be_named_and_stopped,
        they_may_use_everything,
        a_destructor_may_use_weft_after_weft_saw_the_end,
        ending_by_pthread_exit_is_an_end_like_another,
        two_may_start_the_programs_first_threads_at_once,
    };
    return RUN_TESTS("foreign", tests);
}
