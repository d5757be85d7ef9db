/* SPDX-License-Identifier: MIT */

/*
 * A task that waits for its own pool. Each answer has a part of it computed by
 * the same pool and waits for an event: if both workers have begun an answer,
 * nobody is left to compute.
 */

#include <stdlib.h>
#include <weft.h>

static weft_pool *pool;

struct half {
    weft_event done;
    int value;
};

static void *compute(void *arg)
{
    struct half *half = arg;
    half->value = 21;
    weft_event_set(&half->done);
    return NULL;
}

static void *answer(void *arg)
{
    struct half half = {.value = 0};
    if (weft_pool_run(pool, compute, &half) != WEFT_OK)
        return weft_fail(1, "nobody computes");
    weft_event_wait(&half.done); /* wrong: the pool can't see what for */
    return arg;
}

int main(void)
{
    weft_future first, second;
    pool = weft_pool_create(.workers = 2, .name = "worker");
    if (pool == NULL || weft_submit(pool, &first, answer, NULL) != WEFT_OK ||
        weft_submit(pool, &second, answer, NULL) != WEFT_OK)
        return EXIT_FAILURE;
    bool right = weft_future_result(&first, NULL) == WEFT_OK &&
                 weft_future_result(&second, NULL) == WEFT_OK;
    weft_pool_destroy(pool);
    return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
