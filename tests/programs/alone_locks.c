/* SPDX-License-Identifier: MIT */

/* One thread's calls of locks, semaphores and what threads meet at: whatever
 * would have to wait is asked to give up at once. */

#include "programs.h"

void lock_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    bool held = self->lock_held;
    switch (call->one % 5) {
    case 0:
        must_answer(held ? WEFT_BUSY : WEFT_OK,
                    weft_lock_try_acquire(&self->lock));
        self->lock_held = true;
        break;
    case 1:
        must_answer(held ? WEFT_TIMED_OUT : WEFT_OK,
                    weft_lock_acquire_timed(&self->lock, call->two));
        self->lock_held = true;
        break;
    case 2:
        if (!held)
            weft_lock_acquire(&self->lock);
        self->lock_held = true;
        break;
    case 3:
        if (held)
            must_answer(WEFT_OK, weft_lock_release(&self->lock));
        else
            must_refuse(WEFT_NOT_OWNER, weft_lock_release(&self->lock));
        self->lock_held = false;
        break;
    default:
        WEFT_WITH(&self->rlock)
            must_equal(weft_rlock_level(&self->rlock), self->rlock_level + 1);
    }
    must_equal(weft_lock_locked(&self->lock), self->lock_held);
}

void rlock_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    switch (call->one % 4) {
    case 0:
        must_answer(WEFT_OK, weft_rlock_try_acquire(&self->rlock));
        self->rlock_level++;
        break;
    case 1:
        must_answer(WEFT_OK,
                    weft_rlock_acquire_timed(&self->rlock, call->two - 100));
        self->rlock_level++;
        break;
    case 2:
        weft_rlock_acquire(&self->rlock);
        self->rlock_level++;
        break;
    default:
        if (self->rlock_level == 0) {
            must_refuse(WEFT_NOT_OWNER, weft_rlock_release(&self->rlock));
            break;
        }
        must_answer(WEFT_OK, weft_rlock_release(&self->rlock));
        self->rlock_level--;
    }
    must_equal(weft_rlock_level(&self->rlock), self->rlock_level);
    must_equal(weft_rlock_locked(&self->rlock), self->rlock_level > 0);
}

static void release_rwlock(struct alone *self, bool write)
{
    if (write) {
        if (self->writing)
            must_answer(WEFT_OK, weft_rwlock_release_write(&self->rwlock));
        else
            must_refuse(WEFT_NOT_OWNER,
                        weft_rwlock_release_write(&self->rwlock));
        self->writing = false;
    } else if (self->readers > 0) {
        must_answer(WEFT_OK, weft_rwlock_release_read(&self->rwlock));
        self->readers--;
    } else {
        must_refuse(WEFT_NOT_OWNER, weft_rwlock_release_read(&self->rwlock));
    }
}

static void downgrade(struct alone *self)
{
    if (!self->writing) {
        must_refuse(WEFT_NOT_OWNER, weft_rwlock_downgrade(&self->rwlock));
        return;
    }
    must_answer(WEFT_OK, weft_rwlock_downgrade(&self->rwlock));
    self->writing = false;
    self->readers = 1;
}

void rwlock_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    bool read = !self->writing, write = read && self->readers == 0;
    switch (call->one % 7) {
    case 0:
        must_answer(read ? WEFT_OK : WEFT_BUSY,
                    weft_rwlock_try_acquire_read(&self->rwlock));
        self->readers += read;
        break;
    case 1:
        must_answer(read ? WEFT_OK : WEFT_TIMED_OUT,
                    weft_rwlock_acquire_read_timed(&self->rwlock, call->two));
        self->readers += read;
        break;
    case 2:
        must_answer(write ? WEFT_OK : WEFT_BUSY,
                    weft_rwlock_try_acquire_write(&self->rwlock));
        self->writing = self->writing || write;
        break;
    case 3:
        must_answer(write ? WEFT_OK : WEFT_TIMED_OUT,
                    weft_rwlock_acquire_write_timed(&self->rwlock, call->two));
        self->writing = self->writing || write;
        break;
    case 4:
        downgrade(self);
        break;
    default:
        release_rwlock(self, call->one % 7 == 5);
    }
    must_equal(weft_rwlock_locked(&self->rwlock),
               self->writing || self->readers > 0);
}

static bool is_no(void *arg)
{
    (void)arg;
    return false;
}

void condition_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    weft_condition *condition = &self->condition;
    switch (call->one % 4) {
    case 0:
        if (self->lock_held)
            must_answer(WEFT_TIMED_OUT, weft_condition_wait_timed(
                                            condition, &self->lock, call->two));
        else
            must_refuse(WEFT_NOT_OWNER,
                        weft_condition_wait(condition, &self->lock));
        break;
    case 1:
        if (self->rlock_level > 0)
            must_answer(WEFT_TIMED_OUT,
                        weft_condition_wait_until_timed(
                            condition, &self->rlock, is_no, NULL, call->two));
        else
            must_refuse(WEFT_NOT_OWNER,
                        weft_condition_wait(condition, &self->rlock));
        break;
    case 2:
        weft_condition_notify(condition, call->two);
        break;
    default:
        weft_condition_notify_all(condition);
    }
    must_equal(weft_lock_locked(&self->lock), self->lock_held);
    must_equal(weft_rlock_level(&self->rlock), self->rlock_level);
}

static void release_permits(struct alone *self, uint32_t n)
{
    if (n == 0)
        must_refuse(WEFT_INVALID, weft_semaphore_release(&self->semaphore, n));
    else if (n > WEFT_SEMAPHORE_MAX - self->permits)
        must_refuse(WEFT_OVERFLOW, weft_semaphore_release(&self->semaphore, n));
    else
        must_answer(WEFT_OK, weft_semaphore_release(&self->semaphore, n));
    if (n <= WEFT_SEMAPHORE_MAX - self->permits)
        self->permits += n;
}

void semaphore_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    bool can = self->permits > 0;
    switch (call->one % 5) {
    case 0:
        must_answer(can ? WEFT_OK : WEFT_BUSY,
                    weft_semaphore_try_acquire(&self->semaphore));
        self->permits -= can;
        break;
    case 1:
        must_answer(can ? WEFT_OK : WEFT_TIMED_OUT,
                    weft_semaphore_acquire_timed(&self->semaphore, call->two));
        self->permits -= can;
        break;
    case 2:
        if (can)
            weft_semaphore_acquire(&self->semaphore);
        self->permits -= can;
        break;
    case 3:
        release_permits(self, call->two % 4);
        break;
    default:
        release_permits(self, UINT32_MAX >> call->two % 8);
    }
    must_equal(weft_semaphore_value(&self->semaphore), self->permits);
}

void bounded_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    bool can = self->bounded_permits > 0;
    uint32_t n = call->two % 5;
    switch (call->one % 3) {
    case 0:
        must_answer(can ? WEFT_OK : WEFT_BUSY,
                    weft_bounded_semaphore_try_acquire(&self->bounded));
        self->bounded_permits -= can;
        break;
    case 1:
        must_answer(
            can ? WEFT_OK : WEFT_TIMED_OUT,
            weft_bounded_semaphore_acquire_timed(&self->bounded, call->two));
        self->bounded_permits -= can;
        break;
    default:
        if (n == 0 || n > 3 - self->bounded_permits) {
            must_refuse(n == 0 ? WEFT_INVALID : WEFT_OVERFLOW,
                        weft_bounded_semaphore_release(&self->bounded, n));
            break;
        }
        must_answer(WEFT_OK, weft_bounded_semaphore_release(&self->bounded, n));
        self->bounded_permits += n;
    }
    must_equal(weft_bounded_semaphore_value(&self->bounded),
               self->bounded_permits);
}

void event_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    bool set = self->event_set;
    switch (call->one % 5) {
    case 0:
        must_answer(WEFT_OK, weft_event_set(&self->event));
        self->event_set = true;
        break;
    case 1:
        must_answer(WEFT_OK, weft_event_clear(&self->event));
        self->event_set = false;
        break;
    case 2:
        must_answer(set ? WEFT_OK : WEFT_BUSY,
                    weft_event_try_wait(&self->event));
        break;
    case 3:
        must_answer(set ? WEFT_OK : WEFT_TIMED_OUT,
                    weft_event_wait_timed(&self->event, call->two));
        break;
    default:
        must_refuse(WEFT_INVALID, weft_event_set(NULL));
        must_refuse(WEFT_INVALID, weft_event_wait(NULL));
    }
    must_equal(weft_event_is_set(&self->event), self->event_set);
}

void latch_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    uint32_t n = call->two % 4;
    bool open = self->pending == 0;
    switch (call->one % 3) {
    case 0:
        if (n > self->pending) {
            must_refuse(WEFT_OVERFLOW, weft_latch_count_down(&self->latch, n));
            break;
        }
        must_answer(WEFT_OK, weft_latch_count_down(&self->latch, n));
        self->pending -= n;
        break;
    case 1:
        must_answer(open ? WEFT_OK : WEFT_BUSY,
                    weft_latch_try_wait(&self->latch));
        break;
    default:
        must_answer(open ? WEFT_OK : WEFT_TIMED_OUT,
                    weft_latch_wait_timed(&self->latch, call->two));
    }
    must_equal(weft_latch_pending(&self->latch), self->pending);
}

static void call_again(void *arg)
{
    struct alone *self = arg;
    self->once_runs++;
    must_refuse(WEFT_DEADLOCK, weft_call_once(&self->once, call_again, self));
}

void once_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    (void)call;
    must_equal(weft_once_done(&self->once), self->once_runs == 1);
    must_equal(weft_call_once(&self->once, call_again, self), WEFT_OK);
    must_equal(self->once_runs, 1);
    must(weft_once_done(&self->once));
}

void barrier_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    unsigned index = 99;
    switch (call->one % 4) {
    case 0:
        must_answer(self->barrier_broken ? WEFT_BROKEN : WEFT_TIMED_OUT,
                    weft_barrier_wait_timed(&self->barrier, &index, call->two));
        self->barrier_broken = true;
        break;
    case 1:
        must_answer(WEFT_OK, weft_barrier_abort(&self->barrier));
        self->barrier_broken = true;
        break;
    case 2:
        must_answer(WEFT_OK, weft_barrier_reset(&self->barrier));
        self->barrier_broken = false;
        break;
    default: {
        weft_barrier single = WEFT_BARRIER(1);
        must_answer(WEFT_OK, weft_barrier_wait(&single, &index));
        must_equal(index, 0);
    }
    }
    must_equal(weft_barrier_broken(&self->barrier), self->barrier_broken);
    must_equal(weft_barrier_n_waiting(&self->barrier), 0);
}
