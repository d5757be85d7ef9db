/* SPDX-License-Identifier: MIT */

/*
 * What is to happen when a future is done: callbacks and descriptors.
 *
 * Callbacks are called before DONE is set, so that they may use the future
 * although its owner may free it as soon as a wait for it returns. To the
 * thread that calls them it is done already: weft__completing says which.
 *
 * Descriptors are raised after DONE, so that whoever is woken finds it done.
 * They stand among the callbacks until then, and the pool has a copy of its own
 * of each: the caller may close his at any time.
 */

#include "control.h"
#include "future.h"
#include "misuse.h"
#include "os/os.h"

#include <errno.h>
#include <stdlib.h>

struct weft__callback {
    weft_done_callback call; /* NULL: raise the descriptor */
    void *arg;
    int descriptor;
    struct weft__callback *next;
};

/* A future whose callbacks this thread is calling; in one of them it may be
 * calling those of another. */
typedef struct weft__completion {
    const weft_future *future;
    const struct weft__completion *outer;
} completion;

_Thread_local const completion *weft__completing;

bool weft__future_is_calling_back(const weft_future *future)
{
    const completion *each = weft__completing;
    while (each != NULL && each->future != future)
        each = each->outer;
    return each != NULL;
}

/* ---- Calling ---- */

static struct weft__callback *take_all(weft_future *future)
{
    weft__line *line = weft__line_lock(future);
    struct weft__callback *taken = future->callbacks_;
    future->callbacks_ = NULL;
    weft__fetch_and(&future->state_, ~(uint32_t)WEFT__FUTURE_CALLBACKS);
    weft__line_unlock(line);
    return taken;
}

void weft__future_call_back(weft_future *future,
                            struct weft__callback **notices)
{
    const completion own = {.future = future, .outer = weft__completing};
    struct weft__callback *next = take_all(future);
    weft__completing = &own;
    while (next != NULL) {
        struct weft__callback *callback = next;
        next = callback->next;
        if (callback->call == NULL) {
            callback->next = *notices;
            *notices = callback;
            continue;
        }
        callback->call(future, callback->arg);
        free(callback);
    }
    weft__completing = own.outer;
}

static void raise_and_free(struct weft__callback *notice)
{
    weft__os_signal_fd_raise(notice->descriptor);
    weft__os_signal_fd_close(notice->descriptor);
    free(notice);
}

void weft__future_notify(struct weft__callback *notices)
{
    while (notices != NULL) {
        struct weft__callback *notice = notices;
        notices = notice->next;
        raise_and_free(notice);
    }
}

/* ---- Adding ---- */

/* False: it is done. */
static bool append(weft_future *future, struct weft__callback *callback)
{
    weft__line *line = weft__line_lock(future);
    uint32_t word = weft__future_word(future);
    bool added = false;
    while ((word & WEFT__FUTURE_DONE) == 0 && !added)
        added = weft__compare_swap(&future->state_, &word,
                                   word | WEFT__FUTURE_CALLBACKS);
    if (added) {
        struct weft__callback **end = &future->callbacks_;
        while (*end != NULL)
            end = &(*end)->next;
        *end = callback;
    }
    weft__line_unlock(line);
    return added;
}

weft_status weft_future_add_done_callback(weft_future *future,
                                          weft_done_callback callback,
                                          void *arg)
{
    weft__point("weft_future_add_done_callback", future);
    static const char function[] = "weft_future_add_done_callback";
    weft_status status = weft__future_check(future, function);
    if (status != WEFT_OK)
        return status;
    if (callback == NULL)
        return weft__misuse(WEFT_INVALID, function, future,
                            "the callback is NULL");
    struct weft__callback *made = malloc(sizeof *made);
    if (made == NULL)
        return WEFT_NO_MEMORY;
    *made = (struct weft__callback){.call = callback, .arg = arg};
    if (!weft__future_is_done(future) && append(future, made))
        return WEFT_OK;
    free(made);
    callback(future, arg);
    return WEFT_OK;
}

/* One that raises a copy of the descriptor. NULL with errno. */
static struct weft__callback *make_notice(int descriptor)
{
    struct weft__callback *notice = malloc(sizeof *notice);
    if (notice == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    *notice = (struct weft__callback){.descriptor =
                                          weft__os_signal_fd_share(descriptor)};
    if (notice->descriptor >= 0)
        return notice;
    int error = errno;
    free(notice);
    errno = error;
    return NULL;
}

int weft_future_fd(weft_future *future)
{
    if (weft__future_check(future, "weft_future_fd") != WEFT_OK) {
        errno = EINVAL;
        return -1;
    }
    int descriptor = weft__os_signal_fd();
    if (descriptor < 0)
        return -1;
    struct weft__callback *notice = make_notice(descriptor);
    if (notice == NULL) {
        int error = errno;
        weft__os_signal_fd_close(descriptor);
        errno = error;
        return -1;
    }
    if (!append(future, notice))
        raise_and_free(notice);
    return descriptor;
}
