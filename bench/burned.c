/* SPDX-License-Identifier: MIT */

/*
 * What a waiter burns before it sleeps: the processor's time of its thread,
 * from its call to where it asks the system to put it to sleep. First on
 * objects that nobody has waited for before, then again and again on one of
 * them, where weft has learned that waiting awake does not pay. The whole of a
 * wait of 5 ms that ends in vain also has in it what sleeping takes, and being
 * woken by the clock: most of that of a bare futex. Last, what eight threads
 * burn that wait for the same object for a second, from the first to the last.
 *
 * Linked with the static library, so that its calls of the system are seen
 * here.
 *
 *     burned [--quick] [--json FILE]
 */

#include "wrapped.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <weft.h>

enum { OBJECTS = 11, AGAIN = 32, CROWD = 8 };
#define IN_VAIN WEFT_MS(5)

/* ---- Going to sleep ---- */

/* When the calling thread first slept in this wait, by its processor's time. */
static _Thread_local weft_duration slept;

static weft_duration used(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * WEFT_SECONDS(1) + now.tv_nsec;
}

long __wrap_syscall(long number, ...)
{
    va_list arguments;
    va_start(arguments, number);
    struct system_call call = system_call_of(number, arguments);
    va_end(arguments);
    if (slept == 0 && is_sleep(&call))
        slept = used();
    return pass_on(&call);
}

/* ---- What is waited for ---- */

static struct {
    uint32_t word;
    weft_lock lock, of_condition;
    weft_rlock rlock;
    weft_rwlock read, written;
    weft_semaphore semaphore;
    weft_condition condition;
    weft_event event, before_all;
    weft_latch latch;
    weft_barrier barrier;
    weft_queue *queue;
    weft_future future;
    weft_thread thread;
} __attribute__((aligned(64)))
objects[OBJECTS + 1]; /* the last for the crowd */

static weft_duration length = IN_VAIN; /* of each wait */
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
    struct timespec limit = {.tv_sec = length / WEFT_SECONDS(1),
                             .tv_nsec = length % WEFT_SECONDS(1)};
    syscall(SYS_futex, &objects[i].word, FUTEX_WAIT_PRIVATE, 0, &limit, NULL,
            0);
    return WEFT_TIMED_OUT;
}

static weft_status wait_lock(int i)
{
    return weft_lock_acquire_timed(&objects[i].lock, length);
}

static weft_status wait_rlock(int i)
{
    return weft_rlock_acquire_timed(&objects[i].rlock, length);
}

static weft_status wait_reading(int i)
{
    return weft_rwlock_acquire_read_timed(&objects[i].written, length);
}

static weft_status wait_writing(int i)
{
    return weft_rwlock_acquire_write_timed(&objects[i].read, length);
}

static weft_status wait_semaphore(int i)
{
    return weft_semaphore_acquire_timed(&objects[i].semaphore, length);
}

static weft_status wait_condition(int i)
{
    weft_lock_acquire(&objects[i].of_condition);
    weft_status status = weft_condition_wait_timed(
        &objects[i].condition, &objects[i].of_condition, length);
    weft_lock_release(&objects[i].of_condition);
    return status;
}

static weft_status wait_event(int i)
{
    return weft_event_wait_timed(&objects[i].event, length);
}

static weft_status wait_latch(int i)
{
    return weft_latch_wait_timed(&objects[i].latch, length);
}

static weft_status wait_barrier(int i)
{
    weft_status status =
        weft_barrier_wait_timed(&objects[i].barrier, NULL, length);
    weft_barrier_reset(&objects[i].barrier);
    return status;
}

static weft_status wait_queue(int i)
{
    int item;
    return weft_queue_get_timed(objects[i].queue, &item, length);
}

static weft_status wait_future(int i)
{
    return weft_future_result_timed(&objects[i].future, NULL, length);
}

static weft_status wait_thread(int i)
{
    return weft_thread_join_timed(&objects[i].thread, length);
}

static struct wait {
    const char *name;
    weft_status (*wait)(int i);
    bool by_crowd;
    /* What came out: median, most and mean before sleeping; median of all. */
    weft_duration first, most, again, whole;
    weft_duration crowd; /* all that eight used in a second */
} waits[] = {
    {.name = "a bare futex", .by_crowd = true, .wait = wait_futex},
    {.name = "lock", .by_crowd = true, .wait = wait_lock},
    {.name = "rlock", .wait = wait_rlock},
    {.name = "rwlock, reading", .wait = wait_reading},
    {.name = "rwlock, writing", .wait = wait_writing},
    {.name = "semaphore", .by_crowd = true, .wait = wait_semaphore},
    {.name = "condition", .by_crowd = true, .wait = wait_condition},
    {.name = "event", .by_crowd = true, .wait = wait_event},
    {.name = "latch", .wait = wait_latch},
    {.name = "barrier", .wait = wait_barrier},
    {.name = "queue, empty", .wait = wait_queue},
    {.name = "future", .wait = wait_future},
    {.name = "thread: join", .wait = wait_thread},
};

enum { KINDS = sizeof waits / sizeof *waits };

/* ---- Measuring ---- */

struct burned {
    weft_duration before, whole;
};

static struct burned burn(const struct wait *one, int i)
{
    slept = 0;
    weft_duration begin = used();
    if (one->wait(i) != WEFT_TIMED_OUT)
        abort();
    weft_duration whole = used() - begin;
    return (struct burned){.before = slept - begin, .whole = whole};
}

static int compare(const void *a, const void *b)
{
    weft_duration one = *(const weft_duration *)a;
    weft_duration two = *(const weft_duration *)b;
    return (one > two) - (one < two);
}

static void measure(struct wait *one, int found, int again)
{
    weft_duration before[OBJECTS], whole[OBJECTS];
    for (int i = 0; i < found; i++) {
        struct burned burned = burn(one, i);
        before[i] = burned.before;
        whole[i] = burned.whole;
    }
    qsort(before, (size_t)found, sizeof *before, compare);
    qsort(whole, (size_t)found, sizeof *whole, compare);
    one->first = before[found / 2];
    one->most = before[found - 1];
    one->whole = whole[found / 2];
    for (int i = 0; i < again; i++)
        one->again += burn(one, 0).before / again;
}

/* The first waits of a process meet weft's tables in memory that the system has
 * not given it yet. */
static void warm_up(void)
{
    for (int i = 0; i < OBJECTS; i++)
        (void)weft_event_wait_timed(&objects[i].before_all, IN_VAIN);
}

static void *measure_all(void *quick)
{
    warm_up();
    for (int i = 0; i < KINDS; i++)
        measure(&waits[i], quick != NULL ? 1 : OBJECTS,
                quick != NULL ? 1 : AGAIN);
    return NULL;
}

/* ---- A crowd ---- */

struct one_of_many {
    pthread_t thread;
    const struct wait *wait;
    weft_duration used;
};

static void *wait_among_many(void *arg)
{
    struct one_of_many *self = arg;
    self->used = burn(self->wait, OBJECTS).whole;
    return NULL;
}

static void measure_crowd(struct wait *one)
{
    struct one_of_many crowd[CROWD];
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = (struct one_of_many){.wait = one};
        if (pthread_create(&crowd[i].thread, NULL, wait_among_many,
                           &crowd[i]) != 0)
            abort();
    }
    for (int i = 0; i < CROWD; i++) {
        pthread_join(crowd[i].thread, NULL);
        one->crowd += crowd[i].used;
    }
}

static void measure_crowds(bool quick)
{
    length = quick ? IN_VAIN : WEFT_SECONDS(1);
    for (int i = 0; i < KINDS; i++)
        if (waits[i].by_crowd)
            measure_crowd(&waits[i]);
}

/* ---- Telling ---- */

static void print_table(void)
{
    printf("us of processor time for a wait in vain\n"
           "%-20s%8s%8s%8s%8s%12s\n",
           "", "first", "most", "again", "whole", "eight, 1 s");
    for (int i = 0; i < KINDS; i++) {
        printf("%-20s%8.1f%8.1f%8.1f%8.1f", waits[i].name,
               (double)waits[i].first / 1000, (double)waits[i].most / 1000,
               (double)waits[i].again / 1000, (double)waits[i].whole / 1000);
        if (waits[i].by_crowd)
            printf("%12.1f", (double)waits[i].crowd / 1000);
        printf("\n");
    }
}

static void print_json(FILE *json)
{
    for (int i = 0; i < KINDS; i++) {
        fprintf(json,
                "%s{\"name\": \"%s\", \"first_ns\": %lld, \"most_ns\": %lld, "
                "\"again_ns\": %lld, \"whole_ns\": %lld",
                i == 0 ? "[" : ",\n ", waits[i].name, (long long)waits[i].first,
                (long long)waits[i].most, (long long)waits[i].again,
                (long long)waits[i].whole);
        if (waits[i].by_crowd)
            fprintf(json, ", \"crowd_ns\": %lld", (long long)waits[i].crowd);
        fprintf(json, "}%s", i + 1 == KINDS ? "]\n" : "");
    }
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
    for (int i = 0; i <= OBJECTS; i++)
        occupy(i);
    if (pthread_create(&waiter, NULL, measure_all, quick ? &waiter : NULL) != 0)
        return EXIT_FAILURE;
    pthread_join(waiter, NULL);
    measure_crowds(quick);
    print_table();
    if (json != NULL)
        print_json(json);
    weft_event_set(&end);
    for (int i = 0; i <= OBJECTS; i++)
        release(i);
    return weft_pool_destroy(pool) == WEFT_OK &&
                   (json == NULL || fclose(json) == 0)
               ? EXIT_SUCCESS
               : EXIT_FAILURE;
}
