/* SPDX-License-Identifier: MIT */

/*
 * Once.
 *
 *     bit 31   30        29 ... 0
 *     | DONE | WAITERS | id of the thread that runs the function |
 *
 * 0 --first caller--> its id --others--> id and WAITERS --end--> DONE
 *
 * The id is there to answer a call from inside the function, and to notice, in
 * a forked child, that nobody is left to finish it.
 */

#include "weft/once.h"

#include "control.h"
#include "misuse.h"
#include "registry.h"

#define DONE (UINT32_C(1) << 31)
#define WAITERS (UINT32_C(1) << 30)
#define RUNNER ((uint32_t)WEFT__ID_MASK)

static bool is_done(weft__waiter *waiter)
{
    return weft_once_done(waiter->data);
}

static const weft__wait_kind kind = {.name = "once", .grant = is_done};

static void run(weft_once *once, void (*function)(void *), void *arg)
{
    function(arg);
    uint32_t word = weft__exchange(&once->word_, DONE);
    if ((word & WAITERS) != 0)
        weft__settle(once);
}

/* Marks a runner's word; false: something else is there by now. */
static bool mark_waiters(weft_once *once, uint32_t runner)
{
    uint32_t word = weft__load(&once->word_);
    while ((word & RUNNER) == runner)
        if (weft__compare_swap(&once->word_, &word, word | WAITERS))
            return true;
    return false;
}

static void wait_for(weft_once *once, uint32_t runner)
{
    weft__waiter waiter = {.kind = &kind, .object = once, .data = once};
    weft__line *line = weft__line_lock(once);
    bool wait = mark_waiters(once, runner);
    if (wait)
        weft__line_push(line, &waiter);
    weft__line_unlock(line);
    if (wait)
        (void)weft__park(&waiter, WEFT_FOREVER, WEFT__UNSTOPPABLE);
}

weft_status weft__call_once_slow(weft_once *once, void (*function)(void *),
                                 void *arg)
{
    weft__point("weft_call_once", once);
    if (once == NULL || function == NULL)
        return weft__misuse(WEFT_INVALID, "weft_call_once", once,
                            "the once or the function is NULL");
    uint32_t self = weft__self()->id;
    while (!weft_once_done(once)) {
        uint32_t word = weft__load(&once->word_);
        uint32_t runner = word & RUNNER;
        if (runner == self)
            return weft__misuse(WEFT_DEADLOCK, "weft_call_once", once,
                                "called from inside its own function");
        if ((word & DONE) == 0 && weft__record_find(runner) == NULL) {
            if (weft__compare_swap(&once->word_, &word,
                                   (word & WAITERS) | self))
                run(once, function, arg);
        } else if ((word & DONE) == 0) {
            wait_for(once, runner);
        }
    }
    return WEFT_OK;
}
