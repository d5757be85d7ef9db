/* SPDX-License-Identifier: MIT */

/*
 * Waiting at a queue. Who finds nothing to take, or no room, first waits awake
 * for a moment, then stands in line with both gates held. From then on the
 * other side is special, so that whoever moves something there comes here to
 * call those who can go on.
 *
 * Calls: no more are on their way at a time than there are items (or places)
 * for, and than CALLS; whoever comes back calls the next if there is more. So a
 * burst of n items wakes n, while a queue whose threads are awake anyway does
 * not wake many in vain. Whoever runs may take what a called one comes for.
 * That one goes to the head of the line again; having waited for PATIENCE it
 * insists, and from then on one item, or place, is kept for it.
 *
 * Pace: an awake thread that looks at once, again and again, takes the other
 * side's line of the cache from it for each item: both go at the pace of the
 * cache, and never get apart. One that lets the other get ahead first takes a
 * run of items for one such trip. Whether there is more than one item to be had
 * by waiting a little longer is tried out now and then, the rarer the longer it
 * is in vain, and remembered as the side's `pace`.
 */

#include "queue.h"

#include "registry.h"

enum { CALLS = 2 };
enum { OFTEN = 32, RAREST = 1024, LONG_PACE = 16, LEAST_RUN = 3 };
enum { QUICK_LOOKS = 16, LOOKS = 22 };
enum { TRIES = 16, RARELY = 32 };

#define PATIENCE WEFT_US(500)

static const weft__wait_kind get_kind = {.name = "queue get"};
static const weft__wait_kind put_kind = {.name = "queue put"};

/* ---- With both gates: calling those who can go on ---- */

/* How many of those who sleep on this side could go on. */
static size_t wanted(const weft_queue *queue, const weft__side *side)
{
    if (queue->shut_down)
        return SIZE_MAX;
    size_t available = weft__queue_available(queue, side);
    return available < CALLS ? available : CALLS;
}

/* Others would find one less than there is while one insists. */
static weft__waiter *first_to_call(const weft_queue *queue,
                                   const weft__side *side, weft__line *line)
{
    if (side->insisting == NULL || queue->shut_down)
        return weft__line_first(line, side);
    return weft__line_contains(line, side->insisting) ? side->insisting : NULL;
}

static void call(weft_queue *queue, weft__side *side, weft__wakes *wakes)
{
    size_t most = side->sleeping > 0 ? wanted(queue, side) : 0;
    if (side->called >= most)
        return;
    bool all = side->insisting == NULL || queue->shut_down;
    weft__line *line = weft__line_lock(side);
    weft__waiter *waiter = first_to_call(queue, side, line);
    while (waiter != NULL && side->called < most) {
        weft__waiter *next = all ? weft__line_next(waiter) : NULL;
        weft__line_take(line, waiter, wakes);
        side->sleeping--;
        side->called++;
        waiter = next;
    }
    weft__line_unlock(line);
}

static bool may_call(const weft__side *side)
{
    return side->sleeping > 0 && side->called < CALLS;
}

static void set_special(weft__side *side, bool special)
{
    side->special = special;
    if (special)
        weft__queue_close_room(side);
}

static void update_fd(weft_queue *queue)
{
    bool raise = queue->put.count != queue->get.count || queue->shut_down;
    if (queue->fd < 0 || raise == queue->raised)
        return;
    queue->raised = raise;
    if (raise)
        weft__os_signal_fd_raise(queue->fd);
    else
        weft__os_signal_fd_lower(queue->fd);
}

static void settle(weft_queue *queue, weft__wakes *wakes)
{
    weft__side *put = &queue->put, *get = &queue->get;
    bool always = queue->fd >= 0;
    call(queue, get, wakes);
    call(queue, put, wakes);
    set_special(put, always || queue->shut_down || put->insisting != NULL ||
                         may_call(get));
    set_special(get, always || get->insisting != NULL || may_call(put));
    update_fd(queue);
    weft__queue_count_depth(queue);
}

void weft__queue_lock(weft_queue *queue)
{
    weft__gate_enter(&queue->put.gate);
    if (queue->kind == WEFT_FIFO)
        weft__gate_enter(&queue->get.gate);
    queue->put.special = queue->get.special = false;
    if (queue->counting != 0)
        queue->mark = SIZE_MAX;
}

void weft__queue_unlock(weft_queue *queue)
{
    weft__wakes wakes;
    settle(queue, weft__wakes_init(&wakes));
    if (queue->kind == WEFT_FIFO)
        weft__gate_leave(&queue->get.gate);
    weft__gate_leave(&queue->put.gate);
    weft__wake(&wakes);
}

void weft__queue_enter(weft_queue *queue, weft__side *side)
{
    if (queue->kind == WEFT_FIFO)
        weft__gate_enter(&side->gate);
    else
        weft__queue_lock(queue);
}

void weft__queue_leave(weft_queue *queue, weft__side *side)
{
    if (queue->kind == WEFT_FIFO)
        weft__gate_leave(&side->gate);
    else
        weft__queue_unlock(queue);
}

/* ---- Awake ---- */

/* Whether it seems worth trying. */
static bool can_move(weft__moving *moving)
{
    const weft_queue *queue = moving->queue;
    if (moving->mark == NULL)
        return weft__queue_can_move(queue, moving->side);
    return weft__load_relaxed(&queue->shut_down) ||
           (weft__load_relaxed(&moving->side->insisting) == NULL &&
            weft__ring_sees(moving));
}

static bool can_move_now(void *moving)
{
    return can_move(moving);
}

static void pause_for(uint32_t pauses)
{
    for (uint32_t i = 0; i < pauses; i++)
        weft__os_pause();
}

/* Quickly at first, as an answer may be on its way. */
static bool look_soon(weft__moving *moving)
{
    uint32_t pauses = 1;
    for (int look = 0; look < LOOKS; look++) {
        if (can_move(moving))
            return true;
        pauses = look < QUICK_LOOKS ? pauses : 2 * pauses;
        pause_for(pauses);
    }
    return can_move(moving);
}

/* A trial that found no run makes trials rarer. */
static void judge_trial(weft__side *side, uint32_t pace, bool run)
{
    uint32_t rarity = weft__load_relaxed(&side->rarity);
    if (run)
        weft__store_relaxed(&side->pace, pace);
    rarity = run || rarity == 0 ? OFTEN : rarity < RAREST ? 2 * rarity : rarity;
    weft__store_relaxed(&side->rarity, rarity);
}

/* Such a pause is longer than it takes to fill a small queue. */
static bool may_hold_run(const weft_queue *queue)
{
    size_t maxsize = weft__load_relaxed(&queue->maxsize);
    return maxsize == 0 || maxsize > LONG_PACE;
}

/* One that has come after its own pace is a run if more than one is there. */
void weft__queue_keep_pace(const weft__moving *moving)
{
    weft__side *side = moving->side;
    uint32_t pace = weft__load_relaxed(&side->pace);
    uint32_t waits = weft__load_relaxed(&side->waits) + 1;
    bool trial = pace == 0 && waits >= weft__load_relaxed(&side->rarity) &&
                 may_hold_run(moving->queue);
    weft__store_relaxed(&side->waits, trial ? 0 : waits);
    if (trial)
        pace = LONG_PACE;
    if (pace == 0)
        return;
    pause_for(pace);
    size_t run = weft__queue_available(moving->queue, side);
    if (trial)
        judge_trial(side, pace, run >= LEAST_RUN);
    else if (run <= 1)
        weft__store_relaxed(&side->pace, 0);
}

static void wait_awake(weft__moving *moving)
{
    uint32_t vain = weft__load_relaxed(&moving->side->vain);
    if (!weft__ring_watch(moving))
        moving->mark = NULL;
    if (vain < TRIES || vain % RARELY == 0) {
        if (moving->mark == NULL)
            weft__queue_keep_pace(moving);
        if (look_soon(moving)) {
            if (vain != 0)
                weft__store_relaxed(&moving->side->vain, 0);
            return;
        }
    }
    weft__store_relaxed(&moving->side->vain, vain + 1);
    (void)weft__wait_awake(moving->side, can_move_now, moving);
}

/* ---- Asleep ---- */

void weft__queue_stand(weft__moving *moving, weft__waiter *waiter)
{
    weft__side *side = moving->side;
    bool again = waiter->since != 0;
    if (again && side->insisting == NULL &&
        weft__os_clock() - waiter->since > PATIENCE)
        weft__store_relaxed(&side->insisting, waiter);
    weft__line *line = weft__line_lock(side);
    if (again)
        weft__line_push_front(line, waiter);
    else
        weft__line_push(line, waiter);
    weft__line_unlock(line);
    side->sleeping++;
}

/* With both gates, but not meanwhile. */
static weft_status sleep_in_line(weft__moving *moving, weft__waiter *waiter,
                                 weft_duration deadline)
{
    weft__side *side = moving->side;
    weft__queue_wait_begins(moving);
    weft__queue_stand(moving, waiter);
    weft__queue_unlock(moving->queue);
    weft_status status = weft__park(waiter, deadline, WEFT__STOPPABLE);
    weft__queue_lock(moving->queue);
    if (status == WEFT_OK)
        side->called--;
    else
        side->sleeping--;
    return status;
}

/* One is kept for who insists. A getter is content with some. */
static weft_status move_all_but_one(weft__moving *moving)
{
    size_t n = moving->n, left = n - moving->done;
    size_t available = weft__queue_available(moving->queue, moving->side);
    if (available <= 1)
        return WEFT_TIMED_OUT;
    if (left > available - 1)
        moving->n = moving->done + available - 1;
    weft_status status = moving->move(moving);
    bool all = moving->n == n;
    moving->n = n;
    bool wants_all = moving->side == &moving->queue->put;
    return status == WEFT_OK && !all && wants_all ? WEFT_TIMED_OUT : status;
}

weft_status weft__queue_move(weft__moving *moving, const weft__waiter *waiter)
{
    const weft__waiter *insisting = moving->side->insisting;
    return insisting == NULL || insisting == waiter ? moving->move(moving)
                                                    : move_all_but_one(moving);
}

/* With both gates. A try has a deadline of 0. */
static weft_status move_or_sleep(weft__moving *moving, weft_duration deadline)
{
    weft__side *side = moving->side;
    weft__waiter waiter = {
        .kind = side == &moving->queue->get ? &get_kind : &put_kind,
        .object = side,
        .drowsy = true,
    };
    size_t before = moving->done;
    weft_status reason = deadline == 0 ? WEFT_TIMED_OUT : WEFT_OK;
    weft_status status = weft__queue_move(moving, &waiter);
    while (status == WEFT_TIMED_OUT && moving->done == before &&
           reason == WEFT_OK) {
        reason = sleep_in_line(moving, &waiter, deadline);
        status = weft__queue_move(moving, &waiter);
    }
    if (side->insisting == &waiter)
        weft__store_relaxed(&side->insisting, NULL);
    if (moving->done > before && status == WEFT_TIMED_OUT)
        return WEFT_OK;
    return status == WEFT_TIMED_OUT ? reason : status;
}

static bool must_wait(weft_status status)
{
    return status == WEFT_TIMED_OUT || status == WEFT_BUSY;
}

/* True: that was all, with *status. */
static bool move_awake(weft__moving *moving, weft_status *status)
{
    size_t before = moving->done;
    weft__queue_wait_begins(moving);
    wait_awake(moving);
    weft__queue_enter(moving->queue, moving->side);
    *status = weft__queue_move(moving, NULL);
    bool over = moving->done > before || !must_wait(*status);
    moving->side->inside -= over;
    if (over)
        weft__queue_wait_ends(moving);
    weft__queue_leave(moving->queue, moving->side);
    if (over && must_wait(*status))
        *status = WEFT_OK; /* some of many */
    return over;
}

weft_status weft__queue_wait(weft__moving *moving, weft_status status,
                             weft_duration deadline)
{
    if (status == WEFT_TIMED_OUT && move_awake(moving, &status))
        return status;
    weft__queue_lock(moving->queue);
    status = move_or_sleep(moving, deadline);
    moving->side->inside--;
    weft__queue_wait_ends(moving);
    weft__queue_unlock(moving->queue);
    return status;
}
