/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_CREW_H
#define WEFT_BENCH_CREW_H

#include "harness.h"

/* How many processors this process may use. */
unsigned bench_processors(void);

#endif
