/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_QUEUE_TEXTBOOK_H
#define WEFT_BENCH_QUEUE_TEXTBOOK_H

/*
 * The queues that every textbook shows. One: a ring, a mutex, two conditions.
 * Without a limit the ring doubles when it is full.
 */

#include "queue_rings.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>

typedef struct queue_textbook {
    pthread_mutex_t lock;
    pthread_cond_t not_empty, not_full;
    size_t slots, first, count;
    bool bounded;
    uint64_t *items;
} queue_textbook;

static queue_textbook *open_queue_textbook(unsigned capacity)
{
    enum { FIRST = 64 };
    queue_textbook *queue = malloc(sizeof *queue);
    size_t slots = capacity != 0 ? capacity : FIRST;
    uint64_t *items = malloc(slots * sizeof *items);
    if (queue == NULL || items == NULL)
        abort();
    *queue = (queue_textbook){
        .slots = slots, .bounded = capacity != 0, .items = items};
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->not_empty, NULL);
    pthread_cond_init(&queue->not_full, NULL);
    return queue;
}

static void close_queue_textbook(queue_textbook *queue)
{
    free(queue->items);
    free(queue);
}

static void double_ring(queue_textbook *queue)
{
    uint64_t *items = malloc(2 * queue->slots * sizeof *items);
    if (items == NULL)
        abort();
    for (size_t i = 0; i < queue->count; i++)
        items[i] = queue->items[(queue->first + i) % queue->slots];
    free(queue->items);
    queue->items = items;
    queue->first = 0;
    queue->slots *= 2;
}

static void put_locked(queue_textbook *queue, uint64_t item)
{
    while (queue->bounded && queue->count == queue->slots)
        pthread_cond_wait(&queue->not_full, &queue->lock);
    if (queue->count == queue->slots)
        double_ring(queue);
    size_t end = queue->first + queue->count;
    queue->items[end < queue->slots ? end : end - queue->slots] = item;
    queue->count++;
    pthread_cond_signal(&queue->not_empty);
}

static uint64_t get_locked(queue_textbook *queue)
{
    while (queue->count == 0)
        pthread_cond_wait(&queue->not_empty, &queue->lock);
    uint64_t item = queue->items[queue->first];
    queue->first = queue->first + 1 < queue->slots ? queue->first + 1 : 0;
    queue->count--;
    pthread_cond_signal(&queue->not_full);
    return item;
}

static inline void put_textbook(queue_textbook *queue, uint64_t item)
{
    pthread_mutex_lock(&queue->lock);
    put_locked(queue, item);
    pthread_mutex_unlock(&queue->lock);
}

static inline uint64_t get_textbook(queue_textbook *queue)
{
    pthread_mutex_lock(&queue->lock);
    uint64_t item = get_locked(queue);
    pthread_mutex_unlock(&queue->lock);
    return item;
}

static inline void put_many_textbook(queue_textbook *queue,
                                     const uint64_t *items, size_t n)
{
    pthread_mutex_lock(&queue->lock);
    for (size_t i = 0; i < n; i++)
        put_locked(queue, items[i]);
    pthread_mutex_unlock(&queue->lock);
}

static inline size_t get_many_textbook(queue_textbook *queue, uint64_t *items,
                                       size_t most)
{
    size_t n = 0;
    pthread_mutex_lock(&queue->lock);
    do {
        items[n++] = get_locked(queue);
    } while (n < most && queue->count > 0);
    pthread_mutex_unlock(&queue->lock);
    return n;
}

/* The other one: a ring and two semaphores; for one putter and one getter, who
 * then need no lock. */
typedef struct queue_semaphores {
    sem_t places, items;
    BENCH_APART size_t put;
    BENCH_APART size_t got;
    BENCH_APART size_t slots;
    uint64_t item[];
} queue_semaphores;

static inline queue_semaphores *open_queue_semaphores(unsigned capacity)
{
    queue_semaphores *queue =
        ring_allocate(sizeof *queue + capacity * sizeof *queue->item);
    *queue = (queue_semaphores){.slots = capacity};
    sem_init(&queue->places, 0, capacity);
    sem_init(&queue->items, 0, 0);
    return queue;
}

static inline void close_queue_semaphores(queue_semaphores *queue)
{
    free(queue);
}

static inline void put_semaphores(queue_semaphores *queue, uint64_t item)
{
    sem_wait(&queue->places);
    queue->item[queue->put] = item;
    queue->put = queue->put + 1 < queue->slots ? queue->put + 1 : 0;
    sem_post(&queue->items);
}

static inline uint64_t get_semaphores(queue_semaphores *queue)
{
    sem_wait(&queue->items);
    uint64_t item = queue->item[queue->got];
    queue->got = queue->got + 1 < queue->slots ? queue->got + 1 : 0;
    sem_post(&queue->places);
    return item;
}

#endif
