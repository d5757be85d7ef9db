/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h. Asks of PEER: task, open_pool, close_pool,
 * submit(task, number) to have one added to the number, await.
 */

static MY(task) MY(tasks)[BURST];

static void MY(run_bursts)(bench_sample *sample, unsigned burst)
{
    static uint64_t numbers[BURST];
    uint64_t rounds = (sample->operations + burst - 1) / burst, sum = 0;
    for (unsigned j = 0; j < burst; j++)
        numbers[j] = 0;
    sample->operations = rounds * burst;
    MY(open_pool)();
    bench_begin(sample);
    for (uint64_t i = 0; i < rounds; i++) {
        for (unsigned j = 0; j < burst; j++)
            MY(submit)(&MY(tasks)[j], &numbers[j]);
        for (unsigned j = 0; j < burst; j++)
            MY(await)(&MY(tasks)[j]);
    }
    bench_end(sample);
    MY(close_pool)();
    for (unsigned j = 0; j < burst; j++)
        sum += numbers[j];
    sample->wrong = sum != sample->operations;
}

WORKLOAD(one_by_one)
{
    MY(run_bursts)(sample, 1);
}

WORKLOAD(burst)
{
    MY(run_bursts)(sample, BURST);
}

#undef PEER
