/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h. Asks of PEER: lock, prepare, acquire, release,
 * condition, prepare_condition, wait, notify, notify_all.
 */

static struct {
    BENCH_APART MY(lock) lock;
    MY(condition) changed[2]; /* for each thread; or: go, and arrived */
    /* Guarded by the lock. */
    unsigned turn, arrived;
    uint64_t generation;
} MY(shared);

static void MY(prepare_shared)(void)
{
    MY(prepare)(&MY(shared).lock);
    MY(prepare_condition)(&MY(shared).changed[0]);
    MY(prepare_condition)(&MY(shared).changed[1]);
    MY(shared).turn = MY(shared).arrived = 0;
    MY(shared).generation = 0;
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

#undef PEER
