/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_WRAPPED_H
#define WEFT_TESTS_WRAPPED_H

/*
 * The C library's calls, for programs that are linked with --wrap=NAME: weft's
 * calls of NAME go to the program's __wrap_NAME, which may pass them on to
 * __real_NAME.
 */

#include <linux/futex.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <time.h>

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *memory);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *arg);
int __real_clock_gettime(clockid_t clock, struct timespec *now);
long __real_syscall(long number, ...);

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *memory);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *arg);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
long __wrap_syscall(long number, ...);

/* ---- System calls ---- */

struct system_call {
    long number;
    long arg[6];
};

/* What comes after the number. */
static inline struct system_call system_call_of(long number, va_list arguments)
{
    struct system_call call = {.number = number};
    for (int i = 0; i < 6; i++)
        call.arg[i] = va_arg(arguments, long);
    return call;
}

static inline long pass_on(const struct system_call *call)
{
    return __real_syscall(call->number, call->arg[0], call->arg[1],
                          call->arg[2], call->arg[3], call->arg[4],
                          call->arg[5]);
}

static inline bool is_futex(const struct system_call *call)
{
    return call->number == SYS_futex;
}

/* It puts the caller to sleep, or wakes others. */
static inline bool is_sleep(const struct system_call *call)
{
    return is_futex(call) && ((int)call->arg[1] & FUTEX_CMD_MASK) != FUTEX_WAKE;
}

#endif
