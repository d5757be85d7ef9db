/* SPDX-License-Identifier: MIT */

/*
 * A lock that its owner may acquire again: a reentrant one.
 */

#include <stdlib.h>
#include <weft.h>

enum { ROOM = 4, ENTRIES = 3 };

static weft_rlock guard;
static int entries, written;

static void flush(void)
{
    weft_rlock_acquire(&guard);
    written += entries;
    entries = 0;
    weft_rlock_release(&guard);
}

static void *report(void *arg)
{
    for (int i = 0; i < ENTRIES; i++) {
        weft_rlock_acquire(&guard);
        if (++entries == ROOM)
            flush();
        weft_rlock_release(&guard);
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
