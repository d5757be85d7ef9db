/* SPDX-License-Identifier: MIT */

/*
 * A permit that is given back though none was taken: when all are out for too
 * long, the acquire says so, and nobody listens. Then there are more than there
 * should be.
 */

#include <stdlib.h>
#include <weft.h>

static weft_bounded_semaphore tables = WEFT_BOUNDED_SEMAPHORE(1);
static int impatient;

static void *dine(void *arg)
{
    if (weft_bounded_semaphore_acquire_timed(&tables, WEFT_MS(20)) != WEFT_OK)
        impatient++;         /* wrong: it goes on as if it had one */
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
