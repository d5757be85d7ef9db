/* SPDX-License-Identifier: MIT */

/*
 * Lost wake-up. The flag is atomic, so the producer does without the lock: its
 * notify can fall between the consumer's look at the flag and its wait, when
 * nobody waits yet. Then the consumer waits for a notify that has been.
 */

#include <stdatomic.h>
#include <stdlib.h>
#include <weft.h>

static weft_lock lock;
static weft_condition changed;
static atomic_bool ready;

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
    ready = true;
    weft_condition_notify(&changed, 1); /* wrong: without the lock */
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
