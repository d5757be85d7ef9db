/* SPDX-License-Identifier: MIT */

/* Asking threads to stop: their waits end, their loops look. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static void *sleeper(void *arg)
{
    if (weft_sleep(WEFT_FOREVER) == WEFT_STOPPED)
        puts("the sleeper was woken");
    return arg;
}

static void *calculator(void *arg)
{
    unsigned long rounds = 0;
    while (!weft_stopping())
        rounds++;
    printf("the calculator ends%s\n", rounds > 0 ? ", after some rounds" : "");
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
    weft_thread threads[] = {WEFT_THREAD(sleeper), WEFT_THREAD(calculator)};
    for (int i = 0; i < 2; i++)
        must(weft_thread_start(&threads[i]));

    printf("at once: %s\n",
           weft_status_name(weft_thread_try_join(&threads[0])));
    printf("in 50 ms: %s\n",
           weft_status_name(weft_thread_join_timed(&threads[1], WEFT_MS(50))));

    for (int i = 0; i < 2; i++)
        must(weft_thread_stop(&threads[i]));
    for (int i = 0; i < 2; i++)
        must(weft_thread_join(&threads[i]));
    return EXIT_SUCCESS;
}
