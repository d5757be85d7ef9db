/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_CONTROL_REPORT_H
#define WEFT_SRC_CONTROL_REPORT_H

/*
 * What the files share that tell how a run came to be wrong: names.c, what is
 * called how; waits.c, who waits for what; circles.c, missing.c and why.c, why
 * nobody can go on; failed.c, why it may have failed; report.c, all else.
 */

#include "session.h"

#include <string.h>

/* ---- Threads ---- */

/* "a new thread" before it has a name. */
const char *weft__player_name(const struct weft__player *player);

/* The one that runs, or ran, that thread; NULL: it is not known. */
const struct weft__player *weft__player_of_thread(const void *thread);

/* By the id in locks' words, of those that are alive; NULL: none has it. */
const struct weft__player *weft__player_of_id(uint32_t id);

/* Names at most that many of n, "A, B and 2 more". */
void weft__say_players(const struct weft__player *const *players, unsigned n);

/* ---- Objects ---- */

/* The kind of what an operation is about: "lock" for "weft_lock_acquire". In
 * memory that is used again after a few calls, as what the next three return.
 */
const char *weft__kind_of(const char *operation);

/* What an object is called: a variable's name, else "lock 2". */
const char *weft__name_of(const void *object, const char *kind);

/* The same in a sentence: "lock `savings`". */
const char *weft__prose_of(const void *object, const char *kind);

/* Is it a part of weft's own, of which the program knows nothing? */
bool weft__is_internal(const void *object, const char *kind);

/* Gives names to all in the steps, in that order. */
void weft__name_all(void);

/* ---- What was done ---- */

/* How often; all operations that begin with that. `last`, unless NULL: the last
 * step of them. player NULL: by anybody. */
uint64_t weft__uses(const struct weft__player *player, const char *operation,
                    const void *object, uint64_t *last);

/* How often more it has acquired than released a lock, or an rwlock for
 * reading, as far as that is known. What it waits for does not count. */
int weft__holds(const struct weft__player *player, const void *object);

/* Who said or did that last, NULL: nobody. */
const struct weft__player *weft__last_user(const char *operation,
                                           const void *object, uint64_t *step);

/* The step with that number, or the next that is known before it; NULL: there
 * is none. */
const struct weft__step *weft__step_before(uint64_t number);

/* ---- Waits, for the process itself ---- */

struct weft__wait {
    const char *kind; /* weft__wait_kind.name; NULL: it does not wait */
    const void *object;
};

static inline bool weft__is_wait(const struct weft__wait *wait,
                                 const char *kind)
{
    return wait->kind != NULL && strcmp(wait->kind, kind) == 0;
}

struct weft__wait weft__wait_of(const struct weft__player *player);

/* Does the one wait for what only the other can do? */
bool weft__waits_for(const struct weft__player *player,
                     const struct weft__player *other);

bool weft__waits_for_anybody(const struct weft__player *player);

/* Does it wait for a lock, or an rwlock, of a thread that has ended? */
bool weft__is_orphaned(const struct weft__player *player);

/* "waits for lock `a`, which B holds" */
void weft__say_wait(const struct weft__player *player);

/* The pool that this is a part of: NULL, of none that is known. */
const void *weft__pool_around(const void *object);

/* Of a pool's tasks, how many nobody has begun; false: it can't be told. */
bool weft__pool_pending(const void *pool, size_t *pending);

/* If threads wait for each other in a circle, or for a lock that nobody has any
 * more, how. */
bool weft__say_circle(void);
bool weft__say_orphan(void);

enum { WEFT__ROOT_WAITERS = 64 };

/* Threads that wait for the same thing, which nobody is left to do. */
struct weft__root {
    struct weft__wait wait;
    const struct weft__player *waiters[WEFT__ROOT_WAITERS];
    unsigned n;
};

/* What that is, and who might have done it. */
void weft__say_missing(const struct weft__root *root);

/* Why nobody can go on. */
void weft__say_why(void);

/* Why it may have failed, said by the process that ran it. */
void weft__say_why_failed(void);

#endif
