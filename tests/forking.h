/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_FORKING_H
#define WEFT_TESTS_FORKING_H

/* For tests that fork while other threads live. */

#include "child.h"

/* These children start threads although the parent had some, which
 * ThreadSanitizer takes for an error unless told that it is meant. */
const char *__tsan_default_options(void);
const char *__tsan_default_options(void)
{
    return "die_after_fork=0";
}

/* Ends a child forked by any thread, at any moment. Not by exit: the leak
 * checker would look for the stacks of the parent's threads. */
static inline void leave(const char *text)
{
    say(text);
    _exit(EXIT_SUCCESS);
}

#endif
