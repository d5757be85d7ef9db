/* SPDX-License-Identifier: MIT */

/* Wrong calls are told to one replaceable handler. */

#include "misuse.h"

#include "control.h"

#include "registry.h"

#include <stdio.h>

static weft_misuse_handler handler;

static void print_misuse(const weft_misuse *misuse)
{
    char line[512];
    int length = snprintf(line, sizeof line, "weft: %s: %s: %s (%s)\n",
                          misuse->thread_name, misuse->function, misuse->text,
                          weft_status_name(misuse->status));
    size_t size = length < (int)sizeof line ? (size_t)length : sizeof line - 1;
    if (weft__controlled)
        weft__control_misuse(line);
    weft__os_print_error(line, size);
}

weft_misuse_handler weft_set_misuse_handler(weft_misuse_handler new_handler)
{
    if (new_handler == print_misuse)
        new_handler = NULL;
    weft_misuse_handler before = weft__exchange(&handler, new_handler);
    return before != NULL ? before : print_misuse;
}

weft_status weft__misuse(weft_status status, const char *function,
                         const void *object, const char *text)
{
    /* Not weft__self(): reporting must not be what makes weft meet a thread. */
    const weft__record *self = weft__current;
    const weft_misuse misuse = {
        .status = status,
        .function = function,
        .text = text,
        .object = object,
        .thread_name = self != NULL ? self->thread->name_ : "?",
    };
    weft_misuse_handler report = weft__load(&handler);
    (report != NULL ? report : print_misuse)(&misuse);
    return status;
}
