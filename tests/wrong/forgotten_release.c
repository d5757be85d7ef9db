/* SPDX-License-Identifier: MIT */

/*
 * A lock that is not released on each way out. Whoever finds too little money
 * goes home with the lock, and the next waits for one who is not there.
 */

#include <stdlib.h>
#include <weft.h>

static weft_lock lock;
static int money = 150;

static void *spend(void *arg)
{
    weft_lock_acquire(&lock);
    if (money < 100)
        return NULL; /* wrong: the lock is still held */
    money -= 100;
    weft_lock_release(&lock);
    return arg;
}

int main(void)
{
    weft_thread threads[] = {
        WEFT_THREAD(spend, NULL, .name = "First"),
        WEFT_THREAD(spend, NULL, .name = "Second"),
        WEFT_THREAD(spend, NULL, .name = "Third"),
    };
    for (int i = 0; i < 3; i++)
        if (weft_thread_start(&threads[i]) != WEFT_OK)
            return EXIT_FAILURE;
    for (int i = 0; i < 3; i++)
        weft_thread_join(&threads[i]);
    return money == 50 ? EXIT_SUCCESS : EXIT_FAILURE;
}
