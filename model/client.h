/* SPDX-License-Identifier: MIT */
#ifndef WEFT_MODEL_CLIENT_H
#define WEFT_MODEL_CLIENT_H

/*
 * A client: three threads that use one part of weft once, and what must hold
 * whatever they do. The same file is run by the model checker, through all
 * executions (verify.c), and for real, many times over (stress.c).
 */

#include "registry.h"

enum { CLIENT_THREADS = 3 };

typedef struct client {
    void (*begin)(void); /* before the threads: makes everything new */
    void (*threads[CLIENT_THREADS])(void);
    void (*end)(void);                   /* after them */
    unsigned processors[CLIENT_THREADS]; /* that they seem to run on */
} client;

/* Defined by each client. */
extern const client the_client;

/* The record of the thread that runs the_client.threads[thread]. */
weft__record *client_record(unsigned thread);

/* Is that thread about to sleep, or asleep? */
static inline bool client_waits(unsigned thread)
{
    return weft__load(&client_record(thread)->waits_for) != NULL;
}

/* What weft_thread_stop does. */
static inline void client_stop(unsigned thread)
{
    weft__record *record = client_record(thread);
    weft__store(&record->stop, record->id);
    weft__unpark(record);
}

/* What a thread does that is to be a worker of a pool, once it is started. (For
 * real, the pool starts its own.) */
void client_be_a_worker(void);

/* Nothing to do for this thread. */
static inline void idle(void)
{
}

/* Lets a time pass after which whoever waits has waited for long, and whoever
 * waits for a moment for too long. */
void client_let_time_pass(void);

/* Waits for another thread without weft. The three calls are defined by the
 * world that the client runs in: verifier.h, stress.h. */
#define client_await(condition)                                           \
    for (client_loop(); client_look(), !(condition); client_look_again()) \
    continue

/* The same if what is explored has to be bounded: the thread comes only then.
 */
#define client_come_after(condition) \
    if (CLIENT_BOUNDED)              \
    client_await(condition)

#define must(condition) \
    ((condition) ? (void)0 : client_failed(#condition, __FILE__, __LINE__))

void client_failed(const char *text, const char *file, int line);

#endif
