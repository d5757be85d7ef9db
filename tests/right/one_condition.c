/* SPDX-License-Identifier: MIT */

/*
 * A condition for each thing that somebody waits for.
 */

#include <stdlib.h>
#include <weft.h>

enum { GUESTS = 2 };

static weft_lock lock;
static weft_condition served, cleared;
static bool is_served;

static void *cook(void *arg)
{
    for (int i = 0; i < GUESTS; i++)
        WEFT_WITH(&lock) {
            while (is_served)
                weft_condition_wait(&cleared, &lock);
            is_served = true;
            weft_condition_notify(&served, 1);
        }
    return arg;
}

static void *drink(void *arg)
{
    WEFT_WITH(&lock) {
        while (!is_served)
            weft_condition_wait(&served, &lock);
        is_served = false;
        weft_condition_notify(&cleared, 1);
    }
    return arg;
}

int main(void)
{
    weft_thread threads[] = {
        WEFT_THREAD(drink, NULL, .name = "Guest 1"),
        WEFT_THREAD(drink, NULL, .name = "Guest 2"),
        WEFT_THREAD(cook, NULL, .name = "Cook"),
    };
    for (int i = 0; i <= GUESTS; i++)
        if (weft_thread_start(&threads[i]) != WEFT_OK)
            return EXIT_FAILURE;
    for (int i = 0; i <= GUESTS; i++)
        weft_thread_join(&threads[i]);
    return EXIT_SUCCESS;
}
