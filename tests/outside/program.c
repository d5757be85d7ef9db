/* SPDX-License-Identifier: MIT */

/*
 * A program of somebody who installed weft: three threads take numbers out of a
 * queue and add them up.
 */

#include <stdio.h>
#include <string.h>
#include <weft.h>

static weft_lock lock;
static long sum WEFT_GUARDED_BY(lock);
static weft_queue *numbers;

static void *add_up(void *arg)
{
    int number;
    while (weft_queue_get(numbers, &number) == WEFT_OK) {
        weft_lock_acquire(&lock);
        sum += number;
        weft_lock_release(&lock);
    }
    return arg;
}

static long read_sum(void)
{
    weft_lock_acquire(&lock);
    long now = sum;
    weft_lock_release(&lock);
    return now;
}

int main(void)
{
    weft_thread adders[3];
    numbers = weft_queue_create(sizeof(int), .maxsize = 5);
    for (int i = 0; i < 3; i++) {
        adders[i] = (weft_thread)WEFT_THREAD(add_up, NULL, .name = "adder");
        if (weft_thread_start(&adders[i]) != WEFT_OK)
            return 1;
    }
    for (int i = 1; i <= 1000; i++)
        if (weft_queue_put(numbers, &i) != WEFT_OK)
            return 1;
    weft_queue_shutdown(numbers, false);
    for (int i = 0; i < 3; i++)
        weft_thread_join(&adders[i]);
    weft_queue_destroy(numbers);
    printf("weft %s: %ld\n", weft_version(), read_sum());
    return read_sum() != 500500 || strcmp(weft_version(), WEFT_VERSION) != 0;
}
