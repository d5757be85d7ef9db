/* SPDX-License-Identifier: MIT */

#include "blocking.h"

#include <weft/event.h>
#include <weft/pool.h>

static weft_pool *pool; /* of one worker */
static weft_event go;
static weft_future future;

/* Asserts nothing, as it may outlast the test. */
static void *wait_to_go(void *arg)
{
    return weft_event_wait(&go) == WEFT_OK ? arg : NULL;
}

/* The pool of the call before is destroyed here, when nobody uses it. */
static void submit(void)
{
    assert_ok(weft_pool_destroy(pool));
    pool = weft_pool_create(.workers = 1);
    ck_assert_ptr_nonnull(pool);
    assert_ok(weft_event_clear(&go));
    assert_ok(weft_submit(pool, &future, wait_to_go, &go));
}

static void let_go(void)
{
    assert_ok(weft_event_set(&go));
}

static weft_status result(bool plain, weft_duration duration)
{
    return plain ? weft_future_result(&future, NULL)
                 : weft_future_result_timed(&future, NULL, duration);
}

static weft_status wait_for_all(bool plain, weft_duration duration)
{
    weft_future *futures[] = {&future};
    return plain ? weft_wait(futures, 1, WEFT_ALL_COMPLETED)
                 : weft_wait_timed(futures, 1, WEFT_ALL_COMPLETED, duration);
}

static weft_status wait_for_first(bool plain, weft_duration duration)
{
    weft_future *futures[] = {&future};
    return plain ? weft_wait(futures, 1, WEFT_FIRST_COMPLETED)
                 : weft_wait_timed(futures, 1, WEFT_FIRST_COMPLETED, duration);
}

static weft_status next(bool plain, weft_duration duration)
{
    weft_future *futures[] = {&future}, *completed;
    weft_completions *completions = weft_as_completed(futures, 1);
    weft_status status =
        plain ? weft_completions_next(completions, &completed)
              : weft_completions_next_timed(completions, &completed, duration);
    weft_completions_destroy(completions);
    return status;
}

static weft_status shut_down(bool plain, weft_duration duration)
{
    (void)plain;
    (void)duration;
    return weft_pool_shutdown(pool, .wait = true);
}

const blocking_call blocking_pools[] = {
    {"future result", submit, result, .let_go = let_go},
    {"wait for all", submit, wait_for_all, .let_go = let_go},
    {"wait for the first", submit, wait_for_first, .let_go = let_go},
    {"next completed", submit, next, .let_go = let_go},
    {"pool shutdown", submit, shut_down, .let_go = let_go, .only_plain = true},
    {.name = NULL},
};
