/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h. Asks of PEER: queue, open_queue(capacity) with 0
 * for no limit, close_queue, put, get. Items are numbers from 1; what comes out
 * must add up to what went in, and with one putter be in order.
 */

static MY(queue) * MY(queues)[2];
static uint64_t MY(sum);
static bool MY(out_of_order);

WORKLOAD(alone)
{
    uint64_t operations = sample->operations, sum = 0;
    MY(queue) *queue = MY(open_queue)(sample->contest->size);
    bench_begin(sample);
    for (uint64_t i = 1; i <= operations; i++) {
        MY(put)(queue, i);
        sum += MY(get)(queue);
    }
    bench_end(sample);
    MY(close_queue)(queue);
    sample->wrong = sum != operations * (operations + 1) / 2;
}

/*
 * The first threads put, the others get. Each does as much as it comes to: it
 * takes the next numbers from those that are left, until none is, so that
 * nobody who is slow does the rest alone.
 */
static struct {
    BENCH_APART uint64_t put;
    BENCH_APART uint64_t gotten;
} MY(taken);

static void MY(put_share)(const bench_sample *sample)
{
    uint64_t end, item;
    while ((item = bench_take(&MY(taken).put, sample->operations, &end)) < end)
        for (; item < end; item++)
            MY(put)(MY(queues)[0], item + 1);
}

static void MY(get_share)(const bench_sample *sample)
{
    uint64_t end, i, last = 0, sum = 0;
    bool in_order = true;
    while ((i = bench_take(&MY(taken).gotten, sample->operations, &end)) < end)
        for (; i < end; i++) {
            uint64_t item = MY(get)(MY(queues)[0]);
            in_order = in_order && item > last;
            last = item;
            sum += item;
        }
    weft__fetch_add(&MY(sum), sum);
    if (!in_order && sample->contest->putters == 1)
        weft__store_relaxed(&MY(out_of_order), true);
}

static void MY(stream_on)(bench_sample *sample, unsigned index)
{
    if (index < sample->contest->putters)
        MY(put_share)(sample);
    else
        MY(get_share)(sample);
}

WORKLOAD(stream)
{
    uint64_t operations = sample->operations;
    MY(taken).put = MY(taken).gotten = MY(sum) = 0;
    MY(out_of_order) = false;
    MY(queues)[0] = MY(open_queue)(sample->contest->size);
    bench_threads(sample, sample->contest->threads, MY(stream_on));
    MY(close_queue)(MY(queues)[0]);
    sample->wrong =
        MY(sum) != operations * (operations + 1) / 2 || MY(out_of_order);
}

static void MY(return_balls)(bench_sample *sample, unsigned index)
{
    for (uint64_t i = 1; i <= sample->operations; i++)
        if (index == 0) {
            MY(put)(MY(queues)[0], i);
            if (MY(get)(MY(queues)[1]) != i)
                sample->wrong = true;
        } else {
            MY(put)(MY(queues)[1], MY(get)(MY(queues)[0]));
        }
}

WORKLOAD(ping_pong)
{
    MY(queues)[0] = MY(open_queue)(sample->contest->size);
    MY(queues)[1] = MY(open_queue)(sample->contest->size);
    bench_threads(sample, 2, MY(return_balls));
    MY(close_queue)(MY(queues)[0]);
    MY(close_queue)(MY(queues)[1]);
}

#include "queue_latency.h"

#undef PEER
