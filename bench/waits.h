/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_WAITS_H
#define WEFT_BENCH_WAITS_H

/*
 * How long a thread waited, each time: counted in steps of at most a sixteenth,
 * so that noting one costs little and what comes out is exact enough.
 */

#include "weft/base.h"

WEFT_BEGIN_DECLARATIONS

enum {
    BENCH_WAIT_BITS = 4,
    BENCH_WAIT_BINS = (64 - BENCH_WAIT_BITS + 1) << BENCH_WAIT_BITS
};

typedef struct bench_waits {
    uint32_t count[BENCH_WAIT_BINS];
    weft_duration worst;
} bench_waits;

/* The bin of a duration: its bits below the first, and where that is. */
static inline unsigned bench_wait_bin(weft_duration waited)
{
    uint64_t ns = waited > 0 ? (uint64_t)waited : 0;
    unsigned top = 63u - (unsigned)__builtin_clzll(ns | 1);
    unsigned shift = top > BENCH_WAIT_BITS ? top - BENCH_WAIT_BITS : 0;
    return (shift << BENCH_WAIT_BITS) + (unsigned)(ns >> shift);
}

static inline void bench_note_wait(bench_waits *waits, weft_duration waited)
{
    waits->count[bench_wait_bin(waited)]++;
    if (waited > waits->worst)
        waits->worst = waited;
}

/* Adds the second's to the first's. */
void bench_add_waits(bench_waits *waits, const bench_waits *others);

/* All but one in `n` were not longer than this; 0: there were none. */
weft_duration bench_longest_but_one_in(const bench_waits *waits, unsigned n);

WEFT_END_DECLARATIONS

#endif
