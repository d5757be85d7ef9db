/* SPDX-License-Identifier: MIT */

/*
 * A semaphore as a lock, acquired twice. Whoever writes the fourth entry calls
 * flush with the only permit in its hands, and waits there for itself.
 */

#include <stdlib.h>
#include <weft.h>

enum { ROOM = 4, ENTRIES = 3 };

static weft_semaphore guard = WEFT_SEMAPHORE(1);
static int entries, written;

static void flush(void)
{
    weft_semaphore_acquire(&guard);
    written += entries;
    entries = 0;
    weft_semaphore_release(&guard, 1);
}

static void *report(void *arg)
{
    for (int i = 0; i < ENTRIES; i++) {
        weft_semaphore_acquire(&guard);
        if (++entries == ROOM)
            flush(); /* wrong: it has the permit */
        weft_semaphore_release(&guard, 1);
    }
    return arg;
}

int main(void)
{
    weft_thread first = WEFT_THREAD(report, NULL, .name = "First");
    weft_thread second = WEFT_THREAD(report, NULL, .name = "Second");
    if (weft_thread_start(&first) != WEFT_OK ||
        weft_thread_start(&second) != WEFT_OK)
        return EXIT_FAILURE;
    weft_thread_join(&first);
    weft_thread_join(&second);
    return written + entries == 2 * ENTRIES ? EXIT_SUCCESS : EXIT_FAILURE;
}
