/* SPDX-License-Identifier: MIT */

/*
 * SipHash with one round for each word and three at the end, as Python has it
 * for its own dictionaries ("SipHash: a fast short-input PRF", Aumasson and
 * Bernstein, 2012). Keyed: who does not know the seed cannot choose keys that
 * fall into one bucket. Four words are mixed by additions, rotations and
 * exclusive ors alone, so that it takes the same time for every key of a size.
 */

#include "cache.h"

static inline uint64_t rotate(uint64_t word, int bits)
{
    return word << bits | word >> (64 - bits);
}

static inline void mix(uint64_t v[4])
{
    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static inline void absorb(uint64_t v[4], uint64_t word)
{
    v[3] ^= word;
    mix(v);
    v[0] ^= word;
}

/* The last 0 to 7 bytes, and the size in the highest. */
static uint64_t last_word(const unsigned char *bytes, size_t rest, size_t size)
{
    uint64_t word = (uint64_t)size << 56;
    for (size_t i = 0; i < rest; i++)
        word |= (uint64_t)bytes[i] << (8 * i);
    return word;
}

uint64_t weft__cache_hash(const uint64_t seed[2], const void *bytes,
                          size_t size)
{
    const unsigned char *next = bytes;
    uint64_t v[4] = {
        seed[0] ^ UINT64_C(0x736f6d6570736575),
        seed[1] ^ UINT64_C(0x646f72616e646f6d),
        seed[0] ^ UINT64_C(0x6c7967656e657261),
        seed[1] ^ UINT64_C(0x7465646279746573),
    };
    size_t rest = size;
    for (; rest >= sizeof(uint64_t); rest -= sizeof(uint64_t)) {
        uint64_t word;
        memcpy(&word, next, sizeof word); /* in the machine's own byte order */
        absorb(v, word);
        next += sizeof word;
    }
    absorb(v, last_word(next, rest, size));
    v[2] ^= 0xff;
    for (int i = 0; i < 3; i++)
        mix(v);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}
