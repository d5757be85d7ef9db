/* SPDX-License-Identifier: MIT */

/* The deque of a worker, by itself. */

#include "pool_deque.h"
#include "support.h"

#include <stdatomic.h>

enum { SLOTS = WEFT__DEQUE_SLOTS };

static weft__deque deque;
static weft_future futures[SLOTS + 1];

static void push(int i)
{
    ck_assert(weft__deque_push(&deque, &futures[i]));
}

START_TEST(the_owner_pops_the_youngest_and_thieves_take_the_oldest)
{
    ck_assert_ptr_null(weft__deque_pop(&deque));
    ck_assert_ptr_null(weft__deque_steal(&deque));
    for (int i = 0; i < 4; i++)
        push(i);
    ck_assert(weft__deque_may_have(&deque));
    ck_assert_ptr_eq(weft__deque_pop(&deque), &futures[3]);
    ck_assert_ptr_eq(weft__deque_steal(&deque), &futures[0]);
    ck_assert_ptr_eq(weft__deque_steal(&deque), &futures[1]);
    ck_assert_ptr_eq(weft__deque_pop(&deque), &futures[2]);
    ck_assert_ptr_null(weft__deque_pop(&deque));
    ck_assert_ptr_null(weft__deque_steal(&deque));
    ck_assert(!weft__deque_may_have(&deque));
}
END_TEST

START_TEST(it_is_full_when_all_slots_are)
{
    for (int round = 0; round < 3; round++) { /* begins elsewhere each time */
        for (int i = 0; i < SLOTS; i++)
            push(i);
        ck_assert(!weft__deque_push(&deque, &futures[SLOTS]));
        ck_assert_ptr_eq(weft__deque_steal(&deque), &futures[0]);
        push(SLOTS);
        ck_assert(!weft__deque_push(&deque, &futures[0]));
        for (int i = SLOTS; i > 100; i--)
            ck_assert_ptr_eq(weft__deque_pop(&deque), &futures[i]);
        for (int i = 1; i <= 100; i++)
            ck_assert_ptr_eq(weft__deque_steal(&deque), &futures[i]);
        ck_assert(weft__deque_is_used_up(&deque));
    }
}
END_TEST

START_TEST(whoever_is_withdrawn_is_passed_over)
{
    for (int i = 0; i < 6; i++)
        push(i);
    ck_assert(weft__deque_withdraw(NULL, &futures[0]));
    ck_assert(weft__deque_withdraw(NULL, &futures[3]));
    ck_assert(weft__deque_withdraw(&deque, &futures[5]));
    ck_assert(!weft__deque_withdraw(&deque, &futures[5]));
    ck_assert(!weft__deque_withdraw(NULL, &futures[3]));
    memset(&futures[0], 0xa5, sizeof *futures); /* their memory is ours */
    memset(&futures[3], 0xa5, sizeof *futures);
    ck_assert_ptr_eq(weft__deque_steal(&deque), &futures[1]);
    ck_assert_ptr_eq(weft__deque_pop(&deque), &futures[4]);
    ck_assert_ptr_eq(weft__deque_pop(&deque), &futures[2]);
    ck_assert_ptr_null(weft__deque_pop(&deque));
    push(2);
    ck_assert(weft__deque_withdraw(NULL, &futures[2]));
    ck_assert_ptr_null(weft__deque_steal(&deque));
    ck_assert(!weft__deque_may_have(&deque));
    push(1);
    ck_assert_ptr_eq(weft__deque_steal(&deque), &futures[1]);
}
END_TEST

/* ---- Everybody at once ---- */

enum { BATCH = 40, ROUNDS = SANITIZED ? 3000 : 30000, THIEVES = 2 };

static atomic_int taken[BATCH], left;
static atomic_bool over;

static void take(const weft_future *future)
{
    taken[future - futures]++;
    left--;
}

static void *steal(void *arg)
{
    while (!over) {
        weft_future *future = weft__deque_steal(&deque);
        if (future != NULL)
            take(future);
    }
    return arg;
}

/* The owner's part of a round; some it withdraws, as others might. */
static void push_and_pop(unsigned random)
{
    for (int i = 0; i < BATCH; i++) {
        push(i);
        int other = (int)(random >> i % 16) % (i + 1);
        if ((random >> i % 8 & 3) == 0 &&
            weft__deque_withdraw(i % 2 == 0 ? &deque : NULL, &futures[other]))
            take(&futures[other]);
        weft_future *popped =
            (random >> i % 11 & 1) == 0 ? weft__deque_pop(&deque) : NULL;
        if (popped != NULL)
            take(popped);
    }
    weft_future *popped;
    while ((popped = weft__deque_pop(&deque)) != NULL)
        take(popped);
    while (left > 0) /* a thief has it in hand */
        weft_sleep(0);
}

START_TEST(under_stress_each_is_taken_once)
{
    weft_thread thieves[THIEVES];
    unsigned random = 1;
    for (int i = 0; i < THIEVES; i++) {
        thieves[i] = (weft_thread)WEFT_THREAD(steal, NULL);
        start(&thieves[i]);
    }
    for (int round = 0; round < ROUNDS; round++) {
        left = BATCH;
        for (int i = 0; i < BATCH; i++)
            taken[i] = 0;
        random = random * 1664525 + 1013904223;
        push_and_pop(random >> 8);
        for (int i = 0; i < BATCH; i++)
            ck_assert_int_eq(taken[i], 1);
    }
    over = true;
    for (int i = 0; i < THIEVES; i++)
        assert_ok(weft_thread_join(&thieves[i]));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {
        the_owner_pops_the_youngest_and_thieves_take_the_oldest,
        it_is_full_when_all_slots_are,
        whoever_is_withdrawn_is_passed_over,
        under_stress_each_is_taken_once,
    };
    return RUN_TESTS("deque of a worker", tests);
}
