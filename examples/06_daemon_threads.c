/* SPDX-License-Identifier: MIT */

/* Daemon threads: the end of the program does not wait for them. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static void *background_task(void *arg)
{
    (void)arg;
    do
        puts("Background task running");
    while (weft_sleep(WEFT_SECONDS(1)) == WEFT_OK);
    return NULL;
}

int main(void)
{
    /* Static, as it lives on while main returns. */
    static weft_thread thread = WEFT_THREAD(background_task, .daemon = true);
    weft_status status = weft_thread_start(&thread);
    if (status != WEFT_OK) {
        fprintf(stderr, "no thread: %s\n", weft_status_text(status));
        return EXIT_FAILURE;
    }

    weft_sleep(WEFT_SECONDS(2.5)); /* it runs at 0, 1 and 2 seconds */
    puts("Main thread ending, daemon stops");
    return EXIT_SUCCESS;
}
