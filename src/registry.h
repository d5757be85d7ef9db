/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_REGISTRY_H
#define WEFT_SRC_REGISTRY_H

/*
 * One record for each thread that weft has met: started, main or foreign.
 * Records live in a static table and are never freed, only reused, so that a
 * stale pointer to one may at worst cause a needless wake-up.
 *
 * id: bits 0..14 the slot in the table, bits 15..29 how often the slot has been
 * used (never 0, so that no id is 0). Lock words hold ids.
 */

#include "park.h"
#include "weft/thread.h"

enum {
    WEFT__THREADS = 1 << 15, /* threads alive at once; Linux's own default */
    WEFT__ID_MASK = 0x3fffffff
};

typedef struct weft__record {
    uint32_t id;         /* 0: the slot is free */
    uint32_t parker;     /* what the thread sleeps on; see park.c */
    uint32_t stop;       /* == id: asked to stop */
    int32_t native_id;   /* 0: has not run yet */
    uint32_t uses;       /* of the slot */
    bool daemon;         /* exit does not wait for it */
    bool foreign;        /* not started by weft, not main */
    bool delays_exit;    /* what it does is counted by weft__delay_exit */
    weft_thread *thread; /* its public face */
    struct weft__record *next_free;
    const struct weft__wait_kind *waits_for; /* NULL: runs */
    const void *waits_on;
    weft_duration waiting_since;
    void *pool_worker; /* the pool's own, NULL outside pools */
    /* Has the task that the thread runs been asked to stop? Asked by the thread
     * itself; NULL: it runs none. */
    bool (*task_stopping)(const struct weft__record *self);
} __attribute__((aligned(64))) weft__record;

/* The calling thread's record, NULL until weft has met it. */
extern _Thread_local weft__record *weft__current;

weft__record *weft__register(void);

/* The calling thread's record; registers a foreign thread on first sight. */
static inline weft__record *weft__self(void)
{
    weft__record *self = weft__current;
    return WEFT__LIKELY(self != NULL) ? self : weft__register();
}

/* What weft_thread.state_ holds; ENDED is stored last, when the memory is the
 * owner's again. WAITERS: somebody may stand in the thread's line. */
enum { WEFT__NEW, WEFT__ALIVE, WEFT__ENDED, WEFT__THREAD_WAITERS = 4 };

/* What weft_thread.daemon_ holds: what weft_thread_set_daemon said; from the
 * start on, what it is. */
enum { WEFT__DAEMON_UNSET, WEFT__DAEMON_YES, WEFT__DAEMON_NO };

/* A fresh record for a NEW thread, which is ALIVE from now on. WEFT_OK;
 * WEFT_ALREADY_STARTED; WEFT_NO_THREADS: the table is full. */
weft_status weft__record_take(weft_thread *thread, bool daemon, bool foreign,
                              weft__record **record);

/* Makes `record` the calling thread's own. */
void weft__record_adopt(weft__record *record);

/*
 * Opens or closes the inline paths of locks, for the calling thread and those
 * that weft meets from now on: closed, what these do with a lock, an rlock or
 * an rwlock is a call into the library, where diagnostics can look on. All else
 * stays as it is; what was acquired one way may be released the other.
 */
void weft__fast_paths(bool open);

/* Gives the slot back and stores `state` in the thread's state_, in one step
 * for a fork; returns the state before. If the record is the calling thread's
 * own, weft has not met it any more. */
uint32_t weft__record_free(weft__record *record, uint32_t state);

/* The live record with that id, or NULL. */
weft__record *weft__record_find(uint32_t id);

/* Calls visit(record, context) for each live record, under the registry's
 * mutex: visit must be short and must not call back. */
void weft__record_each(void (*visit)(weft__record *, void *), void *context);

/* Changes a thread's name (cut to fit, between characters) and tells the kernel
 * if the thread has a record: it may get or lose that at any moment. */
void weft__record_set_name(weft_thread *thread, const char *name);

/* Tells the kernel the name that the calling thread has. */
void weft__record_show_name(const weft__record *self);

/* Around fork: the registry's mutex; in the child, only the caller lives, and
 * it is the main thread. */
void weft__registry_lock(void);
void weft__registry_unlock(void);
void weft__registry_after_fork(void);

size_t weft__registry_count(void);

static inline bool weft__record_stopping(const weft__record *record)
{
    return weft__load(&record->stop) == record->id;
}

/* The same for the calling thread, or for what it is just doing. */
static inline bool weft__self_stopping(const weft__record *self)
{
    return weft__record_stopping(self) ||
           (self->task_stopping != NULL && self->task_stopping(self));
}

/* Forgets a stop request; for threads of weft's own, between the tasks that it
 * was meant for. */
static inline void weft__record_unstop(weft__record *self)
{
    weft__store(&self->stop, 0);
}

/* Copies at most size - 1 bytes of text, never half a UTF-8 character. */
void weft__copy_text(char *to, size_t size, const char *text);

#endif
