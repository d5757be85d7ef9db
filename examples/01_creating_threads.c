/* SPDX-License-Identifier: MIT */

/* Creating threads: two workers run at the same time. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

struct task {
    const char *name;
    weft_duration delay;
};

static void *worker(void *arg)
{
    const struct task *task = arg;
    printf("%s starting\n", task->name);
    weft_sleep(task->delay);
    printf("%s finished\n", task->name);
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
    struct task first = {"Worker 1", WEFT_SECONDS(2)};
    struct task second = {"Worker 2", WEFT_SECONDS(3)};

    /* The threads are ours, on main's stack: nothing need be freed. */
    weft_thread t1 = WEFT_THREAD(worker, &first, .name = first.name);
    weft_thread t2 = WEFT_THREAD(worker, &second, .name = second.name);

    must(weft_thread_start(&t1));
    must(weft_thread_start(&t2));

    /* Wait for completion. */
    must(weft_thread_join(&t1));
    must(weft_thread_join(&t2));
    return EXIT_SUCCESS;
}
