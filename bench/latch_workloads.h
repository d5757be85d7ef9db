/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h. Asks of PEER: latch, open_latches(n, count) for
 * an array on the heap, close_latches, count_down, pass, arrive.
 */

static MY(latch) * MY(latches);

WORKLOAD(one_thread)
{
    uint64_t operations = sample->operations;
    MY(latches) = MY(open_latches)(operations, 1);
    bench_begin(sample);
    for (uint64_t i = 0; i < operations; i++) {
        MY(count_down)(&MY(latches)[i]);
        MY(pass)(&MY(latches)[i]);
    }
    bench_end(sample);
    MY(close_latches)(MY(latches), operations);
}

static void MY(gather_on)(bench_sample *sample, unsigned index)
{
    (void)index;
    for (uint64_t i = 0; i < sample->operations; i++)
        MY(arrive)(&MY(latches)[i]);
}

WORKLOAD(gather)
{
    uint64_t operations = sample->operations;
    unsigned threads = sample->contest->threads;
    MY(latches) = MY(open_latches)(operations, threads);
    bench_threads(sample, threads, MY(gather_on));
    MY(close_latches)(MY(latches), operations);
}

#undef PEER
