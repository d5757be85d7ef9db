/* SPDX-License-Identifier: MIT */

/*
 * Who is awake in a pool: calling workers, looking out, sleeping, stepping
 * aside.
 *
 *     asleep --called--> coming --finds a task--> running --waits--> aside
 *        ^                 ^  |                      |  ^               |
 *        +-----nothing-----|--+                      |  +--not any more-+
 *                          +------nothing to do------+
 *
 * One that sleeps for `idle_timeout` ends, but for the last `least`.
 *
 * Of those with nothing to do only one is coming, as the lookout: it waits
 * awake for a little while (awake.c), then sleeps like the others. While one is
 * coming, or `limit` workers are active, a new task finds its worker without
 * being told: that is what `gate` says. Else who submits calls one. Who is no
 * longer coming calls the next if there are more tasks.
 *
 * Nothing is missed, since two words are written and then read crosswise, in
 * the one order of all: who submits writes the task, then reads the gate; who
 * opens the gate writes that, then looks whether there is a task. At least one
 * of them sees the other.
 *
 * Invariant, whenever the lock is free and the gate has been read: if a task is
 * pending, `limit` workers are active, or one is coming, or no more threads
 * could be started.
 */

#include "pool.h"

/* The sections are short: look again this often before standing in line, where
 * one may have to nap. */
enum { TRIES = 100 };

/* Among how many sleepers to choose, and how many more than `limit` may sleep:
 * where tasks wait for tasks, stand-ins come and go. */
enum { CHOICE = 8, SPARES = 4 };

static const weft__wait_kind kind = {.name = "task"};

void weft__pool_enter(weft_pool *pool)
{
    for (int i = 0; i < TRIES; i++) {
        if (weft__lock_try_acquire(&pool->lock) == WEFT_OK)
            return;
        weft__os_pause();
    }
    weft__lock_acquire(&pool->lock);
}

void weft__pool_wait_to_enter(weft_pool *pool)
{
    weft__lock_acquire(&pool->lock);
}

void weft__pool_leave(weft_pool *pool)
{
    weft__wakes calls = {.first = pool->calls.first};
    if (calls.first != NULL)
        weft__wakes_init(&pool->calls);
    (void)weft__lock_release(&pool->lock);
    if (calls.first != NULL)
        weft__wake(&calls);
}

/* ---- Counting, with the lock held ---- */

static void count_active(weft_pool *pool, int change)
{
    weft__store_relaxed(&pool->active, pool->active + (unsigned)change);
}

void weft__pool_engage(weft_pool *pool)
{
    if (pool->engaged++ == 0 && !pool->daemon)
        weft__delay_exit();
}

void weft__pool_disengage(weft_pool *pool)
{
    pool->engaged--;
    if (pool->engaged == 0 && !pool->daemon)
        weft__allow_exit();
    if (pool->engaged == 0 || pool->exit_waits)
        weft_condition_notify_all(&pool->quiet);
}

static bool is_full(const weft_pool *pool)
{
    return weft__load_relaxed(&pool->active) > pool->limit;
}

bool weft__pool_may_have_task(const weft_pool *pool)
{
    if (!weft__entrance_seems_empty(pool))
        return true;
    const weft__worker *each = weft__load(&pool->workers);
    while (each != NULL && !weft__deque_may_have(&each->deque))
        each = each->next;
    return each != NULL;
}

/* ---- Calling, with the lock held ---- */

/* Until there are as many workers as there may be, each task calls one. */
static uint32_t gate_of(const weft_pool *pool)
{
    if (pool->alive == 0)
        return WEFT__GATE_EMPTY;
    if (pool->active >= pool->limit)
        return WEFT__GATE_QUIET;
    bool enough = pool->alive < pool->limit ? pool->coming > pool->listed
                                            : pool->coming > 0;
    return enough ? WEFT__GATE_QUIET : WEFT__GATE_CALL;
}

/* Will who calls go on on its processor, or leave it? */
enum caller { STAYS, LEAVES };

/* Who slept last comes first, so that others can end. If none is to, then of
 * the last few one who slept where there is room: on this processor if the
 * caller leaves it, else on another. For a system may wake a thread where it
 * slept, and leave it there for milliseconds behind who runs, though others are
 * idle. */
static weft__waiter *choose(const weft_pool *pool, weft__waiter *first,
                            enum caller caller)
{
    unsigned here = weft__os_processor();
    int choice = pool->idle_timeout > 0 ? 1 : CHOICE;
    weft__waiter *each = first;
    for (int i = 0; i < choice && each != NULL; i++) {
        if ((each->processor == here) == (caller == LEAVES))
            return each;
        each = weft__line_next(each);
    }
    return first;
}

/* False: none sleeps, but for who is just getting up by itself. */
static bool wake_one(weft_pool *pool, enum caller caller)
{
    if (pool->asleep == 0)
        return false;
    weft__line *line = weft__line_lock(&pool->asleep);
    weft__waiter *first = weft__line_first(line, &pool->asleep);
    if (first != NULL)
        weft__line_take(line, choose(pool, first, caller), &pool->calls);
    weft__line_unlock(line);
    if (first != NULL)
        pool->asleep--;
    return first != NULL;
}

static void count_coming(weft_pool *pool)
{
    pool->coming++;
    count_active(pool, 1);
    weft__pool_engage(pool);
}

static weft_status call_one(weft_pool *pool, enum caller caller)
{
    if (!wake_one(pool, caller)) {
        weft_status status = weft__worker_start(pool);
        if (status != WEFT_OK)
            return status;
        pool->alive++;
        if (pool->tally != NULL)
            weft__tally_workers(pool->tally, pool->alive);
    }
    count_coming(pool);
    return WEFT_OK;
}

void weft__pool_call_all(weft_pool *pool)
{
    while (wake_one(pool, STAYS))
        count_coming(pool);
}

static void set_gate(weft_pool *pool)
{
    uint32_t gate = gate_of(pool);
    if (gate != pool->gate)
        weft__store_ordered(&pool->gate, gate);
}

/* Must the tasks have another worker? `unlisted`: how many the caller knows of
 * besides; `search`: there may be some of which nobody knows, since the gate
 * told those who submitted them that somebody was coming. */
static bool want_worker(const weft_pool *pool, size_t unlisted, bool search)
{
    if (pool->gate == WEFT__GATE_QUIET)
        return false;
    return pool->listed + unlisted > pool->coming ||
           (search && pool->coming == 0 && weft__pool_may_have_task(pool));
}

static weft_status settle(weft_pool *pool, size_t unlisted, bool search,
                          enum caller caller)
{
    set_gate(pool);
    while (want_worker(pool, unlisted, search)) {
        weft_status status = call_one(pool, caller);
        if (status != WEFT_OK)
            return status;
        set_gate(pool);
    }
    return WEFT_OK;
}

weft_status weft__pool_review(weft_pool *pool)
{
    return settle(pool, 0, true, STAYS);
}

weft_status weft__pool_review_list(weft_pool *pool)
{
    return settle(pool, 0, false, STAYS);
}

void weft__pool_call(weft_pool *pool, bool is_listed)
{
    weft__pool_enter(pool);
    weft__entrance_unload(pool);
    (void)settle(pool, is_listed ? 0 : 1, false, STAYS);
    weft__pool_leave(pool);
}

/* ---- Looking out ---- */

void weft__worker_announce(weft__worker *self)
{
    weft_pool *pool = self->pool;
    weft__pool_enter(pool);
    if (pool->coming == 0 && !is_full(pool)) {
        pool->coming++;
        self->coming = true;
        (void)weft__pool_review(pool);
    }
    weft__pool_leave(pool);
}

void weft__worker_arrive(weft__worker *self)
{
    weft_pool *pool = self->pool;
    weft__pool_enter(pool);
    self->coming = false;
    pool->coming--;
    (void)weft__pool_review(pool);
    weft__pool_leave(pool);
}

static bool is_wanted(void *arg)
{
    const weft_pool *pool = arg;
    return weft__pool_may_have_task(pool) ||
           weft__load_relaxed(&pool->closed) != WEFT__OPEN;
}

/* True: there may be a task. */
static bool look_out(weft__worker *self)
{
    weft_pool *pool = self->pool;
    if (!self->coming)
        weft__worker_announce(self);
    return self->coming && !is_full(pool) &&
           weft__wait_awake(&pool->inbox, is_wanted, pool) &&
           weft__pool_may_have_task(pool);
}

/* ---- Sleeping ---- */

/* With the lock held. */
static void count_out(weft__worker *self)
{
    self->ended = true;
    self->pool->alive--;
}

/* With the lock held: when one that sleeps now should look whether to end. */
static weft_duration end_of_sleep(const weft_pool *pool)
{
    return pool->idle_timeout > 0 && pool->alive > pool->least
               ? weft__deadline(pool->idle_timeout)
               : WEFT_FOREVER;
}

/* With the lock held; false: the worker should end. */
static bool lie_down(weft__worker *self, weft__waiter *waiter)
{
    weft_pool *pool = self->pool;
    bool stay =
        (pool->closed & WEFT__SHUT) == 0 && pool->asleep < pool->limit + SPARES;
    count_active(pool, -1);
    if (stay) {
        pool->asleep++;
        waiter->processor = weft__os_processor();
        weft__line *line = weft__line_lock(&pool->asleep);
        weft__line_push_front(line, waiter);
        weft__line_unlock(line);
    } else {
        count_out(self);
    }
    (void)settle(pool, 0, true, LEAVES);
    if (stay || pool->finalizer == NULL)
        weft__pool_disengage(pool);
    return stay;
}

/* It slept for the whole time, and stands in no line any more. False: it should
 * end. */
static bool get_up(weft__worker *self)
{
    weft_pool *pool = self->pool;
    weft__pool_enter(pool);
    pool->asleep--;
    bool useless =
        pool->active >= pool->limit || !weft__pool_may_have_task(pool);
    bool spare = (pool->closed & WEFT__SHUT) != 0 || pool->alive > pool->least;
    bool stays = !useless || !spare;
    if (stays)
        count_coming(pool);
    else
        count_out(self);
    if (!stays && pool->finalizer != NULL)
        weft__pool_engage(pool);
    (void)weft__pool_review(pool);
    weft__pool_leave(pool);
    return stays;
}

static bool sleep_until_called(weft__worker *self)
{
    weft_pool *pool = self->pool;
    weft__waiter waiter = {
        .kind = &kind, .object = &pool->asleep, .drowsy = true};
    weft__pool_enter(pool);
    if (self->coming)
        pool->coming--;
    set_gate(pool);
    bool sleeps = is_full(pool) || !weft__pool_may_have_task(pool);
    self->coming = !sleeps;
    if (!sleeps)
        pool->coming++;
    set_gate(pool);
    bool stays = !sleeps || lie_down(self, &waiter);
    weft_duration deadline = end_of_sleep(pool);
    weft__pool_leave(pool);
    if (sleeps && stays) {
        if (weft__park(&waiter, deadline, WEFT__UNSTOPPABLE) != WEFT_OK)
            stays = get_up(self);
        weft__record_unstop(weft__self()); /* it came late, for a task */
        self->coming = true;
    }
    return stays;
}

bool weft__worker_rest(weft__worker *self, bool again)
{
    if (again)
        weft__os_yield(); /* somebody else is just taking it */
    return look_out(self) || sleep_until_called(self);
}

/* ---- Stepping aside ---- */

void weft__worker_step_aside(weft__worker *self)
{
    weft_pool *pool = self->pool;
    weft__pool_enter(pool);
    count_active(pool, -1);
    (void)settle(pool, 0, true, LEAVES); /* else a task has to wait */
    weft__pool_leave(pool);
}

void weft__worker_step_back(weft__worker *self)
{
    weft_pool *pool = self->pool;
    weft__pool_enter(pool);
    count_active(pool, 1);
    (void)weft__pool_review(pool);
    weft__pool_leave(pool);
}
