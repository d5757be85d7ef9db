/* SPDX-License-Identifier: MIT */

/* A reentrant lock: functions that lock may call each other. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static weft_rlock lock;
static int balance WEFT_GUARDED_BY(lock) = 100; /* Clang checks it */

static void change(int amount)
{
    weft_rlock_acquire(&lock);
    balance += amount;
    printf("%+d, at level %u\n", amount, weft_rlock_level(&lock));
    weft_rlock_release(&lock);
}

static void exchange(int in, int out)
{
    WEFT_WITH(&lock) { /* nobody sees the balance in between */
        change(in);
        change(-out);
    }
}

static void *visitor(void *arg)
{
    (void)arg;
    if (weft_rlock_try_acquire(&lock) == WEFT_BUSY)
        puts("the visitor finds it locked");
    return NULL;
}

int main(void)
{
    change(10);
    exchange(30, 40);

    weft_thread thread = WEFT_THREAD(visitor);
    weft_status status = WEFT_OK;
    WEFT_WITH(&lock) {
        printf("balance: %d\n", balance);
        status = weft_thread_start(&thread);
        if (status == WEFT_OK)
            status = weft_thread_join(&thread);
    }
    printf("locked: %s\n", weft_rlock_locked(&lock) ? "yes" : "no");
    return status == WEFT_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}
