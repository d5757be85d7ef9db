/* SPDX-License-Identifier: MIT */

/*
 * The forks have an order, and everybody takes the lower one first: then there
 * can be no circle.
 */

#include <stdlib.h>
#include <weft.h>

enum { PHILOSOPHERS = 3 };

static weft_lock forks[PHILOSOPHERS];
static int seats[PHILOSOPHERS] = {0, 1, 2};

static void *dine(void *arg)
{
    int seat = *(int *)arg;
    int left = seat, right = (seat + 1) % PHILOSOPHERS;
    weft_lock *first = &forks[left < right ? left : right];
    weft_lock *second = &forks[left < right ? right : left];
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
