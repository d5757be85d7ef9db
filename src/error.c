/* SPDX-License-Identifier: MIT */

/*
 * How targets fail. weft_fail writes code and text into a buffer of the calling
 * thread and returns that buffer's address: a target that returns it has
 * failed, and whoever ran it copies the error to where it can be collected.
 */

#include "lifecycle.h"
#include "registry.h"

#include <stdarg.h>
#include <stdio.h>

struct weft__failure {
    bool pending; /* weft_fail was called, and nobody has taken it yet */
    weft_error error;
    char message[WEFT_MESSAGE_SIZE];
};

_Thread_local struct weft__failure weft__last_failure;
static weft_excepthook_function hook;

void *weft_fail(int code, const char *format, ...)
{
    /* By way of a copy: the arguments may be the text of an earlier error. */
    char message[WEFT_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    struct weft__failure *last = &weft__last_failure;
    weft__copy_text(last->message, sizeof last->message, message);
    last->error = (weft_error){.code = code, .message = last->message};
    last->pending = true;
    return last;
}

bool weft__take_failure(weft_error *error)
{
    struct weft__failure *last = &weft__last_failure;
    if (!last->pending)
        return false;
    last->pending = false;
    *error = last->error;
    return true;
}

static void print_exception(const char *name, const char *message)
{
    char line[WEFT_NAME_SIZE + WEFT_MESSAGE_SIZE + 64];
    int size = snprintf(line, sizeof line, "Exception in thread %s: %s\n", name,
                        message);
    weft__os_print_error(line, (size_t)size);
}

void *weft_excepthook(const weft_thread *thread, const weft_error *error)
{
    print_exception(weft_thread_name(thread), error->message);
    return NULL;
}

weft_excepthook_function weft_set_excepthook(weft_excepthook_function new_hook)
{
    if (new_hook == weft_excepthook)
        new_hook = NULL;
    weft_excepthook_function before = weft__exchange(&hook, new_hook);
    return before != NULL ? before : weft_excepthook;
}

void weft__excepthook_call(const weft_error *error)
{
    /* The hook may fail, too, which overwrites the thread's buffer. */
    char message[WEFT_MESSAGE_SIZE];
    weft__copy_text(message, sizeof message, error->message);
    const weft_error copy = {.code = error->code, .message = message};
    const weft_thread *thread = weft_current_thread();
    weft_excepthook_function call = weft__load(&hook);
    weft_error second;
    void *answer = (call != NULL ? call : weft_excepthook)(thread, &copy);
    if (!weft__is_failure(answer, &second))
        return;
    print_exception(weft_thread_name(thread), message);
    print_exception("excepthook", second.message);
}
