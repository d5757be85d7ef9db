/* SPDX-License-Identifier: MIT */

/*
 * Queues of all kinds. Every item that went in comes out once, or is discarded
 * once; of one putter's items each getter of a FIFO queue gets the earlier
 * first; and join returns when all are dealt with.
 */

#include "storm.h"

#include <poll.h>

enum { ITEMS = 60 / SLOWER, MANY = 5 };

typedef struct queues_job {
    weft_queue *queue;
    bool in_order;
    unsigned putters;
    atomic_uint putting; /* how many putters are not through */
    atomic_ulong in, sum_in, out, sum_out, discarded, sum_discarded;
} queues_job;

struct item {
    queues_job *job;
    unsigned putter, number;
};

static unsigned long weight(const struct item *item)
{
    return item->putter * 1000UL + item->number;
}

static void discard(void *arg)
{
    const struct item *item = arg;
    item->job->discarded++;
    item->job->sum_discarded += weight(item);
}

static int compare(const void *one, const void *other)
{
    const struct item *a = one, *b = other;
    return (int)(a->number % 7) - (int)(b->number % 7);
}

/* ---- Putting ---- */

static weft_status put_one(weft_queue *queue, const struct item *item,
                           struct dice *dice)
{
    switch (roll(dice, 4)) {
    case 0:
        return weft_queue_try_put(queue, item);
    case 1:
        return weft_queue_put_timed(queue, item, short_while(dice));
    default:
        return weft_queue_put(queue, item);
    }
}

static weft_status put_many(weft_queue *queue, const struct item *items,
                            size_t n, size_t *done, struct dice *dice)
{
    switch (roll(dice, 3)) {
    case 0:
        return weft_queue_try_put_many(queue, items, n, done);
    case 1:
        return weft_queue_put_many_timed(queue, items, n, done,
                                         short_while(dice));
    default:
        return weft_queue_put_many(queue, items, n, done);
    }
}

static size_t put_some(queues_job *job, const struct item *items, size_t n,
                       weft_status *status, struct dice *dice)
{
    size_t done = 0;
    if (n > 1 && once_in(dice, 2)) {
        *status = put_many(job->queue, items, n, &done, dice);
    } else {
        *status = put_one(job->queue, items, dice);
        done = *status == WEFT_OK;
    }
    must(*status == WEFT_OK || *status == WEFT_FULL ||
         *status == WEFT_TIMED_OUT || *status == WEFT_NO_MEMORY ||
         *status == WEFT_SHUT_DOWN);
    return done;
}

static void put_all(member *self, queues_job *job)
{
    weft_status status = WEFT_OK;
    for (unsigned number = 0; number < ITEMS && status != WEFT_SHUT_DOWN;) {
        struct item items[MANY];
        size_t n = 0;
        for (; n < MANY && number + n < ITEMS; n++)
            items[n] = (struct item){job, self->index, number + (unsigned)n};
        size_t done = put_some(job, items, n, &status, &self->dice);
        job->in += done;
        for (size_t i = 0; i < done; i++)
            job->sum_in += weight(&items[i]);
        number += (unsigned)done;
    }
    job->putting--;
}

/* ---- Getting ---- */

static weft_status get_some(queues_job *job, struct item *items, size_t *n,
                            struct dice *dice)
{
    *n = 1;
    switch (roll(dice, 6)) {
    case 0:
        return weft_queue_try_get(job->queue, items);
    case 1:
        return weft_queue_get_timed(job->queue, items, short_while(dice));
    case 2:
        return weft_queue_get_many(job->queue, items, MANY, n);
    case 3:
        return weft_queue_get_many_timed(job->queue, items, MANY, n,
                                         short_while(dice));
    case 4:
        return weft_queue_try_get_many(job->queue, items, MANY, n);
    default:
        return weft_queue_get(job->queue, items);
    }
}

static void receive(queues_job *job, const struct item *item, unsigned *next)
{
    must(item->job == job && item->putter < job->putters);
    must(!job->in_order || item->number >= next[item->putter]);
    next[item->putter] = item->number + 1;
    job->out++;
    job->sum_out += weight(item);
    must(weft_queue_task_done(job->queue) == WEFT_OK);
}

static void get_all(member *self, queues_job *job)
{
    unsigned next[MOST_MEMBERS] = {0};
    for (;;) {
        struct item items[MANY];
        size_t n;
        weft_status status = get_some(job, items, &n, &self->dice);
        if (status == WEFT_SHUT_DOWN)
            break;
        must(status == WEFT_OK || status == WEFT_EMPTY ||
             status == WEFT_TIMED_OUT);
        for (size_t i = 0; status == WEFT_OK && i < n; i++)
            receive(job, &items[i], next);
    }
}

static void use_queue(member *self)
{
    queues_job *job = self->job;
    if (self->index < job->putters)
        put_all(self, job);
    else
        get_all(self, job);
}

/* ---- What else is done to a queue ---- */

static void look_at_descriptor(queues_job *job)
{
    struct pollfd polled = {weft_queue_fd(job->queue), POLLIN, 0};
    if (polled.fd >= 0)
        (void)poll(&polled, 1, 0);
}

static void disturb(queues_job *job, struct dice *dice)
{
    struct item item;
    size_t discarded;
    switch (roll(dice, 8)) {
    case 0:
        must(weft_queue_clear(job->queue, &discarded) == WEFT_OK);
        break;
    case 1:
        must(weft_queue_set_maxsize(job->queue, roll(dice, 6)) == WEFT_OK);
        break;
    case 2:
        must(weft_queue_set_statistics(job->queue, once_in(dice, 2)) ==
             WEFT_OK);
        break;
    case 3:
        if (weft_queue_try_peek(job->queue, &item) == WEFT_OK)
            must(item.job == job);
        break;
    case 4:
        (void)weft_queue_join_timed(job->queue, short_while(dice));
        break;
    case 5:
        look_at_descriptor(job);
        break;
    default:
        weft_sleep(short_while(dice));
    }
}

static void shut_down(queues_job *job, struct dice *dice)
{
    bool early = once_in(dice, 3), immediate = early && once_in(dice, 2);
    while (job->putting > 0 && !(early && once_in(dice, 10)))
        disturb(job, dice);
    must(weft_queue_shutdown(job->queue, immediate) == WEFT_OK);
}

static void check_queue(queues_job *job)
{
    must(weft_queue_join(job->queue) == WEFT_OK);
    must(weft_queue_size(job->queue) == 0);
    must(weft_queue_unfinished(job->queue) == 0);
    must(weft_queue_destroy(job->queue) == WEFT_OK);
    must(job->in == job->out + job->discarded);
    must(job->sum_in == job->sum_out + job->sum_discarded);
}

void queues_round(struct dice *dice)
{
    static const weft_queue_kind kinds[] = {WEFT_FIFO, WEFT_FIFO, WEFT_LIFO,
                                            WEFT_PRIORITY};
    member members[MOST_MEMBERS];
    queues_job job = {.putters = 1 + roll(dice, 3)};
    weft_queue_kind kind = kinds[roll(dice, 4)];
    job.queue = weft_queue_create(
        sizeof(struct item), .kind = kind, .maxsize = roll(dice, 5),
        .compare = compare, .destroy = discard, .statistics = once_in(dice, 4));
    if (job.queue == NULL)
        return; /* out of memory */
    unsigned n = job.putters + 1 + roll(dice, 3);
    job.in_order = kind == WEFT_FIFO;
    job.putting = job.putters;
    start_team(members, n, use_queue, &job, dice);
    shut_down(&job, dice);
    join_team(members, n);
    check_queue(&job);
}

/* ---- Selects: members pass items from one queue to the other ---- */

typedef struct selects_job {
    weft_queue *one, *other;
    weft_event over;
    weft_thread *ender;
    atomic_uint moves;
} selects_job;

/* Takes from wherever there is something and puts it where there is room; if
 * there is none, back where it came from: that was made unlimited. */
static bool move(selects_job *job, struct dice *dice)
{
    unsigned got[2];
    size_t chosen;
    const weft_select_case takes[] = {
        WEFT_SELECT_GET(job->one, &got[0]),
        WEFT_SELECT_GET(job->other, &got[1]),
        WEFT_SELECT_EVENT(&job->over),
        WEFT_SELECT_THREAD(job->ender),
    };
    weft_status status = once_in(dice, 3) ? weft_select_timed(takes, 4, &chosen,
                                                              short_while(dice))
                                          : weft_select(takes, 4, &chosen);
    must(status == WEFT_OK || status == WEFT_TIMED_OUT);
    if (status != WEFT_OK || chosen >= 2)
        return status != WEFT_OK;
    const weft_select_case puts[] = {
        WEFT_SELECT_PUT(job->one, &got[chosen]),
        WEFT_SELECT_PUT(job->other, &got[chosen]),
    };
    do
        status = weft_select(puts, 2, NULL);
    while (status == WEFT_NO_MEMORY);
    must(status == WEFT_OK);
    job->moves++;
    return true;
}

static void use_select(member *self)
{
    while (move(self->job, &self->dice))
        ;
}

static void *end_selects(void *arg)
{
    selects_job *job = arg;
    while (job->moves < ITEMS)
        weft_sleep(WEFT_US(100));
    must(weft_event_set(&job->over) == WEFT_OK);
    return NULL;
}

static void fill(selects_job *job)
{
    for (unsigned i = 0; i < MANY; i++)
        while (weft_queue_put(job->one, &i) != WEFT_OK)
            ;
}

static void check_selects(selects_job *job)
{
    unsigned seen = 0, item;
    while (weft_queue_try_get(job->one, &item) == WEFT_OK ||
           weft_queue_try_get(job->other, &item) == WEFT_OK) {
        must(item < MANY && (seen & 1U << item) == 0);
        seen |= 1U << item;
    }
    must(seen == (1U << MANY) - 1);
}

void selects_round(struct dice *dice)
{
    selects_job job = {
        .one = weft_queue_create(sizeof(unsigned)),
        .other = weft_queue_create(sizeof(unsigned), .maxsize = 2),
    };
    weft_thread ender = WEFT_THREAD(end_selects, &job);
    if (job.one != NULL && job.other != NULL) {
        fill(&job);
        start_surely(&ender);
        job.ender = &ender;
        run_team(2 + roll(dice, 3), use_select, &job, dice);
        must(weft_thread_join(&ender) == WEFT_OK);
        check_selects(&job);
    }
    must(weft_queue_destroy(job.one) == WEFT_OK);
    must(weft_queue_destroy(job.other) == WEFT_OK);
}
