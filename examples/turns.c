/* SPDX-License-Identifier: MIT */

/* A condition wakes who has waited longest, and nobody else. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static weft_lock lock;
static weft_condition called, changed;
static int waiting, served;

/* Ends the program if a call did not do what it was asked. */
static void must(weft_status status)
{
    if (status != WEFT_OK) {
        fprintf(stderr, "%s\n", weft_status_text(status));
        exit(EXIT_FAILURE);
    }
}

static bool all_wait(void *arg)
{
    (void)arg;
    return waiting == 3;
}

static void *guest(void *arg)
{
    WEFT_WITH(&lock) {
        int number = ++waiting;
        weft_condition_notify_all(&changed);
        must(weft_condition_wait(&called, &lock));
        printf("guest %d is served\n", number);
        served++;
        weft_condition_notify_all(&changed);
    }
    return arg;
}

int main(void)
{
    weft_thread guests[3];
    for (int i = 0; i < 3; i++) {
        guests[i] = (weft_thread)WEFT_THREAD(guest);
        must(weft_thread_start(&guests[i]));
    }
    WEFT_WITH(&lock) {
        must(weft_condition_wait_until(&changed, &lock, all_wait, NULL));
        for (int i = 1; i <= 3; i++) {
            weft_condition_notify(&called, 1);
            while (served < i)
                must(weft_condition_wait(&changed, &lock));
        }
    }
    for (int i = 0; i < 3; i++)
        must(weft_thread_join(&guests[i]));
    return EXIT_SUCCESS;
}
