/* SPDX-License-Identifier: MIT */

/* Selections, gets and puts of all kinds meet on several queues, with time-outs
 * and shutdowns at any moment: nothing is lost, and nothing comes twice. */

#include "support.h"

#include <stdatomic.h>
#include <weft.h>

enum { QUEUES = 3, MOST = 4, ITEMS = SANITIZED ? 1500 : 15000 };

/* The framework notes each assertion in a file: too slow for each item. */
static void must(bool holds)
{
    if (!holds)
        ck_abort();
}

struct item {
    uint32_t putter, number;
};

/* What is put in the first row is forwarded to the second, and got there. */
static weft_queue *in[QUEUES], *out[QUEUES];
static atomic_uchar seen[MOST][ITEMS];
static bool was_put[MOST][ITEMS];
static weft_event never;

static uint32_t dice(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

static void see(void *item)
{
    const struct item *got = item;
    must(seen[got->putter][got->number]++ == 0);
}

static weft_status select_somehow(const weft_select_case *cases, size_t n,
                                  size_t *which, uint32_t *random)
{
    switch (dice(random) % 4) {
    case 0:
        return weft_try_select(cases, n, which);
    case 1:
        return weft_select_timed(cases, n, which, WEFT_US(dice(random) % 60));
    default:
        return weft_select(cases, n, which);
    }
}

static bool is_in_vain(weft_status status)
{
    return status == WEFT_BUSY || status == WEFT_TIMED_OUT ||
           status == WEFT_FULL || status == WEFT_EMPTY;
}

/* ---- Who puts, forwards, gets ---- */

static weft_status put_somewhere(const struct item *item, uint32_t *random)
{
    size_t chosen;
    uint32_t first = dice(random) % QUEUES;
    const weft_select_case cases[] = {
        WEFT_SELECT_PUT(in[first], item),
        WEFT_SELECT_PUT(in[(first + 1) % QUEUES], item),
        WEFT_SELECT_EVENT(&never),
    };
    if (dice(random) % 4 == 0)
        return weft_queue_put_timed(in[first], item,
                                    WEFT_US(dice(random) % 60));
    return select_somehow(cases, 3, &chosen, random);
}

static void *put_all(void *arg)
{
    uint32_t putter = (uint32_t)(intptr_t)arg, random = putter + 1;
    weft_status status = WEFT_OK;
    for (uint32_t i = 0; i < ITEMS && status == WEFT_OK; i++) {
        const struct item item = {putter, i};
        do
            status = put_somewhere(&item, &random);
        while (is_in_vain(status));
        must(status == WEFT_OK || status == WEFT_SHUT_DOWN);
        was_put[putter][i] = status == WEFT_OK;
    }
    return NULL;
}

/* Takes one while it passes another on; holds at most two. */
static void *forward_all(void *arg)
{
    uint32_t number = (uint32_t)(intptr_t)arg, random = number + 50;
    weft_queue *from = in[number % QUEUES], *to = out[dice(&random) % QUEUES];
    struct item held, got;
    weft_select_case cases[] = {WEFT_SELECT_GET(from, &got),
                                WEFT_SELECT_PUT(to, &held)};
    size_t chosen;
    bool closed = false, has_got = false;
    cases[1].off = true;
    while (!closed || !cases[1].off) {
        weft_status status = select_somehow(cases, 2, &chosen, &random);
        if (is_in_vain(status))
            continue;
        must(status == WEFT_OK || (status == WEFT_SHUT_DOWN && chosen == 0));
        if (chosen == 1)
            cases[1].off = true;
        else if (status == WEFT_SHUT_DOWN)
            closed = true;
        else
            has_got = true;
        if (has_got && cases[1].off) {
            held = got;
            has_got = cases[1].off = false;
        }
        cases[0].off = closed || has_got;
    }
    return NULL;
}

static void *get_all(void *arg)
{
    uint32_t random = (uint32_t)(intptr_t)arg + 100;
    struct item items[QUEUES];
    weft_select_case cases[QUEUES];
    size_t chosen, open = QUEUES;
    for (size_t i = 0; i < QUEUES; i++)
        cases[i] = (weft_select_case)WEFT_SELECT_GET(out[i], &items[i]);
    while (open > 0) {
        size_t one = dice(&random) % QUEUES;
        bool plain = dice(&random) % 8 == 0 && !cases[one].off;
        weft_status status =
            plain ? weft_queue_get_timed(out[one], &items[one], WEFT_US(30))
                  : select_somehow(cases, QUEUES, &chosen, &random);
        if (is_in_vain(status))
            continue;
        if (plain)
            chosen = one;
        must(status == WEFT_OK || status == WEFT_SHUT_DOWN);
        if (status == WEFT_OK) {
            see(&items[chosen]);
            must(weft_queue_task_done(out[chosen]) == WEFT_OK);
        } else {
            cases[chosen].off = true;
            open--;
        }
    }
    return NULL;
}

/* ---- All of them together ---- */

static void start_all(weft_thread *threads, int n, weft_target target)
{
    for (intptr_t i = 0; i < n; i++) {
        threads[i] = (weft_thread)WEFT_THREAD(target, (void *)i);
        start(&threads[i]);
    }
}

static void join_all(weft_thread *threads, int n)
{
    for (int i = 0; i < n; i++)
        assert_ok(weft_thread_join(&threads[i]));
}

static int by_number(const void *one, const void *other)
{
    uint32_t a_number = ((const struct item *)one)->number;
    uint32_t b_number = ((const struct item *)other)->number;
    return (a_number > b_number) - (a_number < b_number);
}

static void open_all(uint32_t *random)
{
    static const size_t sizes[] = {1, 2, 5, 64, 0};
    for (int i = 0; i < QUEUES; i++) {
        in[i] = weft_queue_create(sizeof(struct item),
                                  .maxsize = sizes[dice(random) % 5],
                                  .kind = (weft_queue_kind)(dice(random) % 3),
                                  .compare = by_number, .destroy = see);
        out[i] = weft_queue_create(
            sizeof(struct item), .maxsize = sizes[dice(random) % 5],
            .kind = (weft_queue_kind)(dice(random) % 3), .compare = by_number);
    }
}

static void close_all(weft_queue **queues, bool immediate)
{
    for (int i = 0; i < QUEUES; i++)
        assert_ok(weft_queue_shutdown(queues[i], immediate));
}

static void destroy_all(weft_queue **queues)
{
    for (int i = 0; i < QUEUES; i++) {
        ck_assert_uint_eq(weft_queue_size(queues[i]), 0);
        assert_ok(weft_queue_destroy(queues[i]));
    }
}

/* Shuts down at once after `moment`; < 0: when all is put. */
static void run(int each, weft_duration moment, uint32_t *random)
{
    weft_thread putting[MOST], forwarding[QUEUES * MOST], getting[MOST];
    memset(seen, 0, sizeof seen);
    memset(was_put, 0, sizeof was_put);
    open_all(random);
    start_all(getting, each, get_all);
    start_all(forwarding, QUEUES * MOST, forward_all);
    start_all(putting, each, put_all);
    if (moment >= 0) {
        weft_sleep(moment);
        close_all(in, true);
    }
    join_all(putting, each);
    close_all(in, false);
    join_all(forwarding, QUEUES * MOST);
    close_all(out, false);
    join_all(getting, each);
    for (int i = 0; i < QUEUES; i++)
        assert_ok(weft_queue_join(out[i]));
    destroy_all(in);
    destroy_all(out);
    for (int i = 0; i < MOST; i++)
        for (uint32_t k = 0; k < ITEMS; k++)
            must(seen[i][k] == was_put[i][k]);
}

START_TEST(all_together_lose_nothing)
{
    uint32_t random = 1;
    for (int round = 0; round < 6; round++)
        run(1 + round % MOST, -1, &random);
}
END_TEST

START_TEST(a_shutdown_at_any_moment_loses_nothing)
{
    uint32_t random = 2;
    for (int round = 0; round < 30; round++)
        run(1 + round % MOST, WEFT_US(dice(&random) % 3000), &random);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        all_together_lose_nothing,
        a_shutdown_at_any_moment_loses_nothing,
    };
    return RUN_TESTS("select races", tests);
}
