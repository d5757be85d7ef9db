/* SPDX-License-Identifier: MIT */

/* A deque: its owner pushes two futures and pops, a thief steals, and somebody
 * withdraws the first. Each is taken once, by whoever then frees it (but for
 * the first, into which the one who withdraws looks), and none stays behind. */

#include "pool_deque.h"
#include "client.h"

#include <stdlib.h>

static weft__deque deque;
static weft_future first;
static unsigned there, taken;
static int value;

static void begin(void)
{
    there = taken = 0;
}

static void push(weft_future *future)
{
    future->arg_ = &value;
    future->code_ = 1;
    must(weft__deque_push(&deque, future));
}

static void take(weft_future *future)
{
    if (future == NULL)
        return;
    must(future->arg_ == &value && future->code_ == 1);
    future->code_ = 2; /* nobody else may */
    weft__fetch_add(&taken, 1);
    if (future != &first)
        free(future);
}

static void own(void)
{
    push(&first);
    weft__store(&there, 1);
    weft_future *second = malloc(sizeof *second);
    must(second != NULL);
    push(second);
    if (weft__deque_take_youngest(&deque, second))
        take(second);
    else
        take(weft__deque_pop(&deque));
    take(weft__deque_pop(&deque));
}

static void steal(void)
{
    take(weft__deque_steal(&deque));
    take(weft__deque_steal(&deque));
}

static void withdraw(void)
{
    client_await(weft__load(&there) != 0);
    if (weft__deque_withdraw(NULL, &first))
        take(&first);
}

static void end(void)
{
    weft_future *left;
    while ((left = weft__deque_steal(&deque)) != NULL)
        take(left);
    must(weft__load(&taken) == 2 && weft__deque_is_used_up(&deque));
}

const client the_client = {
    .begin = begin,
    .threads = {own, steal, withdraw},
    .end = end,
};
