/* SPDX-License-Identifier: MIT */

/*
 * weft_call_once: everybody waits until the first has done all of it, and a
 * call after that costs one load.
 */

#include <assert.h>
#include <stdlib.h>
#include <weft.h>

struct settings {
    int volume;
};

static weft_once once;
static struct settings *shared;

static void load(void *arg)
{
    (void)arg;
    shared = calloc(1, sizeof *shared);
    weft_sleep(WEFT_MS(1)); /* reads a file */
    if (shared != NULL)
        shared->volume = 11;
}

static struct settings *get_settings(void)
{
    weft_call_once(&once, load, NULL);
    return shared;
}

static void *play(void *arg)
{
    assert(get_settings()->volume == 11);
    return arg;
}

int main(void)
{
    weft_thread first = WEFT_THREAD(play, NULL, .name = "First");
    weft_thread second = WEFT_THREAD(play, NULL, .name = "Second");
    if (weft_thread_start(&first) != WEFT_OK ||
        weft_thread_start(&second) != WEFT_OK)
        return EXIT_FAILURE;
    weft_thread_join(&first);
    weft_thread_join(&second);
    free(shared);
    return EXIT_SUCCESS;
}
