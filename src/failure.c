/* SPDX-License-Identifier: MIT */

/*
 * The texts of errors that wait to be collected. A future is too small for one,
 * and must neither allocate nor be destroyed: so the last WEFT_KEPT_FAILURES
 * texts of the whole program stand in a ring, each with its number, and are
 * copied out for who asks.
 */

#include "future.h"
#include "lifecycle.h"
#include "registry.h"

typedef struct kept_text {
    uint64_t number; /* 0: none yet */
    char text[WEFT_MESSAGE_SIZE];
} kept_text;

static weft_lock lock;
static kept_text ring[WEFT_KEPT_FAILURES];
static uint64_t kept;

static _Thread_local weft_error found;
static _Thread_local char found_text[WEFT_MESSAGE_SIZE];

__attribute__((constructor)) static void failure_init(void)
{
    static weft__fork_guard guard = {.lock = &lock};
    weft__fork_guard_add(&guard);
}

uint64_t weft__failure_keep(const weft_error *error)
    WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_lock_acquire(&lock);
    uint64_t number = ++kept;
    kept_text *place = &ring[number % WEFT_KEPT_FAILURES];
    place->number = number;
    weft__copy_text(place->text, sizeof place->text, error->message);
    weft_lock_release(&lock);
    return number;
}

const weft_error *weft__failure_find(uint64_t number,
                                     int code) WEFT_NO_THREAD_SAFETY_ANALYSIS
{
    weft_lock_acquire(&lock);
    const kept_text *place = &ring[number % WEFT_KEPT_FAILURES];
    const char *text =
        place->number == number ? place->text : "(the text is no longer kept)";
    weft__copy_text(found_text, sizeof found_text, text);
    weft_lock_release(&lock);
    found = (weft_error){.code = code, .message = found_text};
    return &found;
}
