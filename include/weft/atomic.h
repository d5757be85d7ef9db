/* SPDX-License-Identifier: MIT */
#ifndef WEFT_ATOMIC_H
#define WEFT_ATOMIC_H

/*
 * The one door to the compiler's atomics. Structures hold plain integers and
 * pointers, so that the headers also compile as C++ and under model checkers.
 *
 * A bare name carries the ordering that its use needs: `load` acquires, `store`
 * releases, read-modify-writes do both. `_relaxed` forms promise atomicity
 * alone. There are no stand-alone fences in weft. Private.
 */

#define weft__load(word) __atomic_load_n((word), __ATOMIC_ACQUIRE)
#define weft__load_relaxed(word) __atomic_load_n((word), __ATOMIC_RELAXED)
#define weft__store(word, value) \
    __atomic_store_n((word), (value), __ATOMIC_RELEASE)
#define weft__store_relaxed(word, value) \
    __atomic_store_n((word), (value), __ATOMIC_RELAXED)
#define weft__exchange(word, value) \
    __atomic_exchange_n((word), (value), __ATOMIC_ACQ_REL)
#define weft__fetch_add(word, value) \
    __atomic_fetch_add((word), (value), __ATOMIC_ACQ_REL)
#define weft__fetch_add_relaxed(word, value) \
    __atomic_fetch_add((word), (value), __ATOMIC_RELAXED)
#define weft__fetch_sub(word, value) \
    __atomic_fetch_sub((word), (value), __ATOMIC_ACQ_REL)
#define weft__fetch_or(word, value) \
    __atomic_fetch_or((word), (value), __ATOMIC_ACQ_REL)
#define weft__fetch_and(word, value) \
    __atomic_fetch_and((word), (value), __ATOMIC_ACQ_REL)

/* True if `*word` was `*expected` and is now `desired`; else `*expected` holds
 * what was there. `_weak` may fail for no reason: for loops. */
#define weft__compare_swap(word, expected, desired)                   \
    __atomic_compare_exchange_n((word), (expected), (desired), false, \
                                __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)
#define weft__compare_swap_weak(word, expected, desired)             \
    __atomic_compare_exchange_n((word), (expected), (desired), true, \
                                __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE)
/* The two halves of a lock: taking orders what follows, giving back orders
 * what came before; a failed attempt orders nothing. */
#define weft__compare_swap_acquire(word, expected, desired)           \
    __atomic_compare_exchange_n((word), (expected), (desired), false, \
                                __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)
#define weft__compare_swap_release(word, expected, desired)           \
    __atomic_compare_exchange_n((word), (expected), (desired), false, \
                                __ATOMIC_RELEASE, __ATOMIC_RELAXED)
/* In one order that all threads agree on, with no other between them: for two
 * that each write a word of their own and then look at the other's. */
#define weft__load_ordered(word) __atomic_load_n((word), __ATOMIC_SEQ_CST)
#define weft__store_ordered(word, value) \
    __atomic_store_n((word), (value), __ATOMIC_SEQ_CST)
#define weft__compare_swap_ordered(word, expected, desired)           \
    __atomic_compare_exchange_n((word), (expected), (desired), false, \
                                __ATOMIC_SEQ_CST, __ATOMIC_RELAXED)

#endif
