/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h. Asks of PEER: timer, prepare_timers, start(it,
 * seconds), cancel.
 */

static MY(timer) MY(timers)[TIMERS + 1];

WORKLOAD(start_and_cancel)
{
    MY(timer) *timer = &MY(timers)[TIMERS];
    uint64_t operations = sample->operations;
    unsigned others = sample->contest->size;
    MY(prepare_timers)();
    for (unsigned i = 0; i < others; i++)
        MY(start)(&MY(timers)[i], 1000 + i);
    bench_begin(sample);
    for (uint64_t i = 0; i < operations; i++) {
        MY(start)(timer, 3600);
        MY(cancel)(timer);
    }
    bench_end(sample);
    for (unsigned i = 0; i < others; i++)
        MY(cancel)(&MY(timers)[i]);
}

#undef PEER
