/* SPDX-License-Identifier: MIT */

/*
 * The pool: making, submitting, forking.
 *
 *     threads outside                    tasks of the pool
 *            |                                   |
 *        entrance  (pool_entrance.c)       deque of their worker
 *            |      first in, first out          |   (pool_deque.c)
 *            +---------> a worker <--------------+  own: youngest first
 *                                                   others': oldest first
 *
 * A worker takes from its own deque, then from the entrance, then from the
 * deques of others; now and then the entrance comes first (worker.c). Futures
 * are linked, and stand in deques, by themselves: submitting allocates nothing.
 *
 * At most `limit` workers are active: running a task, or on the way to one; how
 * they are called and sleep is told in pool_calls.c. A worker that waits for a
 * future runs that very task, if it is pending; it never runs another one on
 * top of what it runs, since that might need a lock which the one below holds.
 * Instead it steps aside, and a stand-in is called, who may steal what the
 * waiting one has in its deque. So whatever is waited for is run by somebody,
 * and tasks that wait for tasks cannot starve, with a single worker, too. One
 * that steps back may make one active too many: whoever is done first then
 * sleeps, or ends where enough workers sleep already.
 */

#include "pool.h"

#include "misuse.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static weft_pool *default_pool;

/* ---- Exit and fork ---- */

static bool others_are_busy(const weft_pool *pool)
{
    return pool->engaged > 1 || weft__pool_may_have_task(pool);
}

/* A task of a pool that delays exit calls exit: its pool's other tasks first;
 * threads and other pools are counted by lifecycle.c. */
static bool drain_own(void) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__worker *self = weft__worker_self();
    if (self == NULL || self->pool->daemon)
        return false;
    weft_pool *pool = self->pool;
    bool waited = false;
    weft__worker_step_aside(self);
    weft__pool_enter(pool);
    pool->exit_waits = true;
    for (; others_are_busy(pool); waited = true) {
        weft__record_unstop(weft__self()); /* exit goes its own way */
        weft_condition_wait(&pool->quiet, &pool->lock);
    }
    weft__pool_leave(pool);
    weft__worker_step_back(self);
    return waited;
}

/* The parent's workers are gone, and what they ran or would have reads as
 * broken. */
static void mend_in_child(weft__fork_guard *guard)
{
    weft_pool *pool = WEFT_CONTAINER_OF(guard, weft_pool, guard);
    weft__worker *self = weft__worker_self();
    if (self != NULL && self->pool != pool)
        self = NULL;
    weft__tasks_forget(pool, self);
    for (weft__worker *each = pool->workers; each != NULL; each = each->next) {
        weft__deque_reset(&each->deque);
        each->ended = each != self;
    }
    weft_future *running = self != NULL ? self->running : NULL;
    for (; running != NULL; running = running->next_)
        weft__future_outlive_fork(running);
    if (pool->tally != NULL)
        weft__tally_after_fork(pool->tally,
                               self != NULL ? self->running : NULL);
    weft__entrance_reset(pool);
    weft__wakes_init(&pool->calls);
    pool->quiet = pool->room = (weft_condition){.private_ = 0};
    pool->waiting = 0;
    pool->asleep = 0;
    pool->alive = pool->active = self != NULL;
    pool->engaged = weft__pool_is_own(pool);
    pool->coming = self != NULL && self->coming;
    (void)weft__pool_review(pool);
    if (pool->engaged > 0 && !pool->daemon) {
        weft__delay_exit();
        weft__self()->delays_exit = true;
    }
}

/* ---- Making ---- */

static void name_pool(weft_pool *pool, const char *name)
{
    static uint32_t unnamed;
    char made[WEFT_NAME_SIZE];
    if (name == NULL) {
        unsigned number = (unsigned)weft__fetch_add(&unnamed, 1) + 1;
        snprintf(made, sizeof made, "Pool-%u", number);
        name = made;
    }
    weft__copy_text(pool->name, sizeof pool->name, name);
}

static bool is_valid(const weft_pool_options *options)
{
    const char *wrong = NULL;
    if (options->workers > WEFT__THREADS)
        wrong = "more workers than there can be threads";
    else if (options->workers != 0 && options->min_workers > options->workers)
        wrong = "at least more workers than at most";
    else if (options->when_full > WEFT_FULL_DROP_OLDEST)
        wrong = "there is no such policy";
    if (wrong != NULL)
        weft__misuse(WEFT_INVALID, "weft_pool_create", NULL, wrong);
    return wrong == NULL;
}

static weft_pool *allocate(const weft_pool_options *options)
{
    weft_pool *pool = aligned_alloc(_Alignof(weft_pool), sizeof *pool);
    if (pool == NULL)
        return NULL; /* errno is ENOMEM */
    memset(pool, 0, sizeof *pool);
    if (!options->statistics)
        return pool;
    pool->tally = calloc(1, sizeof *pool->tally);
    if (pool->tally != NULL)
        return pool;
    free(pool);
    errno = ENOMEM;
    return NULL;
}

static void set_options(weft_pool *pool, const weft_pool_options *options)
{
    pool->limit =
        options->workers != 0 ? options->workers : weft__os_processors();
    pool->least =
        options->min_workers < pool->limit ? options->min_workers : pool->limit;
    pool->idle_timeout = options->idle_timeout;
    pool->initializer = options->initializer;
    pool->initializer_arg = options->initializer_arg;
    pool->finalizer = options->finalizer;
    pool->finalizer_arg = options->finalizer_arg;
    pool->stack_size = options->stack_size;
    pool->pinned = options->pinned;
    pool->capacity = options->capacity;
    pool->when_full = options->when_full;
    pool->daemon = options->daemon;
    name_pool(pool, options->name);
}

weft_pool *weft_pool_create_with(const weft_pool_options *options)
{
    static const weft_pool_options defaults = {.private_ = 0};
    static weft__drain at_exit = {.drain = drain_own};
    if (options == NULL)
        options = &defaults;
    if (!is_valid(options)) {
        errno = EINVAL;
        return NULL;
    }
    weft_pool *pool = allocate(options);
    if (pool == NULL)
        return NULL;
    set_options(pool, options);
    pool->gate = WEFT__GATE_EMPTY;
    weft__wakes_init(&pool->calls);
    weft__entrance_reset(pool);
    weft__at_exit(&at_exit);
    pool->guard =
        (weft__fork_guard){.lock = &pool->lock, .in_child = mend_in_child};
    weft__fork_guard_add(&pool->guard);
    return pool;
}

weft_pool *weft_default_pool(void)
{
    weft_pool *pool = weft__load(&default_pool);
    if (pool != NULL)
        return pool;
    weft_pool *made =
        weft_pool_create_with(&(const weft_pool_options){.name = "default"});
    if (made == NULL || weft__compare_swap(&default_pool, &pool, made))
        return made;
    weft_pool_destroy(made); /* another thread was faster */
    return pool;
}

bool weft__pool_is_default(const weft_pool *pool)
{
    return pool == weft__load_relaxed(&default_pool);
}

unsigned weft_pool_workers(const weft_pool *pool)
{
    return pool != NULL ? pool->limit : 0;
}
