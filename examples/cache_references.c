/* SPDX-License-Identifier: MIT */

/* A cache of counted references: a value lives while anybody holds it. */

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

struct page {
    atomic_int references;
    int number;
};

static struct page *page_new(int number)
{
    struct page *page = malloc(sizeof *page);
    if (page == NULL)
        exit(EXIT_FAILURE);
    *page = (struct page){.references = 1, .number = number};
    return page;
}

/* The cache's values are pointers: what it hands over is a `struct page **`. */
static void retain(void *value)
{
    (*(struct page **)value)->references++;
}

static void release(void *value)
{
    struct page *page = *(struct page **)value;
    if (--page->references == 0) {
        printf("page %d is freed\n", page->number);
        free(page);
    }
}

int main(void)
{
    weft_cache *cache = weft_cache_create(sizeof(struct page *), .capacity = 2,
                                          .retain = retain, .destroy = release);
    for (int i = 1; i <= 3; i++) {
        struct page *page = page_new(i); /* its reference is the cache's now */
        if (weft_cache_set(cache, WEFT_KEY_INT(i), &page) != WEFT_OK)
            return EXIT_FAILURE;
    }
    printf("%zu of %zu pages\n", weft_cache_size(cache),
           weft_cache_capacity(cache));

    struct page *held;
    if (weft_cache_get(cache, WEFT_KEY_INT(3), &held) != WEFT_OK)
        return EXIT_FAILURE;
    weft_cache_remove(cache, WEFT_KEY_INT(3));
    printf("page %d is still ours\n", held->number);
    release(&held);
    weft_cache_destroy(cache);
    return EXIT_SUCCESS;
}
