/* SPDX-License-Identifier: MIT */

/*
 * The flag is set, and the notify said, with the lock held: so either before
 * the consumer looks, or when it waits.
 */

#include <stdlib.h>
#include <weft.h>

static weft_lock lock;
static weft_condition changed;
static bool ready;

static void *consume(void *arg)
{
    WEFT_WITH(&lock) {
        while (!ready)
            weft_condition_wait(&changed, &lock);
    }
    return arg;
}

static void *produce(void *arg)
{
    WEFT_WITH(&lock) {
        ready = true;
        weft_condition_notify(&changed, 1);
    }
    return arg;
}

int main(void)
{
    weft_thread consumer = WEFT_THREAD(consume, NULL, .name = "Consumer");
    weft_thread producer = WEFT_THREAD(produce, NULL, .name = "Producer");
    if (weft_thread_start(&consumer) != WEFT_OK ||
        weft_thread_start(&producer) != WEFT_OK)
        return EXIT_FAILURE;
    weft_thread_join(&consumer);
    weft_thread_join(&producer);
    return EXIT_SUCCESS;
}
