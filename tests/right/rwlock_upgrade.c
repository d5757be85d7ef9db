/* SPDX-License-Identifier: MIT */

/*
 * The reader lets go before it comes back as a writer, and then looks again, as
 * another may have been there.
 */

#include <stdlib.h>
#include <weft.h>

static weft_rwlock table_lock;
static int table[10];

static int square(int n)
{
    weft_rwlock_acquire_read(&table_lock);
    int known = table[n];
    weft_rwlock_release_read(&table_lock);
    if (known == 0) {
        weft_rwlock_acquire_write(&table_lock);
        if (table[n] == 0)
            table[n] = n * n;
        known = table[n];
        weft_rwlock_release_write(&table_lock);
    }
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
