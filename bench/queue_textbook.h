/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_QUEUE_TEXTBOOK_H
#define WEFT_BENCH_QUEUE_TEXTBOOK_H

/*
 * The queue that every textbook shows: a ring, a mutex, two conditions. Without
 * a limit the ring doubles when it is full.
 */

#include <pthread.h>
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

static inline void put_textbook(queue_textbook *queue, uint64_t item)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->bounded && queue->count == queue->slots)
        pthread_cond_wait(&queue->not_full, &queue->lock);
    if (queue->count == queue->slots)
        double_ring(queue);
    size_t end = queue->first + queue->count;
    queue->items[end < queue->slots ? end : end - queue->slots] = item;
    queue->count++;
    pthread_cond_signal(&queue->not_empty);
    pthread_mutex_unlock(&queue->lock);
}

static inline uint64_t get_textbook(queue_textbook *queue)
{
    pthread_mutex_lock(&queue->lock);
    while (queue->count == 0)
        pthread_cond_wait(&queue->not_empty, &queue->lock);
    uint64_t item = queue->items[queue->first];
    queue->first = queue->first + 1 < queue->slots ? queue->first + 1 : 0;
    queue->count--;
    pthread_cond_signal(&queue->not_full);
    pthread_mutex_unlock(&queue->lock);
    return item;
}

#endif
