/* SPDX-License-Identifier: MIT */

/* Timers: a function that runs later, unless it is cancelled. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static void *ring(void *arg)
{
    printf("%s rings: %s\n", weft_thread_name(weft_current_thread()),
           (const char *)arg);
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
    weft_timer tea =
        WEFT_TIMER(WEFT_MS(100), ring, "tea is ready", .name = "kitchen");
    weft_timer alarm = WEFT_TIMER(WEFT_SECONDS(3600), ring, "wake up");
    must(weft_timer_start(&tea));
    must(weft_timer_start(&alarm));
    puts("both are set");

    must(weft_timer_join(&tea)); /* until it has rung */
    printf("the alarm is %s\n",
           weft_timer_is_pending(&alarm) ? "pending" : "off");
    must(weft_timer_cancel(&alarm));
    must(weft_timer_join(&alarm)); /* at once; its memory is ours again */
    printf("the alarm is %s\n",
           weft_timer_is_pending(&alarm) ? "pending" : "off");

    must(weft_timer_start(&tea)); /* a second cup */
    must(weft_timer_join(&tea));
    return EXIT_SUCCESS;
}
