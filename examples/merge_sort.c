/* SPDX-License-Identifier: MIT */

/*
 * Divide and conquer: a task sorts its left half, while whoever is free sorts
 * the right one. Argument: how many numbers. bench/loop.c races the same.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft.h>

enum { SMALL = 10000 }; /* not worth a task */

struct part {
    int *numbers, *space;
    size_t n;
};

static int compare(const void *one, const void *other)
{
    int a = *(const int *)one, b = *(const int *)other;
    return (a > b) - (a < b);
}

/* The halves are sorted. */
static void merge(const struct part *all, size_t half)
{
    int *to = all->numbers, *left = all->space, *left_end = left + half;
    const int *right = to + half, *right_end = to + all->n;
    memcpy(left, to, half * sizeof *to);
    while (left < left_end && right < right_end)
        *to++ = *right < *left ? *right++ : *left++;
    memcpy(to, left, (size_t)(left_end - left) * sizeof *to);
}

static void *sort(void *arg)
{
    const struct part *all = arg;
    size_t half = all->n / 2;
    struct part left = {all->numbers, all->space, half};
    struct part right = {all->numbers + half, all->space + half, all->n - half};
    weft_future other;
    if (all->n <= SMALL ||
        weft_submit(weft_default_pool(), &other, sort, &right) != WEFT_OK) {
        qsort(all->numbers, all->n, sizeof *all->numbers, compare);
        return NULL;
    }
    sort(&left);
    weft_future_result(&other, NULL); /* runs it, if nobody has begun */
    merge(all, half);
    return NULL;
}

static double seconds_since(weft_duration start)
{
    return (double)(weft_monotonic() - start) / 1e9;
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000000;
    int *numbers = malloc(3 * n * sizeof *numbers);
    if (numbers == NULL)
        return EXIT_FAILURE;
    int *same = numbers + n;
    struct part all = {numbers, same + n, n};
    weft_future sorted;
    for (size_t i = 0; i < n; i++)
        numbers[i] = same[i] = rand();

    weft_duration start = weft_monotonic();
    qsort(same, n, sizeof *same, compare);
    double alone = seconds_since(start);
    start = weft_monotonic();
    weft_status status = weft_submit(weft_default_pool(), &sorted, sort, &all);
    if (status == WEFT_OK)
        status = weft_future_result(&sorted, NULL);
    double together = seconds_since(start);

    bool equal =
        status == WEFT_OK && memcmp(numbers, same, n * sizeof *numbers) == 0;
    printf("%zu numbers are %s\n", n, equal ? "sorted" : "in disorder");
    printf("Seconds: qsort %.3f, weft %.3f, speed-up %.2f\n", alone, together,
           alone / together);
    free(numbers);
    return equal ? EXIT_SUCCESS : EXIT_FAILURE;
}
