/* SPDX-License-Identifier: MIT */

/*
 * The dining philosophers. Each takes the fork on the left and then the one on
 * the right: if all have taken their left one, all wait for ever.
 */

#include <stdlib.h>
#include <weft.h>

enum { PHILOSOPHERS = 3 };

static weft_lock forks[PHILOSOPHERS];
static int seats[PHILOSOPHERS] = {0, 1, 2};

static void *dine(void *arg)
{
    int seat = *(int *)arg;
    weft_lock *first = &forks[seat]; /* wrong: always the left one first */
    weft_lock *second = &forks[(seat + 1) % PHILOSOPHERS];
    WEFT_WITH(first) {
        WEFT_WITH(second) {
            weft_sleep(WEFT_MS(1)); /* eats */
        }
    }
    return NULL;
}

int main(void)
{
    weft_thread threads[PHILOSOPHERS] = {
        WEFT_THREAD(dine, &seats[0], .name = "Kant"),
        WEFT_THREAD(dine, &seats[1], .name = "Hegel"),
        WEFT_THREAD(dine, &seats[2], .name = "Marx"),
    };
    for (int i = 0; i < PHILOSOPHERS; i++)
        if (weft_thread_start(&threads[i]) != WEFT_OK)
            return EXIT_FAILURE;
    for (int i = 0; i < PHILOSOPHERS; i++)
        weft_thread_join(&threads[i]);
    return EXIT_SUCCESS;
}
