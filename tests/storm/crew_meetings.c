/* SPDX-License-Identifier: MIT */

/*
 * Semaphores, whose permits are conserved; and what threads meet at: events,
 * barriers, latches, a function that is run once.
 */

#include "storm.h"

enum { TURNS = 60 / SLOWER };

typedef struct permits_job {
    unsigned permits;
    weft_semaphore semaphore;
    weft_bounded_semaphore bounded;
    atomic_uint inside, inside_bounded;
    weft_semaphore handed; /* from the even members to the odd ones */
    atomic_int to_hand, to_take;
} permits_job;

static void be_inside(atomic_uint *inside, unsigned most, struct dice *dice)
{
    must(++*inside <= most);
    if (once_in(dice, 20))
        weft_sleep(short_while(dice));
    --*inside;
}

static bool take_permit(weft_semaphore *semaphore, struct dice *dice)
{
    weft_status status = WEFT_OK;
    unsigned way = roll(dice, 4);
    if (way == 0)
        status = weft_semaphore_try_acquire(semaphore);
    else if (way == 1)
        status = weft_semaphore_acquire_timed(semaphore, short_while(dice));
    else
        weft_semaphore_acquire(semaphore);
    must(status == WEFT_OK || (way == 0 && status == WEFT_BUSY) ||
         (way == 1 && status == WEFT_TIMED_OUT));
    return status == WEFT_OK;
}

static void use_bounded(permits_job *job, struct dice *dice)
{
    WEFT_WITH(&job->bounded)
        be_inside(&job->inside_bounded, job->permits, dice);
}

static void hand_some(permits_job *job, struct dice *dice)
{
    int some = 1 + (int)roll(dice, 3);
    int left = job->to_hand;
    if (some > left)
        some = left;
    if (some > 0 &&
        atomic_compare_exchange_strong(&job->to_hand, &left, left - some))
        must(weft_semaphore_release(&job->handed, (uint32_t)some) == WEFT_OK);
}

/* All are handed in the end, so that waiting for one is safe. */
static void take_one(permits_job *job, struct dice *dice)
{
    int left = job->to_take;
    if (left <= 0 ||
        !atomic_compare_exchange_strong(&job->to_take, &left, left - 1))
        return;
    while (!take_permit(&job->handed, dice))
        ;
}

static void use_permits(member *self)
{
    permits_job *job = self->job;
    for (int i = 0; i < TURNS; i++) {
        if (take_permit(&job->semaphore, &self->dice)) {
            be_inside(&job->inside, job->permits, &self->dice);
            must(weft_semaphore_release(&job->semaphore, 1) == WEFT_OK);
        }
        use_bounded(job, &self->dice);
        if (self->index % 2 == 0)
            hand_some(job, &self->dice);
        else
            take_one(job, &self->dice);
    }
    while (self->index % 2 == 0 && job->to_hand > 0)
        hand_some(job, &self->dice);
}

void permits_round(struct dice *dice)
{
    unsigned permits = 1 + roll(dice, 3);
    permits_job job = {
        .permits = permits,
        .semaphore = WEFT_SEMAPHORE(permits),
        .bounded = WEFT_BOUNDED_SEMAPHORE(permits),
    };
    job.to_hand = job.to_take = TURNS;
    run_team(2 + roll(dice, 4), use_permits, &job, dice);
    must(weft_semaphore_value(&job.semaphore) == permits);
    must(weft_bounded_semaphore_value(&job.bounded) == permits);
    must(weft_semaphore_value(&job.handed) == (uint32_t)job.to_take);
}

/* ---- Meetings ---- */

enum { LAPS = 6 };

typedef struct meetings_job {
    unsigned n;
    weft_event turn[MOST_MEMBERS];
    weft_event pulse;
    weft_barrier barrier, timed;
    unsigned actions;
    atomic_uint here[LAPS];
    atomic_uint met, missed, broken;
    weft_latch latch;
    unsigned told[MOST_MEMBERS];
    weft_once once;
    unsigned runs;
} meetings_job;

static void *count_action(void *arg)
{
    ((meetings_job *)arg)->actions++;
    return NULL;
}

static void count_run(void *arg)
{
    ((meetings_job *)arg)->runs++;
}

static void wait_for_event(weft_event *event, struct dice *dice)
{
    weft_status status;
    do
        status = once_in(dice, 2)
                     ? weft_event_wait(event)
                     : weft_event_wait_timed(event, short_while(dice));
    while (status == WEFT_TIMED_OUT);
    must(status == WEFT_OK);
}

/* A ring: each waits for its turn, then gives it to the next. */
static void take_turns(member *self, meetings_job *job)
{
    for (unsigned lap = 0; lap < LAPS; lap++) {
        weft_event *own = &job->turn[self->index];
        if (self->index > 0 || lap > 0)
            wait_for_event(own, &self->dice);
        must(weft_event_clear(own) == WEFT_OK);
        must(weft_event_set(&job->turn[(self->index + 1) % job->n]) == WEFT_OK);
    }
}

static void meet(member *self, meetings_job *job)
{
    for (unsigned lap = 0; lap < LAPS; lap++) {
        unsigned index = job->n;
        if (once_in(&self->dice, 10))
            weft_sleep(short_while(&self->dice));
        must(weft_barrier_wait(&job->barrier, &index) == WEFT_OK);
        must(index < job->n);
        must((atomic_fetch_or(&job->here[lap], 1U << index) & 1U << index) ==
             0);
        must(job->actions > lap);
        must(weft_barrier_wait(&job->barrier, NULL) == WEFT_OK);
        must(job->here[lap] == (1U << job->n) - 1);
    }
}

/* Either all meet, or nobody does. */
static void perhaps_meet(member *self, meetings_job *job)
{
    weft_duration at_most = 10 * short_while(&self->dice);
    switch ((int)weft_barrier_wait_timed(&job->timed, NULL, at_most)) {
    case WEFT_OK:
        job->met++;
        break;
    case WEFT_TIMED_OUT:
        job->missed++;
        break;
    case WEFT_BROKEN:
        job->broken++;
        break;
    default:
        fail_storm(__FILE__, __LINE__, "it is an answer of a barrier");
    }
}

static void see_all_told(member *self, meetings_job *job)
{
    job->told[self->index] = 1;
    must(weft_latch_count_down(&job->latch, 1) == WEFT_OK);
    weft_status status;
    do
        status = weft_latch_wait_timed(&job->latch, short_while(&self->dice));
    while (status == WEFT_TIMED_OUT);
    must(status == WEFT_OK);
    for (unsigned i = 0; i < job->n; i++)
        must(job->told[i] == 1);
}

static void attend(member *self)
{
    meetings_job *job = self->job;
    must(weft_call_once(&job->once, count_run, job) == WEFT_OK);
    must(job->runs == 1);
    take_turns(self, job);
    meet(self, job);
    perhaps_meet(self, job);
    see_all_told(self, job);
    if (self->index == 0)
        must(weft_event_set(&job->pulse) == WEFT_OK);
    else
        wait_for_event(&job->pulse, &self->dice);
}

void meetings_round(struct dice *dice)
{
    unsigned n = 2 + roll(dice, 4);
    meetings_job job = {.n = n, .latch = WEFT_LATCH(n)};
    job.barrier =
        (weft_barrier)WEFT_BARRIER(n, .action = count_action, .arg = &job);
    job.timed = (weft_barrier)WEFT_BARRIER(n);
    run_team(n, attend, &job, dice);
    must(job.met == n || (job.met == 0 && job.missed > 0));
    must(job.met + job.missed + job.broken == n);
    must(weft_barrier_broken(&job.timed) == (job.met == 0));
    must(weft_barrier_reset(&job.timed) == WEFT_OK);
    must(!weft_barrier_broken(&job.timed));
    must(weft_barrier_n_waiting(&job.barrier) == 0);
    must(job.actions == 2 * LAPS);
}
