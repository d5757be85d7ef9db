/* SPDX-License-Identifier: MIT */

/* Looking at the next item without taking it, dropping all that are left, and
 * what a queue tells of itself: what is to be done at some hour, in a queue
 * that gives the earliest first. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

struct job {
    int hour;
    const char *what;
};

static int by_hour(const void *one, const void *other)
{
    const struct job *left = one, *right = other;
    return (left->hour > right->hour) - (left->hour < right->hour);
}

/* Nobody else takes from it, so what is taken is what was seen. */
static void do_what_is_due(weft_queue *q, int hour)
{
    struct job next;
    while (weft_queue_try_peek(q, &next) == WEFT_OK && next.hour <= hour &&
           weft_queue_try_get(q, &next) == WEFT_OK)
        printf("at %d: %s\n", next.hour, next.what);
}

int main(void)
{
    static const struct job jobs[] = {
        {19, "sweep"}, {8, "open the doors"}, {12, "lunch"}, {20, "lock up"}};
    weft_queue *q = weft_queue_create(sizeof(struct job), .kind = WEFT_PRIORITY,
                                      .compare = by_hour, .statistics = true);
    if (q == NULL || weft_queue_put_many(q, jobs, 4, NULL) != WEFT_OK)
        return EXIT_FAILURE;
    for (int hour = 7; hour <= 14; hour++)
        do_what_is_due(q, hour);

    size_t dropped;
    weft_queue_clear(q, &dropped);
    printf("at 15 all go home: %zu jobs are dropped\n", dropped);
    weft_queue_info info = weft_queue_stats(q);
    printf("%d put, %d got, at most %d at a time\n", (int)info.puts,
           (int)info.gets, (int)info.deepest);
    weft_queue_set_statistics(q, false); /* it could go on without */
    weft_queue_destroy(q);
    return EXIT_SUCCESS;
}
