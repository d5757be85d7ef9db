/* SPDX-License-Identifier: MIT */

/* A lock by hand: wait for it, try, or wait so long and no longer. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static weft_lock lock;
static weft_event tried;

static void *neighbour(void *arg)
{
    (void)arg;
    printf("at once: %s\n", weft_status_text(weft_lock_try_acquire(&lock)));
    printf("in 50 ms: %s\n",
           weft_status_text(weft_lock_acquire_timed(&lock, WEFT_MS(50))));
    weft_event_set(&tried);

    weft_lock_acquire(&lock); /* as long as it takes */
    puts("at last: the neighbour has the lock");
    weft_lock_release(&lock);
    return NULL;
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
    weft_thread thread = WEFT_THREAD(neighbour);

    weft_lock_acquire(&lock);
    must(weft_thread_start(&thread));
    must(weft_event_wait(&tried));
    puts("main lets go");
    weft_lock_release(&lock);

    must(weft_thread_join(&thread));
    printf("locked: %s\n", weft_lock_locked(&lock) ? "yes" : "no");
    return EXIT_SUCCESS;
}
