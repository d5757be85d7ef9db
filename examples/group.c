/* SPDX-License-Identifier: MIT */

/* Tasks that belong together, seen from an event loop: poll tells when none of
 * them is unfinished. Then all are asked to stop at once. */

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

enum { PARTS = 3 };

static weft_event gate;

static void *wait_at_gate(void *arg)
{
    weft_event_wait(&gate);
    return arg;
}

static void *go_on_until_stopped(void *arg)
{
    while (weft_sleep(WEFT_SECONDS(1)) != WEFT_STOPPED)
        ;
    return arg;
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
    weft_pool *pool = weft_pool_create(.workers = 2);
    weft_group group = WEFT_GROUP(pool);
    weft_future parts[PARTS];
    for (int i = 0; i < PARTS; i++)
        must(weft_group_submit(&group, &parts[i], wait_at_gate, NULL));
    printf("%d are unfinished\n", (int)weft_group_unfinished(&group));
    if (weft_group_try_wait(&group) == WEFT_BUSY)
        puts("so there is nothing to wait for yet");

    struct pollfd all_done = {.fd = weft_group_fd(&group), .events = POLLIN};
    weft_event_set(&gate);
    if (poll(&all_done, 1, -1) != 1)
        return EXIT_FAILURE;
    must(weft_group_wait(&group)); /* a moment at most */
    puts("all are done, and the group is as new");

    for (int i = 0; i < PARTS; i++)
        must(weft_group_submit(&group, &parts[i], go_on_until_stopped, NULL));
    weft_group_stop(&group);
    printf("asked to stop: %s\n", weft_status_name(weft_group_wait(&group)));
    weft_group_destroy(&group);
    weft_pool_destroy(pool);
    return EXIT_SUCCESS;
}
