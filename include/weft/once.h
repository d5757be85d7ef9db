/* SPDX-License-Identifier: MIT */
#ifndef WEFT_ONCE_H
#define WEFT_ONCE_H

/*
 * Once, 4 bytes: runs a function one time, whoever comes first. Zeroed memory
 * has not run yet, and nothing need be destroyed.
 */

#include "atomic.h"
#include "base.h"

WEFT_BEGIN_DECLARATIONS

typedef struct weft_once {
    uint32_t word_; /* drawn in src/once.c */
} weft_once;

/* Whether the function has run to its end; if so, what it wrote is seen. Does
 * not block. */
static inline bool weft_once_done(const weft_once *once)
{
    return (weft__load(&once->word_) >> 31) != 0;
}

/* The call that may have to run the function or wait for it. Private. */
WEFT_API weft_status weft__call_once_slow(weft_once *once,
                                          void (*function)(void *), void *arg);

/*
 * Runs function(arg) if no call on this `once` has; returns when it has run to
 * its end, here or on another thread, for which it waits: not even a stop
 * request ends that, since the next line relies on it. WEFT_OK; WEFT_DEADLOCK:
 * called from inside that very function; WEFT_INVALID: NULL. In a forked child,
 * a function that another thread was running begins anew.
 */
static inline weft_status weft_call_once(weft_once *once,
                                         void (*function)(void *), void *arg)
{
    if (WEFT__LIKELY(once != NULL && weft_once_done(once)))
        return (weft_status)WEFT_OK;
    return weft__call_once_slow(once, function, arg);
}

WEFT_END_DECLARATIONS

#endif
