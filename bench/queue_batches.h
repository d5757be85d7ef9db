/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h. Asks of PEER what queue_workloads.h asks, which
 * comes first, and put_many(queue, items, n), get_many(queue, items, most)
 * which gets some of them. One puts, one gets; the time is for one item.
 */

static void MY(move_batches)(bench_sample *sample, unsigned index)
{
    MY(queue) *queue = MY(queues)[0];
    uint64_t batch[BENCH_BATCH], last = 0;
    for (uint64_t i = 0; index == 0 && i < sample->operations;
         i += BENCH_BATCH) {
        for (unsigned k = 0; k < BENCH_BATCH; k++)
            batch[k] = i + k + 1;
        MY(put_many)(queue, batch, BENCH_BATCH);
    }
    while (index == 1 && last < sample->operations) {
        size_t n = MY(get_many)(queue, batch, BENCH_BATCH);
        for (size_t k = 0; k < n; k++)
            sample->wrong = sample->wrong || batch[k] != ++last;
    }
}

WORKLOAD(batches)
{
    sample->operations =
        (sample->operations + BENCH_BATCH - 1) / BENCH_BATCH * BENCH_BATCH;
    MY(queues)[0] = MY(open_queue)(sample->contest->size);
    bench_threads(sample, 2, MY(move_batches));
    MY(close_queue)(MY(queues)[0]);
}

#undef PEER
