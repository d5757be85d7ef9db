/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h. Asks of PEER: lock, prepare, acquire, release,
 * condition, prepare_condition, wait, notify, notify_all.
 */

enum { MY(room) = 8 };

static struct {
    BENCH_APART MY(lock) lock;
    /* For each thread; or: go, and arrived; or: there is one, and room. */
    MY(condition) changed[2];
    /* Guarded by the lock. */
    unsigned turn, arrived;
    uint64_t generation;
    uint64_t items[MY(room)], put, taken, sum;
} MY(shared);

static void MY(prepare_shared)(void)
{
    MY(prepare)(&MY(shared).lock);
    MY(prepare_condition)(&MY(shared).changed[0]);
    MY(prepare_condition)(&MY(shared).changed[1]);
    MY(shared).turn = MY(shared).arrived = 0;
    MY(shared).generation = 0;
    MY(shared).put = MY(shared).taken = MY(shared).sum = 0;
}

static void MY(take_turns)(bench_sample *sample, unsigned index)
{
    for (uint64_t i = 0; i < sample->operations; i++) {
        MY(acquire)(&MY(shared).lock);
        while (MY(shared).turn != index)
            MY(wait)(&MY(shared).changed[index], &MY(shared).lock);
        MY(shared).turn = 1 - index;
        MY(notify)(&MY(shared).changed[1 - index]);
        MY(release)(&MY(shared).lock);
    }
}

WORKLOAD(round_trip)
{
    MY(prepare_shared)();
    bench_threads(sample, 2, MY(take_turns));
}

static void MY(lead)(uint64_t rounds, unsigned crowd)
{
    for (uint64_t i = 0; i < rounds; i++) {
        MY(acquire)(&MY(shared).lock);
        MY(shared).generation++;
        MY(notify_all)(&MY(shared).changed[0]);
        while (MY(shared).arrived < crowd)
            MY(wait)(&MY(shared).changed[1], &MY(shared).lock);
        MY(shared).arrived = 0;
        MY(release)(&MY(shared).lock);
    }
}

static void MY(follow)(uint64_t rounds, unsigned crowd)
{
    for (uint64_t i = 0; i < rounds; i++) {
        MY(acquire)(&MY(shared).lock);
        while (MY(shared).generation == i)
            MY(wait)(&MY(shared).changed[0], &MY(shared).lock);
        if (++MY(shared).arrived == crowd)
            MY(notify)(&MY(shared).changed[1]);
        MY(release)(&MY(shared).lock);
    }
}

static void MY(assemble)(bench_sample *sample, unsigned index)
{
    if (index == 0)
        MY(lead)(sample->operations, sample->contest->size);
    else
        MY(follow)(sample->operations, sample->contest->size);
}

WORKLOAD(broadcast)
{
    MY(prepare_shared)();
    bench_threads(sample, sample->contest->size + 1, MY(assemble));
}

static void MY(produce)(uint64_t items)
{
    for (uint64_t i = 1; i <= items; i++) {
        MY(acquire)(&MY(shared).lock);
        while (MY(shared).put - MY(shared).taken == MY(room))
            MY(wait)(&MY(shared).changed[1], &MY(shared).lock);
        MY(shared).items[MY(shared).put++ % MY(room)] = i;
        MY(notify)(&MY(shared).changed[0]);
        MY(release)(&MY(shared).lock);
    }
}

/* Until all are taken. False: there is none any more. */
static bool MY(consume)(uint64_t items)
{
    MY(acquire)(&MY(shared).lock);
    while (MY(shared).taken == MY(shared).put && MY(shared).taken < items)
        MY(wait)(&MY(shared).changed[0], &MY(shared).lock);
    bool more = MY(shared).taken < items;
    if (more)
        MY(shared).sum += MY(shared).items[MY(shared).taken++ % MY(room)];
    if (more && MY(shared).taken == items)
        MY(notify_all)(&MY(shared).changed[0]);
    MY(notify)(&MY(shared).changed[1]);
    MY(release)(&MY(shared).lock);
    return more;
}

static void MY(produce_or_consume)(bench_sample *sample, unsigned index)
{
    if (index == 0)
        MY(produce)(sample->operations);
    else
        while (MY(consume)(sample->operations))
            ;
}

WORKLOAD(produce_and_consume)
{
    uint64_t items = sample->operations;
    MY(prepare_shared)();
    bench_threads(sample, sample->contest->threads, MY(produce_or_consume));
    sample->wrong = MY(shared).sum != items * (items + 1) / 2;
}

#undef PEER
