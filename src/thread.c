/* SPDX-License-Identifier: MIT */

/*
 * Threads.
 *
 *     state_: NEW --start--> ALIVE --the thread's last touch--> ENDED
 *
 * WEFT__THREAD_WAITERS is or-ed to ALIVE by a joiner before it stands in the
 * line of the thread's address. The exchange that stores ENDED is the thread's
 * last touch of the structure: a joiner may free it at once. Result and error
 * are written before and published by that exchange.
 *
 * The kernel's threads are detached: their number and stacks go back to the
 * system without anybody joining, and any number of threads may join ours.
 */

#include "weft/thread.h"

#include "control.h"
#include "lifecycle.h"
#include "misuse.h"
#include "registry.h"
#include "watch.h"

#include <stdlib.h>
#include <string.h>

bool weft__thread_has_ended(const weft_thread *thread)
{
    return weft__load(&thread->state_) == WEFT__ENDED;
}

static bool is_ended(void *thread)
{
    return weft__thread_has_ended(thread);
}

static bool thread_ended(weft__waiter *waiter)
{
    return weft__thread_has_ended(waiter->data);
}

static const weft__wait_kind join_kind = {.name = "thread",
                                          .grant = thread_ended};

/* ---- In the new thread ---- */

/* Keeps what the target returned, or why it failed. */
static void keep_result(weft_thread *thread, void *returned)
{
    weft_error error;
    if (!weft__is_failure(returned, &error)) {
        thread->result_ = returned;
    } else if (thread->owned_) {
        weft__excepthook_call(&error);
    } else {
        weft__copy_text(thread->message_, WEFT_MESSAGE_SIZE, error.message);
        thread->error_.code = error.code;
        thread->error_.message = thread->message_;
    }
}

/* The structure is gone, or the joiner's, when this returns. */
static void end(weft_thread *thread)
{
    weft__record *self = weft__current;
    bool counted = self->delays_exit;
    bool owned = thread->owned_;
    weft__store(&thread->native_id_, 0);
    uint32_t before = weft__record_free(self, WEFT__ENDED);
    if (owned)
        free(thread);
    else if ((before & WEFT__THREAD_WAITERS) != 0)
        weft__settle(thread);
    if (counted)
        weft__allow_exit();
}

static void *trampoline(void *arg)
{
    weft_thread *thread = arg;
    weft__record *self = weft__record_find(thread->id_);
    weft__record_adopt(self);
    weft__settle(&thread->native_id_);
    weft__record_show_name(self);
    keep_result(thread, thread->target != NULL ? thread->target(thread->arg)
                                               : thread->run(thread));
    weft__local_thread_end();
    end(thread);
    return NULL;
}

/* ---- Starting ---- */

/* The name of a target's function, or NULL: found once, as one that starts many
 * threads often gives them the same, and the search takes a microsecond. */
static const char *function_of(weft_target target)
{
    static _Thread_local struct {
        weft_target target;
        bool known;
        char name[WEFT_NAME_SIZE];
    } last;
    if (target == NULL)
        return NULL;
    if (target != last.target) {
        const char *name = weft__os_symbol((void *)(uintptr_t)target);
        last.target = target;
        last.known = name != NULL;
        weft__copy_text(last.name, sizeof last.name, last.known ? name : "");
    }
    return last.known ? last.name : NULL;
}

/* "Thread-NUMBER", or "Thread-NUMBER (FUNCTION)". Stdio takes as long for it as
 * all else that is done here for a start: little of it is in the caches then.
 */
static void make_name(char *name, unsigned number, const char *function)
{
    char digits[10], *end = stpcpy(name, "Thread-");
    int count = 0;
    do
        digits[count++] = (char)('0' + number % 10);
    while ((number /= 10) != 0);
    while (count > 0)
        *end++ = digits[--count];
    *end = '\0';
    if (function != NULL) {
        end = stpcpy(end, " (");
        size_t room = (size_t)(name + WEFT_NAME_SIZE - end) - 1;
        weft__copy_text(end, room, function);
        strcat(end, ")");
    }
}

static void name_thread(weft_thread *thread)
{
    static uint32_t unnamed;
    char name[WEFT_NAME_SIZE];
    if (thread->name_[0] != '\0')
        return; /* weft_thread_set_name came first */
    if (thread->name != NULL) {
        weft__record_set_name(thread, thread->name);
        return;
    }
    unsigned number = (unsigned)weft__fetch_add(&unnamed, 1) + 1;
    make_name(name, number, function_of(thread->target));
    weft__record_set_name(thread, name);
}

static bool is_daemon(const weft_thread *thread)
{
    uint8_t said = weft__load_relaxed(&thread->daemon_);
    if (said != WEFT__DAEMON_UNSET)
        return said == WEFT__DAEMON_YES;
    return thread->daemon || weft__self()->daemon;
}

/* Changes nothing before it has the record: others may try at the same time. */
static weft_status launch(weft_thread *thread, bool daemon, bool owned)
{
    weft__record *record;
    weft_status status = weft__record_take(thread, daemon, false, &record);
    if (status != WEFT_OK)
        return status;
    uint8_t said = thread->daemon_;
    bool unnamed = thread->name_[0] == '\0';
    weft__store_relaxed(&thread->daemon_,
                        daemon ? WEFT__DAEMON_YES : WEFT__DAEMON_NO);
    thread->owned_ = owned;
    name_thread(thread);
    thread->native_id_ = 0;
    thread->result_ = NULL;
    thread->error_.message = NULL;
    record->delays_exit = !daemon;
    if (!daemon)
        weft__delay_exit();
    status = weft__os_thread_start(trampoline, thread, thread->stack_size);
    if (status != WEFT_OK) {
        weft__store_relaxed(&thread->daemon_, said);
        if (unnamed)
            weft__record_set_name(thread, "");
        thread->id_ = 0;
        weft__record_free(record, WEFT__NEW);
        if (!daemon)
            weft__allow_exit();
    }
    return status;
}

static weft_status stack_too_small(const char *function, const void *thread)
{
    return weft__misuse(WEFT_INVALID, function, thread,
                        "the stack is too small to run on");
}

weft_status weft_thread_start(weft_thread *thread)
{
    static const char function[] = "weft_thread_start";
    if (thread == NULL || (thread->target == NULL && thread->run == NULL))
        return weft__misuse(WEFT_INVALID, function, thread,
                            "there is nothing to run");
    weft__point("weft_thread_start", thread);
    weft_status status = launch(thread, is_daemon(thread), false);
    if (status == WEFT_ALREADY_STARTED)
        weft__misuse(status, function, thread, "the thread was started before");
    return status == WEFT_INVALID ? stack_too_small(function, thread) : status;
}

weft_status weft__service_start(weft_thread *thread)
{
    return launch(thread, true, thread->owned_);
}

weft_status weft_spawn_with(weft_target target, void *arg,
                            const weft_spawn_options *options)
{
    static const weft_spawn_options defaults = {.private_ = 0};
    static const char function[] = "weft_spawn";
    if (options == NULL)
        options = &defaults;
    if (target == NULL)
        return weft__misuse(WEFT_INVALID, function, NULL,
                            "there is nothing to run");
    weft__point("weft_spawn", arg);
    weft_thread *thread = calloc(1, sizeof *thread);
    if (thread == NULL)
        return WEFT_NO_MEMORY;
    thread->target = target;
    thread->arg = arg;
    thread->name = options->name;
    thread->stack_size = options->stack_size;
    thread->daemon = options->daemon;
    weft_status status = launch(thread, is_daemon(thread), true);
    if (status != WEFT_OK)
        free(thread);
    return status == WEFT_INVALID ? stack_too_small(function, NULL) : status;
}

/* ---- Joining ---- */

weft_status weft__thread_check_join(const weft_thread *thread,
                                    const char *function)
{
    if (thread == NULL || (thread->target == NULL && thread->run == NULL))
        return weft__misuse(WEFT_INVALID, function, thread,
                            "weft did not start this thread");
    if (weft__load(&thread->state_) == WEFT__NEW)
        return weft__misuse(WEFT_NOT_STARTED, function, thread,
                            "the thread was never started");
    const weft__record *self = weft__current;
    if (self != NULL && self->thread == thread)
        return weft__misuse(WEFT_DEADLOCK, function, thread,
                            "a thread cannot join itself");
    return WEFT_OK;
}

/* Marks that somebody waits; false: it has ended. Under the line's lock. */
static bool mark_waiters(weft_thread *thread)
{
    uint32_t state = weft__load(&thread->state_);
    while (state != WEFT__ENDED)
        if (weft__compare_swap(&thread->state_, &state,
                               state | WEFT__THREAD_WAITERS))
            return true;
    return false;
}

bool weft__thread_watch(weft_thread *thread, weft__waiter *waiter)
{
    waiter->kind = &join_kind;
    waiter->object = waiter->data = thread;
    weft__line *line = weft__line_lock(thread);
    bool wait = mark_waiters(thread);
    if (wait)
        weft__line_push(line, waiter);
    weft__line_unlock(line);
    return wait;
}

static weft_status wait_end(weft_thread *thread, weft_duration deadline,
                            weft__stoppable stoppable)
{
    weft__waiter waiter = {.drowsy = true};
    if (weft__wait_awake(thread, is_ended, thread))
        return WEFT_OK;
    return weft__thread_watch(thread, &waiter)
               ? weft__park(&waiter, deadline, stoppable)
               : WEFT_OK;
}

void weft__service_join(weft_thread *thread)
{
    (void)wait_end(thread, WEFT_FOREVER, WEFT__UNSTOPPABLE);
}

static weft_status join(weft_thread *thread, weft_duration duration)
{
    weft__point("weft_thread_join", thread);
    weft_status status = weft__thread_check_join(thread, "weft_thread_join");
    if (status == WEFT_OK && !weft__thread_has_ended(thread))
        status = wait_end(thread, weft__deadline(duration), WEFT__STOPPABLE);
    if (status == WEFT_OK && thread->error_.message != NULL)
        status = WEFT_FAILED;
    return status;
}

weft_status weft_thread_join(weft_thread *thread)
{
    return join(thread, WEFT_FOREVER);
}

weft_status weft_thread_join_timed(weft_thread *thread, weft_duration duration)
{
    return join(thread, duration);
}

weft_status weft_thread_try_join(weft_thread *thread)
{
    weft__point("weft_thread_try_join", thread);
    weft_status status = weft__thread_check_join(thread, "weft_thread_join");
    if (status != WEFT_OK)
        return status;
    if (!weft__thread_has_ended(thread))
        return WEFT_BUSY;
    return thread->error_.message != NULL ? WEFT_FAILED : WEFT_OK;
}

void *weft_thread_result(const weft_thread *thread)
{
    return thread != NULL && weft__thread_has_ended(thread) ? thread->result_
                                                            : NULL;
}

const weft_error *weft_thread_error(const weft_thread *thread)
{
    if (thread == NULL || !weft__thread_has_ended(thread) ||
        thread->error_.message == NULL)
        return NULL;
    return &thread->error_;
}

/* If the slot changes hands meanwhile, no new owner has this id; but one who
 * was asked to stop already must not lose that request. */
static void request_stop(weft__record *record, uint32_t id)
{
    uint32_t asked = weft__load(&record->stop);
    while (weft__load(&record->id) == id && asked != id)
        if (weft__compare_swap(&record->stop, &asked, id))
            break;
    weft__unpark(record);
}

weft_status weft_thread_stop(weft_thread *thread)
{
    if (thread == NULL)
        return weft__misuse(WEFT_INVALID, "weft_thread_stop", NULL,
                            "the thread is NULL");
    weft__point("weft_thread_stop", thread);
    uint32_t state = weft__load(&thread->state_);
    if (state == WEFT__NEW)
        return weft__misuse(WEFT_NOT_STARTED, "weft_thread_stop", thread,
                            "the thread was never started");
    if (state == WEFT__ENDED)
        return WEFT_OK;
    weft__record *record = weft__record_find(thread->id_);
    if (record != NULL)
        request_stop(record, thread->id_);
    return WEFT_OK;
}
