/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_POOL_TEXTBOOK_H
#define WEFT_BENCH_POOL_TEXTBOOK_H

/* The pool that every textbook shows: threads that get tasks out of the
 * textbook's queue. A lock and a condition tell that a task is done. */

#include "pool.h"
#include "queue_textbook.h"

typedef struct task_textbook {
    bool done;
    uint64_t *number;
} task_textbook;

enum { MOST_TEXTBOOK_THREADS = 64 };

static queue_textbook *tasks_of_textbook;
static pthread_t threads_textbook[MOST_TEXTBOOK_THREADS];
static pthread_mutex_t lock_textbook = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t done_textbook = PTHREAD_COND_INITIALIZER;

static void *work_textbook(void *arg)
{
    task_textbook *task;
    while ((task = (task_textbook *)(uintptr_t)get_textbook(
                tasks_of_textbook)) != NULL) {
        run_task(task->number);
        pthread_mutex_lock(&lock_textbook);
        task->done = true;
        pthread_cond_broadcast(&done_textbook);
        pthread_mutex_unlock(&lock_textbook);
    }
    return arg;
}

static unsigned count_textbook(void)
{
    unsigned wanted = bench_pool_size();
    return wanted < MOST_TEXTBOOK_THREADS ? wanted : MOST_TEXTBOOK_THREADS;
}

static void open_pool_textbook(void)
{
    tasks_of_textbook = open_queue_textbook(0);
    for (unsigned i = 0; i < count_textbook(); i++)
        if (pthread_create(&threads_textbook[i], NULL, work_textbook, NULL) !=
            0)
            abort();
}

static void close_pool_textbook(void)
{
    for (unsigned i = 0; i < count_textbook(); i++)
        put_textbook(tasks_of_textbook, 0);
    for (unsigned i = 0; i < count_textbook(); i++)
        pthread_join(threads_textbook[i], NULL);
    close_queue_textbook(tasks_of_textbook);
}

static inline void submit_textbook(task_textbook *task, uint64_t *number)
{
    task->done = false;
    task->number = number;
    put_textbook(tasks_of_textbook, (uintptr_t)task);
}

static inline void await_textbook(task_textbook *task)
{
    pthread_mutex_lock(&lock_textbook);
    while (!task->done)
        pthread_cond_wait(&done_textbook, &lock_textbook);
    pthread_mutex_unlock(&lock_textbook);
}

#endif
