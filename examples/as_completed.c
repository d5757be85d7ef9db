/* SPDX-License-Identifier: MIT */

/* Many futures: wait for all, for one, or take them as they are completed. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

enum { TASKS = 3 };

struct errand {
    const char *name;
    int milliseconds;
    weft_future future;
};

static void *run(void *arg)
{
    const struct errand *errand = arg;
    weft_sleep(WEFT_MS(errand->milliseconds));
    return NULL;
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
    struct errand errands[TASKS] = {
        {.name = "slow", .milliseconds = 300},
        {.name = "quick", .milliseconds = 1},
        {.name = "middling", .milliseconds = 150},
    };
    weft_pool *pool = weft_pool_create(.workers = TASKS);
    weft_future *futures[TASKS];
    for (int i = 0; i < TASKS; i++) {
        futures[i] = &errands[i].future;
        must(weft_submit(pool, futures[i], run, &errands[i]));
    }
    must(weft_wait(futures, TASKS, WEFT_FIRST_COMPLETED));

    weft_completions *completions = weft_as_completed(futures, TASKS);
    weft_future *done;
    printf("to come: %zu\n", weft_completions_unfinished(completions));
    while (weft_completions_next(completions, &done) == WEFT_OK)
        printf("%s is done\n",
               WEFT_CONTAINER_OF(done, struct errand, future)->name);
    weft_completions_destroy(completions);

    must(weft_wait(futures, TASKS, WEFT_ALL_COMPLETED)); /* at once */
    weft_pool_destroy(pool);
    return EXIT_SUCCESS;
}
