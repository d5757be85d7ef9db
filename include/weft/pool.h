/* SPDX-License-Identifier: MIT */
#ifndef WEFT_POOL_H
#define WEFT_POOL_H

/*
 * A pool of worker threads that run tasks. Workers are started when there is
 * work for them and none is idle, never more than `workers` at work: one that
 * waits for a future is not at work, and another may stand in for it.
 */

#include "future.h"

WEFT_BEGIN_DECLARATIONS

typedef struct weft_pool weft_pool;

/* What becomes of a submit from outside when the pool is full. */
typedef enum weft_when_full {
    WEFT_FULL_WAIT,       /* it waits for room, first come, first served */
    WEFT_FULL_REFUSE,     /* it answers WEFT_FULL */
    WEFT_FULL_RUN,        /* it runs the task itself, before it returns */
    WEFT_FULL_DROP_OLDEST /* it cancels the one that would be next of the least
                             urgent ones, and takes its place */
} weft_when_full;

typedef struct weft_pool_options {
    unsigned workers; /* most threads at work; 0: one for each processor */
    /* One that had nothing to do for `idle_timeout` nanoseconds ends, down to
     * `min_workers`, and is started again when needed. 0: none ends. */
    unsigned min_workers;
    weft_duration idle_timeout;
    const char *name; /* of the threads: NAME_0, NAME_1, ...; copied */
    /* Run by each worker before its first task. If it fails, the pool is
     * broken: pending tasks and later submits get WEFT_BROKEN. May be NULL. */
    weft_target initializer;
    void *initializer_arg;
    /* Run by each worker after its last task, when it ends (but not when the
     * program ends before it). An error goes to the excepthook. */
    weft_target finalizer;
    void *finalizer_arg;
    size_t stack_size; /* of the workers, in bytes; 0: the system's default */
    /* NAME_0 runs on the first of the processors that its starter may use,
     * NAME_1 on the second, and so on, then again from the first. */
    bool pinned;
    /* Most tasks from outside that nobody has begun; 0: no limit. What a task
     * of the pool submits is never refused and never waits, since it might wait
     * for itself. */
    size_t capacity;
    weft_when_full when_full;
    bool statistics; /* counts, see weft_pool_stats */
    bool daemon;     /* exit leaves its tasks behind; else it drains them */
    uint8_t private_;
} weft_pool_options;

/*
 * A new pool, without any thread yet; the caller owns it and destroys it.
 * `options` may be NULL. NULL with errno EINVAL: more workers than there can be
 * threads or than at most, or no such policy; ENOMEM. Does not block.
 */
WEFT_API weft_pool *weft_pool_create_with(const weft_pool_options *options);

#ifndef __cplusplus
/* weft_pool_create(.workers = 4, .name = "io") */
#define weft_pool_create(...) \
    weft_pool_create_with(    \
        &(const weft_pool_options){.private_ = 0, __VA_ARGS__})
#endif

/* The pool of the whole program, with a worker for each processor, made when
 * first asked for; not to be destroyed. NULL with errno ENOMEM. */
WEFT_API weft_pool *weft_default_pool(void);

/*
 * Has a worker call target(arg); `*future`, whose former content does not
 * matter, tells what becomes of it. Tasks that threads outside submit begin in
 * the order of submission; those that a task of the pool submits usually begin
 * before them, the last one first. WEFT_OK; WEFT_SHUT_DOWN; WEFT_BROKEN: the
 * initializer failed; WEFT_NO_THREADS, WEFT_NO_MEMORY: not even one worker can
 * be started; WEFT_INVALID: NULL. Where the pool is full: WEFT_FULL;
 * WEFT_STOPPED: asked to stop while it waited for room. Without WEFT_OK the
 * future is not submitted.
 * Waits only for room, and does not allocate but for a worker's first start.
 */
WEFT_API WEFT_MUST_USE weft_status weft_submit(weft_pool *pool,
                                               weft_future *future,
                                               weft_target target, void *arg);

/* The same; waits for room at most `duration` nanoseconds, then WEFT_TIMED_OUT.
 */
WEFT_API WEFT_MUST_USE weft_status weft_submit_timed(weft_pool *pool,
                                                     weft_future *future,
                                                     weft_target target,
                                                     void *arg,
                                                     weft_duration duration);

/* The same without waiting, running or dropping anything: WEFT_FULL. */
WEFT_API WEFT_MUST_USE weft_status weft_try_submit(weft_pool *pool,
                                                   weft_future *future,
                                                   weft_target target,
                                                   void *arg);

/* Which of the tasks begin first: of those that threads outside submit, and of
 * those that have another priority than the normal one. */
typedef enum weft_priority {
    WEFT_PRIORITY_NORMAL,
    WEFT_PRIORITY_HIGH, /* before all others, also nested ones */
    WEFT_PRIORITY_LOW   /* when there is nothing else to do */
} weft_priority;

typedef struct weft_submit_options {
    weft_priority priority;
    uint8_t private_;
} weft_submit_options;

/* As weft_submit, with options, NULL: none. Nobody starves: after at most 16
 * more urgent tasks it is the turn of one that is less so. WEFT_INVALID besides
 * for a priority that is none. */
WEFT_API WEFT_MUST_USE weft_status
weft_submit_with(weft_pool *pool, weft_future *future, weft_target target,
                 void *arg, const weft_submit_options *options);

/* The same without a future: its result is dropped, its error goes to the
 * excepthook. Allocates only if more such tasks are there than ever before at
 * once; WEFT_NO_MEMORY besides. */
WEFT_API WEFT_MUST_USE weft_status weft_pool_run(weft_pool *pool,
                                                 weft_target target, void *arg);

typedef struct weft_pool_shutdown_options {
    bool wait;           /* also wait until every task is done */
    bool cancel_futures; /* cancel what has not begun */
    uint8_t private_;
} weft_pool_shutdown_options;

/*
 * Refuses submits from now on; what is pending still runs, unless cancelled.
 * Again is allowed, with other options. `options` may be NULL: neither.
 * WEFT_OK; WEFT_STOPPED: asked to stop while it waited; WEFT_DEADLOCK: one of
 * its own tasks would wait for itself, nothing changed; WEFT_INVALID: NULL.
 * Blocks only to wait.
 */
WEFT_API weft_status weft_pool_shutdown_with(
    weft_pool *pool, const weft_pool_shutdown_options *options);

#ifndef __cplusplus
/* weft_pool_shutdown(pool, .wait = true, .cancel_futures = false) */
#define weft_pool_shutdown(...) \
    weft__pool_shutdown_macro(__VA_ARGS__, .private_ = 0)
#define weft__pool_shutdown_macro(pool, ...) \
    weft_pool_shutdown_with((pool),          \
                            &(const weft_pool_shutdown_options){__VA_ARGS__})
#endif

/*
 * Shuts it down, waits until every task is done and every worker has ended (not
 * even a stop request ends that), and frees it. WEFT_OK, also for NULL;
 * WEFT_DEADLOCK: from one of its own tasks; WEFT_INVALID: the default pool;
 * then nothing changed.
 */
WEFT_API weft_status weft_pool_destroy(weft_pool *pool);

/* How many threads may be at work; 0 for NULL. */
WEFT_API unsigned weft_pool_workers(const weft_pool *pool);

WEFT_END_DECLARATIONS

#endif
