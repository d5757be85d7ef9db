/* SPDX-License-Identifier: MIT */

/*
 * Signals, whose handlers set events and release semaphores, and forks, from
 * many threads while locks are busy. Every signal that a member gets gives one
 * permit; every child finds itself alone, and weft in order.
 */

#include "storm.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TURNS = 40 / SLOWER, LONGEST_WAIT = 20000 /* turns of 1 ms */ };

/* ---- Signals ---- */

static weft_semaphore given;
static weft_event pulse;
static weft_bounded_semaphore bounded = WEFT_BOUNDED_SEMAPHORE(2);
static atomic_ulong handled, taken;

static void handle(int number)
{
    int before = errno;
    errno = number;
    if (weft_bounded_semaphore_try_acquire(&bounded) == WEFT_OK)
        must(weft_bounded_semaphore_release(&bounded, 1) == WEFT_OK);
    must(weft_event_set(&pulse) == WEFT_OK);
    must(weft_monotonic() > 0);
    handled++;
    must(weft_semaphore_release(&given, 1) == WEFT_OK);
    must(errno == number);
    errno = before;
}

/* Signals any thread that there is, whatever it does. One that is gone by then
 * is no error, and one that ends first handles nothing. */
static void signal_some(struct dice *dice)
{
    weft_thread_info infos[64];
    size_t n = weft_enumerate(infos, 64);
    long id = infos[roll(dice, n < 64 ? (unsigned)n : 64)].native_id;
    if (id != 0)
        (void)syscall(SYS_tgkill, getpid(), id, SIGUSR1);
}

static bool take_given(weft_duration at_most)
{
    weft_status status = weft_semaphore_acquire_timed(&given, at_most);
    must(status == WEFT_OK || status == WEFT_TIMED_OUT);
    taken += status == WEFT_OK;
    return status == WEFT_OK;
}

static void use_signals(member *self)
{
    for (int i = 0; i < TURNS; i++) {
        if (fault_happens(FAULT_SIGNALS))
            signal_some(&self->dice);
        take_given(short_while(&self->dice));
        must(weft_event_clear(&pulse) == WEFT_OK);
        (void)weft_event_wait_timed(&pulse, short_while(&self->dice));
    }
}

/* One at a time, as the signals are those of the whole process. A handler that
 * still runs has counted more than it has given. */
void signals_round(struct dice *dice)
{
    static weft_lock only_one;
    if (!fault_allowed(FAULT_SIGNALS)) {
        weft_sleep(WEFT_MS(50));
        return;
    }
    WEFT_WITH(&only_one) {
        struct sigaction action = {.sa_handler = handle};
        sigemptyset(&action.sa_mask);
        must(sigaction(SIGUSR1, &action, NULL) == 0);
        run_team(3, use_signals, NULL, dice);
        while (taken < handled)
            (void)take_given(WEFT_MS(1));
        must(weft_bounded_semaphore_value(&bounded) <= 2);
    }
}

/* ---- Forks ---- */

typedef struct forks_job {
    weft_lock lock;
    weft_condition condition;
    weft_queue *queue;
    weft_cache *cache;
} forks_job;

static void *answer(void *arg)
{
    return arg;
}

static void use_threads_in_child(void)
{
    int number = 0;
    void *value = NULL;
    weft_future future;
    weft_thread thread = WEFT_THREAD(answer, &number);
    must(weft_thread_start(&thread) == WEFT_OK);
    must(weft_thread_join(&thread) == WEFT_OK);
    weft_pool *pool = weft_pool_create(.workers = 2);
    must(pool != NULL);
    must(weft_submit(pool, &future, answer, &number) == WEFT_OK);
    must(weft_future_result(&future, &value) == WEFT_OK && value == &number);
    must(weft_pool_destroy(pool) == WEFT_OK);
}

static void use_queue_in_child(void)
{
    int number = 0;
    weft_queue *queue = weft_queue_create(sizeof(int), .maxsize = 1);
    must(queue != NULL);
    must(weft_queue_put(queue, &number) == WEFT_OK);
    must(weft_queue_try_put(queue, &number) == WEFT_FULL);
    must(weft_queue_get(queue, &number) == WEFT_OK);
    must(weft_queue_destroy(queue) == WEFT_OK);
}

_Noreturn static void be_child(forks_job *job)
{
    calm_weather();
    signal(SIGUSR1, SIG_IGN);
    must(weft_active_count() == 1);
    must(weft_current_thread() == weft_main_thread());
    weft_lock_reinit(&job->lock);
    weft_lock_acquire(&job->lock);
    weft_condition_notify_all(&job->condition);
    must(weft_condition_wait_timed(&job->condition, &job->lock, WEFT_US(1)) ==
         WEFT_TIMED_OUT);
    must(weft_lock_release(&job->lock) == WEFT_OK);
    use_queue_in_child();
    if (!SANITIZED)
        use_threads_in_child();
    _exit(EXIT_SUCCESS);
}

static void wait_for_child(pid_t child)
{
    int status, turns = 0;
    pid_t ended;
    while ((ended = waitpid(child, &status, WNOHANG)) != child) {
        must(ended == 0 || errno == EINTR);
        weft_sleep(WEFT_MS(1));
        if (++turns == LONGEST_WAIT)
            kill(child, SIGABRT);
        must(turns < LONGEST_WAIT);
    }
    must(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS);
}

static void fork_here(forks_job *job)
{
    pid_t child = fork();
    must(child >= 0);
    if (child == 0)
        be_child(job);
    wait_for_child(child);
}

static void be_busy(forks_job *job, struct dice *dice)
{
    int number = (int)roll(dice, 10);
    WEFT_WITH(&job->lock) {
        weft_condition_notify(&job->condition, 1);
        (void)weft_condition_wait_timed(&job->condition, &job->lock,
                                        short_while(dice));
    }
    (void)!weft_queue_put_timed(job->queue, &number, short_while(dice));
    (void)!weft_queue_try_get(job->queue, &number);
    (void)!weft_cache_set(job->cache, WEFT_KEY_INT(number), &number);
    (void)!weft_cache_get(job->cache, WEFT_KEY_INT(number), &number);
}

static void use_forks(member *self)
{
    for (int i = 0; i < TURNS; i++) {
        be_busy(self->job, &self->dice);
        if (once_in(&self->dice, 4) && fault_happens(FAULT_FORKS))
            fork_here(self->job);
    }
}

void forks_round(struct dice *dice)
{
    forks_job job = {
        .queue = weft_queue_create(sizeof(int), .maxsize = 2),
        .cache = weft_cache_create(sizeof(int), .capacity = 4),
    };
    if (job.queue != NULL && job.cache != NULL)
        run_team(3, use_forks, &job, dice);
    must(weft_queue_destroy(job.queue) == WEFT_OK);
    must(weft_cache_destroy(job.cache) == WEFT_OK);
}
