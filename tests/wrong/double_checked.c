/* SPDX-License-Identifier: MIT */

/*
 * Double-checked initialisation without weft_call_once. The pointer is there,
 * for everybody to see, before what it points to has been filled in.
 */

#include <assert.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <weft.h>

struct settings {
    atomic_int volume;
};

static weft_lock lock;
static struct settings *_Atomic shared;

static void load(struct settings *settings)
{
    weft_sleep(WEFT_MS(1)); /* reads a file */
    settings->volume = 11;
}

static struct settings *get_settings(void)
{
    if (shared == NULL) {
        WEFT_WITH(&lock) {
            if (shared == NULL) {
                shared = calloc(1, sizeof *shared); /* wrong: too early */
                load(shared);
            }
        }
    }
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
