/* SPDX-License-Identifier: MIT */

/* An event can be asked, waited for so long, and taken back. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static weft_event green, impatient;

static void look(const char *when)
{
    printf("%s: %s\n", when, weft_event_is_set(&green) ? "green" : "red");
}

static void *driver(void *arg)
{
    (void)arg;
    weft_status status = weft_event_wait_timed(&green, WEFT_MS(50));
    printf("after 50 ms: %s\n", weft_status_name(status));
    weft_event_set(&impatient);
    if (weft_event_wait(&green) == WEFT_OK)
        puts("the driver goes");
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
    weft_thread thread = WEFT_THREAD(driver);
    look("at first");
    must(weft_thread_start(&thread));

    must(weft_event_wait(&impatient));
    weft_event_set(&green);
    must(weft_thread_join(&thread));

    look("then");
    weft_event_clear(&green);
    look("at last");
    return EXIT_SUCCESS;
}
