/* SPDX-License-Identifier: MIT */

/* A queue that gives the smallest first, and one that gives the last first. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

struct job {
    int priority;
    const char *what;
};

static int by_priority(const void *one, const void *other)
{
    const struct job *left = one, *right = other;
    return (left->priority > right->priority) -
           (left->priority < right->priority);
}

static void drain(const char *name, weft_queue *q)
{
    struct job job;
    while (weft_queue_try_get(q, &job) == WEFT_OK) /* WEFT_EMPTY ends it */
        printf("%s: %d %s\n", name, job.priority, job.what);
}

int main(void)
{
    static const struct job jobs[] = {
        {3, "sweep"}, {1, "put out the fire"}, {2, "feed the cat"}, {1, "run"}};
    weft_queue *urgent = weft_queue_create(
        sizeof(struct job), .kind = WEFT_PRIORITY, .compare = by_priority);
    weft_queue *stack =
        weft_queue_create(sizeof(struct job), .kind = WEFT_LIFO, .maxsize = 3);
    if (urgent == NULL || stack == NULL)
        return EXIT_FAILURE;

    for (int i = 0; i < 4; i++) {
        if (weft_queue_put(urgent, &jobs[i]) != WEFT_OK)
            return EXIT_FAILURE;
        if (weft_queue_try_put(stack, &jobs[i]) == WEFT_FULL)
            printf("no room for \"%s\"\n", jobs[i].what);
    }
    drain("urgent", urgent);
    drain("stack", stack);
    weft_queue_destroy(urgent);
    weft_queue_destroy(stack);
    return EXIT_SUCCESS;
}
