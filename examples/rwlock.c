/* SPDX-License-Identifier: MIT */

/* A lock for many readers or one writer. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

enum { ROUNDS = 1000 };

static weft_rwlock lock;
static int low = 1, high = 10; /* always low < high */

static void *reader(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        WEFT_WITH_READ(&lock) { /* readers do not keep each other out */
            if (low >= high)
                return weft_fail(1, "saw a write half done");
        }
    }
    return arg;
}

static void *writer(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        WEFT_WITH_WRITE(&lock) {
            low += 20;
            high += 20;
        }
    }
    return arg;
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
    weft_thread threads[] = {WEFT_THREAD(reader), WEFT_THREAD(reader),
                             WEFT_THREAD(writer)};
    for (int i = 0; i < 3; i++)
        must(weft_thread_start(&threads[i]));
    for (int i = 0; i < 3; i++)
        must(weft_thread_join(&threads[i]));
    printf("from %d to %d\n", low, high);
    return EXIT_SUCCESS;
}
