/* SPDX-License-Identifier: MIT */

/*
 * Every way through the loop ends with task_done.
 */

#include <stdlib.h>
#include <weft.h>

static weft_queue *jobs;
static int handled;

static void *work(void *arg)
{
    int job;
    while (weft_queue_get(jobs, &job) == WEFT_OK) {
        if (job != 3)
            handled++;
        weft_queue_task_done(jobs);
    }
    return arg;
}

int main(void)
{
    jobs = weft_queue_create(sizeof(int));
    weft_thread worker = WEFT_THREAD(work, NULL, .name = "Worker");
    if (jobs == NULL || weft_thread_start(&worker) != WEFT_OK)
        return EXIT_FAILURE;
    for (int i = 1; i <= 5; i++)
        if (weft_queue_put(jobs, &i) != WEFT_OK)
            return EXIT_FAILURE;
    weft_queue_join(jobs);
    weft_queue_shutdown(jobs, false);
    weft_thread_join(&worker);
    weft_queue_destroy(jobs);
    return handled == 4 ? EXIT_SUCCESS : EXIT_FAILURE;
}
