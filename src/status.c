/* SPDX-License-Identifier: MIT */

#include "weft/base.h"

struct words {
    const char *name, *text;
};

static const struct words words[] = {
    [WEFT_OK] = {"WEFT_OK", "success"},
    [WEFT_TIMED_OUT] = {"WEFT_TIMED_OUT", "the wait timed out"},
    [WEFT_BUSY] = {"WEFT_BUSY", "somebody else has it"},
    [WEFT_EMPTY] = {"WEFT_EMPTY", "there is nothing to take"},
    [WEFT_FULL] = {"WEFT_FULL", "there is no room"},
    [WEFT_SHUT_DOWN] = {"WEFT_SHUT_DOWN", "it has been shut down"},
    [WEFT_CANCELLED] = {"WEFT_CANCELLED", "it was cancelled before it ran"},
    [WEFT_STOPPED] = {"WEFT_STOPPED", "the thread was asked to stop"},
    [WEFT_BROKEN] = {"WEFT_BROKEN", "it was broken by another's failure"},
    [WEFT_FAILED] = {"WEFT_FAILED", "the target failed"},
    [WEFT_DEADLOCK] = {"WEFT_DEADLOCK", "it would wait for itself"},
    [WEFT_NOT_OWNER] = {"WEFT_NOT_OWNER", "the caller does not hold it"},
    [WEFT_NOT_STARTED] = {"WEFT_NOT_STARTED", "it has not been started"},
    [WEFT_ALREADY_STARTED] = {"WEFT_ALREADY_STARTED",
                              "it has been started already"},
    [WEFT_NOT_FOUND] = {"WEFT_NOT_FOUND", "there is no such key"},
    [WEFT_OVERFLOW] = {"WEFT_OVERFLOW", "a counter would overflow"},
    [WEFT_INVALID] = {"WEFT_INVALID", "an argument is invalid"},
    [WEFT_NO_MEMORY] = {"WEFT_NO_MEMORY", "out of memory"},
    [WEFT_NO_THREADS] = {"WEFT_NO_THREADS", "no more threads can be made"},
};

static struct words words_of(weft_status status)
{
    static const struct words unknown = {"WEFT_?", "an unknown status"};
    size_t index = (size_t)status;
    return index < sizeof words / sizeof *words ? words[index] : unknown;
}

const char *weft_status_name(weft_status status)
{
    return words_of(status).name;
}

const char *weft_status_text(weft_status status)
{
    return words_of(status).text;
}
