/* SPDX-License-Identifier: MIT */

/* One thread's calls of queues, beside a plain array, and of selections. */

#include "programs.h"

/* What an item is compared by; those that agree come in order of arrival. */
static int rank(int item)
{
    return item / 4;
}

static int compare(const void *one, const void *other)
{
    int a, b;
    memcpy(&a, one, sizeof a);
    memcpy(&b, other, sizeof b);
    return (rank(a) > rank(b)) - (rank(a) < rank(b));
}

static size_t discarded;

static void discard(void *item)
{
    (void)item;
    discarded++;
}

void queue_model_begin(queue_model *model, weft_queue_kind kind, size_t maxsize)
{
    *model = (queue_model){.kind = kind, .maxsize = maxsize};
    model->queue = weft_queue_create(
        sizeof(int), .kind = kind, .maxsize = maxsize, .compare = compare,
        .destroy = discard, .statistics = maxsize % 2 == 1);
    must(model->queue != NULL);
}

static size_t index_of_next(const queue_model *model)
{
    size_t next = 0;
    if (model->kind == WEFT_LIFO)
        return model->count - 1;
    for (size_t i = 1; i < model->count && model->kind == WEFT_PRIORITY; i++)
        if (rank(model->items[i]) < rank(model->items[next]))
            next = i;
    return next;
}

static int take_next(queue_model *model)
{
    size_t next = index_of_next(model);
    int item = model->items[next];
    model->count--;
    memmove(&model->items[next], &model->items[next + 1],
            (model->count - next) * sizeof(int));
    return item;
}

/* How many of n more there is room for, in the queue and in the model. */
static size_t room_for(const queue_model *model, size_t n)
{
    size_t most = model->maxsize != 0 ? model->maxsize : ITEMS;
    size_t room = model->count < most ? most - model->count : 0;
    return n < room ? n : room;
}

static void check(const queue_model *model)
{
    weft_queue *queue = model->queue;
    must_equal(weft_queue_size(queue), model->count);
    must_equal(weft_queue_empty(queue), model->count == 0);
    must_equal(weft_queue_unfinished(queue), model->unfinished);
    must_equal(weft_queue_maxsize(queue), model->maxsize);
    must_equal(weft_queue_full(queue),
               model->maxsize != 0 && model->count >= model->maxsize);
}

static queue_model *model_of(void *world, const struct call *call)
{
    struct alone *self = world;
    return &self->queues[call->one % QUEUES];
}

static void put_one(queue_model *model, int item, unsigned how)
{
    bool room = room_for(model, 1) > 0;
    weft_status wanted = model->shut_down ? WEFT_SHUT_DOWN : WEFT_OK;
    if (how == 0)
        must_answer(wanted != WEFT_OK || room ? wanted : WEFT_FULL,
                    weft_queue_try_put(model->queue, &item));
    else if (how == 1)
        must_answer(wanted != WEFT_OK || room ? wanted : WEFT_TIMED_OUT,
                    weft_queue_put_timed(model->queue, &item, 100));
    else if (room || model->shut_down)
        must_answer(wanted, weft_queue_put(model->queue, &item));
    if (wanted != WEFT_OK || !room)
        return;
    model->items[model->count++] = item;
    model->unfinished++;
}

static void put_many(queue_model *model, int first, size_t n)
{
    int items[4] = {first, first + 1, first + 2, first + 3};
    size_t done = 99, wanted = model->shut_down ? 0 : room_for(model, n);
    weft_status status = wanted == n        ? WEFT_OK
                         : model->shut_down ? WEFT_SHUT_DOWN
                                            : WEFT_FULL;
    must_answer(status, weft_queue_try_put_many(model->queue, items, n, &done));
    must_equal(done, wanted);
    memcpy(&model->items[model->count], items, done * sizeof(int));
    model->count += done;
    model->unfinished += done;
}

/* The array that is the model is smaller than a queue without limit. */
void put_alone(void *world, const struct call *call)
{
    queue_model *model = model_of(world, call);
    if (model->count + 4 > ITEMS)
        return;
    if (call->two % 4 == 3)
        put_many(model, call->three, call->three % 5);
    else
        put_one(model, call->three, call->two % 4);
    check(model);
}

static void get_one(queue_model *model, unsigned how)
{
    int item = -1;
    bool some = model->count > 0;
    weft_status none = model->shut_down ? WEFT_SHUT_DOWN
                       : how == 1       ? WEFT_TIMED_OUT
                                        : WEFT_EMPTY;
    weft_status wanted = some ? WEFT_OK : none;
    if (how == 0)
        must_answer(wanted, weft_queue_try_get(model->queue, &item));
    else if (how == 1)
        must_answer(wanted, weft_queue_get_timed(model->queue, &item, 100));
    else if (how == 2 && (some || model->shut_down))
        must_answer(wanted, weft_queue_get(model->queue, &item));
    else if (how == 3)
        must_answer(wanted, weft_queue_try_peek(model->queue, &item));
    if (how == 3 && some)
        must_equal(item, model->items[index_of_next(model)]);
    else
        must_equal(item, some ? take_next(model) : -1);
}

static void get_many(queue_model *model, size_t n)
{
    int items[4];
    size_t done = 99, wanted = n < model->count ? n : model->count;
    weft_status none = model->shut_down ? WEFT_SHUT_DOWN : WEFT_EMPTY;
    must_answer(wanted > 0 || n == 0 ? WEFT_OK : none,
                weft_queue_try_get_many(model->queue, items, n, &done));
    must_equal(done, wanted);
    for (size_t i = 0; i < done; i++)
        must_equal(items[i], take_next(model));
}

void get_alone(void *world, const struct call *call)
{
    queue_model *model = model_of(world, call);
    if (call->two % 5 == 4)
        get_many(model, call->three % 5);
    else
        get_one(model, call->two % 5);
    check(model);
}

static void discard_all(queue_model *model)
{
    must_equal(discarded, model->count);
    model->unfinished -=
        model->count < model->unfinished ? model->count : model->unfinished;
    model->count = 0;
}

static void say_done(queue_model *model)
{
    if (model->unfinished == 0) {
        must_refuse(WEFT_OVERFLOW, weft_queue_task_done(model->queue));
        return;
    }
    must_answer(WEFT_OK, weft_queue_task_done(model->queue));
    model->unfinished--;
}

static void shut_down(queue_model *model, bool immediate)
{
    discarded = 0;
    must_answer(WEFT_OK, weft_queue_shutdown(model->queue, immediate));
    model->shut_down = true;
    if (immediate)
        discard_all(model);
}

static void clear(queue_model *model)
{
    size_t told = 99;
    discarded = 0;
    must_answer(WEFT_OK, weft_queue_clear(model->queue, &told));
    must_equal(told, model->count);
    discard_all(model);
}

void queue_model_end(queue_model *model)
{
    discarded = 0;
    must_answer(WEFT_OK, weft_queue_destroy(model->queue));
    must_equal(discarded, model->count);
}

void queue_alone(void *world, const struct call *call)
{
    queue_model *model = model_of(world, call);
    bool done = model->unfinished == 0;
    switch (call->two % 8) {
    case 0:
    case 1:
        say_done(model);
        break;
    case 2:
        must_answer(done ? WEFT_OK : WEFT_BUSY,
                    weft_queue_try_join(model->queue));
        break;
    case 3:
        must_answer(done ? WEFT_OK : WEFT_TIMED_OUT,
                    weft_queue_join_timed(model->queue, call->three));
        break;
    case 4:
        clear(model);
        break;
    case 5:
        model->maxsize = call->three % 6;
        must_answer(WEFT_OK,
                    weft_queue_set_maxsize(model->queue, model->maxsize));
        break;
    case 6:
        must(weft_queue_fd(model->queue) >= 0);
        break;
    default:
        if (call->three % 4 < 2) {
            shut_down(model, call->three % 4 == 0);
            break;
        }
        queue_model_end(model);
        queue_model_begin(model, model->kind, call->three % 6);
    }
    check(model);
}

static bool has_room(const queue_model *model)
{
    return model->shut_down || room_for(model, 1) > 0;
}

/* A get of the first queue, a put to the second, and the event. */
void select_alone(void *world, const struct call *call)
{
    struct alone *self = world;
    queue_model *from = &self->queues[0], *to = &self->queues[1];
    int got = -1, item = call->two;
    size_t chosen = 99;
    const weft_select_case cases[] = {
        WEFT_SELECT_GET(from->queue, &got),
        WEFT_SELECT_PUT(to->queue, &item),
        WEFT_SELECT_EVENT(&self->event),
    };
    bool ready[] = {from->count > 0 || from->shut_down, has_room(to),
                    self->event_set};
    size_t n = call->one % 4;
    if (to->count + 4 > ITEMS)
        return;
    begin_misuse();
    weft_status status = weft_try_select(cases, n, &chosen);
    must_be_misuse(false);
    must(chosen <= n);
    if (chosen == n) {
        must_equal(status, WEFT_BUSY);
        for (size_t i = 0; i < n; i++)
            must(!ready[i]);
        return;
    }
    must(ready[chosen]);
    bool closed =
        (chosen == 0 && from->count == 0) || (chosen == 1 && to->shut_down);
    must_equal(status, closed ? WEFT_SHUT_DOWN : WEFT_OK);
    if (chosen == 0 && !closed)
        must_equal(got, take_next(from));
    if (chosen == 1 && !closed) {
        to->items[to->count++] = item;
        to->unfinished++;
    }
    check(from);
    check(to);
}
