/* SPDX-License-Identifier: MIT */

/* Caching with locks, which are inside: any thread may get and set. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static weft_cache *cache;

/* Ends the program if a call did not do what it was asked. */
static void must(weft_status status)
{
    if (status != WEFT_OK) {
        fprintf(stderr, "%s\n", weft_status_text(status));
        exit(EXIT_FAILURE);
    }
}

static weft_status compute(weft_key key, void *value, void *context)
{
    (void)context;
    printf("Computing %.*s\n", (int)key.size, (const char *)key.bytes);
    weft_sleep(WEFT_MS(100)); /* takes long, so is worth keeping */
    *(int *)value = 42;
    return WEFT_OK;
}

static void *reader(void *key)
{
    int value;
    must(weft_cache_get_or_compute(cache, WEFT_KEY_STRING(key), &value, compute,
                                   NULL));
    printf("%s = %d\n", (const char *)key, value);
    return NULL;
}

int main(void)
{
    cache = weft_cache_create(sizeof(int), .capacity = 100);
    if (cache == NULL)
        must(WEFT_NO_MEMORY);
    int value = 30;
    must(weft_cache_set(cache, WEFT_KEY_STRING("alice"), &value));
    must(weft_cache_get(cache, WEFT_KEY_STRING("alice"), &value));
    printf("alice = %d\n", value);
    if (weft_cache_get(cache, WEFT_KEY_STRING("bob"), &value) == WEFT_NOT_FOUND)
        puts("bob is not there");

    /* Both miss the same key: one computes it, the other waits for that. */
    weft_thread t1 = WEFT_THREAD(reader, "answer");
    weft_thread t2 = WEFT_THREAD(reader, "answer");
    must(weft_thread_start(&t1));
    must(weft_thread_start(&t2));
    must(weft_thread_join(&t1));
    must(weft_thread_join(&t2));
    weft_cache_destroy(cache);
    return EXIT_SUCCESS;
}
