/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_BLOCKING_H
#define WEFT_TESTS_BLOCKING_H

/*
 * Every call of weft that can block, in one table: for what all of them promise
 * about deadlines, stop requests, signals.
 */

#include "support.h"

#include <pthread.h>

typedef struct blocking_call {
    const char *name;
    void (*occupy)(void); /* from now on, the call must wait ... */
    /* The plain form, or the timed one. After WEFT_OK all is as before. */
    weft_status (*call)(bool plain, weft_duration duration);
    void (*let_go)(void); /* ... until this: once for each occupy */
    bool unstoppable;     /* the plain form */
    bool only_plain;      /* there is no timed form */
} blocking_call;

/* The i-th; NULL: there are not so many. */
const blocking_call *blocking_call_at(size_t i);

/* Its parts; each ends with one without a name. */
extern const blocking_call blocking_locks[], blocking_objects[],
    blocking_queues[], blocking_pools[], blocking_caches[];

/* A thread that makes such a call, and how it came out. */
struct caller {
    weft_thread thread;
    const blocking_call *blocking;
    bool plain;
    weft_duration duration, took;
    weft_status status;
    pthread_t handle;
};

/* Occupies, and starts the thread. */
#define PLAIN (INT64_MIN + 1) /* the plain form, without a duration */
void block(struct caller *caller, const blocking_call *blocking,
           weft_duration duration);

/* Returns when it waits. */
void wait_until_blocked(const struct caller *caller);

/* Whether it waits at this moment. */
bool is_blocked(const struct caller *caller);

/* Lets it go (before, or after it returned), and how it came out. */
weft_status answer_when_let_go(struct caller *caller);
weft_status answer_then_let_go(struct caller *caller);

#endif
