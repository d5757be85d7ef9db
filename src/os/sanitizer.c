/* SPDX-License-Identifier: MIT */

/*
 * What ThreadSanitizer is told of locks.
 *
 * Its own way, a mutex that is locked here and unlocked there, knows only locks
 * that their owner releases, and that are destroyed before their memory goes;
 * weft's may be released by another thread, and their memory may go at any
 * time. So weft remembers itself what each thread holds, and tells the
 * sanitizer of locks only in the moment in which a thread that holds some is
 * about to wait for one more: a read lock (which has no owner that could be the
 * wrong one) of each that it holds, then of the new one, then all are unlocked
 * again. That draws the edges of the order, and reports a cycle before the
 * thread waits. Forms that give up by themselves draw no edge towards their
 * lock.
 *
 *     held:    this thread's locks, oldest first, each with the thefts at the
 *              time
 *     thefts:  how often a lock of that hash was released by a thread that did
 *              not acquire it
 *
 * Invariant: of a lock in `held` whose thefts have not moved, nobody else has
 * released the hold, so that its memory is still the lock's. A theft that only
 * shares the hash costs an edge, never adds one.
 *
 * Data that the locks guard: the sanitizer sees the atomics, in the library,
 * too, if it was built with -fsanitize=thread. If it was not, the order that
 * its part of a lock brings about is told here, and nothing else is. The
 * functions of the sanitizer are weak: there are none in other programs.
 */

#include "weft/sanitizer.h"

#include "weft/atomic.h"

/* The sanitizer's interface and its flags. */
#define WEAK __attribute__((weak))
WEAK void __tsan_acquire(void *address);
WEAK void __tsan_release(void *address);
WEAK void __tsan_mutex_pre_lock(void *address, unsigned flags);
WEAK void __tsan_mutex_post_lock(void *address, unsigned flags, int levels);
WEAK int __tsan_mutex_pre_unlock(void *address, unsigned flags);
WEAK void __tsan_mutex_post_unlock(void *address, unsigned flags);
WEAK void __tsan_mutex_destroy(void *address, unsigned flags);
enum { READ = 1 << 3, TRY = 1 << 4, FAILED = 1 << 5 };

/* More than HELD locks at once are not remembered: those get no edges. The
 * sanitizer itself ends a program in which a thread tells of 64. */
enum { HELD = 32, THEFT_BITS = 12 };

typedef struct hold {
    const void *lock;
    uint32_t thefts;
} hold;

static _Thread_local struct {
    uint32_t count;
    hold holds[HELD];
} held;
static uint32_t thefts[1 << THEFT_BITS];

static uint32_t *thefts_of(const void *lock)
{
    uint32_t hash = (uint32_t)((uintptr_t)lock >> 2) * UINT32_C(2654435769);
    return &thefts[hash >> (32 - THEFT_BITS)];
}

static bool is_stolen(const hold *one)
{
    return weft__load_relaxed(thefts_of(one->lock)) != one->thefts;
}

static void forget_stolen(void)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < held.count; i++)
        if (!is_stolen(&held.holds[i]))
            held.holds[kept++] = held.holds[i];
    held.count = kept;
}

/* False: the thread does not hold it. */
static bool forget(const void *lock)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < held.count; i++)
        if (held.holds[i].lock != lock)
            held.holds[kept++] = held.holds[i];
    bool found = kept < held.count;
    held.count = kept;
    return found;
}

static bool holds(const void *lock)
{
    for (uint32_t i = 0; i < held.count; i++)
        if (held.holds[i].lock == lock)
            return true;
    return false;
}

/* What is told in between is about order alone: neither an access to the lock,
 * which may have been freed, nor an order of memory. An attempt that failed
 * says just that to the sanitizer. */
static void begin_telling(void)
{
    __tsan_mutex_pre_lock(&held, TRY);
}

static void end_telling(void)
{
    __tsan_mutex_post_lock(&held, TRY | FAILED, 0);
}

static void tell_locked(const void *lock, unsigned flags)
{
    void *address = (void *)(uintptr_t)lock;
    __tsan_mutex_pre_lock(address, READ | flags);
    __tsan_mutex_post_lock(address, READ | flags, 0);
}

static void tell_unlocked(const void *lock)
{
    void *address = (void *)(uintptr_t)lock;
    (void)__tsan_mutex_pre_unlock(address, READ);
    __tsan_mutex_post_unlock(address, READ);
}

void weft__sanitizer_acquiring(const void *lock)
{
    if (!WEFT__SANITIZE_THREAD)
        return;
    forget_stolen();
    if (held.count == 0 || holds(lock))
        return;
    begin_telling();
    for (uint32_t i = 0; i < held.count; i++)
        tell_locked(held.holds[i].lock, TRY);
    tell_locked(lock, 0);
    tell_unlocked(lock);
    for (uint32_t i = held.count; i > 0; i--)
        tell_unlocked(held.holds[i - 1].lock);
    end_telling();
}

void weft__sanitizer_acquired(const void *lock)
{
    if (!WEFT__SANITIZE_THREAD) {
        if (__tsan_acquire != NULL)
            __tsan_acquire((void *)(uintptr_t)lock);
        return;
    }
    (void)forget(lock); /* a hold that ended with the memory of its lock */
    if (held.count == HELD)
        return;
    uint32_t now = weft__load_relaxed(thefts_of(lock));
    held.holds[held.count++] = (hold){.lock = lock, .thefts = now};
}

bool weft__sanitizer_releasing(const void *lock)
{
    if (!WEFT__SANITIZE_THREAD) {
        bool told = __tsan_release != NULL && lock != NULL;
        if (told)
            __tsan_release((void *)(uintptr_t)lock);
        return told;
    }
    forget_stolen();
    if (forget(lock))
        return true;
    weft__fetch_add_relaxed(thefts_of(lock), 1);
    return false;
}

void weft__sanitizer_renewed(const void *lock)
{
    if (!WEFT__SANITIZE_THREAD)
        return;
    (void)weft__sanitizer_releasing(lock);
    begin_telling();
    __tsan_mutex_destroy((void *)(uintptr_t)lock, 0);
    end_telling();
}
