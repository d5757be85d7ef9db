/* SPDX-License-Identifier: MIT */

/* What a pool that counts has to tell. */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

enum { TASKS = 10 };

static weft_event gate;

static void *work(void *arg)
{
    weft_event_wait(&gate);
    return (intptr_t)arg % 5 == 3 ? weft_fail(1, "cannot do that") : arg;
}

/* How many the histogram knows to have taken at least so long. */
static unsigned took_at_least(const weft_histogram *times, weft_duration least)
{
    uint64_t count = 0;
    weft_duration from = 0;
    for (int i = 0; i < WEFT_SPANS; i++) {
        count += from >= least ? times->counts[i] : 0;
        from = (weft_duration)1024 << i;
    }
    return (unsigned)count;
}

int main(void)
{
    weft_pool *pool = weft_pool_create(.workers = 1, .statistics = true);
    weft_future tasks[TASKS];
    for (intptr_t i = 0; i < TASKS; i++)
        if (weft_submit(pool, &tasks[i], work, (void *)i) != WEFT_OK)
            return EXIT_FAILURE;
    weft_future_cancel(&tasks[TASKS - 1]);
    weft_event_set(&gate);
    weft_pool_shutdown(pool, .wait = true);

    weft_pool_info info = weft_pool_stats(pool);
    printf("%d submitted: %d done, of which %d failed, and %d cancelled\n",
           (int)info.submitted, (int)info.done, (int)info.failed,
           (int)info.cancelled);
    printf("at most %d at once, by %d worker\n", (int)info.most_running,
           (int)info.most_workers);
    printf("%u ran for an hour or more\n",
           took_at_least(&info.ran, WEFT_SECONDS(3600)));
    weft_pool_destroy(pool);
    return EXIT_SUCCESS;
}
