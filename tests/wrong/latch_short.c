/* SPDX-License-Identifier: MIT */

/*
 * A latch with one count short. Who finds nothing to load gives up without
 * counting down, and the program waits for it before it begins.
 */

#include <stdlib.h>
#include <weft.h>

enum { LOADERS = 3 };

static weft_latch loaded = WEFT_LATCH(LOADERS);
static weft_lock lock;
static int pages = 2;

static bool take_page(void)
{
    WEFT_WITH(&lock) {
        return pages-- > 0;
    }
    return false;
}

static void *load(void *arg)
{
    if (!take_page())
        return NULL; /* wrong: its count is missing */
    weft_sleep(WEFT_MS(1));
    weft_latch_count_down(&loaded, 1);
    return arg;
}

int main(void)
{
    weft_thread threads[LOADERS] = {
        WEFT_THREAD(load, NULL, .name = "Loader 1"),
        WEFT_THREAD(load, NULL, .name = "Loader 2"),
        WEFT_THREAD(load, NULL, .name = "Loader 3"),
    };
    for (int i = 0; i < LOADERS; i++)
        if (weft_thread_start(&threads[i]) != WEFT_OK)
            return EXIT_FAILURE;
    weft_latch_wait(&loaded);
    for (int i = 0; i < LOADERS; i++)
        weft_thread_join(&threads[i]);
    return EXIT_SUCCESS;
}
