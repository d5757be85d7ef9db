/* SPDX-License-Identifier: MIT */

/*
 * WEFT_WITH releases the lock on each way out.
 */

#include <stdlib.h>
#include <weft.h>

static weft_lock lock;
static int money = 150;

static void *spend(void *arg)
{
    WEFT_WITH(&lock) {
        if (money < 100)
            return NULL;
        money -= 100;
    }
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
