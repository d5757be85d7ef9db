/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_NOISE_H
#define WEFT_BENCH_NOISE_H

/* What other programs do meanwhile. */

#include "weft/base.h"

typedef struct bench_noise {
    weft_duration at, busy, own; /* now; of all processors; of this process */
} bench_noise;

bench_noise bench_listen(void);

/* The share of the machine that others have had since, 0 to 1. */
double bench_others(const bench_noise *since);

/* Returns when others have less than that share for a moment, or at `end`. */
void bench_await_calm(double share, weft_duration end);

#endif
