/* SPDX-License-Identifier: MIT */

/*
 * The first of many: looking, and choosing among what is ready. Of those that
 * seem ready one is picked, each as likely, and tried; that costs no more than
 * a look at each and one call. What comes after that is in select_wait.c.
 */

#include "select.h"

#include "control.h"
#include "misuse.h"

/* Good enough to be fair: xorshift with 32 bits (Marsaglia, 2003). */
static uint32_t random_number(void)
{
    static _Thread_local uint32_t state;
    uint32_t number = state != 0 ? state : (uint32_t)(uintptr_t)&state | 1;
    number ^= number << 13;
    number ^= number >> 17;
    number ^= number << 5;
    state = number;
    return number;
}

size_t weft__random_below(size_t n)
{
    return n > 1 ? random_number() % n : 0;
}

static void try_to_choose(weft__selection *selection,
                          const weft_select_case *which)
{
    weft_status status = weft__case_try(which);
    if (status != WEFT_BUSY)
        weft__choose(selection, which, status);
}

/* Nearly always; else a closer look is needed, as at a queue whose comparison
 * may be what calls. */
static bool is_sound(const weft_select_case *which)
{
    return which->queue_ != NULL && which->queue_->kind != WEFT_PRIORITY &&
           ((which->kind_ == WEFT__SELECT_GET && which->to_ != NULL) ||
            (which->kind_ == WEFT__SELECT_PUT && which->from_ != NULL));
}

/* One of those that seem ready, unless one of all is wrong. */
static weft_status pick(const weft__selection *selection,
                        const weft_select_case **picked)
{
    size_t ready = 0;
    for (size_t i = 0; i < selection->n; i++) {
        const weft_select_case *which = &selection->cases[i];
        if (which->off)
            continue;
        weft_status status =
            is_sound(which) ? WEFT_OK : weft__case_check(which);
        if (status != WEFT_OK)
            return status;
        if (weft__case_seems_ready(which) && weft__random_below(++ready) == 0)
            *picked = which;
    }
    return WEFT_OK;
}

/* Whatever it seems; WEFT_TIMED_OUT: none can happen. */
static void choose_any(weft__selection *selection)
{
    size_t n = selection->n, first = weft__random_below(n);
    selection->status = WEFT_TIMED_OUT;
    for (size_t i = 0; i < n && !weft__is_chosen(selection); i++) {
        const weft_select_case *which = &selection->cases[(first + i) % n];
        if (!which->off)
            try_to_choose(selection, which);
    }
}

static void select_first(weft__selection *selection, weft_duration duration)
{
    const weft_select_case *picked = NULL;
    selection->status = pick(selection, &picked);
    if (selection->status != WEFT_OK)
        return;
    if (picked != NULL)
        try_to_choose(selection, picked);
    if (weft__is_chosen(selection))
        return;
    if (duration > 0)
        weft__select_wait(selection, weft__deadline(duration));
    else
        choose_any(selection);
}

static weft_status run(const weft_select_case *cases, size_t n, size_t *chosen,
                       weft_duration duration)
{
    weft__selection selection = {.cases = cases, .n = n, .chosen = n};
    if (cases != NULL || n == 0)
        select_first(&selection, duration);
    else
        selection.status = weft__misuse(WEFT_INVALID, "weft_select", NULL,
                                        "the cases are NULL");
    if (chosen != NULL)
        *chosen = selection.chosen;
    return selection.status;
}

weft_status weft_select(const weft_select_case *cases, size_t n, size_t *chosen)
{
    weft__point("weft_select", cases);
    return run(cases, n, chosen, WEFT_FOREVER);
}

weft_status weft_select_timed(const weft_select_case *cases, size_t n,
                              size_t *chosen, weft_duration duration)
{
    weft__point("weft_select_timed", cases);
    return run(cases, n, chosen, duration);
}

weft_status weft_try_select(const weft_select_case *cases, size_t n,
                            size_t *chosen)
{
    weft__point("weft_try_select", cases);
    weft_status status = run(cases, n, chosen, 0);
    return status == WEFT_TIMED_OUT ? WEFT_BUSY : status;
}
