/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_TIMER_HEAP_H
#define WEFT_SRC_TIMER_HEAP_H

/* Timers by due time, then by order of starting. No function allocates. */

#include "weft/timer.h"

/* Inserts the timer and returns the new first one. */
weft_timer *weft__timer_heap_insert(weft_timer *first, weft_timer *timer);

/* Takes the timer out and returns the new first one, NULL if none is left. */
weft_timer *weft__timer_heap_remove(weft_timer *first, weft_timer *timer);

#endif
