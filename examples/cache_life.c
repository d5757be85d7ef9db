/* SPDX-License-Identifier: MIT */

/* Keeping a cache in order: what is in it, what goes, how well it does. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static weft_status measure(weft_key city, void *value, void *context)
{
    (void)context;
    *(size_t *)value = city.size;
    return city.size > 0 ? WEFT_OK : WEFT_NOT_FOUND; /* then nothing is kept */
}

static weft_cache *cache;

static void ask(const char *city)
{
    size_t value;
    weft_status status = weft_cache_get_or_compute(cache, WEFT_KEY_STRING(city),
                                                   &value, measure, NULL);
    if (status == WEFT_OK)
        printf("%s: %zu\n", city, value);
    else
        printf("\"%s\": %s\n", city, weft_status_text(status));
}

int main(void)
{
    cache = weft_cache_create(sizeof(size_t), .ttl = WEFT_SECONDS(60));
    if (cache == NULL)
        return EXIT_FAILURE;
    ask("Oslo");
    ask("Oslo");
    ask("Rome");
    ask("");

    weft_cache_remove(cache, WEFT_KEY("Oslo, Norway", 4)); /* any bytes */
    printf("Oslo is %s\n", weft_cache_contains(cache, WEFT_KEY_STRING("Oslo"))
                               ? "kept"
                               : "gone");
    printf("cities: %zu\n", weft_cache_size(cache));
    weft_cache_clear(cache);

    weft_cache_info info = weft_cache_stats(cache);
    printf("hits: %d, computations: %d, cities: %zu\n", (int)info.hits,
           (int)info.computations, info.size);
    weft_cache_destroy(cache);
    return EXIT_SUCCESS;
}
