/* SPDX-License-Identifier: MIT */

/* Running a program of several threads, and its totals. */

#include "programs.h"

enum { PERMITS = 2, LATCH = MOST_THREADS * MOST_CALLS, PATIENCE = 600 };

struct runner {
    weft_thread thread;
    struct together *world;
    const struct call *calls;
    size_t n;
};

static void *run_calls(void *arg)
{
    const struct runner *self = arg;
    for (size_t i = 0; i < self->n; i++) {
        unsigned which = self->calls[i].operation % together_count;
        together_operations[which].run(self->world, &self->calls[i]);
    }
    return NULL;
}

static void discard(void *item)
{
    struct together *world;
    memcpy(&world, item, sizeof world);
    world->discarded++;
}

static int compare(const void *one, const void *other)
{
    return memcmp(one, other, sizeof(void *));
}

static void begin(struct together *world)
{
    *world = (struct together){
        .semaphore = WEFT_SEMAPHORE(PERMITS),
        .bounded = WEFT_BOUNDED_SEMAPHORE(PERMITS),
        .latch = WEFT_LATCH(LATCH),
        .barrier = WEFT_BARRIER(2),
        .cache = weft_cache_create(sizeof(int), .capacity = KEYS / 2),
        .pool = weft_pool_create(.workers = 1),
    };
    must(world->cache != NULL && world->pool != NULL);
    for (int i = 0; i < QUEUES; i++) {
        world->queues[i] = weft_queue_create(
            sizeof world, .kind = (weft_queue_kind)i, .maxsize = 2,
            .compare = compare, .destroy = discard);
        must(world->queues[i] != NULL);
    }
}

static void end(struct together *world)
{
    must_equal(world->by_lock, world->locked);
    must_equal(world->by_rlock, world->relocked);
    must_equal(world->by_writing, world->written);
    must(!weft_lock_locked(&world->lock) && !weft_rlock_locked(&world->rlock));
    must(!weft_rwlock_locked(&world->rwlock));
    must_equal(weft_semaphore_value(&world->semaphore), PERMITS);
    must_equal(weft_bounded_semaphore_value(&world->bounded), PERMITS);
    must_equal(weft_latch_pending(&world->latch), LATCH - world->counted_down);
    for (int i = 0; i < QUEUES; i++) {
        must_equal(weft_queue_shutdown(world->queues[i], true), WEFT_OK);
        must_equal(weft_queue_unfinished(world->queues[i]), 0);
        must_equal(weft_queue_destroy(world->queues[i]), WEFT_OK);
    }
    must_equal(world->put, world->taken + world->discarded);
    must_equal(weft_cache_destroy(world->cache), WEFT_OK);
    must_equal(weft_pool_destroy(world->pool), WEFT_OK);
    must_equal(world->ran, world->accepted);
}

/* Many short waits, as the whole process may be held up during a long one. */
static void join(struct runner *runner)
{
    for (int i = 0; i < PATIENCE; i++)
        if (weft_thread_join_timed(&runner->thread, WEFT_MS(100)) == WEFT_OK)
            return;
    fail_program(__FILE__, __LINE__, "a thread does not end", 0, 0);
}

void run_together(struct call calls[][MOST_CALLS], const size_t *lengths,
                  unsigned threads)
{
    struct together world;
    struct runner runners[MOST_THREADS];
    begin(&world);
    for (unsigned i = 0; i < threads; i++) {
        runners[i] = (struct runner){
            .world = &world, .calls = calls[i], .n = lengths[i]};
        runners[i].thread = (weft_thread)WEFT_THREAD(run_calls, &runners[i]);
        must_equal(weft_thread_start(&runners[i].thread), WEFT_OK);
    }
    for (unsigned i = 0; i < threads; i++)
        join(&runners[i]);
    end(&world);
}
