/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_POOL_H
#define WEFT_SRC_POOL_H

/* What the files of the pool share. Its lock guards all fields but those that
 * never change; the picture is in pool.c. */

#include "future.h"
#include "lifecycle.h"
#include "weft/condition.h"
#include "weft/pool.h"

typedef struct weft__worker {
    weft_thread thread;
    weft_pool *pool;
    struct weft__worker *next;
    weft_future *running; /* innermost; next_ is the one that waits for it */
    unsigned running_count;
    const void *middle; /* of its stack */
    char name[WEFT_NAME_SIZE];
} weft__worker;

/* What weft_pool_run submits. */
typedef struct weft__task {
    weft_future future; /* first, so that one is the other */
    struct weft__task *next_spare;
} weft__task;

struct weft_pool {
    weft__fork_guard guard;
    weft_lock lock;
    weft_condition work;       /* workers asleep wait here */
    weft_condition quiet;      /* for `unfinished` to go down */
    weft_future *first, *last; /* pending, in order of submission */
    size_t unfinished;         /* pending, running or being cancelled */
    unsigned active;           /* workers neither asleep nor stepped aside */
    unsigned asleep;           /* and not called yet */
    unsigned named;            /* workers ever */
    weft__worker *workers;     /* alive */
    weft__worker *retired;     /* ended, but not joined yet */
    weft__task *spare;
    unsigned spares;
    bool exit_waits; /* for some of `unfinished`, not all */
    bool shut_down, broken;
    /* Never changed. */
    unsigned limit;
    weft_target initializer;
    void *initializer_arg;
    size_t stack_size;
    bool daemon;
    char name[WEFT_NAME_SIZE];
};

/* ---- worker.c: with the pool's lock held ---- */

/* There is one pending task more, or one active worker less: wakes or starts a
 * worker if one may be active. WEFT_NO_THREADS, WEFT_NO_MEMORY: none could be
 * started. */
weft_status weft__pool_call_worker(weft_pool *pool);

/* Takes the future out of the pending ones. */
void weft__pool_unlink(weft_pool *pool, weft_future *future);

/* `n` tasks have ended. */
void weft__pool_finished(weft_pool *pool, size_t n);

/* Takes all pending futures out, in the given state; the chain by next_. */
weft_future *weft__pool_take_all(weft_pool *pool, uint32_t state);

/* ---- worker.c: without ---- */

/* The calling thread as a worker, NULL if it is none. */
weft__worker *weft__worker_self(void);

/* Does the worker run this future, perhaps below others? */
bool weft__worker_runs(const weft__worker *self, const weft_future *future);

/* Takes a future that is pending in the worker's own pool, in order to run it
 * at once, if there is room on the stack. */
bool weft__worker_take(weft__worker *self, weft_future *future);

/* Runs a future that was taken, and completes it. */
void weft__worker_run(weft__worker *self, weft_future *future);

/* Around a wait for a future: another worker may be active instead. */
void weft__worker_step_aside(weft__worker *self);
void weft__worker_step_back(weft__worker *self);

/* Completes a chain from weft__pool_take_all, in the state that it has. */
void weft__pool_complete_all(weft_pool *pool, weft_future *chain);

/* Joins those workers and frees them. */
void weft__workers_join(weft__worker *chain);

/* ---- pool.c ---- */

/* Takes a pending future out in order to cancel it; false: too late. */
bool weft__pool_withdraw(weft_future *future);

/* WEFT_OK if the pool takes tasks. */
weft_status weft__pool_check_open(weft_pool *pool, const char *function);

bool weft__pool_is_default(const weft_pool *pool);

/* Gives the record of a task back; with the lock held. */
void weft__pool_recycle(weft_pool *pool, weft_future *future);

#endif
