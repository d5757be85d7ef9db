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

/* The first threads put, the others get; all putters have equal shares, and all
 * getters. */
static void MY(stream_on)(bench_sample *sample, unsigned index)
{
    MY(queue) *queue = MY(queues)[0];
    unsigned putters = sample->contest->putters;
    uint64_t put_share = sample->operations / putters, last = 0, sum = 0;
    uint64_t get_share =
        sample->operations / (sample->contest->threads - putters);
    bool in_order = true;
    if (index < putters) {
        for (uint64_t i = 1; i <= put_share; i++)
            MY(put)(queue, i);
        return;
    }
    for (uint64_t i = 1; i <= get_share; i++) {
        uint64_t item = MY(get)(queue);
        in_order = in_order && item > last;
        last = item;
        sum += item;
    }
    weft__fetch_add(&MY(sum), sum);
    if (!in_order && putters == 1)
        weft__store_relaxed(&MY(out_of_order), true);
}

WORKLOAD(stream)
{
    unsigned threads = sample->contest->threads;
    uint64_t putters = sample->contest->putters, getters = threads - putters;
    uint64_t shares = putters * getters;
    uint64_t each = (sample->operations + shares - 1) / shares * getters;
    sample->operations = each * putters;
    MY(sum) = 0;
    MY(out_of_order) = false;
    MY(queues)[0] = MY(open_queue)(sample->contest->size);
    bench_threads(sample, threads, MY(stream_on));
    MY(close_queue)(MY(queues)[0]);
    sample->wrong =
        MY(sum) != putters * (each * (each + 1) / 2) || MY(out_of_order);
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
