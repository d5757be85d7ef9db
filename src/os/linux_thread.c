/* SPDX-License-Identifier: MIT */

/*
 * Threads on Linux: pthreads, so that libc, thread-locals and sanitizers know
 * them, on stacks that are kept for the next thread. libc keeps 40 MiB of them,
 * five at the usual size; of 64 threads that come and go together most would
 * pay for a new mapping each.
 *
 *     | guard |          stack  <--          | struct stack |
 *     lowest address                               highest
 *
 * Threads are detached, and the system itself says when it has left a stack: it
 * clears `running` as the very last thing (set_tid_address(2)). A thread lists
 * its stack as it ends; whoever starts one takes the oldest listed that is no
 * longer running. Of each that is listed KEPT bytes at most stay in memory, and
 * no more than MOST are listed, of MOST_BYTES of addresses together, but for
 * those that have yet to be left.
 *
 * The lock is a leaf, and held around a fork. In the child all listed stacks
 * are free: no thread runs there but the one that forked.
 */

#include "os/os.h"

#include "control.h"
#include "weft/atomic.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef __GLIBC__
#error "set_tid_address is taken by other libcs: let threads run on theirs"
#endif

#define SHORT WEFT_US(3)

enum {
    MOST = 64,
    MOST_BYTES = sizeof(void *) > 4 ? 512 << 20 : 64 << 20,
    KEPT = 65536,
    LINE = 128 /* two of the cache, for what describes a stack */
};

typedef struct stack {
    uint32_t running;
    size_t size; /* without the guard, and this included */
    struct stack *next;
    void *(*entry)(void *);
    void *arg;
    struct weft__player *player; /* NULL: it need not wait for its turn */
    pthread_attr_t attributes;   /* that say so */
} stack;

_Static_assert(sizeof(stack) <= LINE, "a stack ends with its description");

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static stack *first, **last = &first;
static unsigned listed;
static size_t listed_bytes;
static _Thread_local int32_t own_id; /* 0: not known yet */

static size_t page_size(void)
{
    return (size_t)getpagesize();
}

static char *lowest_of(stack *own)
{
    return (char *)own + LINE - own->size;
}

/* ---- Stacks that are kept ---- */

static void unmap(stack *own)
{
    pthread_attr_destroy(&own->attributes);
    munmap(lowest_of(own) - page_size(), own->size + page_size());
}

/* A stack that nobody runs on: of that size, or of any if 0. Locked. */
static stack *unlist(size_t size)
{
    stack **link = &first, *found = first;
    while (found != NULL && (weft__load(&found->running) != 0 ||
                             (size != 0 && found->size != size))) {
        link = &found->next;
        found = found->next;
    }
    if (found != NULL) {
        *link = found->next;
        if (last == &found->next)
            last = link;
        listed--;
        listed_bytes -= found->size;
    }
    return found;
}

static bool are_too_many(void)
{
    return listed > MOST || listed_bytes > MOST_BYTES;
}

static stack *unlist_surplus(void)
{
    pthread_mutex_lock(&mutex);
    stack *found = are_too_many() ? unlist(0) : NULL;
    pthread_mutex_unlock(&mutex);
    return found;
}

static void list(stack *own)
{
    pthread_mutex_lock(&mutex);
    own->next = NULL;
    *last = own;
    last = &own->next;
    listed++;
    listed_bytes += own->size;
    bool too_many = are_too_many();
    pthread_mutex_unlock(&mutex);
    stack *surplus;
    while (too_many && (surplus = unlist_surplus()) != NULL)
        unmap(surplus);
}

/* None of these can fail, for such a size; and it is a dear way to say it for
 * each thread anew. */
static void describe(stack *own)
{
    pthread_attr_t *attributes = &own->attributes;
    pthread_attr_init(attributes);
    pthread_attr_setdetachstate(attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstack(attributes, lowest_of(own), own->size - LINE);
}

static stack *map(size_t size)
{
    size_t guard = page_size();
    char *lowest = mmap(NULL, guard + size, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    if (lowest == MAP_FAILED)
        return NULL;
    if (mprotect(lowest, guard, PROT_NONE) != 0) {
        munmap(lowest, guard + size);
        return NULL;
    }
    /* One fault would bring more than give_back_depths reckons with. */
    madvise(lowest + guard, size, MADV_NOHUGEPAGE);
    stack *own = (stack *)(void *)(lowest + guard + size - LINE);
    own->size = size;
    describe(own);
    return own;
}

static stack *take(size_t size)
{
    pthread_mutex_lock(&mutex);
    stack *own = unlist(size);
    pthread_mutex_unlock(&mutex);
    return own != NULL ? own : map(size);
}

/* ---- Starting ---- */

/* Gives back what is far below; libc's own data are above. A thread that was
 * short can't have met many pages, as each takes the system a fraction of a
 * microsecond; nor can one that has met few of anything met many of its stack.
 */
static void give_back_depths(stack *own, weft_duration began)
{
    struct rusage usage;
    if (weft__os_clock() - began < SHORT)
        return;
    if (getrusage(RUSAGE_THREAD, &usage) == 0 &&
        (size_t)usage.ru_minflt <= KEPT / page_size())
        return;
    char *lowest = lowest_of(own), *here = __builtin_frame_address(0);
    if (here - lowest > KEPT)
        madvise(lowest, (size_t)(here - lowest - KEPT) & ~(page_size() - 1),
                MADV_DONTNEED);
}

/* In the new thread. */
static void *run(void *arg)
{
    stack *own = arg;
    own_id = (int32_t)syscall(SYS_set_tid_address, &own->running);
    if (own->player != NULL)
        weft__control_begin(own->player);
    weft_duration began = weft__os_clock();
    void *result = own->entry(own->arg);
    give_back_depths(own, began);
    list(own);
    if (weft__controlled)
        weft__control_end();
    return result;
}

/* As it was when the first thread was started. */
static size_t default_size(void)
{
    static size_t known;
    size_t size = weft__load_relaxed(&known);
    pthread_attr_t defaults;
    if (size == 0 && pthread_attr_init(&defaults) == 0) {
        if (pthread_attr_getstacksize(&defaults, &size) == 0)
            weft__store_relaxed(&known, size);
        pthread_attr_destroy(&defaults);
    }
    return size;
}

/* Whole pages, with room for `own`; 0: what is asked for makes no sense. */
static size_t size_to_map(size_t asked)
{
    size_t page = page_size(), size = asked != 0 ? asked : default_size();
    if (size < (size_t)PTHREAD_STACK_MIN || size > PTRDIFF_MAX - 2 * page)
        return 0;
    return (size + LINE + page - 1) / page * page;
}

/* What the calling thread might use before it was pinned. */
static _Thread_local bool pinned;
static _Thread_local cpu_set_t unpinned;

void weft__os_pin(unsigned index)
{
    if (sched_getaffinity(0, sizeof unpinned, &unpinned) != 0)
        return;
    unsigned left = index % (unsigned)CPU_COUNT(&unpinned);
    size_t number = 0;
    while (!CPU_ISSET(number, &unpinned) || left-- > 0)
        number++;
    cpu_set_t own_processor;
    CPU_ZERO(&own_processor);
    CPU_SET(number, &own_processor);
    pinned = sched_setaffinity(0, sizeof own_processor, &own_processor) == 0;
}

/* Where its creator is pinned it does not inherit that. libc reads the
 * attributes once more after the start; by then the thread may have ended and
 * its stack be unmapped: hence the copy. */
static int create(stack *own)
{
    pthread_t thread;
    pthread_attr_t attributes = own->attributes;
    if (!pinned)
        return pthread_create(&thread, &attributes, run, own);
    int error =
        pthread_attr_setaffinity_np(&attributes, sizeof unpinned, &unpinned);
    if (error == 0)
        error = pthread_create(&thread, &attributes, run, own);
    pthread_attr_destroy(&attributes);
    return error;
}

weft_status weft__os_thread_start(void *(*entry)(void *), void *arg,
                                  size_t stack_size)
{
    size_t size = size_to_map(stack_size);
    if (size == 0)
        return WEFT_INVALID;
    stack *own = take(size);
    if (own == NULL)
        return WEFT_NO_THREADS;
    own->entry = entry;
    own->arg = arg;
    own->player = weft__controlled ? weft__control_prepare(arg) : NULL;
    weft__store(&own->running, 1);
    int error = create(own);
    if (error == 0)
        return WEFT_OK;
    if (own->player != NULL)
        weft__control_cancel(own->player);
    weft__store(&own->running, 0);
    list(own);
    return error == EINVAL ? WEFT_INVALID : WEFT_NO_THREADS;
}

int32_t weft__os_thread_id(void)
{
    return own_id != 0 ? own_id : (int32_t)syscall(SYS_gettid);
}

/* ---- Around a fork ---- */

/* The thread that forks may itself be ending, in a destructor. */
static bool is_own(stack *listed_one)
{
    char *here = __builtin_frame_address(0);
    return here >= lowest_of(listed_one) && here < (char *)listed_one;
}

static bool is_being_left(void)
{
    for (stack *next = first; next != NULL; next = next->next)
        if (weft__load(&next->running) != 0 && !is_own(next))
            return true;
    return false;
}

/* With the lock, so that no more threads end, lets those leave that have: libc
 * frees what belonged to them, and a child would inherit an allocator in use,
 * which not every allocator mends. Not for ever, as their destructors may want
 * something that is held around the fork. */
void weft__os_threads_before_fork(void)
{
    if (weft__controlled)
        weft__control_before_fork();
    pthread_mutex_lock(&mutex);
    weft_duration patience = weft__os_clock() + WEFT_MS(20);
    while (is_being_left() && weft__os_clock() < patience)
        weft__os_yield();
}

void weft__os_threads_after_fork(bool in_child)
{
    if (in_child) {
        if (weft__controlled)
            weft__control_after_fork();
        own_id = 0;
        for (stack *next = first; next != NULL; next = next->next)
            if (!is_own(next))
                weft__store(&next->running, 0);
    }
    pthread_mutex_unlock(&mutex);
}
