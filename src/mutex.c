/* SPDX-License-Identifier: MIT */

#include "mutex.h"

/* The sections are shorter than a trip to the kernel: look again this often. */
enum { SPINS = 100 };

void weft__mutex_lock_slow(weft__mutex *mutex)
{
    for (int spin = 0; spin < SPINS; spin++) {
        uint32_t open = 0;
        if (weft__load_relaxed(&mutex->word) == 0 &&
            weft__compare_swap_acquire(&mutex->word, &open, 1))
            return;
        weft__os_pause();
    }
    while (weft__exchange(&mutex->word, 2) != 0)
        weft__os_wait(&mutex->word, 2, WEFT_FOREVER);
}
