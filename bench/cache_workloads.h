/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h. Asks of PEER: open_cache, close_cache,
 * lookup(key, &value), keep(key, value). A key's value is its double.
 */

static void MY(fill)(void)
{
    MY(open_cache)();
    for (int64_t key = 0; key < KEYS; key++)
        MY(keep)(key, 2 * key);
}

static bool MY(is_there)(int64_t key)
{
    int64_t value = 0;
    return MY(lookup)(key, &value) && value == 2 * key;
}

WORKLOAD(hit)
{
    uint64_t operations = sample->operations;
    bool right = true;
    MY(fill)();
    bench_begin(sample);
    for (uint64_t i = 0; i < operations; i++)
        right = MY(is_there)(some_key(i)) && right;
    bench_end(sample);
    MY(close_cache)();
    sample->wrong = !right;
}

static void MY(use)(bench_sample *sample, unsigned index)
{
    uint64_t operations = 0;
    unsigned sets = sample->contest->size; /* in a hundred */
    bool right = true;
    for (; !bench_stopped(); operations++) {
        int64_t key = some_key(operations + index * 500);
        if (operations % 100 < sets)
            MY(keep)(key, 2 * key);
        else
            right = MY(is_there)(key) && right;
    }
    bench_done(index, operations, NULL);
    if (!right)
        sample->wrong = true;
}

WORKLOAD(shared)
{
    MY(fill)();
    bench_threads_until(sample, sample->contest->threads, MY(use));
    MY(close_cache)();
}

WORKLOAD(evict)
{
    int64_t end = KEYS + (int64_t)sample->operations;
    MY(fill)();
    bench_begin(sample);
    for (int64_t key = KEYS; key < end; key++)
        MY(keep)(key, 2 * key);
    bench_end(sample);
    sample->wrong = !MY(is_there)(end - 1);
    MY(close_cache)();
}

#undef PEER
