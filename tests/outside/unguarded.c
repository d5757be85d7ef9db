/* SPDX-License-Identifier: MIT */

/*
 * Wrong on purpose, never run: clang -Wthread-safety must find the fault in the
 * first function, in C and in C++, and none in the second.
 */

#include <weft.h>

static weft_lock lock;
static long sum WEFT_GUARDED_BY(lock);

long write_without_the_lock(long number);
long write_without_the_lock(long number)
{
    sum += number;
    return number;
}

long try_and_do_not_look(void);
long try_and_do_not_look(void)
{
    long now = 0;
    if (weft_lock_try_acquire(&lock) == WEFT_OK) {
        now = sum;
        weft_lock_release(&lock);
    }
    return now;
}
