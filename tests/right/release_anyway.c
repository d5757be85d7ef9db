/* SPDX-License-Identifier: MIT */

/*
 * Who got none has none to give back.
 */

#include <stdlib.h>
#include <weft.h>

static weft_bounded_semaphore tables = WEFT_BOUNDED_SEMAPHORE(1);
static int impatient;

static void *dine(void *arg)
{
    if (weft_bounded_semaphore_acquire_timed(&tables, WEFT_MS(20)) != WEFT_OK) {
        impatient++;
        return NULL;
    }
    weft_sleep(WEFT_MS(15)); /* eats */
    weft_bounded_semaphore_release(&tables, 1);
    return arg;
}

int main(void)
{
    weft_thread first = WEFT_THREAD(dine, NULL, .name = "First");
    weft_thread second = WEFT_THREAD(dine, NULL, .name = "Second");
    if (weft_thread_start(&first) != WEFT_OK ||
        weft_thread_start(&second) != WEFT_OK)
        return EXIT_FAILURE;
    weft_thread_join(&first);
    weft_thread_join(&second);
    return EXIT_SUCCESS;
}
