/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_FAULTS_H
#define WEFT_TESTS_FAULTS_H

/*
 * Makes the system fail on demand, and counts what it is asked for. Programs
 * named *_faults and *_calls are linked so that weft (and the test framework)
 * call these instead of the C library's.
 */

#include "support.h"
#include "wrapped.h"

#include <errno.h>
#include <stdatomic.h>

/* ---- Memory ---- */

/* What was allocated through here and is not yet freed, by address; the
 * framework also frees what it did not get from here. */
enum { BUCKETS = 4096, PLACES = 16 };
static void *live_set[BUCKETS][PLACES];
static atomic_long live;
static pthread_mutex_t live_mutex = PTHREAD_MUTEX_INITIALIZER;

/* Where `wanted` is, or NULL, in the bucket of `memory`. */
static void **live_place(const void *memory, const void *wanted)
{
    void **bucket = live_set[(uintptr_t)memory / 16 % BUCKETS];
    for (int i = 0; i < PLACES; i++)
        if (bucket[i] == wanted)
            return &bucket[i];
    return NULL;
}

static void *counted(void *memory)
{
    if (memory == NULL)
        return NULL;
    pthread_mutex_lock(&live_mutex);
    if (live_place(memory, memory) == NULL) {
        *live_place(memory, NULL) = memory;
        live++;
    }
    pthread_mutex_unlock(&live_mutex);
    return memory;
}

static void forget(const void *memory)
{
    if (memory == NULL)
        return;
    pthread_mutex_lock(&live_mutex);
    void **place = live_place(memory, memory);
    if (place != NULL) {
        *place = NULL;
        live--;
    }
    pthread_mutex_unlock(&live_mutex);
}

static atomic_long to_fail;    /* the how-manieth from now; <= 0: none */
static atomic_bool failing_on; /* those after it fail, too */

static bool runs_out(void)
{
    if (to_fail <= 0 && !failing_on)
        return false;
    long left = --to_fail;
    if (left != 0 && !(left < 0 && failing_on))
        return false;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size)
{
    return runs_out() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return runs_out() ? NULL : counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *memory, size_t size)
{
    if (runs_out())
        return NULL;
    forget(memory);
    return counted(__real_realloc(memory, size));
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return runs_out() ? NULL : counted(__real_aligned_alloc(alignment, size));
}

void __wrap_free(void *memory)
{
    forget(memory);
    __real_free(memory);
}

/* Until enough_memory: the k-th allocation from now fails, those after it only
 * if `and_on`. */
static inline void run_out_of_memory(long k, bool and_on)
{
    failing_on = and_on;
    to_fail = k;
}

/* Whether the k-th was asked for. */
static inline bool enough_memory(void)
{
    bool reached = to_fail <= 0;
    failing_on = false;
    to_fail = 0;
    return !reached;
}

/* ---- Threads ---- */

static atomic_bool out_of_threads;
static atomic_int threads_refused;

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start_routine)(void *), void *arg)
{
    if (!out_of_threads)
        return __real_pthread_create(thread, attributes, start_routine, arg);
    threads_refused++;
    return EAGAIN;
}

/* ---- Clocks ---- */

static atomic_llong wall_clock_step; /* seconds */
static atomic_int wall_clock_reads;

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    int failed = __real_clock_gettime(clock, now);
    if (clock != CLOCK_MONOTONIC) {
        now->tv_sec += (time_t)wall_clock_step;
        wall_clock_reads++;
    }
    return failed;
}

/* ---- Sleeping ---- */

/* One in so many sleeps returns at once with EINTR; 0: none. */
static atomic_int interrupted_sleeps;
static atomic_int sleeps, sleeps_by_wall_clock, wake_calls;

long __wrap_syscall(long number, ...)
{
    va_list arguments;
    va_start(arguments, number);
    struct system_call call = system_call_of(number, arguments);
    va_end(arguments);
    if (is_sleep(&call)) {
        int before = sleeps++;
        sleeps_by_wall_clock += (call.arg[1] & FUTEX_CLOCK_REALTIME) != 0;
        if (interrupted_sleeps != 0 && before % interrupted_sleeps == 0) {
            errno = EINTR;
            return -1;
        }
    } else if (is_futex(&call)) {
        wake_calls++;
    }
    return pass_on(&call);
}

#endif
