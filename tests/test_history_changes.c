/* SPDX-License-Identifier: MIT */

/* In a long right history of a queue one thing is changed: that is found. */

#include "history.h"
#include "support.h"

static uint32_t random_state;

static int32_t dice(int32_t below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (int32_t)(random_state >> 8) % below;
}

enum {
    LIMIT = 5,
    CREW = 4,
    ITEMS = 4000,
    ROOM = 8 * ITEMS,
    CHANGES = SANITIZED ? 20 : 200,
    APART = 100
};

static struct call calls_of[ROOM];
static size_t calls_count;

enum stage { IDLE, BEGUN, TAKEN };

struct thread {
    enum stage stage;
    struct call call;
};

static struct model {
    int32_t now, put, got;
} model;

static void take_effect(struct thread *thread)
{
    struct call *call = &thread->call;
    int32_t size = model.put - model.got;
    bool putting = call->kind == CALL_PUT;
    if (putting ? size < LIMIT : size > 0)
        call->item = putting ? model.put++ : model.got++;
    else if (dice(4) == 0)
        *call = (struct call){.kind = CALL_SIZE,
                              .began = call->began,
                              .least = size,
                              .most = size};
    else
        return; /* it waits */
    thread->stage = TAKEN;
}

static void step(struct thread *thread, int lane)
{
    if (thread->stage == IDLE) {
        bool put = lane < CREW && model.put < ITEMS - CREW;
        thread->call = (struct call){.kind = put ? CALL_PUT : CALL_GET,
                                     .began = ++model.now};
        thread->stage = BEGUN;
    } else if (thread->stage == BEGUN) {
        take_effect(thread);
    } else {
        thread->call.returned = ++model.now;
        thread->call.lane = (uint8_t)lane;
        calls_of[calls_count++] = thread->call;
        thread->stage = IDLE;
    }
}

/* Four put and four get, until all is gotten and nobody is on the way. */
static struct history make_long(void)
{
    struct thread threads[2 * CREW] = {{.stage = IDLE}};
    model = (struct model){.now = 0};
    calls_count = 0;
    int busy = 1;
    while (busy > 0 && calls_count < ROOM) {
        int lane = dice(2 * CREW);
        bool over = model.put >= ITEMS - CREW && model.got == model.put;
        if (!over || threads[lane].stage != IDLE)
            step(&threads[lane], lane);
        busy = !over;
        for (int i = 0; i < 2 * CREW; i++)
            busy += threads[i].stage != IDLE;
    }
    return (struct history){calls_of,  calls_count, ITEMS,
                            model.now, LIMIT,       true};
}

/* One of that kind. */
static size_t any(uint8_t kind)
{
    size_t i;
    do
        i = (size_t)dice((int32_t)calls_count);
    while (calls_of[i].kind != kind);
    return i;
}

static void expect_change(const struct history *history, size_t i,
                          struct call changed, const char *flaw)
{
    struct call before = calls_of[i];
    calls_of[i] = changed;
    ck_assert_pstr_eq(find_flaw(history), flaw);
    calls_of[i] = before;
}

/* As if it had been a question for the size. */
static struct call unmade(struct call call)
{
    call.kind = CALL_SIZE;
    call.least = 0;
    call.most = LIMIT;
    call.lane = 3 * CREW;
    return call;
}

static void exchange_gets(const struct history *history)
{
    size_t i = any(CALL_GET), k = any(CALL_GET);
    int32_t item = calls_of[i].item, other = calls_of[k].item;
    if (abs(item - other) < APART)
        return;
    calls_of[i].item = other;
    calls_of[k].item = item;
    ck_assert_ptr_nonnull(find_flaw(history));
    calls_of[i].item = item;
    calls_of[k].item = other;
}

static void change_one(const struct history *history)
{
    size_t get = any(CALL_GET), put = any(CALL_PUT), size = any(CALL_SIZE);
    expect_change(history, get, unmade(calls_of[get]), "an item was lost");
    expect_change(history, put, unmade(calls_of[put]),
                  "an item came from nowhere");
    struct call changed = calls_of[get];
    changed.item = calls_of[any(CALL_GET)].item;
    if (changed.item != calls_of[get].item)
        expect_change(history, get, changed, "an item came twice");
    changed = calls_of[size];
    changed.least = changed.most = LIMIT + 2 * CREW;
    expect_change(history, size, changed, "there were never so many items");
    exchange_gets(history);
}

START_TEST(each_change_of_a_right_one_is_found)
{
    struct history history = make_long();
    ck_assert_ptr_null(find_flaw(&history));
    for (int n = 0; n < CHANGES; n++)
        change_one(&history);
    history.maxsize = LIMIT - 3;
    ck_assert_pstr_eq(find_flaw(&history),
                      "there were more items than the limit");
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        each_change_of_a_right_one_is_found,
    };
    return RUN_TESTS("history changes", tests);
}
