/* SPDX-License-Identifier: MIT */

/*
 * The records of the tasks that weft_pool_run submits. They live in slabs, each
 * twice as large as the one before, and are recycled: nothing is allocated but
 * for more tasks at once than ever before.
 *
 *     spare:  | changes, 32 bits | index + 1 of the first, 32 bits |
 *
 * The spare ones are a stack, linked by their indices. The count of changes
 * keeps a swap from succeeding whose record has been away meanwhile; as slabs
 * stay until the pool is destroyed, a look at such a one does no harm.
 */

#include "pool.h"

#include <stdlib.h>

enum { FIRST_SLAB = 64 };

#define CHANGE (UINT64_C(1) << 32)
#define INDEX UINT64_C(0xffffffff)

static uint32_t size_of_slab(unsigned slab)
{
    return (uint32_t)FIRST_SLAB << slab;
}

static weft__task *task_at(const weft_pool *pool, uint32_t index)
{
    unsigned slab = 0;
    for (; index >= size_of_slab(slab); slab++)
        index -= size_of_slab(slab);
    return &weft__load(&pool->slabs[slab])[index];
}

static weft__task *pop(weft_pool *pool)
{
    uint64_t spare = weft__load(&pool->spare);
    while ((spare & INDEX) != 0) {
        weft__task *task = task_at(pool, (uint32_t)spare - 1);
        uint64_t next = weft__load_relaxed(&task->next);
        if (weft__compare_swap(&pool->spare, &spare,
                               ((spare & ~INDEX) + CHANGE) | next))
            return task;
    }
    return NULL;
}

static void push_chain(weft_pool *pool, const weft__task *first,
                       weft__task *last)
{
    uint64_t spare = weft__load_relaxed(&pool->spare);
    do
        weft__store_relaxed(&last->next, (uint32_t)spare);
    while (!weft__compare_swap(&pool->spare, &spare,
                               ((spare & ~INDEX) + CHANGE) |
                                   (first->index + UINT64_C(1))));
}

void weft__task_give_back(weft_pool *pool, weft__task *task)
{
    push_chain(pool, task, task);
}

/* With the lock held: one more slab, and its first record. */
static weft__task *grow(weft_pool *pool)
{
    unsigned slab = pool->slabs_count;
    if (slab == WEFT__TASK_SLABS)
        return NULL;
    uint32_t size = size_of_slab(slab), first = size - FIRST_SLAB;
    weft__task *tasks = calloc(size, sizeof *tasks);
    if (tasks == NULL)
        return NULL;
    for (uint32_t i = 0; i < size; i++) {
        tasks[i].index = first + i;
        tasks[i].next = first + i + 2;
    }
    weft__store(&pool->slabs[slab], tasks);
    pool->slabs_count++;
    push_chain(pool, &tasks[1], &tasks[size - 1]);
    return tasks;
}

weft__task *weft__task_take(weft_pool *pool)
{
    weft__task *task = pop(pool);
    if (task != NULL)
        return task;
    weft__pool_enter(pool);
    task = pop(pool); /* another may have been faster */
    if (task == NULL)
        task = grow(pool);
    weft__pool_leave(pool);
    return task;
}

static bool runs(const weft__worker *self, const weft__task *task)
{
    return self != NULL && weft__worker_runs(self, &task->future);
}

void weft__tasks_forget(weft_pool *pool, const weft__worker *self)
{
    pool->spare = 0;
    for (unsigned slab = 0; slab < pool->slabs_count; slab++)
        for (uint32_t i = 0; i < size_of_slab(slab); i++)
            if (!runs(self, &pool->slabs[slab][i]))
                weft__task_give_back(pool, &pool->slabs[slab][i]);
}

void weft__tasks_free(weft_pool *pool)
{
    for (unsigned slab = 0; slab < pool->slabs_count; slab++)
        free(pool->slabs[slab]);
}
