/* SPDX-License-Identifier: MIT */
#ifndef WEFT_DIAGNOSTICS_H
#define WEFT_DIAGNOSTICS_H

/*
 * What weft tells about a program: calls that are wrong.
 */

#include "base.h"

WEFT_BEGIN_DECLARATIONS

/* One wrong call, as told to the handler. All memory lives until the handler
 * returns. */
typedef struct weft_misuse {
    weft_status status;      /* what the wrong call answers */
    const char *function;    /* "weft_lock_release" */
    const char *text;        /* what was wrong, a phrase */
    const void *object;      /* the object it was called on, or NULL */
    const char *thread_name; /* who called */
} weft_misuse;

typedef void (*weft_misuse_handler)(const weft_misuse *misuse);

/*
 * Replaces what happens when a call is wrong (released what is not held,
 * joined itself, NULL where forbidden, ...): the call changes nothing, answers
 * its status, and the handler hears of it once. NULL brings back the default,
 * which prints one line on stderr. Returns the handler that was there. The
 * handler runs on the thread that erred, without any lock of weft held, and may
 * call weft; it may also abort(). Never blocks.
 */
WEFT_API weft_misuse_handler
weft_set_misuse_handler(weft_misuse_handler handler);

WEFT_END_DECLARATIONS

#endif
