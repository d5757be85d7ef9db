/* SPDX-License-Identifier: MIT */

/* A thread pool: functions get their arguments, results come back. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

struct pair {
    int first, second;
};

static void *task1(void *arg)
{
    const struct pair *pair = arg;
    return (void *)(intptr_t)(pair->first * pair->second);
}

static void *task2(void *arg)
{
    (void)arg;
    return "hello from a worker";
}

/* Ends the program if a call did not do what it was asked. */
static void must(weft_status status)
{
    if (status != WEFT_OK) {
        fprintf(stderr, "%s\n", weft_status_text(status));
        exit(EXIT_FAILURE);
    }
}

int main(void)
{
    weft_pool *pool = weft_pool_create(.workers = 4, .name = "pool");
    if (pool == NULL)
        must(WEFT_NO_MEMORY);

    /* The futures are ours: submitting allocates nothing. */
    struct pair pair = {6, 7};
    weft_future product, greeting;
    must(weft_submit(pool, &product, task1, &pair));
    must(weft_submit(pool, &greeting, task2, NULL));

    void *result;
    must(weft_future_result(&product, &result));
    printf("task1(6, 7) = %d\n", (int)(intptr_t)result);
    must(weft_future_result(&greeting, &result));
    printf("task2() = %s\n", (const char *)result);

    weft_pool_destroy(pool); /* shuts it down and waits for the workers */
    return EXIT_SUCCESS;
}
