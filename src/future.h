/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_FUTURE_H
#define WEFT_SRC_FUTURE_H

/*
 * The word of a future.
 *
 *     bit 31..16    11, 10       9        8      7       6    ...
 *     | epoch | priority | GROUPED | STOP | LOCAL | RECORD | ...
 *                              ...     5           4        3     2 ... 0
 *                              ... CALLBACKS | WAITERS | DONE |  state  |
 *
 *     NEW --submit--> PENDING --> RUNNING --> FINISHED, FAILED
 *                        +--> CANCELLED, BROKEN
 *
 * A future leaves PENDING by whoever takes it out of where it stands: out of
 * its slot in a worker's deque if it is LOCAL (see pool_deque.c), else out of
 * its pool's list, under the pool's lock. That one, a worker or a canceller,
 * changes the state. The states in the last column say how it ends; while DONE
 * is not yet there, its callbacks are being called, and only they may see it.
 * The swap that sets DONE is the last touch of the future: its memory is the
 * caller's again.
 *
 * WAITERS and CALLBACKS are set, under the lock of the future's line, by who
 * stands in that line or adds a callback; that lock guards callbacks_, too.
 * RECORD marks the pool's own, made by weft_pool_run: nobody waits for those.
 *
 * STOP asks the task to stop. While it runs, code_ is the id of its thread, who
 * may have to be woken to see that.
 *
 * The priority is a weft_priority; what has another than the normal one is
 * never LOCAL.
 *
 * GROUPED marks a member of a group, which leads to its pool.
 *
 * The epoch counts the forks between the first process and the one in which the
 * future was submitted. One of another epoch that is not done will never be, as
 * its worker is the parent's: it reads as BROKEN.
 */

#include "park.h"
#include "weft/group.h"

enum {
    WEFT__FUTURE_NEW,
    WEFT__FUTURE_PENDING,
    WEFT__FUTURE_RUNNING,
    WEFT__FUTURE_FINISHED,
    WEFT__FUTURE_FAILED,
    WEFT__FUTURE_CANCELLED,
    WEFT__FUTURE_BROKEN,
    WEFT__FUTURE_STATE = 7,
    WEFT__FUTURE_DONE = 8,
    WEFT__FUTURE_WAITERS = 16,
    WEFT__FUTURE_CALLBACKS = 32,
    WEFT__FUTURE_RECORD = 64,
    WEFT__FUTURE_LOCAL = 128,
    WEFT__FUTURE_STOP = 256,
    WEFT__FUTURE_GROUPED = 512,
    WEFT__FUTURE_PRIORITY = 1024, /* one */
    WEFT__FUTURE_PRIORITIES = 3 * WEFT__FUTURE_PRIORITY,
    WEFT__FUTURE_EPOCH = 1 << 16 /* one */
};

/* Of this process, in its place in the word. */
extern uint32_t weft__future_epoch;

/* The word, as it is to be read. */
static inline uint32_t weft__future_word(const weft_future *future)
{
    uint32_t word = weft__load(&future->state_);
    bool is_old =
        word / WEFT__FUTURE_EPOCH != weft__future_epoch / WEFT__FUTURE_EPOCH;
    if ((word & WEFT__FUTURE_DONE) == 0 && is_old &&
        (word & WEFT__FUTURE_STATE) != WEFT__FUTURE_NEW)
        word = WEFT__FUTURE_BROKEN | WEFT__FUTURE_DONE;
    return word;
}

static inline uint32_t weft__future_state(const weft_future *future)
{
    return weft__future_word(future) & WEFT__FUTURE_STATE;
}

/* Of one that is not done; NULL: it is in none. */
static inline weft_group *weft__future_group(const weft_future *future)
{
    uint32_t word = weft__load_relaxed(&future->state_);
    return (word & WEFT__FUTURE_GROUPED) != 0 ? future->group_ : NULL;
}

/* Of one whose word said that it is not done, though it may be by now: then
 * the flag is gone from the word, but what it tells apart is still there. */
static inline weft_pool *weft__future_pool(const weft_future *future,
                                           uint32_t word)
{
    return (word & WEFT__FUTURE_GROUPED) != 0
               ? weft__load_relaxed(&future->group_->pool)
               : future->pool_;
}

/* From PENDING to RUNNING, by who has it, on the thread with this id. */
static inline void weft__future_begin(weft_future *future, uint32_t id)
{
    weft__store_relaxed(&future->code_, (int32_t)id);
    weft__fetch_add(&future->state_,
                    WEFT__FUTURE_RUNNING - WEFT__FUTURE_PENDING);
}

/* In a forked child: its task goes on here. */
void weft__future_outlive_fork(weft_future *future);

/* Changes the state and keeps the flags. */
void weft__future_set_state(weft_future *future, uint32_t state);

/* Makes it done in the given way; result or error are there already. Calls the
 * callbacks, then wakes. No lock held; the future is gone when this returns. */
void weft__future_complete(weft_future *future, uint32_t state);

/* The same if there are no callbacks and no group; else false, and nothing is
 * changed. */
bool weft__future_complete_quietly(weft_future *future, uint32_t state);

/* Is it done, as far as this thread may know? */
bool weft__future_is_done(const weft_future *future);

/* Marks that somebody stands in its line, whose lock is held; false: done. */
bool weft__future_mark_waiters(weft_future *future);

/* Waits until it is done; a worker may run it meanwhile. */
weft_status weft__future_await(weft_future *future, weft_duration deadline,
                               weft__stoppable stoppable);

/* ---- future_callback.c ---- */

/* Is the calling thread calling its callbacks? To it, then, it is done. */
bool weft__future_is_calling_back(const weft_future *future);

/* NULL: it calls nobody's. */
extern _Thread_local const struct weft__completion *weft__completing;

/* Calls those that were added so far; what has to wait until the future is done
 * comes into `notices`. */
void weft__future_call_back(weft_future *future,
                            struct weft__callback **notices);
void weft__future_notify(struct weft__callback *notices);

/* ---- future.c ---- */

/* Cancels it, or asks its task to stop, or it is done. */
void weft__future_stop(weft_future *future);

/* WEFT_OK if `future` was submitted; else the misuse is reported. */
weft_status weft__future_check(const weft_future *future, const char *function);

/* Keeps the text of an error for as long as is promised; its number. */
uint64_t weft__failure_keep(const weft_error *error);

/* The kept error in the calling thread's memory. */
const weft_error *weft__failure_find(uint64_t number, int code);

#endif
