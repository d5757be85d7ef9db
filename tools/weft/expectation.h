/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TOUR_EXPECTATION_H
#define WEFT_TOUR_EXPECTATION_H

/* What a section promises to print, and whether a run kept it. */

#include "run.h"

enum kind {
    KIND_SAID,
    KIND_EACH,
    KIND_BEFORE,
    KIND_AHEAD,
    KIND_BY,
    KIND_THREADS
};

/* What is promised, made by one of the macros below. `first` and `second` are
 * shell patterns for lines: * is any text. */
struct expectation {
    const char *promise; /* told to people */
    enum kind kind;
    const char *first, *second;
    size_t least, most;
    bool ordered;
};

/* Such a line is printed so many times. */
#define SAID(promise, first, least, most)                   \
    {                                                       \
        promise, KIND_SAID, first, NULL, least, most, false \
    }
#define ONCE(promise, first) SAID(promise, first, 1, 1)
#define TIMES(promise, first, n) SAID(promise, first, n, n)

/* It is printed once for each number in place of #, from least to most; in any
 * order, or the smallest first. */
#define EACH(promise, first, least, most)                   \
    {                                                       \
        promise, KIND_EACH, first, NULL, least, most, false \
    }
#define IN_ORDER(promise, first, least, most)              \
    {                                                      \
        promise, KIND_EACH, first, NULL, least, most, true \
    }

/* The first is printed before the first of the second. */
#define BEFORE(promise, first, second)                  \
    {                                                   \
        promise, KIND_BEFORE, first, second, 0, 0, true \
    }

/* At no time has the first been printed more often than the second by more than
 * `most`. */
#define AHEAD(promise, first, second, most)               \
    {                                                     \
        promise, KIND_AHEAD, first, second, 0, most, true \
    }

/* Only threads of that name print such lines, and they do. */
#define BY(promise, first, thread)                   \
    {                                                \
        promise, KIND_BY, first, thread, 0, 0, false \
    }

/* So many threads print such lines. */
#define THREADS(promise, first, least, most)                   \
    {                                                          \
        promise, KIND_THREADS, first, NULL, least, most, false \
    }

enum { SEEN_SIZE = 120 };

/* Whether the promise was kept; `seen` says what there was. */
bool is_kept(const struct expectation *expectation, const struct run *run,
             char seen[SEEN_SIZE]);

/* The first line that no SAID, EACH or IN_ORDER of those n speaks of; NULL:
 * there is none. */
const struct line *unexpected_line(const struct expectation *expectations,
                                   size_t n, const struct run *run);

#endif
