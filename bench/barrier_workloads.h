/* SPDX-License-Identifier: MIT */

/* A template, see template.h. Asks of PEER: barrier, prepare_barrier(it, n),
 * meet. */

static MY(barrier) MY(the_barrier) BENCH_APART;

static void MY(meet_on)(bench_sample *sample, unsigned index)
{
    (void)index;
    for (uint64_t i = 0; i < sample->operations; i++)
        MY(meet)(&MY(the_barrier));
}

WORKLOAD(cycle)
{
    unsigned threads = sample->contest->threads;
    MY(prepare_barrier)(&MY(the_barrier), threads);
    bench_threads(sample, threads, MY(meet_on));
}

#undef PEER
