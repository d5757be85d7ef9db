/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_ADDRESS_H
#define WEFT_SRC_ADDRESS_H

#include <stdint.h>

/* A number below 2^bits for an object's address. Fibonacci hashing: the
 * multiplier is 2^64 / golden ratio. */
static inline uint64_t weft__hash_address(const void *object, unsigned bits)
{
    return (uintptr_t)object * UINT64_C(0x9e3779b97f4a7c15) >> (64 - bits);
}

#endif
