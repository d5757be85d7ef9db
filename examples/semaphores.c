/* SPDX-License-Identifier: MIT */

/* Semaphores by hand: one that counts signals, one that guards a bound. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static weft_semaphore deliveries; /* zeroed memory: none yet */
static weft_bounded_semaphore seats = WEFT_BOUNDED_SEMAPHORE(2);

static void *customer(void *arg)
{
    for (int i = 1; i <= 3; i++) {
        weft_semaphore_acquire(&deliveries);
        printf("parcel %d received\n", i);
    }
    return arg;
}

static void take_seats(void)
{
    weft_bounded_semaphore_acquire(&seats);
    WEFT_WITH(&seats) {
        printf("seats left: %u\n", weft_bounded_semaphore_value(&seats));
        weft_status status = weft_bounded_semaphore_try_acquire(&seats);
        printf("a third guest: %s\n", weft_status_name(status));
    }
    weft_bounded_semaphore_release(&seats, 1);
    printf("seats left: %u\n", weft_bounded_semaphore_value(&seats));
    /* One too many is a mistake: it is reported, answered and not done. */
    weft_status status = weft_bounded_semaphore_release(&seats, 1);
    printf("a release too many: %s\n", weft_status_name(status));
}

/* Ends the program if a call did not do what it was asked. */
static void must(weft_status status)
{
    if (status != WEFT_OK) {
        fprintf(stderr, "%s\n", weft_status_text(status));
        exit(EXIT_FAILURE);
    }
}

int main(void)
{
    weft_thread thread = WEFT_THREAD(customer);
    must(weft_thread_start(&thread));
    must(weft_semaphore_release(&deliveries, 3)); /* three at once */
    must(weft_thread_join(&thread));
    printf("parcels left: %u\n", weft_semaphore_value(&deliveries));

    take_seats();
    return EXIT_SUCCESS;
}
