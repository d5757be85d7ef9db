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
    uint16_t slot_; /* the key, if that is below WEFT__LOCAL_SLOTS; else 0 */
    uint32_t key_;  /* index into each thread's table; 0: none yet */
} weft_local;

/* WEFT_LOCAL(int), WEFT_LOCAL(struct buffer, .destroy = free_buffer) */
#define WEFT_LOCAL(...) WEFT__LOCAL(__VA_ARGS__, .private_ = 0)
#define WEFT__LOCAL(type, ...)    \
    {                             \
        sizeof(type), __VA_ARGS__ \
    }

/* The calling thread's values: of the first few keys at once, so that they are
 * found in two loads; of the others in `values`. No key is 0. Private. */
enum { WEFT__LOCAL_SLOTS = 16 };
typedef struct weft__local_table {
    void *slots[WEFT__LOCAL_SLOTS];
    uint32_t
        count; /* keys that there is room for, those of the slots included */
    void **values;
} weft__local_table;
extern WEFT_API WEFT__THREAD_LOCAL weft__local_table weft__locals
    WEFT__INITIAL_EXEC;

/* Finds the value elsewhere, or makes it. Private. */
WEFT_API void *weft__local_get_slow(weft_local *local);

/*
 * This thread's own value, aligned for any type; the same one at each call,
 * until the thread ends or the object is destroyed. NULL, at the first call
 * alone: out of memory, or `construct` failed; the next call tries again. Of
 * 15 objects at a time the values are found inline, of more by a call.
 */
static inline void *weft_local_get(weft_local *local)
{
    uint16_t slot = weft__load_relaxed(&local->slot_);
    void *value = weft__load_relaxed(&weft__locals.slots[slot]);
    return WEFT__LIKELY(value != NULL) ? value : weft__local_get_slow(local);
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
