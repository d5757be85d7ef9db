/* SPDX-License-Identifier: MIT */

/* C has no GIL: work for the processor gets faster with threads. */

#include <stdio.h>
#include <stdlib.h>
#include <weft.h>

static bool is_prime(size_t n)
{
    for (size_t factor = 2; factor * factor <= n; factor++)
        if (n % factor == 0)
            return false;
    return n >= 2;
}

static void count_primes(size_t begin, size_t end, void *count, void *context)
{
    (void)context;
    for (size_t n = begin; n < end; n++)
        *(size_t *)count += is_prime(n);
}

static void add(void *count, const void *other, void *context)
{
    (void)context;
    *(size_t *)count += *(const size_t *)other;
}

/* Returns the seconds that the pool took, at best. */
static double measure(weft_pool *pool)
{
    static const weft_reduction sum = {
        .body = count_primes, .combine = add, .size = sizeof(size_t)};
    size_t limit = 1000000, count = 0;
    double best = 1e9;
    for (int round = 0; round < 5; round++) {
        weft_duration start = weft_monotonic();
        if (weft_parallel_reduce(pool, 0, limit, &sum, &count, NULL) != WEFT_OK)
            exit(EXIT_FAILURE);
        double seconds = (double)(weft_monotonic() - start) / 1e9;
        best = seconds < best ? seconds : best;
    }
    printf("Threads: %u, primes: %zu, seconds: %.3f\n", weft_pool_workers(pool),
           count, best);
    return best;
}

int main(void)
{
    weft_pool *one = weft_pool_create(.workers = 1);
    double alone = measure(one);
    double together = measure(weft_default_pool()); /* all processors */
    printf("Speed-up: %.2f\n", alone / together);
    weft_pool_destroy(one);
    return EXIT_SUCCESS;
}
