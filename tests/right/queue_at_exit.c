/* SPDX-License-Identifier: MIT */

/*
 * The shutdown tells the worker that no more will come: its get says so, and it
 * ends.
 */

#include <stdlib.h>
#include <weft.h>

static weft_queue *jobs;

static void *work(void *arg)
{
    int job;
    while (weft_queue_get(jobs, &job) == WEFT_OK)
        weft_queue_task_done(jobs);
    return arg;
}

int main(void)
{
    static weft_thread worker = WEFT_THREAD(work, NULL, .name = "Worker");
    jobs = weft_queue_create(sizeof(int));
    if (jobs == NULL || weft_thread_start(&worker) != WEFT_OK)
        return EXIT_FAILURE;
    for (int i = 1; i <= 3; i++)
        if (weft_queue_put(jobs, &i) != WEFT_OK)
            return EXIT_FAILURE;
    weft_queue_join(jobs); /* all is done */
    weft_queue_shutdown(jobs, false);
    weft_thread_join(&worker);
    weft_queue_destroy(jobs);
    return EXIT_SUCCESS;
}
