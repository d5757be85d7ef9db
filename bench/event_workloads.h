/* SPDX-License-Identifier: MIT */

/* A template, see template.h. Asks of PEER: event, prepare_event, set, clear,
 * await. */

static struct {
    BENCH_APART MY(event) event;
} MY(events)[2];

static void MY(prepare_events)(void)
{
    MY(prepare_event)(&MY(events)[0].event);
    MY(prepare_event)(&MY(events)[1].event);
}

WORKLOAD(set_wait_clear)
{
    MY(event) *event = &MY(events)[0].event;
    uint64_t operations = sample->operations;
    MY(prepare_events)();
    bench_begin(sample);
    for (uint64_t i = 0; i < operations; i++) {
        MY(set)(event);
        MY(await)(event);
        MY(clear)(event);
    }
    bench_end(sample);
}

static void MY(reply)(bench_sample *sample, unsigned index)
{
    MY(event) *own = &MY(events)[index].event;
    MY(event) *other = &MY(events)[1 - index].event;
    if (index == 0)
        MY(set)(other);
    for (uint64_t i = 0; i < sample->operations; i++) {
        MY(await)(own);
        MY(clear)(own);
        if (index != 0 || i + 1 < sample->operations)
            MY(set)(other);
    }
}

WORKLOAD(round_trip)
{
    MY(prepare_events)();
    bench_threads(sample, 2, MY(reply));
}

#undef PEER
