/* SPDX-License-Identifier: MIT */

/*
 * The platform contract on Linux: futexes for sleeping, eventfd for event
 * loops; threads are made in linux_thread.c.
 */

#include "os/os.h"

#include "control.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { NANOSECONDS = 1000000000 };

weft_duration weft__os_clock(void)
{
    struct timespec now;
    if (weft__controlled)
        return weft__control_clock();
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (weft_duration)now.tv_sec * NANOSECONDS + now.tv_nsec;
}

void weft__os_wait(const uint32_t *word, uint32_t expected,
                   weft_duration deadline)
{
    if (weft__controlled) {
        weft__control_wait(word, expected, deadline);
        return;
    }
    int saved = errno;
    struct timespec until, *limit = NULL;
    if (deadline != WEFT_FOREVER) {
        until.tv_sec = (time_t)(deadline / NANOSECONDS);
        until.tv_nsec = (long)(deadline % NANOSECONDS);
        limit = &until;
    }
    /* _BITSET takes an absolute time on CLOCK_MONOTONIC. */
    syscall(SYS_futex, word, FUTEX_WAIT_BITSET_PRIVATE, expected, limit, NULL,
            FUTEX_BITSET_MATCH_ANY);
    errno = saved;
}

void weft__os_wake(const uint32_t *word)
{
    if (weft__controlled) {
        weft__control_wake(word);
        return;
    }
    int saved = errno;
    syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    errno = saved;
}

void weft__os_pause(void)
{
    if (weft__controlled) {
        weft__control_yield();
        return;
    }
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || defined(__arm__)
    __asm__ __volatile__("yield");
#endif
}

void weft__os_yield(void)
{
    if (weft__controlled)
        weft__control_yield();
    else
        sched_yield();
}

unsigned weft__os_processor(void)
{
    int number = weft__controlled ? 0 : sched_getcpu();
    return number > 0 ? (unsigned)number : 0;
}

unsigned weft__os_processors(void)
{
    cpu_set_t set;
    if (weft__controlled)
        return weft__control_processors();
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (unsigned)CPU_COUNT(&set);
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count > 0 ? (unsigned)count : 1;
}

const void *weft__os_stack_middle(void)
{
    pthread_attr_t attributes;
    void *lowest = NULL;
    size_t size = 0;
    if (pthread_getattr_np(pthread_self(), &attributes) != 0)
        return NULL;
    bool known = pthread_attr_getstack(&attributes, &lowest, &size) == 0;
    pthread_attr_destroy(&attributes);
    const char *here = __builtin_frame_address(0);
    return known ? here - (here - (char *)lowest) / 2 : NULL;
}

bool weft__os_is_main_thread(void)
{
    return weft__os_thread_id() == (int32_t)getpid();
}

void weft__os_set_own_name(const char *name)
{
    prctl(PR_SET_NAME, name); /* cannot fail, unlike what follows */
}

void weft__os_set_thread_name(int32_t native_id, const char *name)
{
    int saved = errno;
    char path[64];
    snprintf(path, sizeof path, "/proc/self/task/%d/comm", (int)native_id);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        size_t size = 0;
        while (size < 15 && name[size] != '\0')
            size++;
        ssize_t written = write(fd, name, size);
        (void)written; /* best effort: the thread may have ended */
        close(fd);
    }
    errno = saved;
}

static pthread_key_t end_key;
static bool has_end_key;

void weft__os_at_thread_end_init(void (*ended)(void *))
{
    has_end_key = pthread_key_create(&end_key, ended) == 0;
}

void weft__os_at_thread_end(void *value)
{
    if (has_end_key)
        pthread_setspecific(end_key, value);
}

void weft__os_at_fork(void (*prepare)(void), void (*parent)(void),
                      void (*child)(void))
{
    pthread_atfork(prepare, parent, child);
}

void weft__os_random(void *bytes, size_t size)
{
    int saved = errno;
    unsigned char *next = bytes;
    while (size > 0) {
        ssize_t got = getrandom(next, size, 0);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            break; /* kernels before 3.17: what is there must do */
        next += got;
        size -= (size_t)got;
    }
    errno = saved;
}

void *weft__os_pages(size_t size)
{
    int access = PROT_READ | PROT_WRITE, kind = MAP_PRIVATE | MAP_ANONYMOUS;
    /* No file goes with MAP_ANONYMOUS, which cppcheck does not know. */
    /* cppcheck-suppress invalidFunctionArg */
    void *pages = mmap(NULL, size, access, kind, -1, 0);
    if (pages == MAP_FAILED)
        return NULL;
    return pages;
}

void weft__os_pages_free(void *pages, size_t size)
{
    munmap(pages, size);
}

void weft__os_print_error(const char *text, size_t size)
{
    int saved = errno;
    while (size > 0) {
        ssize_t written = write(STDERR_FILENO, text, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            break; /* nobody to tell that stderr is gone */
        text += written;
        size -= (size_t)written;
    }
    errno = saved;
}

const char *weft__os_symbol(void *address)
{
    Dl_info info;
    return dladdr(address, &info) != 0 ? info.dli_sname : NULL;
}

int weft__os_signal_fd(void)
{
    return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
}

int weft__os_signal_fd_share(int fd)
{
    return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

void weft__os_signal_fd_raise(int fd)
{
    uint64_t one = 1;
    ssize_t written = write(fd, &one, sizeof one);
    (void)written; /* only fails when it is raised 2^64 - 1 times */
}

void weft__os_signal_fd_lower(int fd)
{
    uint64_t count;
    ssize_t got = read(fd, &count, sizeof count);
    (void)got; /* EAGAIN: it was down already */
}

void weft__os_signal_fd_close(int fd)
{
    close(fd);
}

void weft__os_signal_fd_renew(int fd)
{
    int fresh = weft__os_signal_fd();
    if (fresh < 0)
        return; /* shared with the parent, then */
    dup3(fresh, fd, O_CLOEXEC);
    close(fresh);
}
