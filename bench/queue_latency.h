/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h. Asks of PEER what queue_workloads.h asks, too.
 * One puts, one gets; each item is the moment when it was due.
 *
 * An item each contest->outside ns: if that is long, its putter sleeps until
 * then; else it waits awake and the moments are random, that long on average.
 * The getter is busy with each for contest->inside ns by the clock. The time of
 * an operation is the median of the latencies, from when an item was due until
 * it was gotten.
 */

static bench_latencies MY(latencies);
static weft_duration MY(getter_cpu);

static void MY(put_in_time)(bench_sample *sample, MY(queue) * queue)
{
    weft_duration gap = sample->contest->outside, due = weft_monotonic();
    uint32_t random = 1;
    do {
        if (gap >= BENCH_LONG_GAP) {
            bench_sleep_until(due += gap);
            due = weft_monotonic();
        } else {
            random = random * 1664525u + 1013904223u;
            due += (random >> 16) % (2 * gap);
            bench_spin_until(due);
        }
        MY(put)(queue, (uint64_t)due);
    } while (!bench_stopped());
    MY(put)(queue, BENCH_LAST_ITEM);
}

static void MY(get_and_note)(bench_sample *sample, MY(queue) * queue)
{
    uint64_t due;
    MY(getter_cpu) = -bench_thread_cpu();
    while ((due = MY(get)(queue)) != BENCH_LAST_ITEM) {
        weft_duration now = weft_monotonic();
        bench_note_latency(&MY(latencies), now - (weft_duration)due);
        bench_spin_until(now + sample->contest->inside);
    }
    MY(getter_cpu) += bench_thread_cpu();
}

static void MY(be_late)(bench_sample *sample, unsigned index)
{
    MY(queue) *queue = MY(queues)[0];
    if (index == 0)
        MY(put_in_time)(sample, queue);
    else
        MY(get_and_note)(sample, queue);
}

WORKLOAD(latency)
{
    MY(latencies).count = 0;
    MY(queues)[0] = MY(open_queue)(sample->contest->size);
    bench_threads_until(sample, 2, MY(be_late));
    MY(close_queue)(MY(queues)[0]);
    if (sample->contest->outside < BENCH_LONG_GAP)
        sample->cpu =
            MY(getter_cpu); /* the putter spins for the clock's sake */
    bench_tell_latencies(sample, &MY(latencies));
}
