/* SPDX-License-Identifier: MIT */

/* While one item is kept for a getter that has waited for long, others may take
 * the rest: what they got they are told of. */

#include "queue.h"

enum { ROUNDS = 60, PUTS = 20, EACH = 3 };

static void *count_items(void *arg)
{
    intptr_t count = 0;
    int item;
    while (weft_queue_get(queue, &item) == WEFT_OK)
        count++;
    (void)arg;
    return (void *)count;
}

/* Takes what it can; the answer and the number agree. */
static long take_many(void)
{
    int items[EACH + 2];
    size_t done = 99;
    weft_status status = weft_queue_try_get_many(queue, items, EACH + 2, &done);
    ck_assert_int_eq(status, done > 0 ? WEFT_OK : WEFT_EMPTY);
    return (long)done;
}

/* Has the getter called in vain after it has waited, so that it insists. */
static long call_in_vain(void)
{
    int item;
    wait_until_any_wait(1);
    weft_sleep(WEFT_US(700));
    put(1);
    return weft_queue_try_get(queue, &item) == WEFT_OK;
}

static void take_beside_one_who_insists(weft_queue_kind kind)
{
    static const int items[EACH];
    long mine = 0;
    queue = weft_queue_create(sizeof(int), .kind = kind);
    weft_thread getter = WEFT_THREAD(count_items, NULL);
    start(&getter);
    for (int round = 0; round < ROUNDS; round++) {
        mine += call_in_vain();
        for (int i = 0; i < PUTS; i++) {
            assert_ok(weft_queue_put_many(queue, items, EACH, NULL));
            mine += take_many();
        }
    }
    assert_ok(weft_queue_shutdown(queue, false));
    ck_assert_int_eq(mine + result_of(&getter),
                     (long)ROUNDS * (1 + PUTS * EACH));
    assert_ok(weft_queue_destroy(queue));
}

START_TEST(a_try_that_gets_some_beside_the_kept_one_says_so)
{
    take_beside_one_who_insists(WEFT_FIFO);
    take_beside_one_who_insists(WEFT_LIFO);
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        a_try_that_gets_some_beside_the_kept_one_says_so,
    };
    return RUN_TESTS("queue kept", tests);
}
