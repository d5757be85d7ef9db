/* SPDX-License-Identifier: MIT */

/*
 * What each uncontended operation costs in instructions, which are the same on
 * any day. `count` runs this under callgrind, which writes down what each call
 * of `measure` took. Each operation is done N times and 2 N times, so that the
 * difference is its own; that of `nothing` is the loop's.
 *
 * --list prints N, then a line for each operation, in the order of the calls:
 * the most instructions that it may take on x86-64, whether gcc 12 or clang 14
 * made them; whether glibc's follows; its name.
 */

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>
#include <weft.h>

enum { N = 4096 };

/* The compiler must assume that all memory changed. */
#define FORGET() __asm__ volatile("" : : : "memory")

/* A function that does `operation` as often as it is told. */
#define REPEAT(name, operation)                                          \
    static void name(unsigned long times) WEFT_NO_THREAD_SAFETY_ANALYSIS \
    {                                                                    \
        for (; times > 0; times--) {                                     \
            operation;                                                   \
            FORGET();                                                    \
        }                                                                \
    }

static weft_lock lock;
static weft_rlock rlock;
static weft_rwlock rwlock;
static weft_condition condition;
static weft_semaphore semaphore = WEFT_SEMAPHORE(1);
static weft_event event;
static weft_event was_set;
static weft_latch latch;
static weft_once once;
static weft_local local = WEFT_LOCAL(int);
static weft_queue *queue, *wide_queue;
static weft_pool *pool;

static inline void pass_latch(void)
{
    latch = (weft_latch)WEFT_LATCH(1);
    weft_latch_count_down(&latch, 1);
    weft_latch_wait(&latch);
}

struct wide {
    void *part[4];
};

static inline void pass_queue(void)
{
    void *item = NULL;
    (void)!weft_queue_put(queue, &item);
    (void)!weft_queue_get(queue, &item);
}

static inline void pass_wide_queue(void)
{
    struct wide item = {.part = {NULL}};
    (void)!weft_queue_put(wide_queue, &item);
    (void)!weft_queue_get(wide_queue, &item);
}

static void *do_task(void *arg)
{
    return arg;
}

static inline void pass_pool(void)
{
    weft_future future;
    (void)!weft_submit(pool, &future, do_task, NULL);
    weft_future_result(&future, NULL);
}

static void do_nothing(void *arg)
{
    (void)arg;
}

static void use(const void *value)
{
    __asm__ volatile("" : : "r"(value));
}

REPEAT(nothing, )
REPEAT(lock_pair, weft_lock_acquire(&lock); weft_lock_release(&lock))
REPEAT(rlock_pair, weft_rlock_acquire(&rlock); weft_rlock_release(&rlock))
REPEAT(rlock_levels, weft_rlock_acquire(&rlock); weft_rlock_acquire(&rlock);
       weft_rlock_acquire(&rlock); weft_rlock_release(&rlock);
       weft_rlock_release(&rlock); weft_rlock_release(&rlock))
REPEAT(read_pair, weft_rwlock_acquire_read(&rwlock);
       weft_rwlock_release_read(&rwlock))
REPEAT(write_pair, weft_rwlock_acquire_write(&rwlock);
       weft_rwlock_release_write(&rwlock))
REPEAT(notify, weft_condition_notify(&condition, 1))
REPEAT(semaphore_pair, weft_semaphore_acquire(&semaphore);
       weft_semaphore_release(&semaphore, 1))
REPEAT(event_pair, weft_event_set(&event); weft_event_clear(&event))
REPEAT(event_wait, weft_event_wait(&was_set))
REPEAT(latch_pair, pass_latch())
REPEAT(once_passed, weft_call_once(&once, do_nothing, NULL))
REPEAT(local_get, use(weft_local_get(&local)))
REPEAT(queue_pair, pass_queue())
REPEAT(wide_queue_pair, pass_wide_queue())
REPEAT(pool_pair, pass_pool())

/* ---- The same by glibc, where it has the thing ---- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static pthread_rwlock_t posix_rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t posix_condition = PTHREAD_COND_INITIALIZER;
static sem_t posix_semaphore;
static pthread_once_t posix_once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

static void do_nothing_once(void)
{
}

REPEAT(posix_mutex_pair, pthread_mutex_lock(&mutex);
       pthread_mutex_unlock(&mutex))
REPEAT(posix_recursive_pair, pthread_mutex_lock(&recursive);
       pthread_mutex_unlock(&recursive))
REPEAT(posix_recursive_levels, pthread_mutex_lock(&recursive);
       pthread_mutex_lock(&recursive); pthread_mutex_lock(&recursive);
       pthread_mutex_unlock(&recursive); pthread_mutex_unlock(&recursive);
       pthread_mutex_unlock(&recursive))
REPEAT(posix_read_pair, pthread_rwlock_rdlock(&posix_rwlock);
       pthread_rwlock_unlock(&posix_rwlock))
REPEAT(posix_write_pair, pthread_rwlock_wrlock(&posix_rwlock);
       pthread_rwlock_unlock(&posix_rwlock))
REPEAT(posix_notify, pthread_cond_signal(&posix_condition))
REPEAT(posix_semaphore_pair, sem_wait(&posix_semaphore);
       sem_post(&posix_semaphore))
REPEAT(posix_once_passed, pthread_once(&posix_once, do_nothing_once))
REPEAT(posix_get, use(pthread_getspecific(key)))

/* ---- All of them ---- */

static const struct operation {
    const char *name;
    unsigned most; /* for weft */
    void (*repeat)(unsigned long times), (*by_glibc)(unsigned long times);
} operations[] = {
    {"nothing", 0, nothing, NULL},
    {"lock: acquire + release", 9, lock_pair, posix_mutex_pair},
    {"rlock: acquire + release", 17, rlock_pair, posix_recursive_pair},
    {"rlock: 3 levels", 49, rlock_levels, posix_recursive_levels},
    {"rwlock: acquire + release, reading", 20, read_pair, posix_read_pair},
    {"rwlock: acquire + release, writing", 14, write_pair, posix_write_pair},
    {"condition: notify, nobody waits", 8, notify, posix_notify},
    {"semaphore: acquire + release", 16, semaphore_pair, posix_semaphore_pair},
    {"event: set + clear", 5, event_pair, NULL},
    {"event: wait, it is set", 3, event_wait, NULL},
    {"latch: count down + wait", 10, latch_pair, NULL},
    {"once: passed", 3, once_passed, posix_once_passed},
    {"local: get", 5, local_get, posix_get},
    {"queue: put + get, a pointer", 92, queue_pair, NULL},
    {"queue: put + get, 4 pointers", 180, wide_queue_pair, NULL},
    {"pool: a task's submit + result", 300, pool_pair, NULL},
};

enum { OPERATIONS = sizeof operations / sizeof *operations };

static void list(void)
{
    printf("%d\n", N);
    for (int i = 0; i < OPERATIONS; i++)
        printf("%u %d %s\n", operations[i].most, operations[i].by_glibc != NULL,
               operations[i].name);
}

__attribute__((noinline)) void measure(void (*repeat)(unsigned long),
                                       unsigned long times);

void measure(void (*repeat)(unsigned long), unsigned long times)
{
    repeat(times);
    FORGET(); /* no jump in place of the call */
}

static void measure_twice(void (*repeat)(unsigned long))
{
    if (repeat == NULL)
        return;
    repeat(N); /* the first ones do more */
    measure(repeat, N);
    measure(repeat, 2 * N);
}

/* A task, since of the pool what its own tasks do is counted. */
static void *measure_all(void *arg)
{
    for (int i = 0; i < OPERATIONS; i++) {
        measure_twice(operations[i].repeat);
        measure_twice(operations[i].by_glibc);
    }
    return arg;
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        list();
        return 0;
    }
    queue = weft_queue_create(sizeof(void *), .maxsize = 0);
    wide_queue = weft_queue_create(sizeof(struct wide), .maxsize = 0);
    weft_event_set(&was_set);
    sem_init(&posix_semaphore, 0, 1);
    pthread_key_create(&key, NULL);
    pool = weft_pool_create(.workers = 1);
    weft_future all;
    if (pool == NULL || weft_submit(pool, &all, measure_all, NULL) != WEFT_OK ||
        weft_future_result(&all, NULL) != WEFT_OK)
        return 1;
    return weft_pool_destroy(pool) != WEFT_OK || queue == NULL ||
           weft_queue_destroy(queue) != WEFT_OK || wide_queue == NULL ||
           weft_queue_destroy(wide_queue) != WEFT_OK;
}
