/* SPDX-License-Identifier: MIT */
#ifndef WEFT_LOCAL_H
#define WEFT_LOCAL_H

/*
 * Thread-local data as an object: each thread has its own value, made when it
 * first asks and destroyed when it ends.
 *
 *     static weft_local counter = WEFT_LOCAL(int);
 *     int *mine = weft_local_get(&counter);
 */

#include "atomic.h"
#include "base.h"

WEFT_BEGIN_DECLARATIONS

typedef struct weft_local {
    size_t size;      /* of a value, in bytes */
    const void *init; /* copied into a new value; NULL: zeroes */
    /* Makes a new value ready, on the thread that asks for it, after `init`. A
     * status other than WEFT_OK: the thread gets no value. May be NULL. */
    weft_status (*construct)(void *value, void *arg);
    void *arg;
    /* Called with a value before its memory goes. May be NULL. */
    void (*destroy)(void *value);
    uint8_t private_;
    uint32_t key_; /* index into each thread's table; 0: none yet */
} weft_local;

/* WEFT_LOCAL(int), WEFT_LOCAL(struct buffer, .destroy = free_buffer) */
#define WEFT_LOCAL(...) WEFT__LOCAL(__VA_ARGS__, .private_ = 0)
#define WEFT__LOCAL(type, ...)    \
    {                             \
        sizeof(type), __VA_ARGS__ \
    }

/* The calling thread's values by key. Private. */
typedef struct weft__local_table {
    uint32_t count;
    void **values;
} weft__local_table;
extern WEFT_API WEFT__THREAD_LOCAL weft__local_table weft__locals
    WEFT__INITIAL_EXEC;

/* Makes the value. Private. */
WEFT_API void *weft__local_make(weft_local *local);

/*
 * This thread's own value, aligned for any type; the same one at each call,
 * until the thread ends or the object is destroyed. NULL, at the first call
 * alone: out of memory, or `construct` failed; the next call tries again.
 */
static inline void *weft_local_get(weft_local *local)
{
    uint32_t key = weft__load_relaxed(&local->key_);
    if (WEFT__LIKELY(key < weft__locals.count)) {
        void *value = weft__load_relaxed(&weft__locals.values[key]);
        if (WEFT__LIKELY(value != NULL))
            return value;
    }
    return weft__local_make(local);
}

/*
 * Destroys the values of all threads. Threads may begin and end meanwhile, but
 * none may use this object; afterwards it is as new. An object that goes out of
 * scope must be destroyed; a static one need not be. Does not block for long.
 *
 * At a thread's end its values are destroyed on that thread, where
 * weft_current_thread() still answers. The values of the main thread live until
 * the process is gone, unless it ends by pthread_exit. In a forked child the
 * other threads' values are freed without `destroy`: what they refer to may
 * have been half changed.
 */
WEFT_API void weft_local_destroy(weft_local *local);

WEFT_END_DECLARATIONS

#endif
