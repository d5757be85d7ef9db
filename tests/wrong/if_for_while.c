/* SPDX-License-Identifier: MIT */

/*
 * `if` where it should be `while`. Between the notify and the moment when the
 * consumer that was woken has the lock again, another may come and take the
 * item: the one that was woken finds none.
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
        if (items == 0) /* wrong: looks only once */
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
