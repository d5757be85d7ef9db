/* SPDX-License-Identifier: MIT */

/*
 * The task waits for the future of the other one: of that the pool knows, and
 * the worker runs the other task itself meanwhile.
 */

#include <stdlib.h>
#include <weft.h>

static weft_pool *pool;

struct half {
    int value;
};

static void *compute(void *arg)
{
    struct half *half = arg;
    half->value = 21;
    return NULL;
}

static void *answer(void *arg)
{
    struct half half = {.value = 0};
    weft_future computing;
    if (weft_submit(pool, &computing, compute, &half) != WEFT_OK ||
        weft_future_result(&computing, NULL) != WEFT_OK)
        return weft_fail(1, "nobody computes");
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
