/* SPDX-License-Identifier: MIT */

/* A thread with fields of its own: a structure with a weft_thread in it. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

struct worker_thread {
    weft_thread thread;
    weft_duration work;
};

static void *run(weft_thread *self)
{
    struct worker_thread *worker =
        WEFT_CONTAINER_OF(self, struct worker_thread, thread);

    printf("%s starting\n", weft_thread_name(self));
    weft_sleep(worker->work);
    printf("%s finished\n", weft_thread_name(self));
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
    struct worker_thread worker = {
        .thread = WEFT_THREAD(.run = run, .name = "Custom Worker"),
        .work = WEFT_SECONDS(1),
    };

    must(weft_thread_start(&worker.thread));
    must(weft_thread_join(&worker.thread));
    return EXIT_SUCCESS;
}
