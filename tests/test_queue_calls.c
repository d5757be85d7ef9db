/* SPDX-License-Identifier: MIT */

/* Who is awake costs no system call: neither those who put and get what is
 * there, nor who hands an item to somebody that waits awake. */

#include "faults.h"

#include <sched.h>
#include <weft/queue.h>

enum { ROUNDS = SANITIZED ? 500 : 3000 };

static weft_queue *queue;

/* Only where no thread waits within weft can nobody else be counted. */
static int calls(void)
{
    return sleeps + wake_calls;
}

static void wait_for(atomic_int *counter, int least)
{
    while (*counter < least)
        sched_yield();
}

static void must(bool holds)
{
    if (!holds)
        ck_abort();
}

/* ---- There is an item, there is room ---- */

START_TEST(what_one_thread_puts_and_gets_makes_no_system_call)
{
    static const weft_queue_kind kinds[] = {WEFT_FIFO, WEFT_LIFO};
    for (int k = 0; k < 2; k++) {
        queue = weft_queue_create(sizeof(int), .kind = kinds[k], .maxsize = 5);
        int before = calls(), item = 0;
        for (int i = 0; i < ROUNDS; i++) {
            must(weft_queue_put(queue, &item) == WEFT_OK);
            must(weft_queue_try_put(queue, &item) == WEFT_OK);
            must(weft_queue_get(queue, &item) == WEFT_OK);
            must(weft_queue_try_get(queue, &item) == WEFT_OK);
            must(weft_queue_try_get(queue, &item) == WEFT_EMPTY);
        }
        ck_assert_int_eq(calls(), before);
        assert_ok(weft_queue_destroy(queue));
    }
}
END_TEST

static atomic_int put_in, taken;

/* Awake, but busy with something else while the item comes. */
static void *get_when_it_is_there(void *arg)
{
    int item;
    for (int i = 1; i <= ROUNDS; i++) {
        wait_for(&put_in, i);
        must(weft_queue_get(queue, &item) == WEFT_OK);
        taken = i;
    }
    return arg;
}

START_TEST(a_put_to_an_awake_getter_makes_no_system_call)
{
    queue = weft_queue_create(sizeof(int));
    weft_thread getter = WEFT_THREAD(get_when_it_is_there, NULL);
    start(&getter);
    int item = 1;
    must(weft_queue_put(queue, &item) == WEFT_OK);
    put_in = 1;
    wait_for(&taken, 1); /* by now the thread has long started */
    int before = calls();
    for (int i = 2; i < ROUNDS; i++) {
        must(weft_queue_put(queue, &item) == WEFT_OK);
        put_in = i;
        wait_for(&taken, i);
    }
    int after = calls();
    must(weft_queue_put(queue, &item) == WEFT_OK);
    put_in = ROUNDS;
    assert_ok(weft_thread_join(&getter));
    ck_assert_int_eq(after, before);
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

/* ---- There is none yet ---- */

static atomic_int asked, got;

static void *ask_and_get(void *arg)
{
    int item;
    for (int i = 1; i <= ROUNDS; i++) {
        wait_for(&asked, i);
        must(weft_queue_get(queue, &item) == WEFT_OK);
        got = i;
    }
    return arg;
}

/* The getter may be waiting awake when the item comes, or be asleep. */
START_TEST(who_did_not_sleep_is_not_woken)
{
    queue = weft_queue_create(sizeof(int));
    weft_thread getter = WEFT_THREAD(ask_and_get, NULL);
    start(&getter);
    for (int i = 1; i <= ROUNDS; i++) {
        int slept = sleeps, woke = wake_calls;
        asked = i;
        for (int k = 0; k < i % 40; k++)
            sched_yield();
        must(weft_queue_put(queue, &i) == WEFT_OK);
        if (i == ROUNDS)
            break;
        wait_for(&got, i);
        must(sleeps != slept || wake_calls == woke || i == 1);
    }
    assert_ok(weft_thread_join(&getter));
    assert_ok(weft_queue_destroy(queue));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        what_one_thread_puts_and_gets_makes_no_system_call,
        a_put_to_an_awake_getter_makes_no_system_call,
        who_did_not_sleep_is_not_woken,
    };
    return RUN_TESTS("queue calls", tests);
}
