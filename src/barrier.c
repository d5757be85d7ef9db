/* SPDX-License-Identifier: MIT */

/*
 * The barrier. The lock of its address's line guards all its fields.
 *
 *     broken_   | 0 or 1 |
 *     arrived_  |  how many stand in line, 0 .. parties - 1  |
 *     breaks_   |  how often it was broken or reset  |
 *
 * Who arrives takes the next index and stands in line. The last to arrive takes
 * the others out of the line (from then on neither time-out nor stop can reach
 * them), makes the barrier empty, runs the action outside the lock, and wakes
 * them with the answer written into each one's waiter. So a fast thread may
 * begin the next round while slow ones still leave this one.
 *
 * Breaking adds one to `breaks_` and empties the barrier; a waiter that came
 * before (its `want`) is then answered by the walk along the line that follows,
 * even if a reset made the barrier whole in between.
 */

#include "weft/barrier.h"

#include "control.h"
#include "lifecycle.h"
#include "misuse.h"
#include "park.h"

enum { MET, BROKEN };

/* With the line locked. */
static void break_locked(weft_barrier *barrier, bool broken)
{
    barrier->broken_ = broken;
    barrier->arrived_ = 0;
    barrier->breaks_++;
}

static bool was_broken(weft__waiter *waiter)
{
    const weft_barrier *barrier = waiter->data;
    if (barrier->breaks_ == waiter->want)
        return false;
    waiter->answer = BROKEN;
    return true;
}

/* One that gives up takes all others with it; see `wait`. */
static void left(weft__waiter *waiter)
{
    weft_barrier *barrier = waiter->data;
    if (barrier->breaks_ == waiter->want)
        break_locked(barrier, true);
}

static const weft__wait_kind kind = {
    .name = "barrier", .grant = was_broken, .left = left};

static void break_and_wake(weft_barrier *barrier, bool broken)
{
    weft__line *line = weft__line_lock(barrier);
    break_locked(barrier, broken);
    weft__line_unlock(line);
    weft__settle(barrier);
}

static bool run_action(const weft_barrier *barrier)
{
    void *result;
    weft_error error;
    if (barrier->action == NULL ||
        weft__run_target(barrier->action, barrier->arg, &result, &error))
        return true;
    weft__excepthook_call(&error);
    return false;
}

/* Takes this round's waiters out of the line. */
static void take_round(weft__line *line, const weft_barrier *barrier,
                       weft__wakes *wakes)
{
    weft__waiter *waiter = weft__line_first(line, barrier);
    while (waiter != NULL) {
        weft__waiter *next = weft__line_next(waiter);
        if (waiter->want == barrier->breaks_)
            weft__line_take(line, waiter, wakes);
        waiter = next;
    }
}

/* The last to arrive; called with the line locked, unlocks it. */
static weft_status meet(weft_barrier *barrier, weft__line *line)
{
    weft__wakes wakes;
    take_round(line, barrier, weft__wakes_init(&wakes));
    barrier->arrived_ = 0;
    weft__line_unlock(line);
    uint32_t answer = MET;
    if (!run_action(barrier)) {
        answer = BROKEN;
        break_and_wake(barrier, true);
    }
    for (weft__waiter *waiter = wakes.first; waiter != NULL;
         waiter = waiter->next)
        waiter->answer = answer;
    weft__wake(&wakes);
    return answer == MET ? WEFT_OK : WEFT_BROKEN;
}

static weft_status wait(weft_barrier *barrier, weft__line *line,
                        weft_duration deadline)
{
    weft__waiter waiter = {.kind = &kind,
                           .object = barrier,
                           .data = barrier,
                           .want = barrier->breaks_};
    weft__line_push(line, &waiter);
    weft__line_unlock(line);
    weft_status status = weft__park(&waiter, deadline, WEFT__STOPPABLE);
    if (status != WEFT_OK)
        weft__settle(barrier);
    else if (waiter.answer == BROKEN)
        status = WEFT_BROKEN;
    return status;
}

static weft_status arrive(weft_barrier *barrier, unsigned *index,
                          weft_duration duration)
{
    if (barrier == NULL || barrier->parties == 0)
        return weft__misuse(WEFT_INVALID, "weft_barrier_wait", barrier,
                            "a barrier needs at least one party");
    weft_duration deadline = weft__deadline(duration);
    weft__line *line = weft__line_lock(barrier);
    if (barrier->broken_) {
        weft__line_unlock(line);
        return WEFT_BROKEN;
    }
    unsigned own = barrier->arrived_++;
    weft_status status = barrier->arrived_ == barrier->parties
                             ? meet(barrier, line)
                             : wait(barrier, line, deadline);
    if (status == WEFT_OK && index != NULL)
        *index = own;
    return status;
}

weft_status weft_barrier_wait(weft_barrier *barrier, unsigned *index)
{
    weft__point("weft_barrier_wait", barrier);
    return arrive(barrier, index, WEFT_FOREVER);
}

weft_status weft_barrier_wait_timed(weft_barrier *barrier, unsigned *index,
                                    weft_duration duration)
{
    weft__point("weft_barrier_wait_timed", barrier);
    return arrive(barrier, index, duration);
}

weft_status weft_barrier_reset(weft_barrier *barrier)
{
    weft__point("weft_barrier_reset", barrier);
    if (barrier == NULL)
        return weft__misuse(WEFT_INVALID, "weft_barrier_reset", NULL,
                            "the barrier is NULL");
    break_and_wake(barrier, false);
    return WEFT_OK;
}

weft_status weft_barrier_abort(weft_barrier *barrier)
{
    weft__point("weft_barrier_abort", barrier);
    if (barrier == NULL)
        return weft__misuse(WEFT_INVALID, "weft_barrier_abort", NULL,
                            "the barrier is NULL");
    break_and_wake(barrier, true);
    return WEFT_OK;
}

unsigned weft_barrier_n_waiting(weft_barrier *barrier)
{
    weft__line *line = weft__line_lock(barrier);
    unsigned waiting = barrier->arrived_;
    weft__line_unlock(line);
    return waiting;
}

bool weft_barrier_broken(weft_barrier *barrier)
{
    weft__line *line = weft__line_lock(barrier);
    bool broken = barrier->broken_;
    weft__line_unlock(line);
    return broken;
}

unsigned weft_barrier_parties(const weft_barrier *barrier)
{
    return barrier->parties;
}
