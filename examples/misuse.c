/* SPDX-License-Identifier: MIT */

/* A wrong call answers a status, changes nothing, and is reported once. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

/* Instead of the line on stderr. Stopping in the debugger is an idea, too. */
static void tell(const weft_misuse *misuse)
{
    printf("%s in %s: %s\n", misuse->function, misuse->thread_name,
           misuse->text);
}

static void show(weft_status status)
{
    printf("    answers %s\n", weft_status_name(status));
}

static void *nothing(void *arg)
{
    return arg;
}

int main(void)
{
    weft_set_misuse_handler(tell);

    weft_bounded_semaphore seats = WEFT_BOUNDED_SEMAPHORE(2);
    show(weft_bounded_semaphore_release(&seats, 1)); /* one too many */

    weft_thread thread = WEFT_THREAD(nothing);
    show(weft_thread_join(&thread));
    if (weft_thread_start(&thread) != WEFT_OK)
        return EXIT_FAILURE;
    show(weft_thread_start(&thread));
    weft_thread_join(&thread);
    show(weft_event_set(NULL));
    weft_set_misuse_handler(NULL); /* back to the line on stderr */
    return EXIT_SUCCESS;
}
