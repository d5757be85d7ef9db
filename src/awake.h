/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_AWAKE_H
#define WEFT_SRC_AWAKE_H

#include <stdbool.h>

/*
 * Waits awake for a little while, at most some 20 us of processor time, less
 * where that was in vain on this object lately: true as soon as ready(context).
 * What comes after false is sleep.
 */
bool weft__wait_awake(const void *object, bool (*ready)(void *context),
                      void *context);

/* The same where somebody does it with a lock held, and needs longer. */
bool weft__wait_awake_behind_lock(const void *object,
                                  bool (*ready)(void *context), void *context);

/* The same where who brings the news writes to the same line of the cache, and
 * more than once, before: looks less often, so as not to hold that up. */
bool weft__wait_awake_for_writer(const void *object,
                                 bool (*ready)(void *context), void *context);

#endif
