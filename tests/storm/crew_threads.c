/* SPDX-License-Identifier: MIT */

/*
 * Threads that come and go: joined, spawned, stopped, failed, foreign; with
 * values of their own, as many of which are destroyed as were made. And timers,
 * which fire once, or not at all.
 */

#include "storm.h"

#include <pthread.h>
#include <string.h>

enum { TURNS = 12, TIMERS = 8 };

typedef struct threads_job {
    weft_local local;
    atomic_long constructed, destroyed;
    atomic_uint spawned, ended;
} threads_job;

/* ---- Locals ---- */

struct value {
    threads_job *job;
    unsigned long uses;
};

static weft_status construct(void *memory, void *arg)
{
    struct value *value = memory;
    must(value->job == NULL && value->uses == 0);
    value->job = arg;
    value->job->constructed++;
    return WEFT_OK;
}

/* Perhaps before its first use, if there was no memory to keep it in. */
static void destroy(void *memory)
{
    struct value *value = memory;
    must(value->job != NULL);
    value->job->destroyed++;
}

static void use_local(threads_job *job)
{
    struct value *own = weft_local_get(&job->local);
    if (own == NULL)
        return; /* out of memory */
    must(own->job == job);
    own->uses++;
}

/* ---- Threads ---- */

static void *run_shortly(void *arg)
{
    use_local(arg);
    return arg;
}

static void *run_spawned(void *arg)
{
    threads_job *job = arg;
    must(weft_current_thread() != weft_main_thread());
    job->ended++;
    return NULL;
}

static void *fail(void *arg)
{
    use_local(arg);
    return weft_fail(11, "meant to");
}

static void *sleep_until_stopped(void *arg)
{
    weft_event never = {0};
    threads_job *job = arg;
    use_local(job);
    must(weft_event_wait(&never) == WEFT_STOPPED);
    must(weft_sleep(WEFT_FOREVER) == WEFT_STOPPED);
    must(weft_stopping());
    return NULL;
}

static bool starts(weft_thread *thread)
{
    weft_status status = weft_thread_start(thread);
    must(status == WEFT_OK || status == WEFT_NO_THREADS);
    return status == WEFT_OK;
}

static void join_one(threads_job *job, struct dice *dice)
{
    weft_thread thread = WEFT_THREAD(run_shortly, job);
    if (!starts(&thread))
        return;
    while (once_in(dice, 2) &&
           weft_thread_join_timed(&thread, short_while(dice)) != WEFT_OK)
        ;
    must(weft_thread_join(&thread) == WEFT_OK);
    must(weft_thread_result(&thread) == job);
    must(!weft_thread_is_alive(&thread));
}

static void join_failed(threads_job *job, struct dice *dice)
{
    weft_thread thread = WEFT_THREAD(fail, job, .name = "meant to fail");
    (void)dice;
    if (!starts(&thread))
        return;
    must(weft_thread_join(&thread) == WEFT_FAILED);
    must(weft_thread_error(&thread)->code == 11);
    must(strcmp(weft_thread_error(&thread)->message, "meant to") == 0);
}

static void stop_one(threads_job *job, struct dice *dice)
{
    weft_thread thread = WEFT_THREAD(sleep_until_stopped, job);
    if (!starts(&thread))
        return;
    if (once_in(dice, 2))
        weft_sleep(short_while(dice));
    must(weft_thread_stop(&thread) == WEFT_OK);
    must(weft_thread_join(&thread) == WEFT_OK);
}

static void spawn_one(threads_job *job, struct dice *dice)
{
    weft_status status =
        weft_spawn(run_spawned, job, .daemon = once_in(dice, 2));
    must(status == WEFT_OK || status == WEFT_NO_THREADS ||
         status == WEFT_NO_MEMORY);
    job->spawned += status == WEFT_OK;
}

static void run_foreign(threads_job *job, struct dice *dice)
{
    pthread_t thread;
    (void)dice;
    if (pthread_create(&thread, NULL, run_shortly, job) == 0)
        must(pthread_join(thread, NULL) == 0);
}

static void enumerate(threads_job *job, struct dice *dice)
{
    weft_thread_info infos[32];
    (void)job;
    size_t n = weft_enumerate(infos, roll(dice, 33));
    must(n > 1);
}

static void use_threads(member *self)
{
    void (*const uses[])(threads_job *, struct dice *) = {
        join_one, join_failed, stop_one, spawn_one, run_foreign, enumerate};
    for (int i = 0; i < TURNS; i++) {
        uses[roll(&self->dice, 6)](self->job, &self->dice);
        use_local(self->job);
    }
}

void threads_round(struct dice *dice)
{
    threads_job job = {.spawned = 0};
    job.local = (weft_local)WEFT_LOCAL(struct value, .construct = construct,
                                       .arg = &job, .destroy = destroy);
    run_team(1 + roll(dice, 3), use_threads, &job, dice);
    while (job.ended < job.spawned)
        weft_sleep(WEFT_US(100));
    weft_local_destroy(&job.local);
    must(job.constructed == job.destroyed);
}

/* ---- Timers ---- */

typedef struct timers_job {
    weft_timer timers[TIMERS];
    atomic_uint fired[TIMERS];
} timers_job;

static void *fire(void *arg)
{
    atomic_uint *fired = arg;
    ++*fired;
    return NULL;
}

static void check_timer(timers_job *job, int i, bool cancelled)
{
    weft_timer *timer = &job->timers[i];
    must(weft_timer_join(timer) == WEFT_OK);
    must(!weft_timer_is_pending(timer));
    unsigned fired = job->fired[i];
    must(timer->repeat || fired <= 1);
    must(cancelled || fired == 1);
}

void timers_round(struct dice *dice)
{
    timers_job job = {.fired = {0}};
    bool started[TIMERS], cancelled[TIMERS];
    for (int i = 0; i < TIMERS; i++) {
        bool repeat = once_in(dice, 4);
        job.timers[i] = (weft_timer)WEFT_TIMER(
            (repeat ? WEFT_US(50) : 0) + 5 * short_while(dice), fire,
            &job.fired[i], .repeat = repeat, .daemon = once_in(dice, 3));
        weft_status status = weft_timer_start(&job.timers[i]);
        must(status == WEFT_OK || status == WEFT_NO_MEMORY ||
             status == WEFT_NO_THREADS);
        started[i] = status == WEFT_OK;
        if (once_in(dice, 2))
            weft_sleep(short_while(dice));
    }
    for (int i = 0; i < TIMERS; i++) {
        cancelled[i] = job.timers[i].repeat || once_in(dice, 3);
        if (started[i] && cancelled[i])
            must(weft_timer_cancel(&job.timers[i]) == WEFT_OK);
    }
    for (int i = 0; i < TIMERS; i++)
        if (started[i])
            check_timer(&job, i, cancelled[i]);
}
