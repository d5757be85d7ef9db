/* SPDX-License-Identifier: MIT */

/*
 * The race of the timers that do not fire, as most do not: started and
 * cancelled, as the only one, and as the last of a thousand. The floor reads
 * the clock and puts the timer into a list and takes it out again, with two
 * read-modify-writes around each. GLib's timers are those of a main loop that
 * runs in a thread of its own; `timerfd` and `POSIX` are the kernel's, which
 * call no function.
 */

#include "weft/timer.h"
#include "floor.h"
#include "harness.h"
#include "template.h"

#include <glib.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>

enum { START_AND_CANCEL, TIMERS = 1000 };

static const bench_contest contests[] = {
    {.name = "start + cancel, alone", .workload = START_AND_CANCEL},
    {.name = "start + cancel, 1000 earlier ones",
     .workload = START_AND_CANCEL,
     .size = TIMERS},
};

static void must(bool done)
{
    if (!done)
        abort();
}

/* ---- The floor ---- */

typedef struct timer_floor {
    weft_duration due;
    struct timer_floor *next, *previous;
} timer_floor;

static timer_floor list_floor = {0, &list_floor, &list_floor};
static uint32_t lock_floor;

static inline void prepare_timers_floor(void)
{
}

static inline void start_floor(timer_floor *timer, unsigned seconds)
{
    uint32_t open = 0;
    timer->due = weft_monotonic() + WEFT_SECONDS(seconds);
    (void)weft__compare_swap_acquire(&lock_floor, &open, 1);
    timer->next = &list_floor;
    timer->previous = list_floor.previous;
    timer->previous->next = timer->next->previous = timer;
    weft__exchange(&lock_floor, 0);
}

static inline void cancel_floor(timer_floor *timer)
{
    uint32_t open = 0;
    (void)weft__compare_swap_acquire(&lock_floor, &open, 1);
    timer->previous->next = timer->next;
    timer->next->previous = timer->previous;
    weft__exchange(&lock_floor, 0);
}

/* ---- weft ---- */

static void *never(void *arg)
{
    abort();
    return arg;
}

typedef weft_timer timer_weft;

static inline void prepare_timers_weft(void)
{
}

static inline void start_weft(timer_weft *timer, unsigned seconds)
{
    *timer = (weft_timer)WEFT_TIMER(WEFT_SECONDS(seconds), never, NULL);
    must(weft_timer_start(timer) == WEFT_OK);
}

static inline void cancel_weft(timer_weft *timer)
{
    must(weft_timer_cancel(timer) == WEFT_OK);
}

/* ---- GLib ---- */

typedef GSource *timer_glib;

static GMainContext *context_glib;

static void *run_loop(void *arg)
{
    g_main_loop_run(arg);
    return NULL;
}

static inline void prepare_timers_glib(void)
{
    if (context_glib != NULL)
        return;
    context_glib = g_main_context_new();
    g_thread_new("loop", run_loop, g_main_loop_new(context_glib, FALSE));
}

static gboolean never_glib(void *arg)
{
    never(arg);
    return FALSE;
}

static inline void start_glib(timer_glib *timer, unsigned seconds)
{
    *timer = g_timeout_source_new(seconds * 1000);
    g_source_set_callback(*timer, never_glib, NULL, NULL);
    g_source_attach(*timer, context_glib);
}

static inline void cancel_glib(timer_glib *timer)
{
    g_source_destroy(*timer);
    g_source_unref(*timer);
}

/* ---- The kernel's ---- */

typedef timer_t timer_posix;

static inline void prepare_timers_posix(void)
{
}

static inline void start_posix(timer_posix *timer, unsigned seconds)
{
    struct sigevent none = {.sigev_notify = SIGEV_NONE};
    struct itimerspec once = {.it_value.tv_sec = seconds};
    must(timer_create(CLOCK_MONOTONIC, &none, timer) == 0);
    must(timer_settime(*timer, 0, &once, NULL) == 0);
}

static inline void cancel_posix(timer_posix *timer)
{
    must(timer_delete(*timer) == 0);
}

typedef int timer_timerfd;

static inline void prepare_timers_timerfd(void)
{
}

static inline void start_timerfd(timer_timerfd *timer, unsigned seconds)
{
    struct itimerspec once = {.it_value.tv_sec = seconds};
    *timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    must(*timer >= 0 && timerfd_settime(*timer, 0, &once, NULL) == 0);
}

static inline void cancel_timerfd(timer_timerfd *timer)
{
    must(close(*timer) == 0);
}

#define PEER floor
#include "timer_workloads.h"
#define PEER weft
#include "timer_workloads.h"
#define PEER glib
#include "timer_workloads.h"
#define PEER posix
#include "timer_workloads.h"
#define PEER timerfd
#include "timer_workloads.h"

static const bench_entrant floor_entrant = {
    "floor", BENCH_FLOOR, "", {start_and_cancel_floor}};
static const bench_entrant weft_entrant = {
    "weft", BENCH_WEFT, "", {start_and_cancel_weft}};
static const bench_entrant glib_entrant = {
    "GLib", BENCH_PEER, "a slow callback delays all", {start_and_cancel_glib}};
static const bench_entrant posix_entrant = {
    "POSIX", BENCH_REFERENCE, "a callback", {start_and_cancel_posix}};
static const bench_entrant timerfd_entrant = {
    "timerfd", BENCH_REFERENCE, "a callback", {start_and_cancel_timerfd}};

int main(int argc, char **argv)
{
    const bench_entrant *const entrants[] = {
        &floor_entrant, &weft_entrant,    &glib_entrant,
        &posix_entrant, &timerfd_entrant,
    };
    const bench_race race = {"timer", contests, BENCH_COUNT(contests), entrants,
                             BENCH_COUNT(entrants)};
    return bench_main(&race, argc, argv);
}
