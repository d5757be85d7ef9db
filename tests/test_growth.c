/* SPDX-License-Identifier: MIT */

/* Threads and objects come and go by the thousand: memory, descriptors and
 * threads are as many at the end as after the first few. */

#include "faults.h"
#include "registry.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>
#include <weft.h>

enum { AT_ONCE = 16, ROUNDS = SANITIZED ? 100 : 625, WARM_UP = 20 };
enum { OBJECTS = SANITIZED ? 300 : 1000 };

typedef struct footprint {
    long allocations, pages;
    int descriptors, threads;
} footprint;

static int count_entries(const char *path)
{
    int count = 0;
    DIR *folder = opendir(path);
    ck_assert_ptr_nonnull(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static long resident_pages(void)
{
    long size = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%ld %ld", &size, &resident), 2);
    fclose(file);
    return resident;
}

/* Threads that were joined may need a moment until the kernel has forgotten
 * them, those that own themselves until their memory is free. */
static footprint measure(int threads, long allocations)
{
    footprint now;
    do {
        weft_sleep(WEFT_MS(1));
        now.allocations = live;
        now.threads = count_entries("/proc/self/task");
    } while (now.threads > threads || now.allocations > allocations);
    now.pages = resident_pages();
    now.descriptors = count_entries("/proc/self/fd");
    return now;
}

static const long any = 1 << 30;

/* Waits for as long as it takes to be as small: growth ends in the test's time
 * limit. Sanitizers keep memory of their own. */
static void assert_no_growth(footprint before)
{
    footprint after = measure(before.threads, before.allocations);
    ck_assert_int_eq(after.descriptors, before.descriptors);
    if (!SANITIZED)
        ck_assert_int_le(after.pages - before.pages, (1 << 20) / 4096);
}

static void *echo(void *arg)
{
    return arg;
}

/* What the process has once it has warmed up. The first thread of all may come
 * with one of a sanitizer's. */
static footprint after_warm_up(void (*turn)(int), int warm_up)
{
    weft_thread first = WEFT_THREAD(echo, NULL);
    start(&first);
    assert_ok(weft_thread_join(&first));
    weft_sleep(WEFT_MS(20));
    footprint before = measure(count_entries("/proc/self/task"), any);
    for (int i = 0; i < warm_up; i++)
        turn(i);
    return measure(before.threads, any);
}

/* ---- Foreign threads ---- */

static weft_lock lock;
static weft_local local;
static weft_queue *queue;
static weft_event all_there;
static weft_latch arrivals;
static long sum;
static atomic_int destroyed;

static void count_destroyed(void *value)
{
    destroyed += *(int *)value;
}

static void *use_weft(void *arg)
{
    int item = 1;
    *(int *)weft_local_get(&local) = 1;
    assert_ok(weft_latch_count_down(&arrivals, 1));
    assert_ok(weft_event_wait(&all_there));
    assert_ok(weft_queue_put(queue, &item));
    assert_ok(weft_queue_get(queue, &item));
    weft_lock_acquire(&lock);
    sum += item;
    assert_ok(weft_lock_release(&lock));
    return arg;
}

static void run_foreign_threads(int round)
{
    pthread_t threads[AT_ONCE];
    (void)round;
    arrivals = (weft_latch)WEFT_LATCH(AT_ONCE);
    assert_ok(weft_event_clear(&all_there));
    for (int i = 0; i < AT_ONCE; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, use_weft, NULL), 0);
    assert_ok(weft_latch_wait(&arrivals));
    ck_assert_uint_eq(weft_active_count(), AT_ONCE + 1);
    assert_ok(weft_event_set(&all_there));
    for (int i = 0; i < AT_ONCE; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    ck_assert_uint_eq(weft_active_count(), 1);
}

static void *slot_of_my_own(void *arg)
{
    *(uint32_t *)arg =
        weft_thread_id(weft_current_thread()) & (WEFT__THREADS - 1);
    return arg;
}

START_TEST(ten_thousand_foreign_threads)
{
    uint32_t slot;
    local = (weft_local)WEFT_LOCAL(int, .destroy = count_destroyed);
    queue = weft_queue_create(sizeof(int), .maxsize = 4);
    for (int i = 0; i < 5000; i++) { /* for it to have all its blocks */
        assert_ok(weft_queue_put(queue, &i));
        assert_ok(weft_queue_get(queue, &i));
    }
    footprint before = after_warm_up(run_foreign_threads, WARM_UP);
    for (int round = WARM_UP; round < ROUNDS; round++)
        run_foreign_threads(round);
    assert_no_growth(before);
    ck_assert_int_eq(sum, AT_ONCE * ROUNDS);
    ck_assert_int_eq(destroyed, AT_ONCE * ROUNDS);
    weft_thread last = WEFT_THREAD(slot_of_my_own, &slot);
    start(&last);
    assert_ok(weft_thread_join(&last));
    ck_assert_uint_le(slot, AT_ONCE); /* the table of threads has not grown */
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- Objects ---- */

static void use_a_queue(int i)
{
    static const weft_queue_kind kinds[] = {WEFT_FIFO, WEFT_LIFO};
    weft_queue *own = weft_queue_create(sizeof(int), .kind = kinds[i % 2]);
    ck_assert_int_ge(weft_queue_fd(own), 0);
    for (int item = 0; item < 1500; item++)
        assert_ok(weft_queue_put(own, &item));
    for (int item = 0; item < 1200; item++) /* some blocks run empty */
        assert_ok(weft_queue_get(own, &i));
    assert_ok(weft_queue_destroy(own));
}

START_TEST(a_thousand_queues)
{
    footprint before = after_warm_up(use_a_queue, WARM_UP);
    for (int i = 0; i < OBJECTS; i++)
        use_a_queue(i);
    assert_no_growth(before);
}
END_TEST

static void fill_and_empty(weft_queue_kind kind)
{
    enum { BURST = SANITIZED ? 1000000 : 10000000 };
    weft_queue *own = weft_queue_create(sizeof(int), .kind = kind);
    int item = 1;
    assert_ok(weft_queue_put(own, &item));
    footprint before = measure(1 << 30, any);
    int failed = 0; /* the framework notes each assertion in a file */
    for (int i = 0; i < BURST; i++)
        failed += weft_queue_put(own, &item) != WEFT_OK;
    for (int i = 0; i < BURST; i++)
        failed += weft_queue_get(own, &item) != WEFT_OK;
    ck_assert_int_eq(failed, 0);
    before.allocations += 2;
    assert_no_growth(before);
    assert_ok(weft_queue_destroy(own));
}

START_TEST(the_memory_of_a_burst)
{
    fill_and_empty(WEFT_FIFO);
    fill_and_empty(WEFT_LIFO);
}
END_TEST

static void use_a_pool(int i)
{
    weft_future futures[4];
    weft_pool *pool = weft_pool_create(.workers = 2);
    for (int k = 0; k < 4; k++)
        assert_ok(weft_submit(pool, &futures[k], echo, &futures[k]));
    assert_ok(weft_pool_run(pool, echo, NULL));
    for (int k = 0; k < 4 && i % 2 == 0; k++)
        assert_ok(weft_future_result(&futures[k], NULL));
    assert_ok(weft_pool_destroy(pool));
}

START_TEST(a_thousand_pools)
{
    footprint before = after_warm_up(use_a_pool, WARM_UP);
    for (int i = 0; i < OBJECTS; i++)
        use_a_pool(i);
    assert_no_growth(before);
}
END_TEST

static weft_status compute(weft_key key, void *value, void *ctx)
{
    (void)key;
    *(int *)value = *(int *)ctx;
    return WEFT_OK;
}

static void use_a_cache(int i)
{
    int value;
    weft_cache *cache = weft_cache_create(sizeof(int), .capacity = 50);
    for (int k = 0; k < 100; k++)
        assert_ok(weft_cache_set(cache, WEFT_KEY_INT(k), &k));
    assert_ok(weft_cache_get_or_compute(cache, WEFT_KEY_INT(-1), &value,
                                        compute, &i));
    ck_assert_int_eq(value, i);
    assert_ok(weft_cache_destroy(cache));
}

START_TEST(a_thousand_caches)
{
    footprint before = after_warm_up(use_a_cache, WARM_UP);
    for (int i = 0; i < OBJECTS; i++)
        use_a_cache(i);
    assert_no_growth(before);
}
END_TEST

static void use_locals(int i)
{
    weft_local own = WEFT_LOCAL(int, .destroy = count_destroyed);
    *(int *)weft_local_get(&own) = i;
    weft_local_destroy(&own);
}

static void use_a_thread(int i)
{
    weft_thread thread = WEFT_THREAD(echo, NULL);
    start(&thread);
    assert_ok(weft_thread_join(&thread));
    assert_ok(weft_spawn(echo, NULL));
    use_locals(i);
    while (weft_active_count() > 1)
        weft_sleep(WEFT_US(50));
}

START_TEST(a_thousand_threads_and_locals)
{
    footprint before = after_warm_up(use_a_thread, WARM_UP);
    for (int i = 0; i < OBJECTS; i++)
        use_a_thread(i);
    assert_no_growth(before);
}
END_TEST

static void use_timers(int i)
{
    weft_timer timers[2] = {WEFT_TIMER(WEFT_US(i % 10), echo, NULL),
                            WEFT_TIMER(WEFT_SECONDS(1e6), echo, NULL)};
    for (int k = 0; k < 2; k++)
        assert_ok(weft_timer_start(&timers[k]));
    assert_ok(weft_timer_join(&timers[0]));
    assert_ok(weft_timer_cancel(&timers[1]));
}

/* Its threads stay for a while: one that leads, one that fires. */
START_TEST(a_thousand_timers)
{
    int threads = count_entries("/proc/self/task");
    for (int i = 0; i < WARM_UP; i++)
        use_timers(i);
    long before = live;
    int descriptors = count_entries("/proc/self/fd");
    for (int i = 0; i < OBJECTS; i++)
        use_timers(i);
    long after = live;
    ck_assert_int_le(after, before + 2);
    ck_assert_int_le(count_entries("/proc/self/task"), threads + 4);
    ck_assert_int_eq(count_entries("/proc/self/fd"), descriptors);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        ten_thousand_foreign_threads,
        a_thousand_queues,
        the_memory_of_a_burst,
        a_thousand_pools,
        a_thousand_caches,
        a_thousand_threads_and_locals,
        a_thousand_timers,
    };
    return RUN_TESTS("growth", tests);
}
