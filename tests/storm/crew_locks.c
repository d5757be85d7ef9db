/* SPDX-License-Identifier: MIT */

/*
 * Locks of all kinds, taken in all ways: who is inside is alone there, or reads
 * what nobody changes. The guarded numbers are plain, so that a sanitizer sees
 * who is not.
 */

#include "storm.h"

enum { TURNS = 60 / SLOWER };

struct guarded {
    long first, second; /* equal, but while somebody writes */
};

typedef struct locks_job {
    weft_lock lock;
    weft_rlock rlock;
    weft_rwlock rwlock;
    struct guarded by_lock, by_rlock, by_rwlock;
    atomic_long written[3];
} locks_job;

static void change(struct guarded *guarded, struct dice *dice)
{
    must(guarded->first == guarded->second);
    guarded->first++;
    if (once_in(dice, 30))
        weft_sleep(short_while(dice));
    guarded->second++;
}

static bool timed_ok(weft_status status)
{
    must(status == WEFT_OK || status == WEFT_TIMED_OUT);
    return status == WEFT_OK;
}

static bool tried_ok(weft_status status)
{
    must(status == WEFT_OK || status == WEFT_BUSY);
    return status == WEFT_OK;
}

static bool take_lock(weft_lock *lock, struct dice *dice)
{
    switch (roll(dice, 4)) {
    case 0:
        return tried_ok(weft_lock_try_acquire(lock));
    case 1:
        return timed_ok(weft_lock_acquire_timed(lock, short_while(dice)));
    default:
        weft_lock_acquire(lock);
        return true;
    }
}

static void use_lock(locks_job *job, struct dice *dice)
{
    if (!take_lock(&job->lock, dice))
        return;
    change(&job->by_lock, dice);
    job->written[0]++;
    must(weft_lock_locked(&job->lock));
    must(weft_lock_release(&job->lock) == WEFT_OK);
}

static bool take_rlock(weft_rlock *rlock, struct dice *dice)
{
    switch (roll(dice, 4)) {
    case 0:
        return tried_ok(weft_rlock_try_acquire(rlock));
    case 1:
        return timed_ok(weft_rlock_acquire_timed(rlock, short_while(dice)));
    default:
        weft_rlock_acquire(rlock);
        return true;
    }
}

static void use_rlock(locks_job *job, struct dice *dice)
{
    unsigned levels = 0, wanted = 1 + roll(dice, 3);
    if (!take_rlock(&job->rlock, dice))
        return;
    while (++levels < wanted)
        must(take_rlock(&job->rlock, dice));
    must(weft_rlock_level(&job->rlock) == levels);
    change(&job->by_rlock, dice);
    job->written[1]++;
    for (; levels > 0; levels--)
        must(weft_rlock_release(&job->rlock) == WEFT_OK);
    must(weft_rlock_level(&job->rlock) == 0);
}

static bool take_for_reading(weft_rwlock *rwlock, struct dice *dice)
{
    switch (roll(dice, 4)) {
    case 0:
        return tried_ok(weft_rwlock_try_acquire_read(rwlock));
    case 1:
        return timed_ok(
            weft_rwlock_acquire_read_timed(rwlock, short_while(dice)));
    default:
        weft_rwlock_acquire_read(rwlock);
        return true;
    }
}

static bool take_for_writing(weft_rwlock *rwlock, struct dice *dice)
{
    switch (roll(dice, 4)) {
    case 0:
        return tried_ok(weft_rwlock_try_acquire_write(rwlock));
    case 1:
        return timed_ok(
            weft_rwlock_acquire_write_timed(rwlock, short_while(dice)));
    default:
        weft_rwlock_acquire_write(rwlock);
        return true;
    }
}

static void read_to_the_end(locks_job *job, struct dice *dice)
{
    long before = job->by_rwlock.first;
    must(before == job->by_rwlock.second);
    if (once_in(dice, 30))
        weft_sleep(short_while(dice));
    must(before == job->by_rwlock.first);
    must(weft_rwlock_release_read(&job->rwlock) == WEFT_OK);
}

static void use_rwlock(locks_job *job, struct dice *dice)
{
    if (!once_in(dice, 3)) {
        if (take_for_reading(&job->rwlock, dice))
            read_to_the_end(job, dice);
        return;
    }
    if (!take_for_writing(&job->rwlock, dice))
        return;
    change(&job->by_rwlock, dice);
    job->written[2]++;
    if (once_in(dice, 3)) {
        must(weft_rwlock_downgrade(&job->rwlock) == WEFT_OK);
        read_to_the_end(job, dice);
    } else {
        must(weft_rwlock_release_write(&job->rwlock) == WEFT_OK);
    }
}

static void use_locks(member *self)
{
    void (*const uses[])(locks_job *, struct dice *) = {use_lock, use_rlock,
                                                        use_rwlock};
    for (int i = 0; i < TURNS; i++)
        uses[roll(&self->dice, 3)](self->job, &self->dice);
}

void locks_round(struct dice *dice)
{
    locks_job job = {.by_lock = {0, 0}};
    run_team(2 + roll(dice, 4), use_locks, &job, dice);
    must(job.by_lock.first == job.written[0]);
    must(job.by_rlock.first == job.written[1]);
    must(job.by_rwlock.first == job.written[2]);
    must(!weft_lock_locked(&job.lock));
    must(!weft_rlock_locked(&job.rlock));
    must(!weft_rwlock_locked(&job.rwlock));
}

/* ---- A buffer made of a lock and conditions ---- */

enum { ROOM = 3, EACH = 30 / SLOWER };

typedef struct conditions_job {
    bool reentrant;
    weft_lock lock;
    weft_rlock rlock;
    weft_condition changed;
    unsigned buffered, to_put, to_take;
    unsigned long sum_in, sum_out;
    unsigned long items[ROOM];
} conditions_job;

static void enter(conditions_job *job)
{
    if (!job->reentrant) {
        weft_lock_acquire(&job->lock);
        return;
    }
    weft_rlock_acquire(&job->rlock);
    weft_rlock_acquire(&job->rlock);
}

static void leave(conditions_job *job)
{
    if (!job->reentrant) {
        must(weft_lock_release(&job->lock) == WEFT_OK);
        return;
    }
    must(weft_rlock_level(&job->rlock) == 2);
    must(weft_rlock_release(&job->rlock) == WEFT_OK);
    must(weft_rlock_release(&job->rlock) == WEFT_OK);
}

/* The third form of waiting, with a time-out, is the caller's own loop. */
static void wait_for(conditions_job *job, weft_predicate predicate,
                     struct dice *dice)
{
    weft_duration at_most = short_while(dice);
    unsigned way = roll(dice, 3);
    while (!predicate(job)) {
        weft_status status;
        if (way == 0)
            status = job->reentrant
                         ? weft_condition_wait(&job->changed, &job->rlock)
                         : weft_condition_wait(&job->changed, &job->lock);
        else if (way == 1)
            status = job->reentrant
                         ? weft_condition_wait_until(&job->changed, &job->rlock,
                                                     predicate, job)
                         : weft_condition_wait_until(&job->changed, &job->lock,
                                                     predicate, job);
        else
            status = job->reentrant
                         ? weft_condition_wait_timed(&job->changed, &job->rlock,
                                                     at_most)
                         : weft_condition_wait_timed(&job->changed, &job->lock,
                                                     at_most);
        must(status == WEFT_OK || (way == 2 && status == WEFT_TIMED_OUT));
        must(way != 1 || predicate(job));
    }
}

static bool has_room(void *arg)
{
    const conditions_job *job = arg;
    return job->buffered < ROOM || job->to_put == 0;
}

static bool has_item(void *arg)
{
    const conditions_job *job = arg;
    return job->buffered > 0 || job->to_take == 0;
}

static void put_all(conditions_job *job, struct dice *dice)
{
    enter(job);
    while (job->to_put > 0) {
        wait_for(job, has_room, dice);
        if (job->to_put == 0)
            break;
        unsigned long item = roll(dice, 1000);
        job->items[job->buffered++] = item;
        job->sum_in += item;
        job->to_put--;
        weft_condition_notify_all(&job->changed);
    }
    leave(job);
}

static void take_all(conditions_job *job, struct dice *dice)
{
    enter(job);
    while (job->to_take > 0) {
        wait_for(job, has_item, dice);
        if (job->to_take == 0)
            break;
        job->sum_out += job->items[--job->buffered];
        job->to_take--;
        weft_condition_notify_all(&job->changed);
    }
    leave(job);
}

static void use_conditions(member *self)
{
    if (self->index % 2 == 0)
        put_all(self->job, &self->dice);
    else
        take_all(self->job, &self->dice);
}

void conditions_round(struct dice *dice)
{
    conditions_job job = {.reentrant = once_in(dice, 2)};
    job.to_put = job.to_take = EACH;
    run_team(2 + roll(dice, 4), use_conditions, &job, dice);
    must(job.to_put == 0 && job.to_take == 0 && job.buffered == 0);
    must(job.sum_in == job.sum_out);
}
