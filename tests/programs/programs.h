/* SPDX-License-Identifier: MIT */
#ifndef WEFT_TESTS_PROGRAMS_H
#define WEFT_TESTS_PROGRAMS_H

/*
 * Small random programs over the public interface. A program is a list of calls
 * for each of its threads; a call names one operation of a table, and three
 * numbers that the operation makes its arguments of. Programs of one thread run
 * beside a model, a plain number or array for each object, which says what
 * every call must answer. Those of several run other operations, each balanced
 * in itself (what it acquires it releases, what it waits for it waits for with
 * a limit), so that they end in any interleaving, and are held to what must be
 * true of any.
 *
 * Nothing here but the public interface and the C library: so a program can run
 * under whatever scheduler there is, and the calls can come from a fuzzer.
 */

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <weft.h>

enum { MOST_THREADS = 4, MOST_CALLS = 16, KEYS = 8, ITEMS = 64, QUEUES = 3 };

struct call {
    unsigned char operation, one, two, three;
};

/* ---- What the programs of one thread use, each with its model ---- */

typedef struct queue_model {
    weft_queue *queue;
    weft_queue_kind kind;
    int items[ITEMS]; /* in order of arrival */
    size_t count, maxsize, unfinished, discarded;
    bool shut_down;
} queue_model;

struct alone {
    weft_lock lock;
    bool lock_held;
    weft_rlock rlock;
    unsigned rlock_level;
    weft_rwlock rwlock;
    unsigned readers;
    bool writing;
    weft_condition condition;
    weft_semaphore semaphore;
    uint32_t permits;
    weft_bounded_semaphore bounded;
    uint32_t bounded_permits;
    weft_event event;
    bool event_set;
    weft_latch latch;
    uint32_t pending;
    weft_once once;
    unsigned once_runs;
    weft_barrier barrier;
    bool barrier_broken;
    queue_model queues[QUEUES];
    weft_cache *cache;
    int cached[KEYS]; /* -1: not there */
    weft_pool *pool;
    bool pool_shut_down;
    weft_future future;
    bool future_done;
    weft_thread thread;
    bool thread_joined;
    weft_timer timer;
    bool timer_over;
    unsigned timer_fired;
};

/* ---- What those of several share ---- */

struct together {
    weft_lock lock;
    weft_rlock rlock;
    weft_rwlock rwlock;
    weft_condition condition;
    weft_semaphore semaphore;
    weft_bounded_semaphore bounded;
    weft_event event;
    weft_latch latch;
    weft_once once;
    weft_barrier barrier;
    weft_queue *queues[QUEUES];
    weft_cache *cache;
    weft_pool *pool;
    /* Plain: whoever is inside is alone there. */
    long by_lock, by_rlock, by_writing, once_runs;
    atomic_long locked, relocked, written, in_semaphore, in_bounded;
    atomic_long put, taken, discarded, counted_down, ran, accepted;
};

/* One of a table: its name, and what it does for the call. */
struct operation {
    const char *name;
    void (*run)(void *world, const struct call *call);
};

extern const struct operation alone_operations[];
extern const unsigned alone_count;
extern const struct operation together_operations[];
extern const unsigned together_count;

/* The parts of the first table. */
void lock_alone(void *world, const struct call *call);
void rlock_alone(void *world, const struct call *call);
void rwlock_alone(void *world, const struct call *call);
void condition_alone(void *world, const struct call *call);
void semaphore_alone(void *world, const struct call *call);
void bounded_alone(void *world, const struct call *call);
void event_alone(void *world, const struct call *call);
void latch_alone(void *world, const struct call *call);
void once_alone(void *world, const struct call *call);
void barrier_alone(void *world, const struct call *call);
void put_alone(void *world, const struct call *call);
void get_alone(void *world, const struct call *call);
void queue_alone(void *world, const struct call *call);
void select_alone(void *world, const struct call *call);
void cache_alone(void *world, const struct call *call);
void pool_alone(void *world, const struct call *call);
void future_alone(void *world, const struct call *call);
void loop_alone(void *world, const struct call *call);
void thread_alone(void *world, const struct call *call);
void timer_alone(void *world, const struct call *call);
void options_alone(void *world, const struct call *call);

void alone_begin(struct alone *alone);
void alone_end(struct alone *alone);
void queue_model_begin(queue_model *model, weft_queue_kind kind,
                       size_t maxsize);
void queue_model_end(queue_model *model);

/* Runs the calls one after the other, from nothing to nothing. */
void run_alone(const struct call *calls, size_t n);
/* Each list on a thread of its own. */
void run_together(struct call calls[][MOST_CALLS], const size_t *lengths,
                  unsigned threads);

/* ---- What must hold ---- */

/* Says which call of which program it was, and aborts. */
_Noreturn void fail_program(const char *file, int line, const char *what,
                            long got, long wanted);
#define must(holds) \
    ((holds)        \
         ? (void)0  \
         : fail_program(__FILE__, __LINE__, #holds " does not hold", 0, 0))
#define must_equal(got, wanted) \
    must_equal_((long)(got), (long)(wanted), __FILE__, __LINE__, #got)

static inline void must_equal_(long got, long wanted, const char *file,
                               int line, const char *what)
{
    if (got != wanted)
        fail_program(file, line, what, got, wanted);
}

/* The call answers this; it is reported as wrong exactly once, or not. */
void begin_misuse(void);
void must_be_misuse(bool misuse);
#define must_answer(wanted, call)     \
    do {                              \
        begin_misuse();               \
        must_equal((call), (wanted)); \
        must_be_misuse(false);        \
    } while (0)
#define must_refuse(wanted, call)     \
    do {                              \
        begin_misuse();               \
        must_equal((call), (wanted)); \
        must_be_misuse(true);         \
    } while (0)

#endif
