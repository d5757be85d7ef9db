/* SPDX-License-Identifier: MIT */

/* Acquiring and releasing a lock for readers and writers by hand. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static weft_rwlock lock;

static void *neighbour(void *arg)
{
    const char *when = arg;
    weft_status status = weft_rwlock_try_acquire_read(&lock);
    printf("%s, reading: %s\n", when, weft_status_name(status));
    if (status == WEFT_OK)
        weft_rwlock_release_read(&lock);

    status = weft_rwlock_acquire_write_timed(&lock, WEFT_MS(20));
    printf("%s, writing: %s\n", when, weft_status_name(status));
    if (status == WEFT_OK)
        weft_rwlock_release_write(&lock);
    return NULL;
}

/* Lets a neighbour try. */
static void ask(const char *when)
{
    weft_thread thread = WEFT_THREAD(neighbour, (void *)when);
    if (weft_thread_start(&thread) != WEFT_OK)
        exit(EXIT_FAILURE);
    weft_thread_join(&thread);
}

int main(void)
{
    weft_rwlock_acquire_write(&lock);
    ask("while main writes");
    weft_rwlock_downgrade(&lock); /* no writer comes in between */
    ask("while main reads");
    weft_rwlock_release_read(&lock);
    ask("afterwards");

    weft_rwlock_acquire_read(&lock);
    printf("locked: %s\n", weft_rwlock_locked(&lock) ? "yes" : "no");
    weft_rwlock_release_read(&lock);
    return EXIT_SUCCESS;
}
