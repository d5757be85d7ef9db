/* SPDX-License-Identifier: MIT */

/* Loops on a pool: a function over an array, a body over a range. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft.h>

enum { CELLS = 100000 };

static void *count_letters(void *word)
{
    size_t *count = malloc(sizeof *count);
    if (count == NULL || strlen(word) == 0) {
        free(count);
        return weft_fail(1, "\"%s\" cannot be counted", (char *)word);
    }
    *count = strlen(word);
    return count;
}

/* Works on a piece of the range at a time. */
static void halve(size_t begin, size_t end, void *context)
{
    double *cells = context;
    for (size_t i = begin; i < end; i++)
        cells[i] /= 2;
}

int main(void)
{
    weft_pool *pool = weft_default_pool(); /* a worker for each processor */
    void *words[] = {"warp", "and", "weft", ""};
    void *counts[4];

    if (weft_map(pool, count_letters, words, 3, counts) != WEFT_OK)
        return EXIT_FAILURE;
    for (int i = 0; i < 3; i++) {
        printf("%s: %zu\n", (char *)words[i], *(size_t *)counts[i]);
        free(counts[i]);
    }
    if (weft_map(pool, count_letters, &words[3], 1, counts) == WEFT_FAILED)
        puts(weft_map_error()->message);

    static double cells[CELLS];
    for (int i = 0; i < CELLS; i++)
        cells[i] = 2 * i;
    if (weft_parallel_for(pool, 0, CELLS, halve, cells, .grain = 1000) !=
        WEFT_OK)
        return EXIT_FAILURE;
    printf("the last cell: %.0f\n", cells[CELLS - 1]);
    return EXIT_SUCCESS;
}
