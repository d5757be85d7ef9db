/* SPDX-License-Identifier: MIT */

/* A template, see template.h. Asks of PEER: thread, start, join. */

static MY(thread) MY(threads)[CROWD];

static void MY(start_and_join)(bench_sample *sample, unsigned index)
{
    (void)index;
    for (uint64_t i = 0; i < sample->operations; i++) {
        MY(start)(&MY(threads)[0]);
        MY(join)(&MY(threads)[0]);
    }
}

WORKLOAD(one_by_one)
{
    bench_threads(sample, 1, MY(start_and_join));
}

static void MY(start_all_and_join)(bench_sample *sample, unsigned index)
{
    (void)index;
    for (uint64_t i = 0; i < sample->operations; i += CROWD) {
        for (unsigned j = 0; j < CROWD; j++)
            MY(start)(&MY(threads)[j]);
        for (unsigned j = 0; j < CROWD; j++)
            MY(join)(&MY(threads)[j]);
    }
}

WORKLOAD(crowd)
{
    sample->operations = (sample->operations + CROWD - 1) / CROWD * CROWD;
    bench_threads(sample, 1, MY(start_all_and_join));
}

#undef PEER
