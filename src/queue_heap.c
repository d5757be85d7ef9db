/* SPDX-License-Identifier: MIT */

/*
 * Storage in order of priority: a binary heap (Williams, 1964) in an array that
 * doubles when it is full and halves when three quarters are empty. Each entry
 * ends with its number of arrival, which decides between equals. One entry more
 * than the capacity is there for the one on its way.
 */

#include "queue_storage.h"

#include <stdlib.h>
#include <string.h>

enum { LEAST_CAPACITY = 16 };

static unsigned char *entry(const weft__storage *storage, size_t i)
{
    return storage->entries + i * storage->entry_size;
}

static uint64_t arrival(const weft__storage *storage,
                        const unsigned char *entry)
{
    uint64_t number;
    memcpy(&number, entry + storage->entry_size - sizeof number, sizeof number);
    return number;
}

static bool before(const weft__storage *storage, const unsigned char *one,
                   const unsigned char *other)
{
    int order = storage->compare(one, other);
    return order != 0 ? order < 0
                      : arrival(storage, one) < arrival(storage, other);
}

static void move(const weft__storage *storage, unsigned char *to,
                 const unsigned char *from)
{
    enum { SMALLEST = 2 * sizeof(uint64_t) }; /* no call for most of them */
    if (storage->entry_size == SMALLEST)
        memcpy(to, from, SMALLEST);
    else
        memcpy(to, from, storage->entry_size);
}

static bool resize(weft__storage *storage, size_t capacity)
{
    if (capacity + 1 > SIZE_MAX / storage->entry_size)
        return false;
    void *entries =
        realloc(storage->entries, (capacity + 1) * storage->entry_size);
    if (entries == NULL)
        return false;
    storage->entries = entries;
    storage->capacity = capacity;
    return true;
}

bool weft__heap_put(weft__storage *storage, const void *item)
{
    size_t i = storage->count;
    if (i == storage->capacity &&
        !resize(storage, i == 0 ? LEAST_CAPACITY : 2 * i))
        return false;
    unsigned char *moving = entry(storage, storage->capacity);
    memcpy(moving, item, storage->item_size);
    memcpy(moving + storage->entry_size - sizeof storage->arrivals,
           &storage->arrivals, sizeof storage->arrivals);
    storage->arrivals++;
    while (i > 0 && before(storage, moving, entry(storage, (i - 1) / 2))) {
        move(storage, entry(storage, i), entry(storage, (i - 1) / 2));
        i = (i - 1) / 2;
    }
    move(storage, entry(storage, i), moving);
    return true;
}

/* The smaller child of i below `count`, or i if it has none. */
static size_t smaller_child(const weft__storage *storage, size_t i)
{
    size_t child = 2 * i + 1;
    if (child >= storage->count)
        return i;
    if (child + 1 < storage->count &&
        before(storage, entry(storage, child + 1), entry(storage, child)))
        child++;
    return child;
}

/* The count is already one less: the last entry looks for a place from the top.
 */
void weft__heap_drop(weft__storage *storage)
{
    const unsigned char *moving = entry(storage, storage->count);
    size_t i = 0, child;
    while ((child = smaller_child(storage, i)) != i &&
           before(storage, entry(storage, child), moving)) {
        move(storage, entry(storage, i), entry(storage, child));
        i = child;
    }
    if (i != storage->count)
        move(storage, entry(storage, i), moving);
    if (storage->capacity > LEAST_CAPACITY &&
        storage->count < storage->capacity / 4)
        (void)resize(storage, storage->capacity / 2); /* or stays as it is */
}
