/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h. Asks of PEER: task, open_pool, close_pool,
 * submit(task, number) to have run_task(number) called, await.
 */

static MY(task) MY(tasks)[MANY];
static uint64_t MY(numbers)[MANY];

static void MY(await_all)(unsigned burst)
{
    bool last_first = bench_pool_mode == WORKING;
    for (unsigned j = 0; j < burst; j++)
        MY(await)(&MY(tasks)[last_first ? burst - 1 - j : j]);
}

static void MY(run_bursts)(bench_sample *sample, unsigned burst)
{
    uint64_t rounds = (sample->operations + burst - 1) / burst, sum = 0;
    for (unsigned j = 0; j < burst; j++)
        MY(numbers)[j] = 0;
    sample->operations = rounds * burst;
    MY(open_pool)();
    bench_begin(sample);
    for (uint64_t i = 0; i < rounds; i++) {
        for (unsigned j = 0; j < burst; j++)
            MY(submit)(&MY(tasks)[j], &MY(numbers)[j]);
        MY(await_all)(burst);
    }
    bench_end(sample);
    MY(close_pool)();
    for (unsigned j = 0; j < burst; j++)
        sum += MY(numbers)[j];
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

WORKLOAD(many)
{
    MY(run_bursts)(sample, MANY);
}

WORKLOAD(slow)
{
    bench_pool_mode = WORKING;
    MY(run_bursts)(sample, SLOW_TASKS);
    bench_pool_mode = COUNTING;
}

WORKLOAD(crowded)
{
    bench_pool_crowd = CROWD;
    MY(run_bursts)(sample, BURST);
    bench_pool_crowd = 0;
}

static void MY(submit_own)(bench_sample *sample, unsigned index)
{
    MY(task) *own = &MY(tasks)[index * OWN];
    uint64_t *numbers = &MY(numbers)[index * OWN];
    for (uint64_t i = 0; i < sample->operations / BURST; i++) {
        for (unsigned j = 0; j < OWN; j++)
            MY(submit)(&own[j], &numbers[j]);
        for (unsigned j = 0; j < OWN; j++)
            MY(await)(&own[j]);
    }
}

WORKLOAD(four)
{
    uint64_t sum = 0;
    sample->operations = (sample->operations + BURST - 1) / BURST * BURST;
    for (unsigned j = 0; j < BURST; j++)
        MY(numbers)[j] = 0;
    MY(open_pool)();
    bench_threads(sample, SUBMITTERS, MY(submit_own));
    MY(close_pool)();
    for (unsigned j = 0; j < BURST; j++)
        sum += MY(numbers)[j];
    sample->wrong = sum != sample->operations;
}

static void MY(submit_once)(uint64_t *began)
{
    MY(submit)(&MY(tasks)[0], began);
    MY(await)(&MY(tasks)[0]);
}

WORKLOAD(from_idle)
{
    MY(open_pool)();
    bench_pool_from_idle(sample, MY(submit_once));
    MY(close_pool)();
}

WORKLOAD(idle)
{
    MY(open_pool)();
    for (unsigned j = 0; j < BURST; j++)
        MY(submit)(&MY(tasks)[j], &MY(numbers)[j]);
    MY(await_all)(BURST);
    bench_pool_idle(sample);
    MY(close_pool)();
}

#undef PEER
