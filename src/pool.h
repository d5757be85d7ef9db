/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_POOL_H
#define WEFT_SRC_POOL_H

/* What the files of the pool share; the picture is in pool.c. */

#include "future.h"
#include "lifecycle.h"
#include "pool_deque.h"
#include "registry.h"
#include "weft/condition.h"
#include "weft/pool_stats.h"

/* The statistics of a pool; all but what is asked of the pool itself. */
typedef struct weft_pool_info weft__tally;

/* Its memory is the pool's until that is destroyed, since thieves may look at
 * its deque at any time; another worker may use it after it. */
typedef struct weft__worker {
    weft_thread thread;
    weft__deque deque;
    weft_pool *pool;
    weft__tally *tally;   /* the pool's; NULL: nothing is counted */
    weft_future *running; /* innermost; next_ is the one that waits for it */
    unsigned turns;
    bool coming;               /* is counted in the pool's */
    bool ended;                /* guarded by the pool's lock */
    unsigned number;           /* in its name */
    const void *middle;        /* of its stack */
    struct weft__worker *next; /* never changed once it can be seen */
    char name[WEFT_NAME_SIZE];
} weft__worker;

/* What weft_pool_run submits: from the pool's own storage, see pool_tasks.c. */
typedef struct weft__task {
    weft_future future;
    uint32_t index;
    uint32_t next; /* spare: the next one's index + 1; 0: none */
} weft__task;

enum { WEFT__TASK_SLABS = 24 };

/* Tasks of the same priority, in order. */
typedef struct weft__level {
    weft_future *first, *last;
    unsigned passed; /* how many more urgent ones were taken before its first */
} weft__level;

/* After so many more urgent ones it is the turn of a lower one. */
enum { WEFT__PATIENCE = 16 };

enum { WEFT__URGENT, WEFT__NORMAL, WEFT__LOW, WEFT__LEVELS };

/* What pool.gate tells those who submit. */
enum {
    WEFT__GATE_QUIET, /* just submit */
    WEFT__GATE_CALL,  /* then call a worker */
    WEFT__GATE_EMPTY  /* there is none at all: the long way */
};

/* What pool.closed holds. */
enum { WEFT__OPEN, WEFT__SHUT = 1, WEFT__BROKEN = 2 };

struct weft_pool {
    /* ---- Written by those who submit and by who looks out ---- */
    _Alignas(64) weft_future *inbox; /* youngest first, by next_ */
    uint32_t gate;                   /* written with the lock held */
    _Alignas(64) uint64_t spare;     /* records of tasks; see pool_tasks.c */
    /* ---- Guarded by the lock ---- */
    _Alignas(64) weft_lock lock;
    unsigned active;                  /* neither asleep nor stepped aside */
    unsigned coming;                  /* active, and on the way to any task */
    unsigned asleep;                  /* and not called yet */
    unsigned engaged;                 /* awake, or aside, or ending futures */
    unsigned alive;                   /* workers not ended */
    unsigned named;                   /* workers ever */
    weft__level levels[WEFT__LEVELS]; /* out of the inbox; by priority */
    size_t listed;                    /* how many */
    weft__wakes calls;                /* whom to wake once the lock is free */
    bool exit_waits;                  /* for all but one of `engaged` */
    weft_condition quiet;
    size_t capacity; /* of the lists; 0: no limit */
    weft_when_full when_full;
    unsigned waiting; /* for room */
    weft_condition room;
    weft__fork_guard guard;
    /* ---- Seldom changed, read without the lock ---- */
    _Alignas(64) weft__worker *workers; /* ever, the newest first */
    weft__tally *tally;                 /* NULL: nothing is counted */
    uint32_t closed;
    uint32_t urgent; /* how many are listed with high priority */
    uint32_t others; /* and how many with low or high */
    unsigned slabs_count;
    weft__task *slabs[WEFT__TASK_SLABS];
    unsigned limit, least;
    weft_duration idle_timeout; /* <= 0: none */
    weft_target initializer;
    void *initializer_arg;
    weft_target finalizer;
    void *finalizer_arg;
    size_t stack_size;
    bool pinned;
    bool daemon;
    char name[WEFT_NAME_SIZE];
};

/* ---- pool_calls.c ---- */

/* The lock; who leaves wakes whom he called with it held. Waiting to enter
 * instead is for workers who want a task: where they meet often, tasks are so
 * small that one worker alone is faster, and the others nap. */
void weft__pool_enter(weft_pool *pool);
void weft__pool_wait_to_enter(weft_pool *pool);
void weft__pool_leave(weft_pool *pool);

/* With the lock held, after any change of its counts: sets the gate, and wakes
 * or starts a worker if a task wants one. WEFT_NO_THREADS, WEFT_NO_MEMORY: none
 * could be started. */
weft_status weft__pool_review(weft_pool *pool);

/* The same where only the list has changed. */
weft_status weft__pool_review_list(weft_pool *pool);

/* With the lock held: somebody will be awake for the pool, or not any more. */
void weft__pool_engage(weft_pool *pool);
void weft__pool_disengage(weft_pool *pool);

/* With the lock held: wakes all who sleep, to find that they may end. */
void weft__pool_call_all(weft_pool *pool);

/* After a submission, to the entrance (`is_listed`) or to a deque, if the gate
 * says so. */
void weft__pool_call(weft_pool *pool, bool is_listed);

/* May a task be pending? Ordered after what the caller wrote. */
bool weft__pool_may_have_task(const weft_pool *pool);

/* The worker is going to look for a task, if nobody is yet, or goes to one. */
void weft__worker_announce(weft__worker *self);
void weft__worker_arrive(weft__worker *self);

/* Waits until there may be a task, awake or asleep. `again`: there was none
 * when it last returned. False: it should end, and does not count any more. */
bool weft__worker_rest(weft__worker *self, bool again);

/* Around a wait for a future: another worker may be active instead. */
void weft__worker_step_aside(weft__worker *self);
void weft__worker_step_back(weft__worker *self);

/* ---- pool_entrance.c ---- */

typedef enum weft__entering {
    WEFT__ENTERED, /* others were there before */
    WEFT__ENTERED_FIRST,
    WEFT__NOT_ENTERED /* the pool takes no more */
} weft__entering;

/* Puts a pending future into the inbox; it may be gone when this returns. */
weft__entering weft__entrance_put(weft_pool *pool, weft_future *future);

/* A hint: nobody has entered. */
bool weft__entrance_seems_empty(const weft_pool *pool);

/* All below with the lock held. Puts the future at the end of its list. */
void weft__entrance_append(weft_pool *pool, weft_future *future);

/* The next one, out of its list; NULL: there is none. */
weft_future *weft__entrance_take(weft_pool *pool);

/* All that are listed, by next_. */
weft_future *weft__entrance_take_all(weft_pool *pool);

/* Takes one that has entered out of the list. */
void weft__entrance_unlink(weft_pool *pool, weft_future *future);

/* Moves what is in the inbox to the list. */
void weft__entrance_unload(weft_pool *pool);

/* The same; from now on nobody enters. */
void weft__entrance_close(weft_pool *pool);

/* Empty and open, or not. */
void weft__entrance_reset(weft_pool *pool);

/* ---- worker.c ---- */

/* The calling thread as a worker, NULL if it is none. */
static inline weft__worker *weft__worker_self(void)
{
    const weft__record *self = weft__current;
    return self != NULL ? self->pool_worker : NULL;
}

/* Would the calling thread wait for itself if it waited for the pool's end? */
bool weft__pool_is_own(const weft_pool *pool);

/* As weft__self_stopping, and cheaper where nobody asked. The innermost task
 * may be one that the worker runs for another pool. */
static inline bool weft__worker_stopping(const weft__worker *self)
{
    const weft__record *record = weft__self();
    if (weft__record_stopping(record))
        return true;
    uint32_t word = self->running != NULL
                        ? weft__load_relaxed(&self->running->state_)
                        : WEFT__FUTURE_STOP;
    return (word & WEFT__FUTURE_STOP) != 0 && weft__self_stopping(record);
}

/* With the lock held. A worker that is coming. */
weft_status weft__worker_start(weft_pool *pool);

/* Does the worker run this future, perhaps below others? */
bool weft__worker_runs(const weft__worker *self, const weft_future *future);

/* Takes a future that is pending in the worker's own pool, in order to run it
 * at once, if there is room on the stack. */
bool weft__worker_take(weft__worker *self, weft_future *future);

/* Runs a future that was taken, and completes it. */
void weft__worker_run(weft__worker *self, weft_future *future);

/* The short way of a recursion: if the future is what the calling worker's
 * tasks have submitted last, takes, runs and completes it. False: ask on; so
 * also for a task that is asked to stop. */
bool weft__worker_run_youngest(weft__worker *self, weft_future *future);

/* Completes one that another thread than a worker has run. */
void weft__task_end(weft_pool *pool, weft_future *future, void *result,
                    const weft_error *error);

/* ---- pool_here.c ---- */

/* Runs a pending future, which nobody else has, on a thread that is none of the
 * pool's workers. */
void weft__run_here(weft_pool *pool, weft_future *future);

/* The innermost that the calling thread runs so; next_ is the one below. */
weft_future *weft__running_here(void);

/* Is this one of them? */
bool weft__runs_here(const weft_future *future);

/* ---- pool_end.c ---- */

/* Closes the pool with `reason` (WEFT__SHUT, WEFT__BROKEN); what is pending
 * ends in `state`, unless that is WEFT__FUTURE_PENDING. */
void weft__pool_close(weft_pool *pool, uint32_t reason, uint32_t state);

/* Completes all in the chain, which are in their last states already; the pool
 * was engaged for that. */
void weft__pool_complete_all(weft_pool *pool, weft_future *chain);

/* ---- pool_room.c ---- */

/* How far a submit goes where the pool is full, and what that comes to. */
typedef struct weft__limit {
    weft_duration deadline; /* or WEFT__TRY: does not even ask the policy */
    bool run_here;          /* no room, but the caller is to run it */
    weft__worker *aside;    /* to step back once the lock is free, or NULL */
    weft_future *dropped;   /* to be completed once the lock is free */
} weft__limit;

#define WEFT__TRY (-1)

/* With the lock held, which it may let go meanwhile: makes room for one more.
 * WEFT_OK; WEFT_FULL, WEFT_TIMED_OUT, WEFT_STOPPED: there is none. */
weft_status weft__pool_make_room(weft_pool *pool, weft__limit *limit);

/* With the lock held: there may be room, or there will be none any more. */
void weft__pool_tell_room(weft_pool *pool);

/* ---- pool_stats.c ---- */

/* A task is about to be submitted; it was not; it is about to be run by who has
 * it; it has been run since `began`; it was withdrawn. */
void weft__tally_submit(weft__tally *tally, weft_future *future);
void weft__tally_undo(weft__tally *tally);
void weft__tally_begin(weft__tally *tally, const weft_future *future);
void weft__tally_end(weft__tally *tally, weft_duration began, bool failed);
void weft__tally_cancel(weft__tally *tally);

void weft__tally_steal(weft__tally *tally);

/* With the pool's lock held: so many are alive. */
void weft__tally_workers(weft__tally *tally, unsigned alive);

/* In a forked child, whose worker runs these. */
void weft__tally_after_fork(weft__tally *tally, const weft_future *running);

/* ---- pool_submit.c ---- */

/* WEFT_OK if it takes tasks. The second form reports a NULL. */
weft_status weft__pool_status(const weft_pool *pool);
weft_status weft__pool_check_open(weft_pool *pool, const char *function);

/* As weft_submit, for a group that has its pool. */
weft_status weft__pool_submit_member(weft_group *group, weft_future *future,
                                     weft_target target, void *arg);

/* Takes a pending future out in order to cancel it; false: too late. */
bool weft__pool_withdraw(weft_future *future);

/* ---- pool.c ---- */

bool weft__pool_is_default(const weft_pool *pool);

/* ---- pool_tasks.c ---- */

/* The record of a task, NULL: no memory. And back. */
weft__task *weft__task_take(weft_pool *pool);
void weft__task_give_back(weft_pool *pool, weft__task *task);

/* In a forked child: all are spare but those that `self` runs. */
void weft__tasks_forget(weft_pool *pool, const weft__worker *self);

void weft__tasks_free(weft_pool *pool);

#endif
