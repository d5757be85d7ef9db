/* SPDX-License-Identifier: MIT */

#include "blocking.h"

#include <weft/barrier.h>
#include <weft/event.h>
#include <weft/latch.h>
#include <weft/once.h>
#include <weft/semaphore.h>
#include <weft/timer.h>

/* ---- Semaphores, event, latch, barrier, once ---- */

static weft_semaphore semaphore;
static weft_bounded_semaphore bounded = WEFT_BOUNDED_SEMAPHORE(1);
static weft_event event;
static weft_latch latch;
static weft_barrier barrier = WEFT_BARRIER(2);
static weft_once once;
static weft_thread thread;

static void empty_semaphore(void)
{
    semaphore = (weft_semaphore)WEFT_SEMAPHORE(0);
}

static weft_status take_semaphore(bool plain, weft_duration duration)
{
    if (!plain)
        return weft_semaphore_acquire_timed(&semaphore, duration);
    weft_semaphore_acquire(&semaphore);
    return WEFT_OK;
}

static void give_semaphore(void)
{
    assert_ok(weft_semaphore_release(&semaphore, 1));
}

static void empty_bounded(void)
{
    weft_bounded_semaphore_acquire(&bounded);
}

static weft_status take_bounded(bool plain, weft_duration duration)
{
    weft_status status = WEFT_OK;
    if (plain)
        weft_bounded_semaphore_acquire(&bounded);
    else
        status = weft_bounded_semaphore_acquire_timed(&bounded, duration);
    return status == WEFT_OK ? weft_bounded_semaphore_release(&bounded, 1)
                             : status;
}

static void give_bounded(void)
{
    assert_ok(weft_bounded_semaphore_release(&bounded, 1));
}

static void clear_event(void)
{
    assert_ok(weft_event_clear(&event));
}

static weft_status wait_event(bool plain, weft_duration duration)
{
    return plain ? weft_event_wait(&event)
                 : weft_event_wait_timed(&event, duration);
}

static void set_event(void)
{
    assert_ok(weft_event_set(&event));
}

static void close_latch(void)
{
    latch = (weft_latch)WEFT_LATCH(1);
}

static weft_status wait_latch(bool plain, weft_duration duration)
{
    return plain ? weft_latch_wait(&latch)
                 : weft_latch_wait_timed(&latch, duration);
}

static void open_latch(void)
{
    assert_ok(weft_latch_count_down(&latch, 1));
}

static void empty_barrier(void)
{
    assert_ok(weft_barrier_reset(&barrier));
}

static weft_status wait_barrier(bool plain, weft_duration duration)
{
    return plain ? weft_barrier_wait(&barrier, NULL)
                 : weft_barrier_wait_timed(&barrier, NULL, duration);
}

/* Whoever gave up has broken it. */
static void meet_at_barrier(void)
{
    weft_status status = weft_barrier_wait(&barrier, NULL);
    ck_assert(status == WEFT_OK || status == WEFT_BROKEN);
}

static void wait_for_event(void *arg)
{
    (void)arg;
    assert_ok(weft_event_wait(&event));
}

static void *run_once(void *arg)
{
    assert_ok(weft_call_once(&once, wait_for_event, NULL));
    return arg;
}

static void start_blocking_thread(weft_target target)
{
    clear_event();
    thread = (weft_thread)WEFT_THREAD(target, NULL);
    start(&thread);
    wait_until_waiting(&event, 1);
}

static void end_blocking_thread(void)
{
    set_event();
    assert_ok(weft_thread_join(&thread));
}

static void begin_once(void)
{
    once = (weft_once){.word_ = 0};
    start_blocking_thread(run_once);
}

static weft_status call_once(bool plain, weft_duration duration)
{
    (void)plain;
    (void)duration;
    return weft_call_once(&once, wait_for_event, NULL);
}

/* ---- Threads and timers ---- */

static weft_timer timer =
    WEFT_TIMER(WEFT_SECONDS(100000), NULL, NULL, .daemon = true);

static void *wait_in_thread(void *arg)
{
    wait_for_event(NULL);
    return arg;
}

static void begin_thread(void)
{
    start_blocking_thread(wait_in_thread);
}

static weft_status join_thread(bool plain, weft_duration duration)
{
    return plain ? weft_thread_join(&thread)
                 : weft_thread_join_timed(&thread, duration);
}

static void begin_timer(void)
{
    timer.function = wait_in_thread; /* it never fires */
    assert_ok(weft_timer_start(&timer));
}

static weft_status join_timer(bool plain, weft_duration duration)
{
    return plain ? weft_timer_join(&timer)
                 : weft_timer_join_timed(&timer, duration);
}

static void cancel_timer(void)
{
    assert_ok(weft_timer_cancel(&timer));
}

const blocking_call blocking_objects[] = {
    {"semaphore", empty_semaphore, take_semaphore, .let_go = give_semaphore,
     .unstoppable = true},
    {"bounded semaphore", empty_bounded, take_bounded, .let_go = give_bounded,
     .unstoppable = true},
    {"event", clear_event, wait_event, .let_go = set_event},
    {"latch", close_latch, wait_latch, .let_go = open_latch},
    {"barrier", empty_barrier, wait_barrier, .let_go = meet_at_barrier},
    {"once", begin_once, call_once, .let_go = end_blocking_thread,
     .unstoppable = true, .only_plain = true},
    {"thread join", begin_thread, join_thread, .let_go = end_blocking_thread},
    {"timer join", begin_timer, join_timer, .let_go = cancel_timer},
    {.name = NULL},
};
