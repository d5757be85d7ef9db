/* SPDX-License-Identifier: MIT */

/*
 * The future: completing it, waiting for it, asking it, withdrawing it. Its
 * word is drawn in future.h.
 */

#include "future.h"

#include "control.h"
#include "group.h"
#include "misuse.h"
#include "pool.h"
#include "registry.h"
#include "watch.h"

enum {
    STATE = WEFT__FUTURE_STATE,
    DONE = WEFT__FUTURE_DONE,
    WAITERS = WEFT__FUTURE_WAITERS,
    CALLBACKS = WEFT__FUTURE_CALLBACKS
};

bool weft__future_is_done(const weft_future *future)
{
    return (weft__future_word(future) & DONE) != 0 ||
           (weft__completing != NULL && weft__future_is_calling_back(future));
}

weft_status weft__future_check(const weft_future *future, const char *function)
{
    if (future == NULL)
        return weft__misuse(WEFT_INVALID, function, NULL, "the future is NULL");
    if (weft__future_state(future) == WEFT__FUTURE_NEW)
        return weft__misuse(WEFT_NOT_STARTED, function, future,
                            "the future was never submitted");
    return WEFT_OK;
}

/* ---- Forks ---- */

uint32_t weft__future_epoch;

static weft_lock epoch_lock;

/* After the pools, whose guards are younger. */
static void begin_epoch(weft__fork_guard *guard)
{
    (void)guard;
    weft__future_epoch += WEFT__FUTURE_EPOCH;
}

__attribute__((constructor)) static void future_init(void)
{
    static weft__fork_guard guard = {.lock = &epoch_lock,
                                     .in_child = begin_epoch};
    weft__fork_guard_add(&guard);
}

void weft__future_outlive_fork(weft_future *future)
{
    future->state_ += WEFT__FUTURE_EPOCH;
}

/* ---- Completing ---- */

void weft__future_set_state(weft_future *future, uint32_t state)
{
    uint32_t word = weft__load_relaxed(&future->state_);
    while (!weft__compare_swap_weak(&future->state_, &word,
                                    (word & ~(uint32_t)STATE) | state))
        ;
}

bool weft__future_complete_quietly(weft_future *future, uint32_t state)
{
    uint32_t word = weft__load_relaxed(&future->state_);
    do
        if ((word & (CALLBACKS | WEFT__FUTURE_GROUPED)) != 0)
            return false;
    while (!weft__compare_swap_weak(&future->state_, &word, state | DONE));
    if ((word & WAITERS) != 0)
        weft__settle(future);
    return true;
}

static void complete_loudly(weft_future *future, uint32_t state)
{
    weft_group *group = weft__future_group(future);
    struct weft__callback *notices = NULL;
    if (group != NULL)
        weft__group_before(group, future, state);
    uint32_t word = weft__load(&future->state_);
    while ((word & CALLBACKS) != 0 ||
           !weft__compare_swap(&future->state_, &word, state | DONE)) {
        if ((word & CALLBACKS) == 0)
            continue;
        weft__future_set_state(future, state);
        weft__future_call_back(future, &notices);
        word = weft__load(&future->state_);
    }
    if ((word & WAITERS) != 0)
        weft__settle(future);
    if (notices != NULL)
        weft__future_notify(notices);
    if (group != NULL)
        weft__group_after(group);
}

void weft__future_complete(weft_future *future, uint32_t state)
{
    if (!weft__future_complete_quietly(future, state))
        complete_loudly(future, state);
}

/* ---- Waiting ---- */

static bool is_done(void *future)
{
    return (weft__future_word(future) & DONE) != 0;
}

static bool grant_if_done(weft__waiter *waiter)
{
    return is_done(waiter->data);
}

static const weft__wait_kind kind = {.name = "future", .grant = grant_if_done};

bool weft__future_mark_waiters(weft_future *future)
{
    uint32_t word = weft__future_word(future);
    while ((word & DONE) == 0)
        if (weft__compare_swap(&future->state_, &word, word | WAITERS))
            return true;
    return false;
}

bool weft__future_watch(weft_future *future, weft__waiter *waiter)
{
    waiter->kind = &kind;
    waiter->object = waiter->data = future;
    weft__line *line = weft__line_lock(future);
    bool wait = weft__future_mark_waiters(future);
    if (wait)
        weft__line_push(line, waiter);
    weft__line_unlock(line);
    return wait;
}

static weft_status sleep_until_done(weft_future *future, weft_duration deadline,
                                    weft__stoppable stoppable)
{
    weft__waiter waiter = {.drowsy = true};
    return weft__future_watch(future, &waiter)
               ? weft__park(&waiter, deadline, stoppable)
               : WEFT_OK;
}

static weft_status waits_for_itself(const weft_future *future)
{
    return weft__misuse(WEFT_DEADLOCK, "weft_future_result", future,
                        "a task waits for itself");
}

/* A worker: its task below may wait for what only another worker can do. */
static weft_status await_in_task(weft__worker *self, weft_future *future,
                                 weft_duration deadline,
                                 weft__stoppable stoppable)
{
    if (stoppable == WEFT__STOPPABLE && weft__worker_stopping(self))
        return WEFT_STOPPED;
    if (deadline == WEFT_FOREVER && weft__worker_take(self, future)) {
        weft__worker_run(self, future);
        return WEFT_OK;
    }
    if (weft__worker_runs(self, future))
        return waits_for_itself(future);
    if (weft__future_state(future) != WEFT__FUTURE_PENDING &&
        weft__wait_awake_for_writer(future, is_done, future))
        return WEFT_OK;
    weft__worker_step_aside(self);
    weft_status status = sleep_until_done(future, deadline, stoppable);
    weft__worker_step_back(self);
    return status;
}

weft_status weft__future_await(weft_future *future, weft_duration deadline,
                               weft__stoppable stoppable)
{
    if (weft__future_is_done(future))
        return WEFT_OK;
    if (deadline == 0)
        return WEFT_TIMED_OUT;
    weft__worker *self = weft__worker_self();
    if (self != NULL)
        return await_in_task(self, future, deadline, stoppable);
    if (weft__runs_here(future))
        return waits_for_itself(future);
    if (weft__wait_awake_for_writer(future, is_done, future))
        return WEFT_OK;
    return sleep_until_done(future, deadline, stoppable);
}

static weft_status status_of(uint32_t state)
{
    return state == WEFT__FUTURE_FAILED      ? WEFT_FAILED
           : state == WEFT__FUTURE_CANCELLED ? WEFT_CANCELLED
                                             : WEFT_BROKEN;
}

static inline weft_status collect(const weft_future *future, void **value)
{
    uint32_t state = weft__future_state(future);
    if (!WEFT__LIKELY(state == WEFT__FUTURE_FINISHED))
        return status_of(state);
    if (value != NULL)
        *value = future->result_;
    return WEFT_OK;
}

static weft_status result(weft_future *future, void **value,
                          weft_duration deadline)
{
    weft_status status = weft__future_check(future, "weft_future_result");
    if (status == WEFT_OK)
        status = weft__future_await(future, deadline, WEFT__STOPPABLE);
    return status == WEFT_OK ? collect(future, value) : status;
}

weft_status weft_future_result(weft_future *future, void **value)
{
    weft__point("weft_future_result", future);
    weft__worker *self = weft__worker_self();
    if (self != NULL && weft__worker_run_youngest(self, future))
        return collect(future, value);
    return result(future, value, WEFT_FOREVER);
}

weft_status weft_future_result_timed(weft_future *future, void **value,
                                     weft_duration duration)
{
    weft__point("weft_future_result_timed", future);
    return result(future, value, weft__deadline(duration));
}

weft_status weft_future_try_result(weft_future *future, void **value)
{
    weft__point("weft_future_try_result", future);
    weft_status status = weft__future_check(future, "weft_future_try_result");
    if (status == WEFT_OK && !weft__future_is_done(future))
        return WEFT_BUSY;
    return status == WEFT_OK ? collect(future, value) : status;
}

/* ---- Asking ---- */

const weft_error *weft_future_error(const weft_future *future)
{
    if (future == NULL || !weft__future_is_done(future) ||
        weft__future_state(future) != WEFT__FUTURE_FAILED)
        return NULL;
    return weft__failure_find(future->failure_, future->code_);
}

bool weft_future_done(const weft_future *future)
{
    return future != NULL && weft__future_is_done(future);
}

bool weft_future_running(const weft_future *future)
{
    return future != NULL && weft__future_state(future) == WEFT__FUTURE_RUNNING;
}

bool weft_future_cancelled(const weft_future *future)
{
    return weft_future_done(future) &&
           weft__future_state(future) == WEFT__FUTURE_CANCELLED;
}

/* ---- Withdrawing ---- */

weft_status weft_future_cancel(weft_future *future)
{
    weft__point("weft_future_cancel", future);
    weft_status status = weft__future_check(future, "weft_future_cancel");
    if (status != WEFT_OK)
        return status;
    uint32_t state = weft__future_state(future);
    if (state == WEFT__FUTURE_PENDING && weft__pool_withdraw(future)) {
        weft__future_complete(future, WEFT__FUTURE_CANCELLED);
        return WEFT_OK;
    }
    return weft__future_state(future) == WEFT__FUTURE_CANCELLED
               ? (weft_status)WEFT_OK
               : WEFT_ALREADY_STARTED;
}

/* ---- Stopping ---- */

/* Its thread's id is read first: afterwards it may be done. Then the number is
 * anybody's, who is woken in vain. */
static void ask_to_stop(weft_future *future)
{
    uint32_t word = weft__future_word(future), id;
    do {
        uint32_t state = word & STATE;
        if ((word & DONE) != 0 ||
            (state != WEFT__FUTURE_PENDING && state != WEFT__FUTURE_RUNNING))
            return;
        id = (uint32_t)weft__load_relaxed(&future->code_);
    } while (
        !weft__compare_swap(&future->state_, &word, word | WEFT__FUTURE_STOP));
    weft__record *runner = weft__record_find(id);
    if (runner != NULL)
        weft__unpark(runner);
}

void weft__future_stop(weft_future *future)
{
    if (weft__future_state(future) == WEFT__FUTURE_PENDING &&
        weft__pool_withdraw(future))
        weft__future_complete(future, WEFT__FUTURE_CANCELLED);
    else
        ask_to_stop(future); /* also if it is just being taken */
}

weft_status weft_future_stop(weft_future *future)
{
    weft__point("weft_future_stop", future);
    weft_status status = weft__future_check(future, "weft_future_stop");
    if (status == WEFT_OK)
        weft__future_stop(future);
    return status;
}
