/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_HISTORY_H
#define WEFT_TESTS_HISTORY_H

/*
 * Does a recorded history of calls fit a queue? Each call is known by two
 * moments on a clock of events, when it began and when it had returned;
 * somewhere between, it took effect.
 *
 * One sweep over the events, each in constant time, looks for the four things
 * that a history of first in, first out can do wrong if no item is put twice
 * (Henzinger, Sezgin, Vafeiadis: Aspect-Oriented Linearizability Proofs,
 * CONCUR 2013): an item comes from nowhere; or twice; of two items, the one
 * put later comes out first; the queue is called empty, though at no moment of
 * the call it can have been. Without a limit a history with none of them is
 * that of a queue: this is their theorem. With a limit it is also asked whether
 * more items than that were in it for sure, and whether it can have been as
 * full, or as long, as was said; all that is necessary, but not always enough,
 * as test_history.c shows. A shutdown must separate what is done before it
 * from what is refused after it.
 */

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum call_kind {
    CALL_PUT,     /* `item` went in */
    CALL_GET,     /* `item` came out */
    CALL_DISCARD, /* `item` was taken out by the shutdown that began with it */
    CALL_REFUSED, /* a put, as the queue was shut down */
    CALL_ENDED,   /* a get, as it was shut down and empty */
    CALL_SIZE,    /* there were `least` to `most` items */
    CALL_SHUTDOWN /* of the queue */
};

enum { LANES = 32 }; /* threads that make claims */

struct call {
    int32_t began, returned; /* from 1, each moment is that of one call */
    int32_t item;            /* from 0 */
    int32_t least, most;
    uint8_t kind, lane; /* lane: one call at a time */
};

struct history {
    const struct call *calls;
    size_t count;
    int32_t items, end; /* all items are less, and all moments at most this */
    int32_t maxsize;    /* 0: no limit */
    bool first_in_first_out;
};

/* What is wrong with it, or NULL. It must be over: nothing is left in the
 * queue. */
const char *find_flaw(const struct history *history);

#endif
