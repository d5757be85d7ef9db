/* SPDX-License-Identifier: MIT */

/* What many threads' waits come to. */

#include "waits.h"

void bench_add_waits(bench_waits *waits, const bench_waits *others)
{
    for (unsigned bin = 0; bin < BENCH_WAIT_BINS; bin++)
        waits->count[bin] += others->count[bin];
    if (others->worst > waits->worst)
        waits->worst = others->worst;
}

/* The longest duration of a bin. */
static weft_duration end_of(unsigned bin)
{
    unsigned shift = bin >> BENCH_WAIT_BITS;
    if (shift > 0)
        shift--; /* a bin's number has the first bit in it */
    uint64_t bits = bin - (shift << BENCH_WAIT_BITS);
    return (weft_duration)(((bits + 1) << shift) - 1);
}

weft_duration bench_longest_but_one_in(const bench_waits *waits, unsigned n)
{
    uint64_t all = 0, longer = 0;
    for (unsigned bin = 0; bin < BENCH_WAIT_BINS; bin++)
        all += waits->count[bin];
    unsigned bin = BENCH_WAIT_BINS;
    while (bin > 0 && longer + waits->count[bin - 1] <= all / n)
        longer += waits->count[--bin];
    if (bin == 0)
        return 0;
    weft_duration end = end_of(bin - 1);
    return end < waits->worst ? end : waits->worst;
}
