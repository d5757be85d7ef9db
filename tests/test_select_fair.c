/* SPDX-License-Identifier: MIT */

/* Nobody is forgotten, neither who selects nor who waits beside, and nobody is
 * kept out. */

#include "support.h"

#include <stdatomic.h>
#include <weft.h>

enum { QUEUES = 3, MOST = 4, PULSES = SANITIZED ? 50 : 300 };

/* The framework notes each assertion in a file: too slow for each item. */
static void must(bool holds)
{
    if (!holds)
        ck_abort();
}

static weft_queue *queues[QUEUES];

static uint32_t dice(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

static void open_queues(size_t maxsize)
{
    for (int i = 0; i < QUEUES; i++)
        queues[i] = weft_queue_create(sizeof(int), .maxsize = maxsize);
}

static void close_queues(void)
{
    for (int i = 0; i < QUEUES; i++)
        assert_ok(weft_queue_destroy(queues[i]));
}

static void put(size_t which)
{
    int item = 1;
    must(weft_queue_put(queues[which], &item) == WEFT_OK);
}

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

/* ---- Who sleeps is woken ---- */

static void *select_one(void *arg)
{
    int items[QUEUES];
    size_t which;
    const weft_select_case cases[] = {WEFT_SELECT_GET(queues[0], &items[0]),
                                      WEFT_SELECT_GET(queues[1], &items[1]),
                                      WEFT_SELECT_GET(queues[2], &items[2])};
    must(weft_select(cases, QUEUES, &which) == WEFT_OK);
    return arg;
}

static void *get_from_first(void *arg)
{
    int item;
    must(weft_queue_get(queues[0], &item) == WEFT_OK);
    return arg;
}

static void wait_until_all_wait(size_t n)
{
    size_t waiting = 0;
    while (waiting < n) {
        weft_thread_info infos[64];
        size_t count = weft_enumerate(infos, 64);
        waiting = 0;
        for (size_t i = 0; i < count; i++)
            waiting += infos[i].waits_for != NULL;
    }
}

/* As many items as threads; one half of them anywhere, the other where getters
 * wait, too. */
START_TEST(as_many_items_as_sleepers_wake_them_all)
{
    uint32_t random = 3;
    for (int round = 0; round < 50; round++) {
        weft_thread selectors[MOST], getters[MOST];
        bool at_once = round % 4 == 0;
        open_queues(0);
        start_all(selectors, MOST, select_one);
        start_all(getters, MOST, get_from_first);
        if (round % 2 == 0)
            wait_until_all_wait(2 * MOST);
        for (uint32_t i = 0; i < MOST; i++)
            put(at_once ? 0 : 1 + dice(&random) % 2);
        if (!at_once)
            join_all(selectors, MOST);
        for (uint32_t i = 0; i < MOST; i++)
            put(0);
        if (at_once)
            join_all(selectors, MOST);
        join_all(getters, MOST);
        close_queues();
    }
}
END_TEST

static atomic_bool finished;

static void *take_and_put_back(void *arg)
{
    int item;
    while (!finished) {
        must(weft_queue_get(queues[0], &item) == WEFT_OK);
        must(weft_queue_put(queues[0], &item) == WEFT_OK);
    }
    return arg;
}

/* One item goes round among seven; a selection wants it, too. */
START_TEST(seven_who_conspire_do_not_keep_out_a_selection)
{
    weft_thread others[7];
    int item = 0;
    size_t chosen;
    open_queues(1);
    const weft_select_case cases[] = {WEFT_SELECT_GET(queues[0], &item),
                                      WEFT_SELECT_GET(queues[1], &item)};
    assert_ok(weft_queue_put(queues[0], &item));
    start_all(others, 7, take_and_put_back);
    for (int i = 0; i < 100; i++) {
        assert_ok(weft_select(cases, 2, &chosen));
        ck_assert_uint_eq(chosen, 0);
        assert_ok(weft_queue_put(queues[0], &item));
        weft_sleep(WEFT_US(200));
    }
    finished = true;
    join_all(others, 7);
    close_queues();
}
END_TEST

/* ---- Events ---- */

static weft_event pulses[QUEUES], answers[QUEUES];

/* Each pulse is for all who wait: selections, some of which give up, and one
 * that waits for it alone, which answers. */
static void *select_pulses(void *arg)
{
    uint32_t random = (uint32_t)(intptr_t)arg + 1;
    size_t which;
    const weft_select_case cases[] = {WEFT_SELECT_EVENT(&pulses[0]),
                                      WEFT_SELECT_EVENT(&pulses[1]),
                                      WEFT_SELECT_EVENT(&pulses[2])};
    while (!finished) {
        weft_status status = weft_select_timed(cases, QUEUES, &which,
                                               WEFT_US(dice(&random) % 60));
        must(status == WEFT_OK || status == WEFT_TIMED_OUT);
    }
    return NULL;
}

static void *answer_pulses(void *arg)
{
    intptr_t mine = (intptr_t)arg;
    while (!finished) {
        assert_ok(weft_event_wait(&pulses[mine]));
        assert_ok(weft_event_set(&answers[mine]));
    }
    return NULL;
}

START_TEST(pulses_reach_all_while_others_give_up)
{
    weft_thread selectors[MOST], answering[QUEUES];
    start_all(selectors, MOST, select_pulses);
    start_all(answering, QUEUES, answer_pulses);
    for (int i = 0; i < PULSES; i++) {
        int mine = i % QUEUES;
        /* A woken selection may still be seen to wait for it. */
        wait_until_waits(&answering[mine], &pulses[mine]);
        assert_ok(weft_event_clear(&answers[mine]));
        assert_ok(weft_event_set(&pulses[mine]));
        assert_ok(weft_event_clear(&pulses[mine]));
        assert_ok(weft_event_wait(&answers[mine]));
    }
    finished = true;
    for (int i = 0; i < QUEUES; i++)
        assert_ok(weft_event_set(&pulses[i]));
    join_all(selectors, MOST);
    join_all(answering, QUEUES);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        as_many_items_as_sleepers_wake_them_all,
        seven_who_conspire_do_not_keep_out_a_selection,
        pulses_reach_all_while_others_give_up,
    };
    return RUN_TESTS("select fair", tests);
}
