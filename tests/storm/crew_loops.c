/* SPDX-License-Identifier: MIT */

/* Loops, maps, streams and groups on a pool: each index and each item once. */

#include "storm.h"

enum { INDICES = 400, ITEMS = 20 };

typedef struct loops_job {
    weft_pool *pool;
    unsigned char touched[INDICES];
    unsigned next; /* of the stream's source */
    atomic_uint dropped, ran;
} loops_job;

static void touch(size_t begin, size_t end, void *context)
{
    loops_job *job = context;
    for (size_t i = begin; i < end; i++)
        job->touched[i]++;
}

static void use_for(loops_job *job, struct dice *dice)
{
    size_t n = roll(dice, INDICES + 1);
    for (int i = 0; i < INDICES; i++)
        job->touched[i] = 0;
    weft_parallel_options options = {.grain = roll(dice, 30), .private_ = 0};
    must(weft_parallel_for_with(job->pool, 0, n, touch, job, &options) ==
         WEFT_OK);
    for (size_t i = 0; i < INDICES; i++)
        must(job->touched[i] == (i < n));
}

static void add(size_t begin, size_t end, void *accumulator, void *context)
{
    (void)context;
    for (size_t i = begin; i < end; i++)
        *(uint64_t *)accumulator += i;
}

static void combine(void *accumulator, const void *other, void *context)
{
    (void)context;
    *(uint64_t *)accumulator += *(const uint64_t *)other;
}

static void use_reduce(loops_job *job, struct dice *dice)
{
    const weft_reduction sum = {
        .body = add, .combine = combine, .size = sizeof(uint64_t)};
    uint64_t n = roll(dice, 5000), total = 0;
    weft_status status = weft_parallel_reduce(job->pool, 0, n, &sum, &total,
                                              NULL, .grain = roll(dice, 100));
    must(status == WEFT_OK || status == WEFT_NO_MEMORY);
    must(status != WEFT_OK || total == (n == 0 ? 0 : n * (n - 1) / 2));
}

static void *answer(void *arg)
{
    return (char *)arg + 1;
}

static void use_map(loops_job *job, struct dice *dice)
{
    char base[ITEMS + 1];
    void *args[ITEMS], *results[ITEMS];
    size_t n = roll(dice, ITEMS + 1);
    for (size_t i = 0; i < n; i++)
        args[i] = base + i;
    must(weft_map(job->pool, answer, args, n, results) == WEFT_OK);
    for (size_t i = 0; i < n; i++)
        must(results[i] == base + i + 1);
}

/* ---- Streams ---- */

static weft_status give(void **item, void *context)
{
    loops_job *job = context;
    if (job->next == ITEMS)
        return WEFT_EMPTY;
    *item = &job->touched[job->next++];
    return WEFT_OK;
}

static void drop(void *item, void *result, void *context)
{
    (void)item;
    (void)result;
    ((loops_job *)context)->dropped++;
}

static weft_status next(weft_stream *stream, void **item, void **result,
                        struct dice *dice)
{
    switch (roll(dice, 3)) {
    case 0:
        return weft_stream_try_next(stream, item, result);
    case 1:
        return weft_stream_next_timed(stream, item, result, short_while(dice));
    default:
        return weft_stream_next(stream, item, result);
    }
}

/* Where a worker cannot be started, an item is refused, and comes out so. */
static void use_stream(loops_job *job, struct dice *dice)
{
    unsigned out = 0, wanted = roll(dice, ITEMS + 5);
    job->next = 0;
    job->dropped = 0;
    weft_stream *stream =
        weft_map_stream(job->pool, answer, give, job,
                        .look_ahead = roll(dice, 5), .drop = drop);
    while (stream != NULL && out < wanted) {
        void *item = NULL, *result = NULL;
        weft_status status = next(stream, &item, &result, dice);
        if (status == WEFT_EMPTY)
            break;
        if (status == WEFT_BUSY || status == WEFT_TIMED_OUT)
            continue;
        must(status == WEFT_OK || status == WEFT_NO_THREADS ||
             status == WEFT_NO_MEMORY);
        must(item == &job->touched[out]);
        must(status != WEFT_OK || result == (char *)item + 1);
        out++;
    }
    must(weft_stream_destroy(stream) == WEFT_OK);
    must(job->next == out + job->dropped);
    must(stream == NULL || wanted <= ITEMS || out == ITEMS);
}

/* ---- Groups ---- */

static void *be_counted(void *arg)
{
    ((loops_job *)arg)->ran++;
    return arg;
}

static void *be_wrong(void *arg)
{
    ((loops_job *)arg)->ran++;
    return weft_fail(9, "one of a group");
}

static void use_group(loops_job *job, struct dice *dice)
{
    weft_future futures[ITEMS];
    weft_group group = WEFT_GROUP(job->pool);
    unsigned accepted = 0, n = roll(dice, ITEMS + 1);
    weft_target wrong = once_in(dice, 2) ? be_wrong : be_counted;
    bool failed = false;
    job->ran = 0;
    for (unsigned i = 0; i < n; i++) {
        weft_target target = once_in(dice, 8) ? wrong : be_counted;
        weft_status status =
            weft_group_submit(&group, &futures[accepted], target, job);
        must(status == WEFT_OK || status == WEFT_NO_THREADS ||
             status == WEFT_NO_MEMORY || status == WEFT_CANCELLED);
        accepted += status == WEFT_OK;
        failed = failed || (status == WEFT_OK && target == be_wrong);
    }
    weft_status status;
    do
        status = once_in(dice, 2)
                     ? weft_group_wait(&group)
                     : weft_group_wait_timed(&group, short_while(dice));
    while (status == WEFT_TIMED_OUT);
    must(status == WEFT_OK || (failed && status == WEFT_FAILED));
    must(status != WEFT_FAILED || weft_group_error(&group)->code == 9);
    must(job->ran <= accepted && (failed || job->ran == accepted));
    must(weft_group_unfinished(&group) == 0);
    must(weft_group_destroy(&group) == WEFT_OK);
}

static void use_loops(member *self)
{
    void (*const uses[])(loops_job *, struct dice *) = {
        use_for, use_reduce, use_map, use_stream, use_group};
    loops_job job = {.pool = self->job};
    for (int i = 0; i < 10; i++)
        uses[roll(&self->dice, 5)](&job, &self->dice);
}

void loops_round(struct dice *dice)
{
    weft_pool *pool = weft_pool_create(.workers = 1 + roll(dice, 3));
    if (pool == NULL)
        return; /* out of memory */
    run_team(1 + roll(dice, 3), use_loops, pool, dice);
    must(weft_pool_destroy(pool) == WEFT_OK);
}
