/* SPDX-License-Identifier: MIT */

/* What can be asked and told about threads: names, numbers, who is alive. */

#include "control.h"
#include "lifecycle.h"
#include "misuse.h"
#include "registry.h"

bool weft_thread_is_alive(const weft_thread *thread)
{
    if (thread == NULL)
        return false;
    uint32_t state = weft__load(&thread->state_);
    return state != WEFT__NEW && state != WEFT__ENDED;
}

const char *weft_thread_name(const weft_thread *thread)
{
    if (thread == NULL)
        return "";
    if (thread->name_[0] != '\0' || thread->name == NULL)
        return thread->name_;
    return thread->name;
}

weft_status weft_thread_set_name(weft_thread *thread, const char *name)
{
    if (thread == NULL || name == NULL)
        return weft__misuse(WEFT_INVALID, "weft_thread_set_name", thread,
                            "the thread or its name is NULL");
    weft__record_set_name(thread, name);
    return WEFT_OK;
}

bool weft_thread_daemon(const weft_thread *thread)
{
    if (thread == NULL)
        return false;
    uint8_t said = weft__load_relaxed(&thread->daemon_);
    return said != WEFT__DAEMON_UNSET ? said == WEFT__DAEMON_YES
                                      : thread->daemon;
}

weft_status weft_thread_set_daemon(weft_thread *thread, bool daemon)
{
    static const char function[] = "weft_thread_set_daemon";
    if (thread == NULL)
        return weft__misuse(WEFT_INVALID, function, NULL, "the thread is NULL");
    if (weft__load(&thread->state_) != WEFT__NEW)
        return weft__misuse(WEFT_ALREADY_STARTED, function, thread,
                            "the thread was started before");
    weft__store_relaxed(&thread->daemon_,
                        daemon ? WEFT__DAEMON_YES : WEFT__DAEMON_NO);
    return WEFT_OK;
}

uint32_t weft_thread_id(const weft_thread *thread)
{
    return thread != NULL ? thread->id_ : 0;
}

static bool runs_or_ended(weft__waiter *waiter)
{
    const weft_thread *thread = waiter->data;
    return weft__load(&thread->native_id_) != 0 ||
           !weft_thread_is_alive(thread);
}

static const weft__wait_kind start_kind = {.name = "thread start",
                                           .grant = runs_or_ended};

long weft_thread_native_id(weft_thread *thread)
{
    if (!weft_thread_is_alive(thread))
        return 0;
    weft__waiter waiter = {
        .kind = &start_kind, .object = &thread->native_id_, .data = thread};
    weft__line *line = weft__line_lock(waiter.object);
    bool wait = !runs_or_ended(&waiter);
    if (wait)
        weft__line_push(line, &waiter);
    weft__line_unlock(line);
    if (wait)
        (void)weft__park(&waiter, WEFT_FOREVER, WEFT__UNSTOPPABLE);
    return weft__load(&thread->native_id_);
}

bool weft_stopping(void)
{
    weft__point("weft_stopping", NULL);
    const weft__record *self = weft__current;
    return self != NULL && weft__self_stopping(self);
}

weft_thread *weft_current_thread(void)
{
    return weft__self()->thread;
}

size_t weft_active_count(void)
{
    weft__self();
    return weft__registry_count();
}

struct listing {
    weft_thread_info *out;
    size_t capacity, count;
};

static void list(weft__record *record, void *context)
{
    struct listing *listing = context;
    if (listing->count++ >= listing->capacity)
        return;
    weft_thread_info *info = &listing->out[listing->count - 1];
    const weft__wait_kind *kind = weft__load(&record->waits_for);
    *info = (weft_thread_info){
        .id = record->id,
        .native_id = weft__load(&record->native_id),
        .daemon = record->daemon,
        .foreign = record->foreign,
        .stopping = weft__record_stopping(record),
        .waits_for = kind != NULL ? kind->name : NULL,
        .waits_on = weft__load_relaxed(&record->waits_on),
        .waiting_since = weft__load_relaxed(&record->waiting_since),
    };
    weft__copy_text(info->name, sizeof info->name, record->thread->name_);
}

size_t weft_enumerate(weft_thread_info *out, size_t capacity)
{
    struct listing listing = {.out = out,
                              .capacity = out != NULL ? capacity : 0};
    weft__self();
    weft__record_each(list, &listing);
    return listing.count;
}
