/* SPDX-License-Identifier: MIT */

/*
 * The table of threads. Static, so that meeting a thread never allocates and
 * never fails (but for the 32,769th alive at once, which is the end of the
 * program if it is a foreign one: its lock would have no id to hold). Pages of
 * slots never used cost no memory. Freed slots are reused oldest first, so that
 * an id comes back only after 32,767 uses of its slot.
 */

#include "registry.h"

#include "lifecycle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SLOT_BITS = 15, SLOT_MASK = WEFT__THREADS - 1, USES = 0x7fff };

static weft__record records[WEFT__THREADS];
static weft__mutex mutex;
static size_t slots; /* taken from the table so far */
static size_t alive;
static weft__record *first_free, **last_free = &first_free;
static uint32_t dummies;
static bool out_of_line;

static weft_thread main_thread;
static weft_thread *main_now = &main_thread;

_Thread_local uint32_t weft__fast_id = WEFT__UNMET;
_Thread_local weft__record *weft__current;
/* The public face of a thread that weft did not start. */
static _Thread_local weft_thread stand_in;

void weft__registry_lock(void)
{
    weft__mutex_lock(&mutex);
}

void weft__registry_unlock(void)
{
    weft__mutex_unlock(&mutex);
}

size_t weft__registry_count(void)
{
    return weft__load_relaxed(&alive);
}

/* The one freed longest ago, else one never used; NULL: all are in use. */
static weft__record *free_slot(void)
{
    weft__record *record = first_free;
    if (record == NULL)
        return slots < WEFT__THREADS ? &records[slots++] : NULL;
    first_free = record->next_free;
    if (first_free == NULL)
        last_free = &first_free;
    return record;
}

static weft_status take_locked(weft_thread *thread, bool daemon, bool foreign,
                               weft__record **taken)
{
    if (weft__load_relaxed(&thread->state_) != WEFT__NEW)
        return WEFT_ALREADY_STARTED;
    weft__record *record = free_slot();
    if (record == NULL)
        return WEFT_NO_THREADS;
    uint32_t slot = (uint32_t)(record - records);
    record->uses = record->uses % USES + 1;
    weft__store_relaxed(&record->native_id, 0);
    weft__store_relaxed(&record->daemon, daemon);
    record->foreign = foreign;
    record->delays_exit = false;
    record->thread = thread;
    record->next_free = NULL;
    record->pool_worker = NULL;
    record->task_stopping = NULL;
    weft__store_relaxed(&record->waits_for, NULL);
    thread->id_ = record->uses << SLOT_BITS | slot;
    weft__store(&record->id, thread->id_);
    weft__store(&thread->state_, WEFT__ALIVE);
    weft__store_relaxed(&alive, alive + 1);
    *taken = record;
    return WEFT_OK;
}

weft_status weft__record_take(weft_thread *thread, bool daemon, bool foreign,
                              weft__record **record)
{
    weft__mutex_lock(&mutex);
    weft_status status = take_locked(thread, daemon, foreign, record);
    weft__mutex_unlock(&mutex);
    return status;
}

void weft__record_adopt(weft__record *record)
{
    int32_t native_id = weft__os_thread_id();
    weft__store(&record->native_id, native_id);
    weft__store(&record->thread->native_id_, native_id);
    weft__current = record;
    weft__fast_id = weft__load_relaxed(&out_of_line) ? WEFT__UNMET : record->id;
}

void weft__fast_paths(bool open)
{
    weft__store_relaxed(&out_of_line, !open);
    weft__fast_id = open ? weft__self()->id : WEFT__UNMET;
}

/* The count is right before a joiner can return. */
static uint32_t free_locked(weft__record *record, uint32_t state)
{
    weft__store_relaxed(&alive, alive - 1);
    uint32_t before = weft__exchange(&record->thread->state_, state);
    weft__store(&record->id, 0);
    record->thread = NULL;
    record->next_free = NULL;
    *last_free = record;
    last_free = &record->next_free;
    return before;
}

uint32_t weft__record_free(weft__record *record, uint32_t state)
{
    if (record == weft__current) {
        weft__current = NULL;
        weft__fast_id = WEFT__UNMET;
    }
    weft__mutex_lock(&mutex);
    uint32_t before = free_locked(record, state);
    weft__mutex_unlock(&mutex);
    return before;
}

weft__record *weft__record_find(uint32_t id)
{
    weft__record *record = &records[id & SLOT_MASK];
    return id != 0 && weft__load(&record->id) == id ? record : NULL;
}

void weft__record_each(void (*visit)(weft__record *, void *), void *context)
{
    weft__mutex_lock(&mutex);
    for (size_t slot = 0; slot < slots; slot++)
        if (weft__load(&records[slot].id) != 0)
            visit(&records[slot], context);
    weft__mutex_unlock(&mutex);
}

void weft__copy_text(char *to, size_t size, const char *text)
{
    size_t length = strlen(text);
    if (length >= size) {
        length = size - 1;
        /* 10xxxxxx continues a character: cut before its first byte. */
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
            length--;
    }
    memmove(to, text, length);
    memset(to + length, 0, size - length);
}

enum { KERNEL_NAME_SIZE = 16 };

void weft__record_set_name(weft_thread *thread, const char *name)
{
    char kernel_name[KERNEL_NAME_SIZE];
    int32_t native_id = 0;
    weft__mutex_lock(&mutex);
    weft__copy_text(thread->name_, WEFT_NAME_SIZE, name);
    weft__copy_text(kernel_name, sizeof kernel_name, thread->name_);
    const weft__record *record = weft__record_find(thread->id_);
    if (record != NULL && record->thread == thread)
        native_id = weft__load(&record->native_id);
    weft__mutex_unlock(&mutex);
    if (weft__current != NULL && weft__current->thread == thread)
        weft__os_set_own_name(kernel_name); /* much cheaper */
    else if (native_id != 0)
        weft__os_set_thread_name(native_id, kernel_name);
}

void weft__record_show_name(const weft__record *self)
{
    char kernel_name[KERNEL_NAME_SIZE];
    weft__mutex_lock(&mutex);
    weft__copy_text(kernel_name, sizeof kernel_name, self->thread->name_);
    weft__mutex_unlock(&mutex);
    weft__os_set_own_name(kernel_name);
}

/* A foreign thread ends; its destructors may meet weft again, which calls this
 * again. */
static void foreign_ended(void *record)
{
    weft__local_thread_end();
    weft__record_free(record, WEFT__ENDED);
}

static void table_is_full(void)
{
    static const char text[] =
        "weft: more than 32768 threads use weft at once\n";
    weft__os_print_error(text, sizeof text - 1);
    abort();
}

static weft__record *meet(weft_thread *thread, const char *name, bool foreign)
{
    weft__record *record;
    weft__copy_text(thread->name_, WEFT_NAME_SIZE, name);
    thread->daemon_ = foreign ? WEFT__DAEMON_YES : WEFT__DAEMON_NO;
    if (weft__record_take(thread, foreign, foreign, &record) != WEFT_OK)
        table_is_full();
    weft__record_adopt(record);
    weft__os_at_thread_end(record);
    return record;
}

weft__record *weft__register(void)
{
    if (weft__os_is_main_thread() && main_thread.state_ == WEFT__NEW)
        return meet(&main_thread, "MainThread", false);
    char name[WEFT_NAME_SIZE];
    uint32_t number = weft__fetch_add(&dummies, 1) + 1;
    snprintf(name, sizeof name, "Dummy-%u", (unsigned)number);
    memset(&stand_in, 0, sizeof stand_in);
    return meet(&stand_in, name, true);
}

weft_thread *weft_main_thread(void)
{
    return weft__load(&main_now);
}

/* Its thread does not live on in this process. */
static void forget(weft__record *record)
{
    weft_thread *thread = record->thread;
    bool owned = thread->owned_;
    free_locked(record, WEFT__ENDED);
    if (owned)
        free(thread); /* as it would have done itself */
}

/* The mutex is held, by the parent's forking thread: let it go, too. A thread
 * that is gone may have written these words in the instant of the fork: they
 * are stored atomically for ThreadSanitizer, which knows nothing of its end.
 */
void weft__registry_after_fork(void)
{
    weft__record *self = weft__current;
    for (size_t slot = 0; slot < slots; slot++) {
        weft__record *record = &records[slot];
        if (record->id != 0 && record != self)
            forget(record);
    }
    weft__store_relaxed(&mutex.word, 0);
    self->native_id = weft__os_thread_id();
    self->foreign = self->daemon = self->delays_exit = false;
    weft__store_relaxed(&self->parker, 0);
    main_now = self->thread;
    main_now->native_id_ = self->native_id;
    main_now->daemon_ = WEFT__DAEMON_NO;
}

__attribute__((constructor)) static void registry_init(void)
{
    weft__os_at_thread_end_init(foreign_ended);
    if (weft__os_is_main_thread())
        weft__self();
}
