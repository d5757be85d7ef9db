/* SPDX-License-Identifier: MIT */

/*
 * What was waited for is looked at again after each wait, with the lock held.
 * (weft_condition_wait_until does the same.)
 */

#include <assert.h>
#include <stdlib.h>
#include <weft.h>

static weft_lock lock;
static weft_condition not_empty;
static int items;

static void *consume(void *arg)
{
    WEFT_WITH(&lock) {
        while (items == 0)
            weft_condition_wait(&not_empty, &lock);
        assert(items > 0);
        items--;
    }
    return arg;
}

static void *produce(void *arg)
{
    for (int i = 0; i < 2; i++)
        WEFT_WITH(&lock) {
            items++;
            weft_condition_notify(&not_empty, 1);
        }
    return arg;
}

int main(void)
{
    weft_thread first = WEFT_THREAD(consume, NULL, .name = "First");
    weft_thread second = WEFT_THREAD(consume, NULL, .name = "Second");
    weft_thread producer = WEFT_THREAD(produce, NULL, .name = "Producer");
    if (weft_thread_start(&first) != WEFT_OK ||
        weft_thread_start(&second) != WEFT_OK ||
        weft_thread_start(&producer) != WEFT_OK)
        return EXIT_FAILURE;
    weft_thread_join(&first);
    weft_thread_join(&second);
    weft_thread_join(&producer);
    return EXIT_SUCCESS;
}
