/* SPDX-License-Identifier: MIT */

/*
 * A cache of counted references: whoever gets one may read it, and when the
 * cache is gone all of them are.
 */

#include "storm.h"

enum { TURNS = 60 / SLOWER, KEYS = 12 };

typedef struct cache_job {
    weft_cache *cache;
    atomic_long alive;
    atomic_uint computing[KEYS];
} cache_job;

struct counted {
    atomic_uint references;
    cache_job *job;
    unsigned key;
};

struct computation {
    cache_job *job;
    struct dice *dice;
    unsigned key;
};

static struct counted *make(cache_job *job, unsigned key)
{
    struct counted *made = malloc(sizeof *made);
    if (made == NULL)
        return NULL;
    made->references = 1;
    made->job = job;
    made->key = key;
    job->alive++;
    return made;
}

static void let_go(struct counted *counted)
{
    must(counted->references > 0);
    if (--counted->references == 0) {
        counted->job->alive--;
        free(counted);
    }
}

static void retain(void *value)
{
    struct counted *counted = *(struct counted **)value;
    must(counted->references++ > 0);
}

static void destroy(void *value)
{
    let_go(*(struct counted **)value);
}

static weft_status compute(weft_key key, void *value_out, void *context)
{
    (void)key;
    const struct computation *computation = context;
    cache_job *job = computation->job;
    weft_status status = WEFT_OK;
    job->computing[computation->key]++;
    if (once_in(computation->dice, 10))
        weft_sleep(short_while(computation->dice));
    struct counted *made = once_in(computation->dice, 10)
                               ? NULL
                               : make(computation->job, computation->key);
    if (made == NULL)
        status = WEFT_CANCELLED; /* which nothing else answers here */
    else
        *(struct counted **)value_out = made;
    job->computing[computation->key]--;
    return status;
}

static weft_status get_or_compute(cache_job *job, unsigned key,
                                  struct counted **value, struct dice *dice)
{
    struct computation computation = {job, dice, key};
    switch (roll(dice, 3)) {
    case 0:
        return weft_cache_try_get_or_compute(job->cache, WEFT_KEY_INT(key),
                                             value, compute, &computation);
    case 1:
        return weft_cache_get_or_compute_timed(job->cache, WEFT_KEY_INT(key),
                                               value, compute, &computation,
                                               short_while(dice));
    default:
        return weft_cache_get_or_compute(job->cache, WEFT_KEY_INT(key), value,
                                         compute, &computation);
    }
}

static void ask(cache_job *job, unsigned key, struct dice *dice)
{
    struct counted *value = NULL;
    weft_status status;
    if (once_in(dice, 3)) {
        status = weft_cache_get(job->cache, WEFT_KEY_INT(key), &value);
        must(status == WEFT_OK || status == WEFT_NOT_FOUND);
    } else {
        status = get_or_compute(job, key, &value, dice);
        must(status == WEFT_OK || status == WEFT_CANCELLED ||
             status == WEFT_NO_MEMORY || status == WEFT_BUSY ||
             status == WEFT_TIMED_OUT);
    }
    must((status == WEFT_OK) == (value != NULL));
    if (value == NULL)
        return;
    must(value->key == key && value->job == job);
    let_go(value);
}

static void set(cache_job *job, unsigned key)
{
    struct counted *value = make(job, key);
    if (value == NULL)
        return; /* out of memory */
    weft_status status = weft_cache_set(job->cache, WEFT_KEY_INT(key), &value);
    must(status == WEFT_OK || status == WEFT_NO_MEMORY);
    if (status != WEFT_OK)
        let_go(value);
}

static void use_cache(member *self)
{
    cache_job *job = self->job;
    for (int i = 0; i < TURNS; i++) {
        unsigned key = roll(&self->dice, KEYS);
        switch (roll(&self->dice, 12)) {
        case 0:
            (void)weft_cache_remove(job->cache, WEFT_KEY_INT(key));
            break;
        case 1:
            (void)weft_cache_contains(job->cache, WEFT_KEY_INT(key));
            break;
        case 2:
            if (once_in(&self->dice, 5))
                must(weft_cache_clear(job->cache) == WEFT_OK);
            break;
        case 3:
        case 4:
            set(job, key);
            break;
        default:
            ask(job, key, &self->dice);
        }
    }
}

void cache_round(struct dice *dice)
{
    cache_job job = {.cache = weft_cache_create(
                         sizeof(struct counted *),
                         .capacity = once_in(dice, 2) ? roll(dice, 6) : 0,
                         .ttl = once_in(dice, 3) ? short_while(dice) : 0,
                         .retain = retain, .destroy = destroy)};
    if (job.cache == NULL)
        return; /* out of memory */
    run_team(2 + roll(dice, 4), use_cache, &job, dice);
    weft_cache_info info = weft_cache_stats(job.cache);
    must(info.capacity == 0 || info.size <= info.capacity);
    must(weft_cache_destroy(job.cache) == WEFT_OK);
    must(job.alive == 0);
}
