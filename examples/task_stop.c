/* SPDX-License-Identifier: MIT */

/* Asking one task to stop, and a descriptor that tells an event loop when it
 * has. */

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <weft.h>

/* A task without end; its waits end when it is asked to stop. */
static void *watch(void *arg)
{
    while (!weft_stopping())
        (void)weft_sleep(WEFT_SECONDS(1));
    puts("the task tidies up");
    return arg;
}

int main(void)
{
    weft_pool *pool = weft_pool_create(.workers = 1);
    weft_future task;
    void *result = NULL;
    if (weft_submit(pool, &task, watch, "and leaves") != WEFT_OK)
        return EXIT_FAILURE;
    while (!weft_future_running(&task))
        (void)weft_sleep(WEFT_MS(1)); /* one that has not begun is cancelled */

    struct pollfd done = {.fd = weft_future_fd(&task), .events = POLLIN};
    if (poll(&done, 1, 0) == 0)
        puts("the task is at work");
    weft_future_stop(&task);
    if (poll(&done, 1, -1) != 1)
        return EXIT_FAILURE;
    close(done.fd);
    if (weft_future_result(&task, &result) == WEFT_OK)
        puts(result);
    weft_pool_destroy(pool);
    return EXIT_SUCCESS;
}
