/* SPDX-License-Identifier: MIT */

/*
 * Programs of several threads. Every operation is whole: it gives back what it
 * takes, and waits with a limit for what only others can bring; so each program
 * ends in any interleaving. What must be true of any is checked inside the
 * operations, and by the totals at the end.
 */

#include "programs.h"

/* Of a wait for another; long compared to a step, short in all. */
#define A_WHILE WEFT_US(200)

static bool got(weft_status status)
{
    must(status == WEFT_OK || status == WEFT_BUSY || status == WEFT_TIMED_OUT);
    return status == WEFT_OK;
}

/* ---- Locks ---- */

static void use_lock(void *world, const struct call *call)
{
    struct together *self = world;
    if (call->one % 3 == 0 && !got(weft_lock_try_acquire(&self->lock)))
        return;
    if (call->one % 3 == 1 &&
        !got(weft_lock_acquire_timed(&self->lock, A_WHILE)))
        return;
    if (call->one % 3 == 2)
        weft_lock_acquire(&self->lock);
    self->by_lock++;
    self->locked++;
    must_equal(weft_lock_release(&self->lock), WEFT_OK);
}

static void use_rlock(void *world, const struct call *call)
{
    struct together *self = world;
    if (call->one % 3 == 0 && !got(weft_rlock_try_acquire(&self->rlock)))
        return;
    if (call->one % 3 == 1 &&
        !got(weft_rlock_acquire_timed(&self->rlock, A_WHILE)))
        return;
    if (call->one % 3 == 2)
        weft_rlock_acquire(&self->rlock);
    weft_rlock_acquire(&self->rlock);
    self->by_rlock++;
    self->relocked++;
    must_equal(weft_rlock_release(&self->rlock), WEFT_OK);
    must_equal(weft_rlock_level(&self->rlock), 1);
    must_equal(weft_rlock_release(&self->rlock), WEFT_OK);
}

static void read_shared(void *world, const struct call *call)
{
    struct together *self = world;
    if (call->one % 2 == 0)
        weft_rwlock_acquire_read(&self->rwlock);
    else if (!got(weft_rwlock_acquire_read_timed(&self->rwlock, A_WHILE)))
        return;
    must_equal(self->by_writing, self->written);
    must_equal(weft_rwlock_release_read(&self->rwlock), WEFT_OK);
}

static void write_shared(void *world, const struct call *call)
{
    struct together *self = world;
    if (call->one % 3 == 0 &&
        !got(weft_rwlock_try_acquire_write(&self->rwlock)))
        return;
    if (call->one % 3 == 1 &&
        !got(weft_rwlock_acquire_write_timed(&self->rwlock, A_WHILE)))
        return;
    if (call->one % 3 == 2)
        weft_rwlock_acquire_write(&self->rwlock);
    self->by_writing++;
    self->written++;
    if (call->two % 2 == 0) {
        must_equal(weft_rwlock_release_write(&self->rwlock), WEFT_OK);
        return;
    }
    must_equal(weft_rwlock_downgrade(&self->rwlock), WEFT_OK);
    must_equal(self->by_writing, self->written);
    must_equal(weft_rwlock_release_read(&self->rwlock), WEFT_OK);
}

static void wait_for_notice(void *world, const struct call *call)
{
    struct together *self = world;
    weft_lock_acquire(&self->lock);
    (void)got(weft_condition_wait_timed(&self->condition, &self->lock,
                                        call->one % 2 == 0 ? 0 : A_WHILE));
    self->by_lock++;
    self->locked++;
    must_equal(weft_lock_release(&self->lock), WEFT_OK);
}

static void notify(void *world, const struct call *call)
{
    struct together *self = world;
    weft_condition_notify(&self->condition, call->one % 3);
}

/* ---- Permits and meetings ---- */

enum { PERMITS = 2 };

static void use_semaphore(void *world, const struct call *call)
{
    struct together *self = world;
    if (call->one % 3 == 0)
        weft_semaphore_acquire(&self->semaphore);
    else if (!got(
                 call->one % 3 == 1
                     ? weft_semaphore_try_acquire(&self->semaphore)
                     : weft_semaphore_acquire_timed(&self->semaphore, A_WHILE)))
        return;
    must(++self->in_semaphore <= PERMITS);
    self->in_semaphore--;
    must_equal(weft_semaphore_release(&self->semaphore, 1), WEFT_OK);
}

static void use_bounded(void *world, const struct call *call)
{
    struct together *self = world;
    (void)call;
    WEFT_WITH(&self->bounded) {
        must(++self->in_bounded <= PERMITS);
        self->in_bounded--;
    }
}

static void use_event(void *world, const struct call *call)
{
    struct together *self = world;
    if (call->one % 3 == 0)
        must_equal(weft_event_set(&self->event), WEFT_OK);
    else if (call->one % 3 == 1)
        must_equal(weft_event_clear(&self->event), WEFT_OK);
    else
        (void)got(weft_event_wait_timed(&self->event, A_WHILE));
}

/* As many as all calls of a program may count down. */
static void use_latch(void *world, const struct call *call)
{
    struct together *self = world;
    if (call->one % 2 == 0) {
        must_equal(weft_latch_count_down(&self->latch, 1), WEFT_OK);
        self->counted_down++;
    } else {
        (void)got(weft_latch_wait_timed(&self->latch, A_WHILE));
    }
}

static void run_once(void *arg)
{
    ((struct together *)arg)->once_runs++;
}

static void use_once(void *world, const struct call *call)
{
    struct together *self = world;
    (void)call;
    must_equal(weft_call_once(&self->once, run_once, self), WEFT_OK);
    must_equal(self->once_runs, 1);
}

static void use_barrier(void *world, const struct call *call)
{
    struct together *self = world;
    unsigned index = 99;
    weft_status status =
        weft_barrier_wait_timed(&self->barrier, &index, A_WHILE);
    must(status == WEFT_OK || status == WEFT_TIMED_OUT ||
         status == WEFT_BROKEN);
    must(status != WEFT_OK || index < 2);
    if (status != WEFT_OK && call->one % 2 == 0)
        must_equal(weft_barrier_reset(&self->barrier), WEFT_OK);
}

/* ---- Queues ---- */

static void put(void *world, const struct call *call)
{
    struct together *self = world, *items[3] = {self, self, self};
    weft_queue *queue = self->queues[call->one % QUEUES];
    size_t done = 0, n = 1 + call->three % 3;
    weft_status status;
    if (call->two % 3 == 0)
        status = weft_queue_put_many_timed(queue, items, n, &done, A_WHILE);
    else if (call->two % 3 == 1)
        status = weft_queue_try_put_many(queue, items, n, &done);
    else
        status = weft_queue_put_timed(queue, items, A_WHILE);
    must(status == WEFT_OK || status == WEFT_TIMED_OUT || status == WEFT_FULL);
    self->put += call->two % 3 == 2 ? status == WEFT_OK : (long)done;
}

static void get(void *world, const struct call *call)
{
    struct together *self = world, *items[3];
    weft_queue *queue = self->queues[call->one % QUEUES];
    size_t done = 0, n = 1 + call->three % 3;
    weft_status status;
    if (call->two % 3 == 0)
        status = weft_queue_get_many_timed(queue, items, n, &done, A_WHILE);
    else if (call->two % 3 == 1)
        status = weft_queue_try_get_many(queue, items, n, &done);
    else
        status = weft_queue_get_timed(queue, items, A_WHILE);
    must(status == WEFT_OK || status == WEFT_TIMED_OUT || status == WEFT_EMPTY);
    done = status != WEFT_OK ? 0 : call->two % 3 == 2 ? 1 : done;
    for (size_t i = 0; i < done; i++) {
        must(items[i] == self);
        must_equal(weft_queue_task_done(queue), WEFT_OK);
    }
    self->taken += (long)done;
}

static void move(void *world, const struct call *call)
{
    struct together *self = world, *item = NULL;
    size_t chosen;
    const weft_select_case takes[] = {
        WEFT_SELECT_GET(self->queues[0], &item),
        WEFT_SELECT_GET(self->queues[2], &item),
        WEFT_SELECT_EVENT(&self->event),
    };
    (void)call;
    if (!got(weft_select_timed(takes, 3, &chosen, A_WHILE)) || chosen == 2)
        return;
    must(item == self);
    must_equal(weft_queue_task_done(self->queues[chosen * 2]), WEFT_OK);
    self->taken++;
}

static void change_queue(void *world, const struct call *call)
{
    struct together *self = world;
    weft_queue *queue = self->queues[call->one % QUEUES];
    if (call->two % 3 == 0)
        must_equal(weft_queue_clear(queue, NULL), WEFT_OK);
    else if (call->two % 3 == 1)
        must_equal(weft_queue_set_maxsize(queue, 1 + call->three % 4), WEFT_OK);
    else
        (void)got(weft_queue_join_timed(queue, A_WHILE));
}

/* ---- Cache, pool, threads ---- */

static weft_status compute(weft_key key, void *value_out, void *ctx)
{
    const unsigned char *bytes = key.bytes;
    int value = bytes[0] * 3;
    memcpy(value_out, &value, sizeof value);
    return *(const bool *)ctx ? WEFT_CANCELLED : WEFT_OK;
}

static void use_cache(void *world, const struct call *call)
{
    struct together *self = world;
    unsigned char byte = call->two % KEYS;
    int value = -1, right = byte * 3;
    bool in_vain = call->three % 4 == 0;
    weft_key key = WEFT_KEY(&byte, 1);
    weft_status status;
    if (call->one % 4 == 0) {
        must_equal(weft_cache_set(self->cache, key, &right), WEFT_OK);
    } else if (call->one % 4 == 1) {
        (void)weft_cache_remove(self->cache, key);
    } else if (call->one % 4 == 2) {
        status = weft_cache_get(self->cache, key, &value);
        must(status == WEFT_OK ? value == right : status == WEFT_NOT_FOUND);
    } else {
        status = weft_cache_get_or_compute(self->cache, key, &value, compute,
                                           &in_vain);
        must(status == WEFT_OK ? value == right : status == WEFT_CANCELLED);
    }
}

static void *count_task(void *arg)
{
    ((struct together *)arg)->ran++;
    return arg;
}

static void use_pool(void *world, const struct call *call)
{
    struct together *self = world;
    weft_future future;
    void *value = NULL;
    must_equal(weft_submit(self->pool, &future, count_task, self), WEFT_OK);
    bool cancelled =
        call->one % 3 == 0 && weft_future_cancel(&future) == WEFT_OK;
    if (cancelled) {
        must_equal(weft_future_result(&future, &value), WEFT_CANCELLED);
        return;
    }
    while (call->one % 3 == 1 &&
           weft_future_result_timed(&future, &value, A_WHILE) != WEFT_OK)
        ;
    must_equal(weft_future_result(&future, &value), WEFT_OK);
    must(value == self);
    self->accepted++;
}

static void use_thread(void *world, const struct call *call)
{
    struct together *self = world;
    weft_thread thread = WEFT_THREAD(count_task, self);
    must_equal(weft_thread_start(&thread), WEFT_OK);
    if (call->one % 2 == 0)
        (void)got(weft_thread_join_timed(&thread, A_WHILE));
    must_equal(weft_thread_join(&thread), WEFT_OK);
    must(weft_thread_result(&thread) == self);
    self->accepted++;
}

static void use_timer(void *world, const struct call *call)
{
    struct together *self = world;
    weft_timer timer =
        WEFT_TIMER(call->one % 2 == 0 ? 0 : A_WHILE, count_task, self);
    must_equal(weft_timer_start(&timer), WEFT_OK);
    must_equal(weft_timer_join(&timer), WEFT_OK);
    self->accepted++;
}

const struct operation together_operations[] = {
    {"lock", use_lock},
    {"rlock", use_rlock},
    {"read", read_shared},
    {"write", write_shared},
    {"wait", wait_for_notice},
    {"notify", notify},
    {"semaphore", use_semaphore},
    {"bounded semaphore", use_bounded},
    {"event", use_event},
    {"latch", use_latch},
    {"once", use_once},
    {"barrier", use_barrier},
    {"put", put},
    {"put", put},
    {"get", get},
    {"get", get},
    {"select", move},
    {"queue", change_queue},
    {"cache", use_cache},
    {"cache", use_cache},
    {"pool", use_pool},
    {"thread", use_thread},
    {"timer", use_timer},
};
const unsigned together_count =
    sizeof together_operations / sizeof *together_operations;
