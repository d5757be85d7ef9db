/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_WATCH_H
#define WEFT_SRC_WATCH_H

/* Standing in the line of a thing that stays as it is once it happened, alone
 * or in several lines at a time. */

#include "park.h"
#include "weft/event.h"
#include "weft/future.h"

/* Puts the waiter in the thing's line, to be served when it is set, is done,
 * has ended. False: it is. */
bool weft__event_watch(weft_event *event, weft__waiter *waiter);
bool weft__future_watch(weft_future *future, weft__waiter *waiter);
bool weft__thread_watch(weft_thread *thread, weft__waiter *waiter);

bool weft__thread_has_ended(const weft_thread *thread);

/* WEFT_OK if the calling thread may join it; else the misuse is reported. */
weft_status weft__thread_check_join(const weft_thread *thread,
                                    const char *function);

#endif
