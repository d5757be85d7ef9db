/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_CONTROL_H
#define WEFT_SRC_CONTROL_H

/*
 * Controlled schedules, the second way in which the platform keeps its
 * promises: one thread runs at a time, whose turn it is next is decided by a
 * seed at each call of weft, and time passes when nobody has anything else to
 * do. So a run can be repeated exactly, and a thousand different ones be tried.
 *
 * It is chosen by WEFT_CHECK in the environment, before the program's first
 * line, and never ends; `weft check` sets it. While it is off, a call that goes
 * into the library looks at one flag, and an inline path at none.
 */

#include "os/os.h"

/* Never changes once a second thread runs. */
extern bool weft__controlled;

void weft__control_point(const char *operation, const void *object);

/* Whoever calls this may lose its turn. `operation`: "weft_lock_acquire", or
 * NULL for a step inside of one; static memory. */
static inline void weft__point(const char *operation, const void *object)
{
    if (!WEFT__LIKELY(!weft__controlled))
        weft__control_point(operation, object);
}

/* ---- What the platform does instead ---- */

weft_duration weft__control_clock(void);
void weft__control_wait(const uint32_t *word, uint32_t expected,
                        weft_duration deadline);
void weft__control_wake(const uint32_t *word);
void weft__control_yield(void);
/* As many as there are; only one of them is used. */
unsigned weft__control_processors(void);

/* A thread that is about to be started may have its turn from now on; what
 * tells it apart, NULL if there are too many. It begins when its first turn
 * comes, or is not started after all. */
struct weft__player;
struct weft_thread;
struct weft__player *weft__control_prepare(const struct weft_thread *thread);
void weft__control_begin(struct weft__player *player);
void weft__control_cancel(struct weft__player *player);
/* The calling thread has no more turns. */
void weft__control_end(void);

void weft__control_before_fork(void);
/* In the child: nobody else is there. */
void weft__control_after_fork(void);

/* A wrong call, told in one line, is what one looks for: does not return, if it
 * is not to be borne. */
void weft__control_misuse(const char *line);

#endif
