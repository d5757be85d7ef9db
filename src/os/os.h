/* SPDX-License-Identifier: MIT */
#ifndef WEFT_OS_OS_H
#define WEFT_OS_OS_H

/*
 * The contract with the platform: everything that plain C11 cannot say. Another
 * platform is one more file beside linux.c that keeps these promises.
 */

#include "weft/base.h"

/* Nanoseconds of a clock that never steps. */
weft_duration weft__os_clock(void);

/*
 * Sleeps while `*word == expected`, at most until `deadline` on that clock
 * (WEFT_FOREVER: no limit). May return early for any reason or none: callers
 * look again. A wake after `*word` was changed is never missed: comparing and
 * going to sleep are one step.
 */
void weft__os_wait(const uint32_t *word, uint32_t expected,
                   weft_duration deadline);

/* Wakes one sleeper on `word`, if any. The word may be gone by now: only its
 * address counts. Async-signal-safe. */
void weft__os_wake(const uint32_t *word);

/* Tells the processor that this is a spinning loop. */
void weft__os_pause(void);

/* Lets another thread have the processor. */
void weft__os_yield(void);

/* The number of the processor that the caller runs on, or ran on just now. */
unsigned weft__os_processor(void);

/* How many processors this process may use, at least 1. */
unsigned weft__os_processors(void);

/* Keeps the calling thread on the index-th of the processors that it may use,
 * counted round and round. Threads that it starts may use what it might before.
 * Best effort. */
void weft__os_pin(unsigned index);

/*
 * Runs entry(arg) on a new detached thread. `stack_size` in bytes, 0 for the
 * default. WEFT_OK; WEFT_INVALID: the stack is too small; WEFT_NO_THREADS.
 */
weft_status weft__os_thread_start(void *(*entry)(void *), void *arg,
                                  size_t stack_size);

/* Around a fork: no thread is in the midst of beginning or ending. */
void weft__os_threads_before_fork(void);
void weft__os_threads_after_fork(bool in_child);

/* The address half way down what is left of the calling thread's stack, and
 * whether the calling thread's stack has grown past such an address. NULL, and
 * true, where it cannot be known. */
const void *weft__os_stack_middle(void);
static inline bool weft__os_stack_is_past(const void *middle)
{
    const char *here = (const char *)__builtin_frame_address(0);
    return middle == NULL || here < (const char *)middle;
}

/* The kernel's number for the calling thread, and whether it is the one that
 * the process began with. */
int32_t weft__os_thread_id(void);
bool weft__os_is_main_thread(void);

/* Names the calling thread for the kernel, at most 15 bytes. Cheap. */
void weft__os_set_own_name(const char *name);

/* Names any thread of this process likewise. Best effort: one that has ended is
 * no error. */
void weft__os_set_thread_name(int32_t native_id, const char *name);

/* Calls `ended(value)` when the calling thread ends, unless value is NULL.
 * Best effort where the system has no more keys. */
void weft__os_at_thread_end_init(void (*ended)(void *));
void weft__os_at_thread_end(void *value);

/* Runs the three around every fork of this process. */
void weft__os_at_fork(void (*prepare)(void), void (*parent)(void),
                      void (*child)(void));

/* Fills `size` bytes with what nobody can guess. Waits only where the system
 * has just been switched on and has nothing to offer yet. */
void weft__os_random(void *bytes, size_t size);

/* Zeroed memory of `size` bytes that is no part of the allocator's, so that it
 * goes back to the system as soon as it is freed, whatever else is still in
 * use. NULL: there is no more. */
void *weft__os_pages(size_t size);
void weft__os_pages_free(void *pages, size_t size);

/* Writes to stderr, whole, however the system splits it. */
void weft__os_print_error(const char *text, size_t size);

/* The name of the function at `address`, or NULL where it cannot be known. */
const char *weft__os_symbol(void *address);

/* Reads any memory of this process; false: there is none at that address. */
bool weft__os_peek(const void *address, void *to, size_t size);

/* A variable of the program with static storage. */
struct weft__variable {
    const char *name;
    const char *file; /* its source's name, "" if others see it */
    size_t offset;    /* of the address in it */
};

/* The one at this address, else one that is a pointer to it; false: neither is
 * known. Not for two threads at once. */
bool weft__os_variable_at(const void *address, struct weft__variable *found);

/* Is it in a shared library, and that is this one? */
bool weft__os_is_own(const void *address);

/* A descriptor that poll finds readable while it is raised; -1 if there are no
 * more. raise and lower never block and are idempotent. */
int weft__os_signal_fd(void);
void weft__os_signal_fd_raise(int fd);
/* Another number for the same one; -1 if there are no more. */
int weft__os_signal_fd_share(int fd);
void weft__os_signal_fd_lower(int fd);
void weft__os_signal_fd_close(int fd);
/* In a forked child: the same number, but no longer shared with the parent, and
 * lowered. */
void weft__os_signal_fd_renew(int fd);

#endif
