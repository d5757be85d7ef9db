/* SPDX-License-Identifier: MIT */

/* Programs of one thread: their table, their world, and running them. */

#include "programs.h"

const struct operation alone_operations[] = {
    {"lock", lock_alone},
    {"rlock", rlock_alone},
    {"rwlock", rwlock_alone},
    {"condition", condition_alone},
    {"semaphore", semaphore_alone},
    {"bounded semaphore", bounded_alone},
    {"event", event_alone},
    {"latch", latch_alone},
    {"once", once_alone},
    {"barrier", barrier_alone},
    {"put", put_alone},
    {"put", put_alone},
    {"get", get_alone},
    {"get", get_alone},
    {"queue", queue_alone},
    {"queue", queue_alone},
    {"select", select_alone},
    {"cache", cache_alone},
    {"cache", cache_alone},
    {"pool", pool_alone},
    {"future", future_alone},
    {"loop", loop_alone},
    {"thread", thread_alone},
    {"timer", timer_alone},
    {"options", options_alone},
};
const unsigned alone_count = sizeof alone_operations / sizeof *alone_operations;

/* A program takes its locks in any order, which ThreadSanitizer would tell of,
 * though one thread cannot wait for itself by that. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
    return "detect_deadlocks=0";
}

static _Atomic unsigned misuses;

static void count_misuse(const weft_misuse *misuse)
{
    must(misuse->function != NULL && misuse->text != NULL);
    misuses++;
}

void begin_misuse(void)
{
    misuses = 0;
}

void must_be_misuse(bool misuse)
{
    must_equal(misuses, misuse);
}

static void *return_world(void *arg)
{
    return arg;
}

void alone_begin(struct alone *alone)
{
    *alone = (struct alone){
        .permits = 2,
        .semaphore = WEFT_SEMAPHORE(2),
        .bounded_permits = 3,
        .bounded = WEFT_BOUNDED_SEMAPHORE(3),
        .pending = 5,
        .latch = WEFT_LATCH(5),
        .barrier = WEFT_BARRIER(2),
        .cache = weft_cache_create(sizeof(int)),
        .pool = weft_pool_create(.workers = 2),
    };
    must(alone->cache != NULL && alone->pool != NULL);
    alone->thread = (weft_thread)WEFT_THREAD(return_world, alone);
    queue_model_begin(&alone->queues[0], WEFT_FIFO, 3);
    queue_model_begin(&alone->queues[1], WEFT_LIFO, 2);
    queue_model_begin(&alone->queues[2], WEFT_PRIORITY, 0);
    for (int i = 0; i < KEYS; i++)
        alone->cached[i] = -1;
}

void alone_end(struct alone *alone)
{
    for (int i = 0; i < QUEUES; i++)
        queue_model_end(&alone->queues[i]);
    must_answer(WEFT_OK, weft_cache_destroy(alone->cache));
    must_answer(WEFT_OK, weft_pool_destroy(alone->pool));
    weft_lock_reinit(&alone->lock);
    weft_rlock_reinit(&alone->rlock);
    weft_rwlock_reinit(&alone->rwlock);
}

void run_alone(const struct call *calls, size_t n)
{
    struct alone world;
    weft_misuse_handler before = weft_set_misuse_handler(count_misuse);
    alone_begin(&world);
    for (size_t i = 0; i < n; i++)
        alone_operations[calls[i].operation % alone_count].run(&world,
                                                               &calls[i]);
    alone_end(&world);
    weft_set_misuse_handler(before);
}
