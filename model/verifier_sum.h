/* SPDX-License-Identifier: MIT */
#ifndef WEFT_MODEL_VERIFIER_SUM_H
#define WEFT_MODEL_VERIFIER_SUM_H

/*
 * Additions that may go below 0: GenMC 0.10.3 does not wrap them at 32 bits, so
 * that no comparison with the sum would be true any more. The same step, as a
 * compare-and-swap.
 */

#include "verifier.h"
#include "weft/atomic.h"

#include <stdint.h>

static inline uint32_t verifier_add(uint32_t *word, uint32_t value)
{
    uint32_t before = weft__load_relaxed(word);
    while (!__atomic_compare_exchange_n(word, &before, before + value, false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
        continue;
    return before;
}

#undef weft__fetch_add
#undef weft__fetch_sub
#define weft__fetch_add(word, value) verifier_add((word), (value))
#define weft__fetch_sub(word, value) verifier_add((word), -(uint32_t)(value))

#endif
