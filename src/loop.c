/* SPDX-License-Identifier: MIT */

/*
 * The loop. It lives on its caller's stack, and allocates nothing. Each thread
 * that takes part, the caller and the helpers that it submits, has a share:
 *
 *     share:  | end, 32 bits | first, 32 bits |     in units of indices
 *
 *     caller  [done | at work | > > > > > > > > ]
 *     helper                    [at work | > > > > > > > > ]   its rear half
 *
 * A thread works its share off from the front, piece by piece. Who has none
 * left takes the rear half of the largest: so a range is halved only where
 * somebody has nothing to do (lazy binary splitting, Tzannes, Caragea, Barua
 * and Vishkin, 2010; a share that others take from instead of a deque of tasks
 * is that of affinity scheduling, Markatos and LeBlanc, 1994). A share is one
 * word that says all of what is left, and is changed by compare-and-swap alone:
 * each unit is taken once, and a swap that succeeds late is as good as any.
 *
 * Where no grain is given, a piece is to take TARGET: the first of a share is
 * one unit, since nothing is known of it, the next ones twice as many each
 * until they take long enough; one that took too long makes the next shorter.
 * So a body that gets dearer on the way is cut finely where it is dear. Near
 * its end a share is left in ever smaller pieces, for others to take from,
 * until the rest are a few that would take less than LEAST: not worth sharing.
 *
 * A helper that has not begun when nothing is left is withdrawn: the loop never
 * waits for a busy pool, and needs no worker at all to come to its end.
 */

#include "loop.h"

#include "pool.h"

enum { MOST_HELPERS = 64, QUARTER = 4, LEAST_PART = 64, MOST_REST = 128 };

/* Long beside the price of a piece, some 50 ns for the clock and the swap, and
 * short beside what makes a loop worth sharing. */
#define TARGET WEFT_US(20)
#define LEAST 500

/* Of a share, in units. */
struct pace {
    uint32_t piece; /* the next one, at most */
    uint32_t rest;  /* if no more are left, all at once */
};

struct part {
    uint64_t share;
    const struct crew *crew;
    weft_future helper; /* the caller's is not used */
} __attribute__((aligned(64)));

struct crew {
    const weft__loop *loop;
    size_t unit;    /* indices; the grain, or more of them */
    uint32_t units; /* in all */
    size_t count;   /* of parts */
    struct part *parts;
};

/* ---- Shares ---- */

static uint64_t share_of(uint32_t first, uint32_t end)
{
    return (uint64_t)end << 32 | first;
}

static uint32_t first_of(uint64_t share)
{
    return (uint32_t)share;
}

static uint32_t end_of(uint64_t share)
{
    return (uint32_t)(share >> 32);
}

static uint32_t left_of(uint64_t share)
{
    return end_of(share) - first_of(share);
}

static uint32_t larger(uint32_t one, uint32_t other)
{
    return one > other ? one : other;
}

/* Less than the pace where that is not a small part of what is left: the rest
 * is for others. */
static uint32_t piece_of(uint32_t left, const struct pace *pace)
{
    uint32_t part = larger(left / QUARTER, larger(pace->piece / LEAST_PART, 1));
    uint32_t piece = pace->piece < part ? pace->piece : part;
    return piece < left && left > pace->rest ? piece : left;
}

/* Takes a piece of the own share; 0: there is none. */
static uint32_t take_front(struct part *self, const struct pace *pace,
                           uint32_t *first)
{
    uint32_t piece;
    uint64_t share = weft__load_relaxed(&self->share);
    do {
        piece = piece_of(left_of(share), pace);
        *first = first_of(share);
    } while (piece > 0 &&
             !weft__compare_swap_weak(&self->share, &share, share + piece));
    return piece;
}

static struct part *find_largest(const struct crew *crew, uint64_t *share)
{
    struct part *largest = NULL;
    *share = 0;
    for (size_t i = 0; i < crew->count; i++) {
        uint64_t its = weft__load_relaxed(&crew->parts[i].share);
        if (left_of(its) > left_of(*share)) {
            *share = its;
            largest = &crew->parts[i];
        }
    }
    return largest;
}

/* Makes the rear half of the largest share the own one; false: nothing is
 * left. */
static bool take_half(struct part *self)
{
    uint64_t share;
    struct part *from;
    while ((from = find_largest(self->crew, &share)) != NULL) {
        uint32_t end = end_of(share);
        uint32_t middle = first_of(share) + left_of(share) / 2;
        if (weft__compare_swap(&from->share, &share,
                               share_of(first_of(share), middle))) {
            weft__store(&self->share, share_of(middle, end));
            return true;
        }
    }
    return false;
}

/* ---- Working ---- */

static void run_units(const struct crew *crew, uint32_t first, uint32_t end)
{
    const weft__loop *loop = crew->loop;
    size_t at = loop->begin + first * crew->unit;
    size_t stop =
        end == crew->units ? loop->end : loop->begin + end * crew->unit;
    while (loop->grain != 0 && stop - at > loop->grain) {
        loop->body(at, at + loop->grain, loop->context);
        at += loop->grain;
    }
    loop->body(at, stop, loop->context);
}

/* After a piece of so many units. */
static void adapt(struct pace *pace, uint32_t piece, weft_duration took)
{
    if (took < TARGET / 2 && piece == pace->piece && piece < UINT32_MAX / 2)
        pace->piece *= 2;
    else if (took > 2 * TARGET)
        pace->piece = larger((uint32_t)(piece * TARGET / took), 1);
    weft_duration rest = piece * (weft_duration)LEAST / (took > 0 ? took : 1);
    pace->rest = rest < MOST_REST ? (uint32_t)rest : MOST_REST;
}

static void work_share_off(struct part *self)
{
    const struct crew *crew = self->crew;
    bool adapts = crew->loop->grain == 0;
    weft_duration since = adapts ? weft__os_clock() : 0;
    struct pace pace = {.piece = 1, .rest = 0};
    uint32_t first, piece;
    while ((piece = take_front(self, &pace, &first)) > 0) {
        run_units(crew, first, first + piece);
        if (!adapts)
            continue;
        weft_duration now = weft__os_clock();
        adapt(&pace, piece, now - since);
        since = now;
    }
}

static void *take_part(void *arg)
{
    struct part *self = arg;
    do
        work_share_off(self);
    while (take_half(self));
    return NULL;
}

/* ---- The crew ---- */

static size_t helpers_for(const weft_pool *pool, const struct crew *crew)
{
    size_t others = weft_pool_workers(pool) - 1; /* the caller works, too */
    size_t most = others < MOST_HELPERS ? others : MOST_HELPERS;
    return crew->units - 1 < most ? crew->units - 1 : most;
}

static void set_up(struct crew *crew, weft_pool *pool, const weft__loop *loop)
{
    size_t indices = loop->end - loop->begin;
    size_t least = (indices - 1) / UINT32_MAX + 1;
    crew->loop = loop;
    crew->unit = loop->grain > least ? loop->grain : least;
    crew->units = (uint32_t)((indices - 1) / crew->unit + 1);
    crew->count = 1 + helpers_for(pool, crew);
    for (size_t i = 0; i < crew->count; i++) {
        crew->parts[i].share = share_of(0, i == 0 ? crew->units : 0);
        crew->parts[i].crew = crew;
    }
}

/* One that stands in the caller's own deque is just taken out, since nobody
 * else knows it; any other is cancelled or waited for. */
static void dismiss(weft_future *helper)
{
    weft__worker *self = weft__worker_self();
    uint32_t word = weft__load(&helper->state_);
    if ((word & WEFT__FUTURE_LOCAL) == 0)
        weft_future_cancel(helper);
    else if (weft__deque_withdraw(&self->deque, helper))
        return;
    (void)weft__future_await(helper, WEFT_FOREVER, WEFT__UNSTOPPABLE);
}

void weft__loop_run(weft_pool *pool, const weft__loop *loop)
{
    struct part parts[1 + MOST_HELPERS];
    struct crew crew = {.parts = parts};
    set_up(&crew, pool, loop);
    size_t helpers = 0;
    while (helpers + 1 < crew.count &&
           weft_try_submit(pool, &parts[helpers + 1].helper, take_part,
                           &parts[helpers + 1]) == WEFT_OK)
        helpers++;
    if (helpers > 0)
        take_part(&parts[0]);
    else
        run_units(&crew, 0, crew.units);
    for (; helpers > 0; helpers--)
        dismiss(&parts[helpers].helper);
}
