/* SPDX-License-Identifier: MIT */

/*
 * What a waiter burns before it sleeps: the processor's time of its thread, for
 * a wait of 5 ms that ends in vain. First on objects that nobody has waited for
 * before, then again and again on one of them, where weft has learned that
 * waiting awake does not pay. A bare futex shows what sleeping itself takes.
 *
 *     burned [--quick] [--json FILE]
 */

#include "floor.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <weft.h>

enum { OBJECTS = 11, AGAIN = 32 };
#define IN_VAIN WEFT_MS(5)

/* ---- What is waited for ---- */

static struct {
    uint32_t word;
    weft_lock lock, of_condition;
    weft_rlock rlock;
    weft_rwlock read, written;
    weft_semaphore semaphore;
    weft_condition condition;
    weft_event event;
    weft_latch latch;
    weft_barrier barrier;
    weft_queue *queue;
    weft_future future;
    weft_thread thread;
} __attribute__((aligned(64))) objects[OBJECTS];

static weft_pool *pool;
static weft_event end;

static void *wait_for_end(void *arg)
{
    weft_event_wait(&end);
    return arg;
}

static void occupy(int i)
{
    weft_lock_acquire(&objects[i].lock);
    weft_rlock_acquire(&objects[i].rlock);
    weft_rwlock_acquire_read(&objects[i].read);
    weft_rwlock_acquire_write(&objects[i].written);
    objects[i].latch = (weft_latch)WEFT_LATCH(1);
    objects[i].barrier = (weft_barrier)WEFT_BARRIER(2);
    objects[i].queue = weft_queue_create(sizeof(int), .maxsize = 0);
    objects[i].thread = (weft_thread)WEFT_THREAD(wait_for_end, NULL);
    if (objects[i].queue == NULL ||
        weft_submit(pool, &objects[i].future, wait_for_end, NULL) != WEFT_OK ||
        weft_thread_start(&objects[i].thread) != WEFT_OK)
        abort();
}

static void release(int i)
{
    weft_lock_release(&objects[i].lock);
    weft_rlock_release(&objects[i].rlock);
    weft_rwlock_release_read(&objects[i].read);
    weft_rwlock_release_write(&objects[i].written);
    weft_queue_destroy(objects[i].queue);
    (void)weft_future_result(&objects[i].future, NULL);
    (void)weft_thread_join(&objects[i].thread);
}

/* ---- Waiting for it ---- */

static weft_status wait_futex(int i)
{
    struct timespec length = {.tv_nsec = IN_VAIN};
    syscall(SYS_futex, &objects[i].word, FUTEX_WAIT_PRIVATE, 0, &length, NULL,
            0);
    return WEFT_TIMED_OUT;
}

static weft_status wait_lock(int i)
{
    return weft_lock_acquire_timed(&objects[i].lock, IN_VAIN);
}

static weft_status wait_rlock(int i)
{
    return weft_rlock_acquire_timed(&objects[i].rlock, IN_VAIN);
}

static weft_status wait_reading(int i)
{
    return weft_rwlock_acquire_read_timed(&objects[i].written, IN_VAIN);
}

static weft_status wait_writing(int i)
{
    return weft_rwlock_acquire_write_timed(&objects[i].read, IN_VAIN);
}

static weft_status wait_semaphore(int i)
{
    return weft_semaphore_acquire_timed(&objects[i].semaphore, IN_VAIN);
}

static weft_status wait_condition(int i)
{
    weft_lock_acquire(&objects[i].of_condition);
    weft_status status = weft_condition_wait_timed(
        &objects[i].condition, &objects[i].of_condition, IN_VAIN);
    weft_lock_release(&objects[i].of_condition);
    return status;
}

static weft_status wait_event(int i)
{
    return weft_event_wait_timed(&objects[i].event, IN_VAIN);
}

static weft_status wait_latch(int i)
{
    return weft_latch_wait_timed(&objects[i].latch, IN_VAIN);
}

static weft_status wait_barrier(int i)
{
    weft_status status =
        weft_barrier_wait_timed(&objects[i].barrier, NULL, IN_VAIN);
    weft_barrier_reset(&objects[i].barrier);
    return status;
}

static weft_status wait_queue(int i)
{
    int item;
    return weft_queue_get_timed(objects[i].queue, &item, IN_VAIN);
}

static weft_status wait_future(int i)
{
    return weft_future_result_timed(&objects[i].future, NULL, IN_VAIN);
}

static weft_status wait_thread(int i)
{
    return weft_thread_join_timed(&objects[i].thread, IN_VAIN);
}

static struct wait {
    const char *name;
    weft_status (*wait)(int i);
    weft_duration first, most, again; /* what came out: median, most, mean */
} waits[] = {
    {.name = "a bare futex", .wait = wait_futex},
    {.name = "lock", .wait = wait_lock},
    {.name = "rlock", .wait = wait_rlock},
    {.name = "rwlock, reading", .wait = wait_reading},
    {.name = "rwlock, writing", .wait = wait_writing},
    {.name = "semaphore", .wait = wait_semaphore},
    {.name = "condition", .wait = wait_condition},
    {.name = "event", .wait = wait_event},
    {.name = "latch", .wait = wait_latch},
    {.name = "barrier", .wait = wait_barrier},
    {.name = "queue, empty", .wait = wait_queue},
    {.name = "future", .wait = wait_future},
    {.name = "thread: join", .wait = wait_thread},
};

enum { KINDS = sizeof waits / sizeof *waits };

/* ---- Measuring ---- */

static weft_duration burn(const struct wait *one, int i)
{
    struct timespec before, after;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
    if (one->wait(i) != WEFT_TIMED_OUT)
        abort();
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
    return (after.tv_sec - before.tv_sec) * WEFT_SECONDS(1) + after.tv_nsec -
           before.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    weft_duration one = *(const weft_duration *)a;
    weft_duration two = *(const weft_duration *)b;
    return (one > two) - (one < two);
}

static void measure(struct wait *one, int found, int again)
{
    weft_duration samples[OBJECTS];
    for (int i = 0; i < found; i++)
        samples[i] = burn(one, i);
    qsort(samples, (size_t)found, sizeof *samples, compare);
    one->first = samples[found / 2];
    one->most = samples[found - 1];
    for (int i = 0; i < again; i++)
        one->again += burn(one, 0) / again;
}

static void *measure_all(void *quick)
{
    for (int i = 0; i < KINDS; i++)
        measure(&waits[i], quick != NULL ? 1 : OBJECTS,
                quick != NULL ? 1 : AGAIN);
    return NULL;
}

static void print(FILE *json)
{
    printf("us of processor time for a wait in vain\n"
           "%-20s%8s%8s%8s\n",
           "", "first", "most", "again");
    for (int i = 0; i < KINDS; i++)
        printf("%-20s%8.1f%8.1f%8.1f\n", waits[i].name,
               (double)waits[i].first / 1000, (double)waits[i].most / 1000,
               (double)waits[i].again / 1000);
    for (int i = 0; json != NULL && i < KINDS; i++)
        fprintf(json,
                "%s{\"name\": \"%s\", \"first_ns\": %lld, \"most_ns\": %lld, "
                "\"again_ns\": %lld}%s",
                i == 0 ? "[" : ", ", waits[i].name, (long long)waits[i].first,
                (long long)waits[i].most, (long long)waits[i].again,
                i + 1 == KINDS ? "]\n" : "");
}

int main(int argc, char **argv)
{
    pthread_t waiter;
    FILE *json = NULL;
    bool quick = argc > 1 && strcmp(argv[1], "--quick") == 0;
    if (argc == 3 && strcmp(argv[1], "--json") == 0)
        json = fopen(argv[2], "w");
    pool = weft_pool_create(.workers = 1);
    if (pool == NULL)
        return EXIT_FAILURE;
    for (int i = 0; i < OBJECTS; i++)
        occupy(i);
    if (pthread_create(&waiter, NULL, measure_all, quick ? &waiter : NULL) != 0)
        return EXIT_FAILURE;
    pthread_join(waiter, NULL);
    print(json);
    weft_event_set(&end);
    for (int i = 0; i < OBJECTS; i++)
        release(i);
    return weft_pool_destroy(pool) == WEFT_OK &&
                   (json == NULL || fclose(json) == 0)
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
}
