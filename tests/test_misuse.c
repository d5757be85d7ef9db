/* SPDX-License-Identifier: MIT */

/* Wrong calls, in one table: each answers its status, is reported once, with
 * the function's and the thread's name, and changes nothing. */

#include "support.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <weft.h>

/* What the calls are made on. */
static weft_lock lock;
static weft_rlock held_rlock, deep_rlock; /* held by the other, the caller */
static weft_rwlock rwlock;
static weft_condition condition;
static weft_semaphore semaphore = WEFT_SEMAPHORE(2);
static weft_bounded_semaphore bounded = WEFT_BOUNDED_SEMAPHORE(2);
static weft_event event, release_other;
static weft_latch latch = WEFT_LATCH(1);
static weft_barrier barrier = WEFT_BARRIER(2), nobodys = WEFT_BARRIER(0);
static weft_once once;
static weft_local local = {.size = 0};
static weft_thread fresh, other, idle = WEFT_THREAD(NULL, NULL);
static weft_timer pending_timer, fresh_timer, hasty_timer, idle_timer;
static weft_queue *queue, *waited_queue;
static weft_pool *pool;
static weft_future future;
static weft_cache *cache;
static int one = 1, cached;

static void *echo(void *arg)
{
    return arg;
}

static void nothing(void *arg)
{
    (void)arg;
}

static weft_status compute_nothing(weft_key key, void *value, void *ctx)
{
    (void)key;
    (void)value;
    (void)ctx;
    return WEFT_FAILED;
}

static weft_status of_null(const void *made)
{
    return made == NULL && errno == EINVAL ? WEFT_INVALID : WEFT_OK;
}

/* With an item that could be taken instead. */
static weft_status select_among(const weft_select_case *wrong)
{
    int item;
    const weft_select_case cases[] = {WEFT_SELECT_GET(queue, &item), *wrong};
    return weft_select(cases, 2, NULL);
}

/* Calls that answer nothing are taken for what they must report. */
#define AFTER(call, status) ((call), (status))
#define NEGATIVE ((size_t)-1)
#define NO_KEY WEFT_KEY_STRING(NULL)

/* X(name, function as reported, status, call) */
#define WRONG_CALLS(X)                                                         \
    X(free_lock, weft_lock_release, NOT_OWNER, weft_lock_release(&lock))       \
    X(others_rlock, weft_rlock_release, NOT_OWNER,                             \
      weft_rlock_release(&held_rlock))                                         \
    X(deep, weft_rlock_try_acquire, OVERFLOW,                                  \
      weft_rlock_try_acquire(&deep_rlock))                                     \
    X(deep_timed, weft_rlock_acquire_timed, OVERFLOW,                          \
      weft_rlock_acquire_timed(&deep_rlock, 1))                                \
    X(unread, weft_rwlock_release_read, NOT_OWNER,                             \
      weft_rwlock_release_read(&rwlock))                                       \
    X(unwritten, weft_rwlock_release_write, NOT_OWNER,                         \
      weft_rwlock_release_write(&rwlock))                                      \
    X(downgrade, weft_rwlock_downgrade, NOT_OWNER,                             \
      weft_rwlock_downgrade(&rwlock))                                          \
    X(null_read, weft_rwlock_release_read, INVALID,                            \
      weft_rwlock_release_read(NULL))                                          \
    X(null_write, weft_rwlock_release_write, INVALID,                          \
      weft_rwlock_release_write(NULL))                                         \
    X(wait_unheld, weft_condition_wait, NOT_OWNER,                             \
      weft_condition_wait(&condition, &lock))                                  \
    X(wait_others, weft_condition_wait, NOT_OWNER,                             \
      weft_condition_wait_timed(&condition, &held_rlock, 1))                   \
    X(wait_null, weft_condition_wait, INVALID,                                 \
      weft_condition_wait((weft_condition *)NULL, &lock))                      \
    X(no_predicate, weft_condition_wait_until, INVALID,                        \
      weft_condition_wait_until(&condition, &lock, NULL, NULL))                \
    X(notify_null, weft_condition_notify, INVALID,                             \
      AFTER(weft_condition_notify(NULL, 1), WEFT_INVALID))                     \
    X(no_permit, weft_semaphore_release, INVALID,                              \
      weft_semaphore_release(&semaphore, 0))                                   \
    X(permits, weft_semaphore_release, OVERFLOW,                               \
      weft_semaphore_release(&semaphore, WEFT_SEMAPHORE_MAX - 1))              \
    X(null_permits, weft_semaphore_release, INVALID,                           \
      weft_semaphore_release(NULL, 1))                                         \
    X(bounded_none, weft_bounded_semaphore_release, INVALID,                   \
      weft_bounded_semaphore_release(&bounded, 0))                             \
    X(bounded_one, weft_bounded_semaphore_release, OVERFLOW,                   \
      weft_bounded_semaphore_release(&bounded, 1))                             \
    X(bounded_null, weft_bounded_semaphore_release, INVALID,                   \
      weft_bounded_semaphore_release(NULL, 1))                                 \
    X(set_null, weft_event_set, INVALID, weft_event_set(NULL))                 \
    X(clear_null, weft_event_clear, INVALID, weft_event_clear(NULL))           \
    X(event_null, weft_event_wait, INVALID, weft_event_wait(NULL))             \
    X(latch_over, weft_latch_count_down, OVERFLOW,                             \
      weft_latch_count_down(&latch, 2))                                        \
    X(latch_null, weft_latch_count_down, INVALID,                              \
      weft_latch_count_down(NULL, 1))                                          \
    X(latch_wait_null, weft_latch_wait, INVALID, weft_latch_wait(NULL))        \
    X(barrier_null, weft_barrier_wait, INVALID, weft_barrier_wait(NULL, NULL)) \
    X(no_parties, weft_barrier_wait, INVALID,                                  \
      weft_barrier_wait(&nobodys, NULL))                                       \
    X(reset_null, weft_barrier_reset, INVALID, weft_barrier_reset(NULL))       \
    X(abort_null, weft_barrier_abort, INVALID, weft_barrier_abort(NULL))       \
    X(once_null, weft_call_once, INVALID, weft_call_once(NULL, nothing, NULL)) \
    X(once_nothing, weft_call_once, INVALID,                                   \
      weft_call_once(&once, NULL, NULL))                                       \
    X(raw_local, weft_local_get, INVALID, of_null(weft_local_get(&local)))     \
    X(local_null, weft_local_destroy, INVALID,                                 \
      AFTER(weft_local_destroy(NULL), WEFT_INVALID))                           \
    X(start_null, weft_thread_start, INVALID, weft_thread_start(NULL))         \
    X(start_nothing, weft_thread_start, INVALID, weft_thread_start(&idle))     \
    X(start_twice, weft_thread_start, ALREADY_STARTED,                         \
      weft_thread_start(&other))                                               \
    X(spawn_nothing, weft_spawn, INVALID, weft_spawn(NULL, NULL))              \
    X(spawn_small, weft_spawn, INVALID,                                        \
      weft_spawn(echo, NULL, .stack_size = 1))                                 \
    X(join_null, weft_thread_join, INVALID, weft_thread_join(NULL))            \
    X(join_fresh, weft_thread_join, NOT_STARTED, weft_thread_join(&fresh))     \
    X(join_self, weft_thread_join, DEADLOCK,                                   \
      weft_thread_join(weft_current_thread()))                                 \
    X(join_main, weft_thread_join, INVALID,                                    \
      weft_thread_join(weft_main_thread()))                                    \
    X(stop_fresh, weft_thread_stop, NOT_STARTED, weft_thread_stop(&fresh))     \
    X(stop_null, weft_thread_stop, INVALID, weft_thread_stop(NULL))            \
    X(name_null, weft_thread_set_name, INVALID,                                \
      weft_thread_set_name(&fresh, NULL))                                      \
    X(daemon_null, weft_thread_set_daemon, INVALID,                            \
      weft_thread_set_daemon(NULL, true))                                      \
    X(daemon_late, weft_thread_set_daemon, ALREADY_STARTED,                    \
      weft_thread_set_daemon(&other, true))                                    \
    X(timer_null, weft_timer_start, INVALID, weft_timer_start(NULL))           \
    X(timer_idle, weft_timer_start, INVALID, weft_timer_start(&idle_timer))    \
    X(timer_hasty, weft_timer_start, INVALID, weft_timer_start(&hasty_timer))  \
    X(timer_twice, weft_timer_start, ALREADY_STARTED,                          \
      weft_timer_start(&pending_timer))                                        \
    X(cancel_fresh, weft_timer_cancel, NOT_STARTED,                            \
      weft_timer_cancel(&fresh_timer))                                         \
    X(cancel_null, weft_timer_cancel, INVALID, weft_timer_cancel(NULL))        \
    X(timer_fresh, weft_timer_join, NOT_STARTED,                               \
      weft_timer_join(&fresh_timer))                                           \
    X(no_size, weft_queue_create, INVALID,                                     \
      of_null(weft_queue_create_with(0, NULL)))                                \
    X(negative, weft_queue_create, INVALID,                                    \
      of_null(weft_queue_create(4, .maxsize = NEGATIVE)))                      \
    X(no_compare, weft_queue_create, INVALID,                                  \
      of_null(weft_queue_create(4, .kind = WEFT_PRIORITY)))                    \
    X(put_null, weft_queue_put, INVALID, weft_queue_put(NULL, &one))           \
    X(put_nothing, weft_queue_put, INVALID, weft_queue_try_put(queue, NULL))   \
    X(get_nothing, weft_queue_get, INVALID, weft_queue_get(queue, NULL))       \
    X(peek_nothing, weft_queue_try_peek, INVALID,                              \
      weft_queue_try_peek(queue, NULL))                                        \
    X(clear_no_queue, weft_queue_clear, INVALID, weft_queue_clear(NULL, NULL)) \
    X(done_twice, weft_queue_task_done, OVERFLOW,                              \
      weft_queue_task_done(waited_queue))                                      \
    X(done_null, weft_queue_task_done, INVALID, weft_queue_task_done(NULL))    \
    X(join_no_queue, weft_queue_join, INVALID, weft_queue_join(NULL))          \
    X(shut_null, weft_queue_shutdown, INVALID,                                 \
      weft_queue_shutdown(NULL, true))                                         \
    X(limit, weft_queue_set_maxsize, INVALID,                                  \
      weft_queue_set_maxsize(queue, NEGATIVE))                                 \
    X(statistics, weft_queue_set_statistics, INVALID,                          \
      weft_queue_set_statistics(NULL, true))                                   \
    X(fd_null, weft_queue_fd, INVALID,                                         \
      weft_queue_fd(NULL) == -1 ? of_null(NULL) : WEFT_OK)                     \
    X(destroy_busy, weft_queue_destroy, BUSY,                                  \
      weft_queue_destroy(waited_queue))                                        \
    X(workers, weft_pool_create, INVALID,                                      \
      of_null(weft_pool_create(.workers = UINT_MAX)))                          \
    X(submit_null, weft_submit, INVALID,                                       \
      weft_submit(NULL, &future, echo, NULL))                                  \
    X(submit_nothing, weft_submit, INVALID,                                    \
      weft_submit(pool, &future, NULL, NULL))                                  \
    X(run_nothing, weft_pool_run, INVALID, weft_pool_run(pool, NULL, NULL))    \
    X(pool_null, weft_pool_shutdown, INVALID, weft_pool_shutdown(NULL))        \
    X(everybodys, weft_pool_destroy, INVALID,                                  \
      weft_pool_destroy(weft_default_pool()))                                  \
    X(result_null, weft_future_result, INVALID,                                \
      weft_future_result(NULL, NULL))                                          \
    X(result_fresh, weft_future_result, NOT_STARTED,                           \
      weft_future_result(&future, NULL))                                       \
    X(withdraw, weft_future_cancel, NOT_STARTED, weft_future_cancel(&future))  \
    X(wait_no_array, weft_wait, INVALID,                                       \
      weft_wait(NULL, 2, WEFT_ALL_COMPLETED))                                  \
    X(wait_no_mode, weft_wait, INVALID, weft_wait(NULL, 0, (weft_wait_mode)9)) \
    X(select_null, weft_select, INVALID, weft_select(NULL, 1, NULL))           \
    X(select_nothing, weft_select, INVALID,                                    \
      select_among(&(weft_select_case){.off = false}))                         \
    X(select_no_item, weft_select, INVALID,                                    \
      select_among(&(weft_select_case)WEFT_SELECT_GET(queue, NULL)))           \
    X(select_no_event, weft_select, INVALID,                                   \
      select_among(&(weft_select_case)WEFT_SELECT_EVENT(NULL)))                \
    X(select_unsubmitted, weft_select, NOT_STARTED,                            \
      select_among(&(weft_select_case)WEFT_SELECT_FUTURE(&future)))            \
    X(select_fresh, weft_select, NOT_STARTED,                                  \
      select_among(&(weft_select_case)WEFT_SELECT_THREAD(&fresh)))             \
    X(select_self, weft_select, DEADLOCK,                                      \
      select_among(                                                            \
          &(weft_select_case)WEFT_SELECT_THREAD(weft_current_thread())))       \
    X(no_body, weft_parallel_for, INVALID,                                     \
      weft_parallel_for(pool, 0, 9, NULL, NULL))                               \
    X(no_value, weft_cache_create, INVALID,                                    \
      of_null(weft_cache_create_with(0, NULL)))                                \
    X(no_key, weft_cache_get, INVALID, weft_cache_get(cache, NO_KEY, &cached)) \
    X(set_nothing, weft_cache_set, INVALID,                                    \
      weft_cache_set(cache, WEFT_KEY_INT(1), NULL))                            \
    X(remove_null, weft_cache_remove, INVALID,                                 \
      weft_cache_remove(NULL, WEFT_KEY_INT(1)))                                \
    X(clear_no_cache, weft_cache_clear, INVALID, weft_cache_clear(NULL))       \
    X(no_computing, weft_cache_get_or_compute, INVALID,                        \
      weft_cache_get_or_compute(cache, WEFT_KEY_INT(1), &cached, NULL, NULL))  \
    X(no_cache, weft_cache_get_or_compute, INVALID,                            \
      weft_cache_get_or_compute(NULL, NO_KEY, &cached, compute_nothing, NULL))

#define DEFINE(name, function, status, ...) \
    static weft_status wrong_##name(void)   \
    {                                       \
        return (weft_status)(__VA_ARGS__);  \
    }
WRONG_CALLS(DEFINE)

#define ROW(name, function, status, ...) \
    {#name, #function, WEFT_##status, wrong_##name},
static const struct wrong_call {
    const char *name, *function;
    weft_status status;
    weft_status (*call)(void);
} wrong_calls[] = {WRONG_CALLS(ROW)};

enum { CALLS = sizeof wrong_calls / sizeof *wrong_calls };

/* ---- What they must leave as it is ---- */

static void check_locks(void)
{
    ck_assert(!weft_lock_locked(&lock));
    ck_assert(weft_rlock_locked(&held_rlock));
    ck_assert_uint_eq(deep_rlock.again_, UINT32_MAX);
    ck_assert(!weft_rwlock_locked(&rwlock));
    ck_assert_uint_eq(weft_semaphore_value(&semaphore), 2);
    ck_assert_uint_eq(weft_bounded_semaphore_value(&bounded), 2);
    ck_assert(!weft_event_is_set(&event));
    ck_assert_uint_eq(weft_latch_pending(&latch), 1);
    ck_assert_uint_eq(weft_barrier_n_waiting(&barrier), 0);
    ck_assert(!weft_barrier_broken(&barrier));
    ck_assert(!weft_once_done(&once));
}

static void check_others(void)
{
    ck_assert_uint_eq(weft_active_count(), 4); /* and the timers' thread */
    ck_assert(!weft_thread_is_alive(&fresh));
    ck_assert(weft_thread_is_alive(&other));
    ck_assert(!weft_thread_daemon(&other));
    ck_assert_str_eq(weft_thread_name(&fresh), "fresh");
    ck_assert(weft_timer_is_pending(&pending_timer));
    ck_assert(!weft_timer_is_pending(&hasty_timer));
    ck_assert_uint_eq(weft_queue_size(queue), 1);
    ck_assert_uint_eq(weft_queue_maxsize(queue), 2);
    ck_assert_uint_eq(weft_queue_unfinished(queue), 1);
    ck_assert_uint_eq(weft_queue_unfinished(waited_queue), 0);
    ck_assert(!weft_future_done(&future));
    ck_assert_uint_eq(weft_cache_size(cache), 0);
    ck_assert_int_eq(cached, 0);
}

/* ---- Running them ---- */

static void *hold_and_get(void *arg)
{
    int item;
    weft_rlock_acquire(&held_rlock);
    assert_ok(weft_queue_get(waited_queue, &item));
    assert_ok(weft_event_wait(&release_other));
    assert_ok(weft_rlock_release(&held_rlock));
    return arg;
}

static bool other_waits(void)
{
    enum { MOST = 8 };
    weft_thread_info infos[MOST];
    size_t n = weft_enumerate(infos, MOST);
    for (size_t i = 0; i < n && i < MOST; i++)
        if (infos[i].id == weft_thread_id(&other))
            return infos[i].waits_for != NULL;
    return false;
}

static void set_up(void)
{
    fresh = (weft_thread)WEFT_THREAD(echo, NULL, .name = "fresh");
    other = (weft_thread)WEFT_THREAD(hold_and_get, NULL);
    pending_timer = (weft_timer)WEFT_TIMER(WEFT_SECONDS(1e6), echo, NULL);
    fresh_timer = (weft_timer)WEFT_TIMER(0, echo, NULL);
    hasty_timer = (weft_timer)WEFT_TIMER(0, echo, NULL, .repeat = true);
    queue = weft_queue_create(sizeof(int), .maxsize = 2);
    waited_queue = weft_queue_create(sizeof(int));
    pool = weft_pool_create(.workers = 1);
    cache = weft_cache_create(sizeof(int));
    assert_ok(weft_queue_put(queue, &one));
    assert_ok(weft_timer_start(&pending_timer));
    start(&other);
    while (!other_waits())
        weft_sleep(WEFT_US(100));
}

static void tear_down(void)
{
    assert_ok(weft_queue_put(waited_queue, &one));
    assert_ok(weft_event_set(&release_other));
    assert_ok(weft_thread_join(&other));
    assert_ok(weft_timer_cancel(&pending_timer));
    assert_ok(weft_queue_destroy(queue));
    assert_ok(weft_queue_destroy(waited_queue));
    assert_ok(weft_pool_destroy(pool));
    assert_ok(weft_cache_destroy(cache));
}

static weft_misuse reported;
static char reporter[WEFT_NAME_SIZE];
static int reports;

static void keep_report(const weft_misuse *misuse)
{
    reported = *misuse;
    strcpy(reporter, misuse->thread_name);
    reports++;
}

static void *make_wrong_calls(void *thread_name)
{
    weft_rlock_acquire(&deep_rlock);
    deep_rlock.again_ = UINT32_MAX;
    weft_set_misuse_handler(keep_report);
    for (int i = 0; i < CALLS; i++) {
        const struct wrong_call *wrong = &wrong_calls[i];
        reports = 0;
        weft_status status = wrong->call();
        ck_assert_msg(status == wrong->status, "%s: %s", wrong->name,
                      weft_status_name(status));
        ck_assert_msg(reports == 1, "%s: %d reports", wrong->name, reports);
        ck_assert_int_eq(reported.status, wrong->status);
        ck_assert_str_eq(reported.function, wrong->function);
        ck_assert_str_eq(reporter, thread_name);
        ck_assert_uint_gt(strlen(reported.text), 0);
        check_locks();
        check_others();
    }
    weft_set_misuse_handler(NULL);
    return NULL;
}

START_TEST(each_is_answered_reported_once_and_changes_nothing)
{
    static char name[] = "Worker 7";
    ck_assert_int_ge(CALLS, 30);
    set_up();
    weft_thread caller = WEFT_THREAD(make_wrong_calls, name, .name = name);
    start(&caller);
    assert_ok(weft_thread_join(&caller));
    tear_down();
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        each_is_answered_reported_once_and_changes_nothing,
    };
    return RUN_TESTS("misuse", tests);
}
