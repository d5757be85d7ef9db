/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BASE_H
#define WEFT_BASE_H

/*
 * What every other header stands on: statuses, durations, attributes.
 * The only public header with conditional compilation.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Around declarations, and for the initialisers of options. Private. */
#ifdef __cplusplus
#define WEFT_BEGIN_DECLARATIONS extern "C" {
#define WEFT_END_DECLARATIONS }
#define WEFT__THREAD_LOCAL __thread /* no constructor: no C++ wrapper */
/* C++17 has no designated initialisers: positional fields only. Private. */
#define WEFT__INITIALISER(...) \
    {                          \
        __VA_ARGS__            \
    }
#else
#define WEFT_BEGIN_DECLARATIONS
#define WEFT_END_DECLARATIONS
#define WEFT__THREAD_LOCAL _Thread_local
/* The trailing designator keeps -Wmissing-field-initializers quiet: every
 * option that is not named is meant to be zero. */
#define WEFT__INITIALISER(...)     \
    {                              \
        __VA_ARGS__, .private_ = 0 \
    }
#endif

/* What the compiler is told of functions and variables. Private. */
#if defined(__GNUC__)
#define WEFT_API __attribute__((visibility("default")))
#define WEFT_MUST_USE __attribute__((warn_unused_result))
#define WEFT_PRINTF(text, first) __attribute__((format(printf, text, first)))
#define WEFT__INITIAL_EXEC __attribute__((tls_model("initial-exec")))
#define WEFT__LIKELY(condition) __builtin_expect(!!(condition), 1)
#define WEFT__CLEANUP(function) __attribute__((cleanup(function)))
#else
#error "weft needs GCC or Clang"
#endif

/* Whether ThreadSanitizer watches what is compiled here: for sanitizer.h, and
 * never for what a structure holds. Private. */
#if defined(__SANITIZE_THREAD__)
#define WEFT__SANITIZE_THREAD 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define WEFT__SANITIZE_THREAD 1
#endif
#endif
#ifndef WEFT__SANITIZE_THREAD
#define WEFT__SANITIZE_THREAD 0
#endif

/*
 * Clang's thread-safety analysis (-Wthread-safety) reads these; every other
 * compiler skips them. A status of WEFT_OK, 0, means "acquired".
 */
#if defined(__clang__)
#define WEFT__ANALYSIS(attribute) __attribute__((attribute))
#else
#define WEFT__ANALYSIS(attribute)
#endif
#define WEFT_CAPABILITY(kind) WEFT__ANALYSIS(capability(kind))
#define WEFT_GUARDED_BY(lock) WEFT__ANALYSIS(guarded_by(lock))
#define WEFT_REQUIRES(lock) WEFT__ANALYSIS(requires_capability(lock))
#define WEFT_REQUIRES_SHARED(lock) \
    WEFT__ANALYSIS(requires_shared_capability(lock))
#define WEFT_EXCLUDES(lock) WEFT__ANALYSIS(locks_excluded(lock))
#define WEFT_ACQUIRE(lock) WEFT__ANALYSIS(acquire_capability(lock))
#define WEFT_ACQUIRE_SHARED(lock) \
    WEFT__ANALYSIS(acquire_shared_capability(lock))
#define WEFT_TRY_ACQUIRE(lock) WEFT__ANALYSIS(try_acquire_capability(0, lock))
#define WEFT_TRY_ACQUIRE_SHARED(lock) \
    WEFT__ANALYSIS(try_acquire_shared_capability(0, lock))
#define WEFT_RELEASE(lock) WEFT__ANALYSIS(release_capability(lock))
#define WEFT_RELEASE_SHARED(lock) \
    WEFT__ANALYSIS(release_shared_capability(lock))
#define WEFT_ASSERT_HELD(lock) WEFT__ANALYSIS(assert_capability(lock))
#define WEFT_ASSERT_HELD_SHARED(lock) \
    WEFT__ANALYSIS(assert_shared_capability(lock))
#define WEFT_NO_THREAD_SAFETY_ANALYSIS WEFT__ANALYSIS(no_thread_safety_analysis)

WEFT_BEGIN_DECLARATIONS

/* Success. A plain 0, so that Clang's analysis understands `== WEFT_OK`. */
#define WEFT_OK 0

/* Why a call did not do what it was asked. Success is WEFT_OK, 0. */
typedef enum weft_status {
    WEFT_TIMED_OUT = 1,   /* the deadline passed first */
    WEFT_BUSY,            /* somebody else has it; a `try` does not wait */
    WEFT_EMPTY,           /* nothing there to take */
    WEFT_FULL,            /* no room to put */
    WEFT_SHUT_DOWN,       /* closed for good */
    WEFT_CANCELLED,       /* withdrawn before it ran */
    WEFT_STOPPED,         /* this thread was asked to stop while it waited */
    WEFT_BROKEN,          /* barrier or pool broken by another's failure */
    WEFT_FAILED,          /* the target said `return weft_fail(...)` */
    WEFT_DEADLOCK,        /* would wait for itself */
    WEFT_NOT_OWNER,       /* released what is not held */
    WEFT_NOT_STARTED,     /* not yet started or submitted */
    WEFT_ALREADY_STARTED, /* started twice, or too late to change */
    WEFT_NOT_FOUND,       /* no such key */
    WEFT_OVERFLOW,        /* past a counter's end */
    WEFT_INVALID,         /* an argument that can never be right */
    WEFT_NO_MEMORY,       /* the allocator said no */
    WEFT_NO_THREADS       /* the system or weft's table has no more threads */
} weft_status;

/* "WEFT_TIMED_OUT" for WEFT_TIMED_OUT, "WEFT_OK" for 0, "WEFT_?" for a number
 * that is no status. Static memory; never fails. */
WEFT_API const char *weft_status_name(weft_status status);

/* "the wait timed out" for WEFT_TIMED_OUT: a phrase to print after a colon.
 * Static memory; never fails. */
WEFT_API const char *weft_status_text(weft_status status);

/* A span of time in nanoseconds. Below 0 acts as 0. */
typedef int64_t weft_duration;

/* WEFT_MS(50): whole numbers of nano-, micro- and milliseconds. */
#define WEFT_FOREVER INT64_MAX /* never expires */
#define WEFT_NS(n) ((weft_duration)(n))
#define WEFT_US(n) ((weft_duration)(n)*1000)
#define WEFT_MS(n) ((weft_duration)(n)*1000000)
/* Whole or fractional seconds: WEFT_SECONDS(0.5). */
#define WEFT_SECONDS(x) ((weft_duration)((double)(x)*1e9))

/* Nanoseconds of the monotonic clock: only differences mean something; steps
 * of the wall clock do not change it. Never fails. Async-signal-safe. */
WEFT_API weft_duration weft_monotonic(void);

/* Sleeps `duration` nanoseconds; <= 0 returns at once, WEFT_FOREVER sleeps
 * until stopped. WEFT_OK after the whole time; WEFT_STOPPED as soon as this
 * thread is asked to stop. Signals do not shorten it. */
WEFT_API weft_status weft_sleep(weft_duration duration);

/* The structure of `type` whose member `member` is at `pointer`. */
#define WEFT_CONTAINER_OF(pointer, type, member) \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

/* The calling thread's id for the inline fast paths: WEFT__UNMET until weft has
 * met the thread (and while diagnostics want every call out of line), which no
 * lock's word ever holds. Private. */
#define WEFT__UNMET UINT32_MAX
extern WEFT_API WEFT__THREAD_LOCAL uint32_t weft__fast_id WEFT__INITIAL_EXEC;

WEFT_END_DECLARATIONS

#endif
