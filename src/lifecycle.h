/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_LIFECYCLE_H
#define WEFT_SRC_LIFECYCLE_H

/* What must happen when the program ends or forks. */

#include "weft/lock.h"
#include "weft/thread.h"

/*
 * At exit, weft goes round all drains, in the order of registration, until none
 * had anything to wait for: first that of all that weft__delay_exit counts. A
 * drain waits for work that must be done before the process may end; true means
 * that it had to.
 */
typedef struct weft__drain {
    bool (*drain)(void);
    struct weft__drain *next;
} weft__drain;

/* Registers a static drain; a second time does nothing. */
void weft__at_exit(weft__drain *drain);

/*
 * A heap object's lock and what a forked child must mend in it. Around a fork
 * all guarded locks are held, so that the child inherits no object half
 * changed. Guarded locks are leaves: whoever holds one acquires no other.
 */
typedef struct weft__fork_guard {
    weft_lock *lock; /* or NULL, and then these take its place: */
    void (*hold)(struct weft__fork_guard *guard);
    void (*let_go)(struct weft__fork_guard *guard);
    /* In the child, with the lock held: other threads are gone. May be NULL. */
    void (*in_child)(struct weft__fork_guard *guard);
    struct weft__fork_guard *next, *previous;
} weft__fork_guard;

void weft__fork_guard_add(weft__fork_guard *guard);
void weft__fork_guard_remove(weft__fork_guard *guard);

/* Forgets, and tells whether, the calling thread said weft_fail since the last
 * time; the error is filled if so. For callbacks that return nothing. */
bool weft__take_failure(weft_error *error);

/* Its address is what weft_fail returns on the calling thread. */
extern _Thread_local struct weft__failure weft__last_failure;

/* Did its maker say `return weft_fail`? Then the error, whose text stays until
 * the calling thread's next weft_fail. */
static inline bool weft__is_failure(const void *result, weft_error *error)
{
    return !WEFT__LIKELY(result != &weft__last_failure) &&
           weft__take_failure(error);
}

/* Runs the target with failure told apart: true and *result, or false and the
 * error. */
static inline bool weft__run_target(weft_target target, void *arg,
                                    void **result, weft_error *error)
{
    void *returned = target(arg);
    if (weft__is_failure(returned, error))
        return false;
    *result = returned;
    return true;
}

/* Hands an error that nobody can collect to the excepthook. */
void weft__excepthook_call(const weft_error *error);

/* Exit waits from the one to the other: for a thread that is no daemon, for a
 * timer that is to fire, for a pool that has work. Who does something on behalf
 * of such a one has delays_exit in its record, lest exit wait for whoever
 * called it. */
void weft__delay_exit(void);
void weft__allow_exit(void);

/* Calls the destructors of the calling thread's weft_local values. */
void weft__local_thread_end(void);

/* Starts a thread of weft's own (pool worker, timer): as weft_thread_start, but
 * exit leaves it to its drain, and it is a daemon. */
weft_status weft__service_start(weft_thread *thread);

/* Waits until it has ended, whatever happens. */
void weft__service_join(weft_thread *thread);

#endif
