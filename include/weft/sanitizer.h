/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SANITIZER_H
#define WEFT_SANITIZER_H

/*
 * What lock, rlock and rwlock tell ThreadSanitizer, so that it reports locks
 * that a program acquires in one order here and in the other there. Told is
 * what a program compiled with -fsanitize=thread does in its own calls, both
 * ends of each hold, whichever way the library was built; in all other programs
 * nothing is left of this. How it is told stands in src/os/sanitizer.c.
 * Private.
 */

#include "base.h"

WEFT_BEGIN_DECLARATIONS

/* The calling thread is about to wait for the lock, with no limit of time. */
WEFT_API void weft__sanitizer_acquiring(const void *lock);

/* It has acquired the lock, for reading or writing, by waiting or trying. */
WEFT_API void weft__sanitizer_acquired(const void *lock);

/* It is about to release it. True: this hold was told of, so that who gets the
 * lock back for the caller tells it again. */
WEFT_API bool weft__sanitizer_releasing(const void *lock);

/* The lock begins anew: nothing that was told of it counts any more. */
WEFT_API void weft__sanitizer_renewed(const void *lock);

static inline void weft__tell_acquiring(const void *lock)
{
    if (WEFT__SANITIZE_THREAD)
        weft__sanitizer_acquiring(lock);
}

static inline void weft__tell_acquired(const void *lock)
{
    if (WEFT__SANITIZE_THREAD)
        weft__sanitizer_acquired(lock);
}

/* For a form that may fail; hands its answer on. */
static inline weft_status weft__tell_tried(const void *lock, weft_status status)
{
    if (WEFT__SANITIZE_THREAD && status == WEFT_OK)
        weft__sanitizer_acquired(lock);
    return status;
}

static inline void weft__tell_releasing(const void *lock)
{
    if (WEFT__SANITIZE_THREAD)
        weft__sanitizer_releasing(lock);
}

WEFT_END_DECLARATIONS

#endif
