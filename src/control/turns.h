/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_CONTROL_TURNS_H
#define WEFT_SRC_CONTROL_TURNS_H

/* Whose turn it is, and how it goes from one to the next; see turns.c. */

#include "session.h"
#include "weft/atomic.h"

#include <signal.h>

enum { WEFT__NOBODY = WEFT__PLAYERS };

/* Behind the lock, but for looks at `current`. */
struct weft__turns {
    uint32_t locked;
    uint32_t current; /* whose turn it is, or WEFT__NOBODY */
    uint32_t used;    /* of the table of players */
    unsigned unseen;  /* threads of the process that never play */
    weft_duration now;
};
extern struct weft__turns weft__turns;

/* Who the calling thread is; NULL: weft has not met it. */
extern _Thread_local struct weft__player *weft__player_self;

static inline uint32_t weft__player_number(const struct weft__player *player)
{
    return (uint32_t)(player - weft__session->players);
}

/* Blocks signals, too; `before`: which were. */
void weft__turns_lock(sigset_t *before);
void weft__turns_unlock(const sigset_t *before);

/* Locked. Whose turn is next, after `before`, who `yields` or would go on.
 * WEFT__NOBODY: all wait, perhaps for somebody outside, who is to have some
 * real time for it if it `is_patient`. Does not return if nobody can ever go
 * on. */
uint32_t weft__turns_choose(uint32_t before, bool yields, bool is_patient);

/* Locked. Gives it, or lays it down for whoever comes. */
void weft__turns_give(uint32_t number);

/* Sleeps until it is the player's. */
void weft__turns_await(struct weft__player *player);

/* The calling thread's turn ends, in that state; returns with its next, if it
 * is to have one. */
void weft__turns_hand_over(enum weft__player_state state, bool yields);

/* ---- The watchman ---- */

/* Starts it. The caller is the only player. */
void weft__control_watch(void);

/* How many threads the process has; 0: it can't be known. */
unsigned weft__control_threads(void);

/* Locked. Somebody may do something that others wait for: a player who is
 * outside, or a thread that weft has not met. `for_good`: else nobody could
 * ever go on, so one whom a signal has just woken counts, too. */
bool weft__control_others_are_there(bool for_good);

void weft__control_nap(long nanoseconds);

#endif
