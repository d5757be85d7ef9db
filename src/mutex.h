/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_MUTEX_H
#define WEFT_SRC_MUTEX_H

/*
 * The lock under the locks: guards weft's own short sections where a weft_lock
 * cannot, because sleeping and thread ids are themselves built on them. No
 * owner, no fairness, no diagnostics; never held while user code runs.
 *
 * Word: 0 free, 1 held, 2 held and somebody sleeps (Drepper, "Futexes Are
 * Tricky", mutex 2).
 */

#include "os/os.h"
#include "weft/atomic.h"

typedef struct weft__mutex {
    uint32_t word;
} weft__mutex;

void weft__mutex_lock_slow(weft__mutex *mutex);

static inline void weft__mutex_lock(weft__mutex *mutex)
{
    uint32_t open = 0;
    if (!weft__compare_swap_acquire(&mutex->word, &open, 1))
        weft__mutex_lock_slow(mutex);
}

static inline void weft__mutex_unlock(weft__mutex *mutex)
{
    if (weft__exchange(&mutex->word, 0) == 2)
        weft__os_wake(&mutex->word);
}

#endif
