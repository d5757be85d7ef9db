/* SPDX-License-Identifier: MIT */

/*
 * From reader to writer. A writer waits until nobody reads, and this one reads
 * itself; if there are two of them, each waits for the other, too.
 */

#include <stdlib.h>
#include <weft.h>

static weft_rwlock table_lock;
static int table[10];

static int square(int n)
{
    weft_rwlock_acquire_read(&table_lock);
    int known = table[n];
    if (known == 0) {
        weft_rwlock_acquire_write(&table_lock); /* wrong: it still reads */
        known = table[n] = n * n;
        weft_rwlock_release_write(&table_lock);
    }
    weft_rwlock_release_read(&table_lock);
    return known;
}

static void *ask(void *arg)
{
    return square(3) == 9 ? arg : weft_fail(1, "wrong");
}

int main(void)
{
    weft_thread first = WEFT_THREAD(ask, NULL, .name = "First");
    weft_thread second = WEFT_THREAD(ask, NULL, .name = "Second");
    if (weft_thread_start(&first) != WEFT_OK ||
        weft_thread_start(&second) != WEFT_OK)
        return EXIT_FAILURE;
    bool right = weft_thread_join(&first) == WEFT_OK;
    right &= weft_thread_join(&second) == WEFT_OK;
    return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
