/* SPDX-License-Identifier: MIT */

/*
 * One condition for two things. Who takes the cup off the table means to wake
 * the cook, but the one that waits for longer is another guest, for whom there
 * is none.
 */

#include <stdlib.h>
#include <weft.h>

enum { GUESTS = 2 };

static weft_lock lock;
static weft_condition changed;
static bool is_served;

static void *cook(void *arg)
{
    for (int i = 0; i < GUESTS; i++)
        WEFT_WITH(&lock) {
            while (is_served)
                weft_condition_wait(&changed, &lock);
            is_served = true;
            weft_condition_notify(&changed, 1);
        }
    return arg;
}

static void *drink(void *arg)
{
    WEFT_WITH(&lock) {
        while (!is_served)
            weft_condition_wait(&changed, &lock);
        is_served = false;
        weft_condition_notify(&changed, 1); /* wrong: it may wake a guest */
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
