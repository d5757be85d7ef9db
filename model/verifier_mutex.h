/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_MUTEX_H
#define WEFT_SRC_MUTEX_H /* this one, not src/mutex.h */

/*
 * GenMC's own mutex in place of weft__mutex. It explores the orders of the
 * critical sections, but not the ways of waiting for one; those are explored by
 * the client `mutex`, which has the real one.
 */

#include "os/os.h"
#include "verifier.h"
#include "weft/atomic.h"

typedef struct weft__mutex {
    __VERIFIER_mutex_t mutex;
} weft__mutex;

static inline void weft__mutex_lock(weft__mutex *mutex)
{
    __VERIFIER_mutex_lock(&mutex->mutex);
}

static inline void weft__mutex_unlock(weft__mutex *mutex)
{
    __VERIFIER_mutex_unlock(&mutex->mutex);
}

#endif
