/* SPDX-License-Identifier: MIT */

/*
 * Waiting for many futures.
 *
 * An iteration stands in the line of each of its futures at once, with one
 * entry for each. The walk that follows a future's completion moves the entry
 * from that line to the list `ready`, in order of completion, and wakes the
 * thread. So each future costs the same, however many there are.
 *
 * `mutex` guards `ready`; it is taken with a line locked, and never the other
 * way round. An entry whose `woken` is not yet stored may still be touched by
 * whoever took it out of its line: the end waits for that.
 */

#include "control.h"
#include "future.h"

#include "misuse.h"
#include "pool.h"
#include "registry.h"

#include <errno.h>
#include <stdlib.h>

typedef struct entry {
    weft__waiter waiter;
    weft_future *future;
    struct entry *next_ready;
} entry;

struct weft_completions {
    weft__mutex mutex;
    entry *ready, **last_ready;
    size_t unfinished; /* not handed out */
    size_t entries_count;
    weft__record *thread; /* whose iteration it is */
    entry entries[];
};

/* Under the lock of the future's line. */
static bool list_if_done(weft__waiter *waiter)
{
    entry *own = WEFT_CONTAINER_OF(waiter, entry, waiter);
    weft_completions *completions = waiter->data;
    if ((weft__future_word(own->future) & WEFT__FUTURE_DONE) == 0)
        return false;
    own->next_ready = NULL;
    weft__mutex_lock(&completions->mutex);
    *completions->last_ready = own;
    completions->last_ready = &own->next_ready;
    weft__mutex_unlock(&completions->mutex);
    return true;
}

static const weft__wait_kind kind = {.name = "futures", .grant = list_if_done};

/* ---- Beginning and ending ---- */

/* Futures seen so far: open addressing, at most half full. */
typedef struct seen_set {
    weft_future **slots;
    size_t mask;
} seen_set;

static bool make_set(seen_set *seen, size_t n)
{
    size_t size = 2;
    while (size < 2 * n)
        size *= 2;
    *seen = (seen_set){.slots = calloc(size, sizeof *seen->slots),
                       .mask = size - 1};
    return seen->slots != NULL;
}

/* True the first time. */
static bool see(const seen_set *seen, weft_future *future)
{
    size_t slot = (uintptr_t)future / sizeof *future & seen->mask;
    while (seen->slots[slot] != NULL && seen->slots[slot] != future)
        slot = (slot + 1) & seen->mask;
    bool is_new = seen->slots[slot] == NULL;
    seen->slots[slot] = future;
    return is_new;
}

static void watch(weft_completions *completions, weft_future *future)
{
    entry *own = &completions->entries[completions->entries_count++];
    *own = (entry){.waiter = {.kind = &kind,
                              .object = future,
                              .data = completions,
                              .apart = true},
                   .future = future};
    weft__line *line = weft__line_lock(future);
    bool wait = weft__future_mark_waiters(future);
    weft__line_push(line, &own->waiter);
    weft__line_unlock(line);
    if (!wait)
        weft__settle(future);
}

static weft_completions *begin(weft_future *const *futures, size_t n)
{
    weft_completions *completions = NULL;
    seen_set seen = {.slots = NULL};
    if (n <= (SIZE_MAX / 2 - sizeof *completions) / sizeof(entry) &&
        make_set(&seen, n))
        completions = malloc(sizeof *completions + n * sizeof(entry));
    if (completions != NULL) {
        *completions = (weft_completions){.thread = weft__self()};
        completions->last_ready = &completions->ready;
        for (size_t i = 0; i < n; i++)
            if (see(&seen, futures[i]))
                watch(completions, futures[i]);
        completions->unfinished = completions->entries_count;
    }
    free(seen.slots);
    if (completions == NULL)
        errno = ENOMEM;
    return completions;
}

static weft_status check(weft_future *const *futures, size_t n,
                         const char *function)
{
    weft_status status = WEFT_OK;
    if (futures == NULL && n > 0)
        return weft__misuse(WEFT_INVALID, function, NULL, "the array is NULL");
    for (size_t i = 0; i < n && status == WEFT_OK; i++)
        status = weft__future_check(futures[i], function);
    return status;
}

weft_completions *weft_as_completed(weft_future *const *futures, size_t n)
{
    if (check(futures, n, "weft_as_completed") != WEFT_OK) {
        errno = EINVAL;
        return NULL;
    }
    return begin(futures, n);
}

static bool is_foreign(const weft_completions *completions,
                       const char *function)
{
    if (completions->thread == weft__self())
        return false;
    weft__misuse(WEFT_NOT_OWNER, function, completions,
                 "the iteration belongs to another thread");
    return true;
}

void weft_completions_destroy(weft_completions *completions)
{
    if (completions == NULL ||
        is_foreign(completions, "weft_completions_destroy"))
        return;
    for (size_t i = 0; i < completions->entries_count; i++)
        (void)weft__unwatch(&completions->entries[i].waiter);
    free(completions);
}

/* ---- Iterating ---- */

static bool is_any_ready(void *context)
{
    weft_completions *completions = context;
    weft__mutex_lock(&completions->mutex);
    bool ready = completions->ready != NULL;
    weft__mutex_unlock(&completions->mutex);
    return ready;
}

static weft_future *take_ready(weft_completions *completions)
{
    weft__mutex_lock(&completions->mutex);
    entry *taken = completions->ready;
    completions->ready = taken->next_ready;
    if (completions->ready == NULL)
        completions->last_ready = &completions->ready;
    weft__mutex_unlock(&completions->mutex);
    completions->unfinished--;
    return taken->future;
}

static weft_status wait_ready(weft_completions *completions,
                              weft_duration deadline)
{
    if (is_any_ready(completions))
        return WEFT_OK;
    if (deadline == 0)
        return WEFT_TIMED_OUT;
    weft__worker *self = weft__worker_self();
    if (self != NULL)
        weft__worker_step_aside(self);
    weft_status status =
        weft__park_until(&kind, completions, is_any_ready, completions,
                         deadline, WEFT__STOPPABLE);
    if (self != NULL)
        weft__worker_step_back(self);
    return status;
}

static weft_status next(weft_completions *completions, weft_future **future,
                        weft_duration deadline)
{
    static const char function[] = "weft_completions_next";
    if (completions == NULL || future == NULL)
        return weft__misuse(WEFT_INVALID, function, completions,
                            "the iteration or the place for a future is NULL");
    if (is_foreign(completions, function))
        return WEFT_NOT_OWNER;
    if (completions->unfinished == 0)
        return WEFT_EMPTY;
    weft_status status = wait_ready(completions, deadline);
    if (status == WEFT_OK)
        *future = take_ready(completions);
    return status;
}

weft_status weft_completions_next(weft_completions *completions,
                                  weft_future **future)
{
    weft__point("weft_completions_next", completions);
    return next(completions, future, WEFT_FOREVER);
}

weft_status weft_completions_next_timed(weft_completions *completions,
                                        weft_future **future,
                                        weft_duration duration)
{
    weft__point("weft_completions_next_timed", completions);
    return next(completions, future, weft__deadline(duration));
}

weft_status weft_completions_try_next(weft_completions *completions,
                                      weft_future **future)
{
    weft_status status = next(completions, future, 0);
    return status == WEFT_TIMED_OUT ? WEFT_BUSY : status;
}

size_t weft_completions_unfinished(const weft_completions *completions)
{
    return completions != NULL ? completions->unfinished : 0;
}

/* ---- weft_wait ---- */

/* The last first: usually it begins last, and when it is done so are most of
 * the others, so that the waiter is not woken for each. */
static weft_status wait_all(weft_future *const *futures, size_t n,
                            weft_duration deadline)
{
    weft_status status = WEFT_OK;
    for (size_t i = n; i-- > 0 && status == WEFT_OK;)
        status = weft__future_await(futures[i], deadline, WEFT__STOPPABLE);
    return status;
}

static bool satisfies(const weft_future *future, weft_wait_mode mode)
{
    if (mode == WEFT_FIRST_COMPLETED)
        return true;
    uint32_t state = weft__future_state(future);
    return state == WEFT__FUTURE_FAILED || state == WEFT__FUTURE_BROKEN;
}

static weft_status wait_first(weft_future *const *futures, size_t n,
                              weft_wait_mode mode, weft_duration deadline)
{
    for (size_t i = 0; i < n; i++)
        if (weft__future_is_done(futures[i]) && satisfies(futures[i], mode))
            return WEFT_OK;
    weft_completions *completions = begin(futures, n);
    if (completions == NULL)
        return WEFT_NO_MEMORY;
    weft_future *future;
    weft_status status = WEFT_OK;
    bool satisfied = false;
    while (status == WEFT_OK && !satisfied) {
        status = next(completions, &future, deadline);
        satisfied = status == WEFT_OK && satisfies(future, mode);
    }
    weft_completions_destroy(completions);
    return status == WEFT_EMPTY ? WEFT_OK : status;
}

static weft_status wait(weft_future *const *futures, size_t n,
                        weft_wait_mode mode, weft_duration deadline)
{
    weft_status status = check(futures, n, "weft_wait");
    if (status != WEFT_OK)
        return status;
    if (mode > WEFT_FIRST_FAILED)
        return weft__misuse(WEFT_INVALID, "weft_wait", futures,
                            "there is no such mode");
    return mode == WEFT_ALL_COMPLETED ? wait_all(futures, n, deadline)
                                      : wait_first(futures, n, mode, deadline);
}

weft_status weft_wait(weft_future *const *futures, size_t n,
                      weft_wait_mode mode)
{
    weft__point("weft_wait", futures);
    return wait(futures, n, mode, WEFT_FOREVER);
}

weft_status weft_wait_timed(weft_future *const *futures, size_t n,
                            weft_wait_mode mode, weft_duration duration)
{
    weft__point("weft_wait_timed", futures);
    return wait(futures, n, mode, weft__deadline(duration));
}

weft_status weft_try_wait(weft_future *const *futures, size_t n,
                          weft_wait_mode mode)
{
    weft_status status = wait(futures, n, mode, 0);
    return status == WEFT_TIMED_OUT ? WEFT_BUSY : status;
}
