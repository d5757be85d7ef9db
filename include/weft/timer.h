/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TIMER_H
#define WEFT_TIMER_H

/*
 * Timers: a function that runs later, once or again and again, on a thread of
 * weft's that bears the timer's name meanwhile. Any number of timers share one
 * thread; while a callback runs another watches the clock, so that one that
 * takes long delays nobody. The structure is yours; it must stay where it is
 * from weft_timer_start until a join has returned.
 */

#include "thread.h"

WEFT_BEGIN_DECLARATIONS

typedef struct weft_timer {
    weft_duration interval; /* from start to firing, and between beats */
    weft_target function;   /* what to run; weft_fail goes to the excepthook */
    void *arg;
    bool repeat;      /* fires every `interval`, without drift */
    bool daemon;      /* exit does not wait for it */
    const char *name; /* not copied; NULL: "Timer-N" */
    /* Private. */
    uint8_t private_;
    bool cancelled_;
    uint32_t state_;
    uint32_t number_;
    weft_duration due_;
    uint64_t order_;
    struct weft_timer *child_, *next_, *previous_;
} weft_timer;

/* WEFT_TIMER(WEFT_SECONDS(30), f, arg), WEFT_TIMER(WEFT_MS(10), f, arg,
 * .repeat = true, .name = "heartbeat", .daemon = true) */
#define WEFT_TIMER(...) WEFT__INITIALISER(__VA_ARGS__)

/*
 * Starts the clock: the function runs after `interval` nanoseconds; <= 0 at
 * once. A repeating one fires at start + n * interval; beats that were missed,
 * as the callback took longer, are skipped. One that is no daemon delays the
 * program's exit until it has fired or is cancelled. It may be started again
 * once it has fired or is cancelled and no callback runs. WEFT_OK;
 * WEFT_ALREADY_STARTED; WEFT_INVALID: NULL, no function, or a repeating one
 * whose interval is <= 0; WEFT_NO_THREADS, WEFT_NO_MEMORY: there is no thread
 * to run it. Does not block.
 */
WEFT_API WEFT_MUST_USE weft_status weft_timer_start(weft_timer *timer);

/* Keeps a pending timer from firing (again) and lets those who join it go at
 * once; a callback that runs is not disturbed, see weft_timer_join. Afterwards
 * a no-op. WEFT_OK; WEFT_NOT_STARTED; WEFT_INVALID: NULL. Does not block. */
WEFT_API weft_status weft_timer_cancel(weft_timer *timer);

/* Waits until the timer has fired for the last time or is cancelled, and no
 * callback of it runs: the memory is then yours. WEFT_OK; WEFT_STOPPED: asked
 * to stop; WEFT_NOT_STARTED; WEFT_DEADLOCK: from its own callback;
 * WEFT_INVALID: NULL. */
WEFT_API weft_status weft_timer_join(weft_timer *timer);

/* The same for at most `duration` nanoseconds, then WEFT_TIMED_OUT. */
WEFT_API weft_status weft_timer_join_timed(weft_timer *timer,
                                           weft_duration duration);

/* The same without waiting: WEFT_BUSY while it is pending or runs. */
WEFT_API weft_status weft_timer_try_join(weft_timer *timer);

/* Whether it is still to fire. */
WEFT_API bool weft_timer_is_pending(const weft_timer *timer);

WEFT_END_DECLARATIONS

#endif
