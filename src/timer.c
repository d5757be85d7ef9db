/* SPDX-License-Identifier: MIT */

/*
 * Timers.
 *
 *     state_: NEW --start--> PENDING --due--> RUNNING --> ENDED
 *                     ^         |  <--next beat--|          |
 *                     |         +----- cancel ------> ENDED |
 *                     +----------------- start -------------+
 *
 * Service threads stand as leader and followers: the leader alone watches the
 * clock for the first timer of the heap. When that is due it makes a follower
 * the leader, or starts a thread if there is none, and runs the callback
 * itself; so no callback delays another timer, and as many threads live as
 * callbacks run at once, plus one. Threads with nothing to do end after a
 * while.
 *
 * `lock` guards all fields; the store of ENDED is the last touch of a timer.
 * Who joins waits in the line of the timer's address. Exit waits for those that
 * are PENDING or RUNNING and no daemons, as for threads.
 */

#include "weft/timer.h"

#include "control.h"
#include "lifecycle.h"
#include "misuse.h"
#include "registry.h"
#include "timer_heap.h"
#include "weft/condition.h"

#include <stdio.h>
#include <stdlib.h>

enum { NEW, PENDING, RUNNING, ENDED };
#define PATIENCE WEFT_SECONDS(10) /* of a thread with nothing to do */

static weft_lock lock;
static weft_condition first_changed; /* the leader waits here */
static weft_condition leader_wanted; /* the followers here */
static weft_timer *first;            /* of the heap */
static weft_timer *running;          /* a list of those whose callback runs */
static bool has_leader;
static unsigned idle;    /* service threads not inside a callback */
static uint64_t started; /* timers ever */

/* The timer whose callback this thread runs. */
static _Thread_local weft_timer *own;

/* ---- With the lock held ---- */

static void list_running(weft_timer *timer)
{
    timer->previous_ = NULL;
    timer->next_ = running;
    if (running != NULL)
        running->previous_ = timer;
    running = timer;
}

static void unlist_running(weft_timer *timer)
{
    if (timer->previous_ != NULL)
        timer->previous_->next_ = timer->next_;
    else
        running = timer->next_;
    if (timer->next_ != NULL)
        timer->next_->previous_ = timer->previous_;
}

static void end_timer(weft_timer *timer)
{
    bool delays_exit = !timer->daemon;
    weft__store(&timer->state_, ENDED);
    if (delays_exit)
        weft__allow_exit();
}

static void insert(weft_timer *timer)
{
    weft__store(&timer->state_, PENDING);
    timer->order_ = started++;
    first = weft__timer_heap_insert(first, timer);
    if (first == timer)
        weft_condition_notify_all(&first_changed);
}

/* The next beat after now. */
static weft_duration next_beat(const weft_timer *timer)
{
    weft_duration now = weft__os_clock();
    weft_duration behind = now > timer->due_ ? now - timer->due_ : 0;
    weft_duration beats = behind / timer->interval + 1;
    if (timer->interval > (WEFT_FOREVER - timer->due_) / beats)
        return WEFT_FOREVER;
    return timer->due_ + beats * timer->interval;
}

/* ---- Service threads ---- */

static void *serve(void *arg);

static weft_status start_service(void)
{
    weft_thread *thread = calloc(1, sizeof *thread);
    if (thread == NULL)
        return WEFT_NO_MEMORY;
    *thread = (weft_thread){.target = serve, .name = "weft timers"};
    thread->owned_ = true;
    weft_status status = weft__service_start(thread);
    if (status == WEFT_OK)
        idle++;
    else
        free(thread);
    return status;
}

static void name_thread(const weft_timer *timer)
{
    char name[WEFT_NAME_SIZE];
    if (timer->name != NULL)
        weft__copy_text(name, sizeof name, timer->name);
    else
        snprintf(name, sizeof name, "Timer-%u", (unsigned)timer->number_);
    weft__record_set_name(weft_current_thread(), name);
}

static void call(weft_timer *timer)
{
    void *result;
    weft_error error;
    own = timer;
    weft__self()->delays_exit = !timer->daemon;
    name_thread(timer);
    if (!weft__run_target(timer->function, timer->arg, &result, &error))
        weft__excepthook_call(&error);
    weft__record_unstop(weft__self()); /* it was meant for the callback */
    weft__self()->delays_exit = false;
    own = NULL;
}

/* The leader takes the due timer and runs it. */
static void fire(weft_timer *timer) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    first = weft__timer_heap_remove(first, timer);
    weft__store(&timer->state_, RUNNING);
    list_running(timer);
    has_leader = false;
    idle--;
    if (idle > 0)
        weft_condition_notify(&leader_wanted, 1);
    else if (first != NULL)
        (void)start_service(); /* else the others wait for this callback */
    weft_lock_release(&lock);
    call(timer);
    weft_lock_acquire(&lock);
    idle++;
    unlist_running(timer);
    if (timer->repeat && !timer->cancelled_) {
        timer->due_ = next_beat(timer);
        insert(timer);
        return;
    }
    end_timer(timer);
    weft_lock_release(&lock);
    weft__settle(timer);
    weft_lock_acquire(&lock);
}

/* False: waited in vain for long. */
static bool lead(void) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    has_leader = true;
    weft_duration wait = PATIENCE;
    if (first != NULL)
        wait = first->due_ == WEFT_FOREVER ? WEFT_FOREVER
                                           : first->due_ - weft__os_clock();
    if (first != NULL && wait <= 0) {
        fire(first);
        return true;
    }
    weft_status status = weft_condition_wait_timed(&first_changed, &lock, wait);
    has_leader = false;
    return status != WEFT_TIMED_OUT || first != NULL;
}

static bool follow(void) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    return weft_condition_wait_timed(&leader_wanted, &lock, PATIENCE) !=
               WEFT_TIMED_OUT ||
           !has_leader;
}

static void *serve(void *arg) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_lock_acquire(&lock);
    while (has_leader ? follow() : lead())
        weft__record_unstop(weft__self());
    idle--;
    weft_condition_notify(&leader_wanted, 1);
    weft_lock_release(&lock);
    return arg;
}

/* ---- Fork ---- */

/* Pending and running timers are the parent's. */
static void forget_timers(weft__fork_guard *guard)
{
    (void)guard;
    while (first != NULL) {
        weft_timer *timer = first;
        first = weft__timer_heap_remove(first, timer);
        weft__store(&timer->state_, ENDED);
    }
    while (running != NULL) {
        weft_timer *timer = running;
        unlist_running(timer);
        if (timer != own)
            weft__store(&timer->state_, ENDED);
    }
    if (own != NULL)
        list_running(own);
    if (own != NULL && !own->daemon) {
        weft__delay_exit();
        weft__self()->delays_exit = true;
    }
    idle = 0;
    has_leader = false;
    first_changed = leader_wanted = (weft_condition){.private_ = 0};
}

__attribute__((constructor)) static void timer_init(void)
{
    static weft__fork_guard guard = {.lock = &lock, .in_child = forget_timers};
    weft__fork_guard_add(&guard);
}

/* ---- The public face ---- */

static weft_status check_start(const weft_timer *timer)
{
    static const char function[] = "weft_timer_start";
    if (timer == NULL || timer->function == NULL)
        return weft__misuse(WEFT_INVALID, function, timer,
                            "there is nothing to run");
    if (timer->repeat && timer->interval <= 0)
        return weft__misuse(WEFT_INVALID, function, timer,
                            "a repeating timer needs an interval");
    return WEFT_OK;
}

weft_status weft_timer_start(weft_timer *timer) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__point("weft_timer_start", timer);
    weft_status status = check_start(timer);
    if (status != WEFT_OK)
        return status;
    bool delays_exit = !timer->daemon;
    if (delays_exit)
        weft__delay_exit();
    weft_duration due = weft__deadline(timer->interval);
    if (timer->interval <= 0)
        due = weft__os_clock();
    weft_lock_acquire(&lock);
    bool twice = timer->state_ == PENDING || timer->state_ == RUNNING;
    if (!twice && idle == 0)
        status = start_service();
    if (!twice && status == WEFT_OK) {
        timer->due_ = due;
        timer->cancelled_ = false;
        timer->number_ = (uint32_t)started + 1;
        insert(timer);
    }
    weft_lock_release(&lock);
    if (delays_exit && (twice || status != WEFT_OK))
        weft__allow_exit();
    if (twice)
        return weft__misuse(WEFT_ALREADY_STARTED, "weft_timer_start", timer,
                            "the timer is pending or runs");
    return status;
}

static weft_status check_started(const weft_timer *timer, const char *function)
{
    if (timer == NULL)
        return weft__misuse(WEFT_INVALID, function, NULL, "the timer is NULL");
    if (weft__load(&timer->state_) == NEW)
        return weft__misuse(WEFT_NOT_STARTED, function, timer,
                            "the timer was never started");
    return WEFT_OK;
}

weft_status weft_timer_cancel(weft_timer *timer) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__point("weft_timer_cancel", timer);
    weft_status status = check_started(timer, "weft_timer_cancel");
    if (status != WEFT_OK)
        return status;
    weft_lock_acquire(&lock);
    bool pending = timer->state_ == PENDING;
    if (pending) {
        first = weft__timer_heap_remove(first, timer);
        end_timer(timer);
    } else if (timer->state_ == RUNNING) {
        timer->cancelled_ = true;
    }
    weft_lock_release(&lock);
    if (pending)
        weft__settle(timer);
    return WEFT_OK;
}

static bool has_ended(weft__waiter *waiter)
{
    const weft_timer *timer = waiter->data;
    return weft__load(&timer->state_) == ENDED;
}

static const weft__wait_kind kind = {.name = "timer", .grant = has_ended};

weft_status weft_timer_try_join(weft_timer *timer)
{
    weft_status status = check_started(timer, "weft_timer_join");
    if (status != WEFT_OK)
        return status;
    if (own == timer)
        return weft__misuse(WEFT_DEADLOCK, "weft_timer_join", timer,
                            "a timer's callback cannot join it");
    return weft__load(&timer->state_) == ENDED ? WEFT_OK : WEFT_BUSY;
}

static weft_status join(weft_timer *timer, weft_duration duration)
{
    weft_status status = weft_timer_try_join(timer);
    if (status != WEFT_BUSY)
        return status;
    weft_duration deadline = weft__deadline(duration);
    weft__waiter waiter = {.kind = &kind, .object = timer, .data = timer};
    weft__line *line = weft__line_lock(timer);
    bool wait = !has_ended(&waiter);
    if (wait)
        weft__line_push(line, &waiter);
    weft__line_unlock(line);
    return wait ? weft__park(&waiter, deadline, WEFT__STOPPABLE) : WEFT_OK;
}

weft_status weft_timer_join(weft_timer *timer)
{
    weft__point("weft_timer_join", timer);
    return join(timer, WEFT_FOREVER);
}

weft_status weft_timer_join_timed(weft_timer *timer, weft_duration duration)
{
    weft__point("weft_timer_join_timed", timer);
    return join(timer, duration);
}

bool weft_timer_is_pending(const weft_timer *timer)
{
    return timer != NULL && weft__load(&timer->state_) == PENDING;
}
