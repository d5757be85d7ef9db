/* SPDX-License-Identifier: MIT */

/*
 * Makes the system fail at random: the storm is linked so that weft and the
 * crews call these functions instead of the C library's. How likely each fault
 * is changes several times a second, down to never and up to nearly always, so
 * that each meets each other and fair weather.
 */

#include "storm.h"

#include "wrapped.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

const char *const fault_names[FAULTS] = {"memory", "threads", "waits",
                                         "delays", "signals", "forks"};

static bool allowed[FAULTS];
/* Happens one time in so many; 0: never. */
static atomic_uint one_in[FAULTS];
static atomic_ulong counts[FAULTS];
static atomic_long live;

void allow_fault(enum fault fault)
{
    allowed[fault] = true;
}

bool fault_allowed(enum fault fault)
{
    return allowed[fault];
}

void change_weather(struct dice *dice)
{
    static const unsigned chances[] = {0, 0, 1000, 200, 50, 10, 3};
    for (int i = 0; i < FAULTS; i++)
        one_in[i] = allowed[i] ? chances[roll(dice, 7)] : 0;
}

void calm_weather(void)
{
    for (int i = 0; i < FAULTS; i++)
        one_in[i] = 0;
}

unsigned long fault_count(enum fault fault)
{
    return counts[fault];
}

/* Each thread has dice of its own, so that they share nothing by this. */
static struct dice *own_dice(void)
{
    static atomic_ulong threads;
    static _Thread_local struct dice own;
    if (own.state == 0)
        own = dice_of(++threads);
    return &own;
}

bool fault_happens(enum fault fault)
{
    unsigned chance = one_in[fault];
    if (chance == 0 || !once_in(own_dice(), chance))
        return false;
    counts[fault]++;
    return true;
}

/* ---- Memory ---- */

/*
 * A sanitizer's allocator does not survive a fork in the midst of an allocation
 * by another thread; so a fork waits for these, after it has waited for all
 * that weft waits for (of such handlers, the first one registered comes last).
 */
static pthread_rwlock_t fork_gate = PTHREAD_RWLOCK_INITIALIZER;

static void before_fork(void)
{
    pthread_rwlock_wrlock(&fork_gate);
}

static void after_fork(void)
{
    pthread_rwlock_unlock(&fork_gate);
}

/* Those who wait for it are not there: it is not to be handed to them. */
static void after_fork_in_child(void)
{
    fork_gate = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
}

__attribute__((constructor(101))) static void watch_forks(void)
{
    if (SANITIZED)
        pthread_atfork(before_fork, after_fork, after_fork_in_child);
}

/* Nor is the gate to be held by a handler, which may wait for who forks:
 * ThreadSanitizer runs handlers at the end of any call. */
static void mask_signal(int how)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    pthread_sigmask(how, &signals, NULL);
}

static void enter_allocator(void)
{
    if (!SANITIZED)
        return;
    mask_signal(SIG_BLOCK);
    pthread_rwlock_rdlock(&fork_gate);
}

static void leave_allocator(void)
{
    if (!SANITIZED)
        return;
    pthread_rwlock_unlock(&fork_gate);
    mask_signal(SIG_UNBLOCK);
}

long live_allocations(void)
{
    return live;
}

static bool runs_out(void)
{
    if (!fault_happens(FAULT_MEMORY))
        return false;
    errno = ENOMEM;
    return true;
}

static void *counted(void *memory)
{
    leave_allocator();
    if (memory != NULL)
        live++;
    return memory;
}

void *__wrap_malloc(size_t size)
{
    if (runs_out())
        return NULL;
    enter_allocator();
    return counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    if (runs_out())
        return NULL;
    enter_allocator();
    return counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *memory, size_t size)
{
    if (runs_out())
        return NULL;
    enter_allocator();
    void *moved = __real_realloc(memory, size);
    leave_allocator();
    if (memory == NULL && moved != NULL)
        live++;
    return moved;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    if (runs_out())
        return NULL;
    enter_allocator();
    return counted(__real_aligned_alloc(alignment, size));
}

void __wrap_free(void *memory)
{
    if (memory == NULL)
        return;
    live--;
    enter_allocator();
    __real_free(memory);
    leave_allocator();
}

/* ---- Threads, sleeping, waking ---- */

static void delay(void)
{
    if (!fault_happens(FAULT_DELAYS))
        return;
    unsigned length = roll(own_dice(), 8);
    struct timespec span = {0, 1000L << length}; /* 1 to 128 us */
    if (length < 4)
        sched_yield();
    else
        nanosleep(&span, NULL);
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                          void *(*start)(void *), void *arg)
{
    if (fault_happens(FAULT_THREADS))
        return EAGAIN;
    delay();
    int failed = __real_pthread_create(thread, attributes, start, arg);
    delay();
    return failed;
}

long __wrap_syscall(long number, ...)
{
    va_list arguments;
    va_start(arguments, number);
    struct system_call call = system_call_of(number, arguments);
    va_end(arguments);
    if (is_sleep(&call) && fault_happens(FAULT_WAITS)) {
        errno = EINTR;
        return -1;
    }
    if (is_futex(&call))
        delay();
    long result = pass_on(&call);
    int saved = errno;
    if (is_futex(&call))
        delay();
    errno = saved;
    return result;
}
