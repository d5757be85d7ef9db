/* SPDX-License-Identifier: MIT */

/*
 * Who must leave a full shard: S3-FIFO ("FIFO queues are all you need for cache
 * eviction", Yang, Zhang, Qiu, Yue and Rashmi, SOSP 2023).
 *
 *     new key --> SMALL, a tenth --used twice--> MAIN --used since--+
 *                   |                   ^ ^        |  ^             |
 *                   | hardly used       | |        |  +--once less--+
 *                   v                   | |        v
 *               out, a ghost --new again--+       out
 *
 * Both are first in, first out: a use is a count in the entry, not a move. A
 * new value that is hardly used leaves through SMALL and never gets near those
 * in MAIN: that is what makes a scan harmless. It leaves its hash behind (a
 * ghost, in its bucket, until another overwrites it or as many have left as
 * MAIN has room); if it comes back in that time, it was worth keeping. While
 * MAIN is short, SMALL has its room.
 *
 * A promotion from SMALL is paid for by its insertion; a walk through MAIN has
 * a limit, so that the lock is not held for laps of a large shard.
 */

#include "cache.h"

enum { WORTH_KEEPING = 2, MOST_LOOKS = 32 };

static weft__entry *oldest(const weft__link *list)
{
    return WEFT_CONTAINER_OF(weft__list_oldest(list), weft__entry, order);
}

/* ---- Ghosts ---- */

static uint32_t ghost_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32) | 1;
}

static void leave_ghost(weft__visit *visit, uint64_t hash)
{
    weft__bucket *bucket = weft__table_bucket(visit, hash);
    bucket->ghost = ghost_of(hash);
    bucket->ghost_number = visit->shard->ghosts++;
}

bool weft__ghost_returns(weft__visit *visit)
{
    const weft__shard *shard = visit->shard;
    weft__bucket *bucket = weft__table_bucket(visit, visit->hash);
    if (bucket->ghost != ghost_of(visit->hash))
        return false;
    bucket->ghost = 0;
    return shard->ghosts - bucket->ghost_number <=
           shard->capacity - weft__small_share(shard);
}

/* ---- Entries ---- */

static void move_to_main(weft__shard *shard, weft__entry *entry)
{
    weft__list_remove(&entry->order);
    weft__list_append(&shard->main, &entry->order);
    shard->small_size -= entry->place == WEFT__SMALL;
    entry->place = WEFT__MAIN;
}

/* Promotes until it finds one to take; false: SMALL is within its share. */
static bool take_from_small(weft__visit *visit)
{
    weft__shard *shard = visit->shard;
    size_t share = weft__small_share(shard);
    while (shard->small_size >= share) {
        weft__entry *entry = oldest(&shard->small);
        if (entry->uses < WORTH_KEEPING) {
            leave_ghost(visit, entry->hash);
            weft__table_take(visit, entry);
            return true;
        }
        entry->uses = 0;
        move_to_main(shard, entry);
    }
    return false;
}

static void take_from_main(weft__visit *visit)
{
    weft__shard *shard = visit->shard;
    weft__entry *entry = oldest(&shard->main);
    for (int looks = 0; entry->uses > 0 && looks < MOST_LOOKS; looks++) {
        entry->uses--;
        move_to_main(shard, entry);
        entry = oldest(&shard->main);
    }
    weft__table_take(visit, entry);
}

void weft__evict(weft__visit *visit)
{
    if (!take_from_small(visit))
        take_from_main(visit);
    visit->shard->evictions++;
}
