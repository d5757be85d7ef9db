/* SPDX-License-Identifier: MIT */

/*
 * The race of starting threads that have nothing to do, and joining them: one
 * by one; 64 started, then 64 joined. The time is for one thread. The floor is
 * the bare system call, on stacks made before the clock starts: no thread-local
 * memory, no name, no table of threads. `small stack` is glibc's with 64 KiB of
 * stack, of which it keeps more for reuse.
 */

#include "thread.h"

#include "floor.h"
#include "harness.h"
#include "template.h"
#include "weft/thread.h"

#include <glib.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <threads.h>

enum { ONE_BY_ONE, TOGETHER };

static const bench_contest contests[] = {
    {"start + join, one core", ONE_BY_ONE, .threads = 1,
     .placement = BENCH_ONE_CORE},
    {"start + join", ONE_BY_ONE, .threads = 1},
    {"64 starts, then 64 joins", TOGETHER, .threads = 1},
};

static void must(bool done)
{
    if (!done)
        abort();
}

static void *do_nothing(void *arg)
{
    return arg;
}

/* ---- The floor: clone, and the word that the kernel clears at the end ---- */

enum { STACK_SIZE = 16384 };

typedef struct thread_floor {
    uint32_t id;
    char *stack;
} thread_floor;

static int end_at_once(void *arg)
{
    (void)arg;
    return 0;
}

static inline void start_floor(thread_floor *thread)
{
    enum {
        FLAGS = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND |
                CLONE_THREAD | CLONE_SYSVSEM | CLONE_PARENT_SETTID |
                CLONE_CHILD_CLEARTID
    };
    if (thread->stack == NULL) {
        thread->stack = mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
        must(thread->stack != MAP_FAILED);
    }
    must(clone(end_at_once, thread->stack + STACK_SIZE, FLAGS, NULL,
               &thread->id, NULL, &thread->id) > 0);
}

static inline void join_floor(thread_floor *thread)
{
    uint32_t id;
    while ((id = weft__load(&thread->id)) != 0)
        syscall(SYS_futex, &thread->id, FUTEX_WAIT, id, NULL, NULL, 0);
}

/* ---- weft ---- */

typedef weft_thread thread_weft;

static inline void start_weft(thread_weft *thread)
{
    *thread = (weft_thread)WEFT_THREAD(do_nothing, NULL);
    must(weft_thread_start(thread) == WEFT_OK);
}

static inline void join_weft(thread_weft *thread)
{
    must(weft_thread_join(thread) == WEFT_OK);
}

/* ---- glibc: POSIX ---- */

typedef pthread_t thread_glibc;

static inline void start_glibc(thread_glibc *thread)
{
    must(pthread_create(thread, NULL, do_nothing, NULL) == 0);
}

static inline void join_glibc(thread_glibc *thread)
{
    must(pthread_join(*thread, NULL) == 0);
}

typedef pthread_t thread_small;

static inline void start_small(thread_small *thread)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 65536);
    must(pthread_create(thread, &attributes, do_nothing, NULL) == 0);
    pthread_attr_destroy(&attributes);
}

static inline void join_small(thread_small *thread)
{
    must(pthread_join(*thread, NULL) == 0);
}

/* ---- glibc: C11 ---- */

typedef thrd_t thread_c11;

static inline void start_c11(thread_c11 *thread)
{
    must(thrd_create(thread, end_at_once, NULL) == thrd_success);
}

static inline void join_c11(thread_c11 *thread)
{
    must(thrd_join(*thread, NULL) == thrd_success);
}

/* ---- GLib ---- */

typedef GThread *thread_glib;

static inline void start_glib(thread_glib *thread)
{
    *thread = g_thread_new(NULL, do_nothing, NULL);
}

static inline void join_glib(thread_glib *thread)
{
    g_thread_join(*thread);
}

#define PEER floor
#include "thread_workloads.h"
#define PEER weft
#include "thread_workloads.h"
#define PEER glibc
#include "thread_workloads.h"
#define PEER small
#include "thread_workloads.h"
#define PEER c11
#include "thread_workloads.h"
#define PEER glib
#include "thread_workloads.h"

static const bench_entrant floor_entrant = {
    "floor", BENCH_FLOOR, "", {one_by_one_floor, crowd_floor}};
static const bench_entrant weft_entrant = {
    "weft", BENCH_WEFT, "", {one_by_one_weft, crowd_weft}};
static const bench_entrant glibc_entrant = {
    "glibc", BENCH_PEER, "name, many joiners", {one_by_one_glibc, crowd_glibc}};
static const bench_entrant small_entrant = {"small stack",
                                            BENCH_REFERENCE,
                                            "name, many joiners",
                                            {one_by_one_small, crowd_small}};
static const bench_entrant c11_entrant = {
    "C11", BENCH_PEER, "name, many joiners", {one_by_one_c11, crowd_c11}};
static const bench_entrant glib_entrant = {
    "GLib", BENCH_PEER, "name, many joiners", {one_by_one_glib, crowd_glib}};
extern const bench_entrant bench_thread_std;

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant, &weft_entrant, &glibc_entrant,    &small_entrant,
        &c11_entrant,   &glib_entrant, &bench_thread_std,
    };
    const bench_race race = {"thread", contests, BENCH_COUNT(contests),
                             entrants, BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
