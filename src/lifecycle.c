/* SPDX-License-Identifier: MIT */

/*
 * Exit and fork.
 *
 * Exit: one atexit handler, registered when the first thing that delays exit
 * comes to life, so that it runs before handlers registered earlier (static
 * destructors, mostly). Daemons run on until the process is gone: nothing that
 * they use is ever taken down.
 *
 * Fork: every guarded lock, every line and the registry are held around it, so
 * that the child inherits them whole and owned by the one thread that it has.
 */

#include "lifecycle.h"

#include "registry.h"

#include <stdlib.h>

static weft__mutex drains_mutex;
static bool registered;
/* How many threads, timers and busy pools exit waits for, and EXITING: it does.
 * In one word, so that either exit sees the last one end or that one sees
 * EXITING; and so that one that begins another and ends is never missed. */
static uint32_t delaying;
static uint32_t begun; /* how many ever */
#define EXITING (UINT32_C(1) << 31)

static weft__mutex guards_mutex;
static weft__fork_guard *guards;

static bool none_left(void *context)
{
    (void)context;
    return (weft__load(&delaying) & ~EXITING) <= weft__self()->delays_exit;
}

static weft__record *exiting; /* who waits in drain_counted */

static bool drain_counted(void)
{
    static const weft__wait_kind kind = {.name = "threads at exit"};
    if (none_left(NULL))
        return false;
    weft__store_relaxed(&exiting, weft__self());
    weft__fetch_or(&delaying, EXITING);
    (void)weft__park_until(&kind, NULL, none_left, NULL, WEFT_FOREVER,
                           WEFT__UNSTOPPABLE);
    return true;
}

static weft__drain counted = {.drain = drain_counted};
static weft__drain *drains = &counted;

/* A round counts only if nothing began meanwhile: what a drain waits for may
 * begin what one before it would have waited for, and end at once. */
static void at_exit(void)
{
    bool waited;
    uint32_t before;
    do {
        waited = false;
        before = weft__load(&begun);
        for (weft__drain *drain = weft__load(&drains); drain != NULL;
             drain = weft__load(&drain->next))
            waited |= drain->drain();
    } while (waited || before != weft__load(&begun));
}

void weft__at_exit(weft__drain *new_drain)
{
    weft__mutex_lock(&drains_mutex);
    weft__drain **end = &drains;
    while (*end != NULL && *end != new_drain)
        end = &(*end)->next;
    if (*end == NULL)
        weft__store(end, new_drain);
    if (!registered)
        weft__store_relaxed(&registered, atexit(at_exit) == 0);
    weft__mutex_unlock(&drains_mutex);
}

void weft__delay_exit(void)
{
    weft__fetch_add(&begun, 1);
    weft__fetch_add(&delaying, 1);
    if (!weft__load_relaxed(&registered))
        weft__at_exit(&counted);
}

void weft__allow_exit(void)
{
    if ((weft__fetch_sub(&delaying, 1) & EXITING) != 0)
        weft__unpark(weft__load_relaxed(&exiting));
}

void weft__fork_guard_add(weft__fork_guard *guard)
{
    weft__mutex_lock(&guards_mutex);
    guard->previous = NULL;
    guard->next = guards;
    if (guards != NULL)
        guards->previous = guard;
    guards = guard;
    weft__mutex_unlock(&guards_mutex);
}

void weft__fork_guard_remove(weft__fork_guard *guard)
{
    weft__mutex_lock(&guards_mutex);
    if (guard->previous != NULL)
        guard->previous->next = guard->next;
    else
        guards = guard->next;
    if (guard->next != NULL)
        guard->next->previous = guard->previous;
    weft__mutex_unlock(&guards_mutex);
}

static void hold(weft__fork_guard *guard) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    if (guard->lock != NULL)
        weft_lock_acquire(guard->lock);
    else
        guard->hold(guard);
}

static void let_go(weft__fork_guard *guard) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    if (guard->lock != NULL)
        weft_lock_release(guard->lock);
    else
        guard->let_go(guard);
}

/* The locks before the lines, in which one may have to wait for them; both
 * before the registry, which a thread may need with a line locked. */
static void before_fork(void) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__self();
    weft__mutex_lock(&drains_mutex);
    weft__mutex_lock(&guards_mutex);
    for (weft__fork_guard *guard = guards; guard != NULL; guard = guard->next)
        hold(guard);
    weft__lines_before_fork();
    weft__registry_lock();
    weft__os_threads_before_fork();
}

static void after_fork_in_parent(void) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__os_threads_after_fork(false);
    weft__registry_unlock();
    weft__lines_after_fork(false);
    for (weft__fork_guard *guard = guards; guard != NULL; guard = guard->next)
        let_go(guard);
    weft__mutex_unlock(&guards_mutex);
    weft__mutex_unlock(&drains_mutex);
}

static void after_fork_in_child(void) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft__os_threads_after_fork(true);
    weft__registry_after_fork();
    weft__lines_after_fork(true);
    weft__store_relaxed(&delaying, 0);
    for (weft__fork_guard *guard = guards; guard != NULL; guard = guard->next) {
        if (guard->in_child != NULL)
            guard->in_child(guard);
        let_go(guard);
    }
    guards_mutex.word = 0;
    drains_mutex.word = 0;
}

__attribute__((constructor)) static void lifecycle_init(void)
{
    weft__os_at_fork(before_fork, after_fork_in_parent, after_fork_in_child);
}
