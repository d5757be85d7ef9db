/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h. Asks of PEER: pair, two queues; open_pair,
 * close_pair, put_in(pair, which, item), select(pair), which is an item of
 * either. Items are numbers from 1; what comes out must add up to what went in.
 */

static BENCH_APART MY(pair) MY(pairs)[2];
static uint64_t MY(sum);

WORKLOAD(alone)
{
    uint64_t operations = sample->operations, sum = 0;
    MY(pair) *pair = &MY(pairs)[0];
    MY(open_pair)(pair, sample->contest->size);
    bench_begin(sample);
    for (uint64_t i = 1; i <= operations; i++) {
        MY(put_in)(pair, i % 2, i);
        sum += MY(select)(pair);
    }
    bench_end(sample);
    MY(close_pair)(pair);
    sample->wrong = sum != operations * (operations + 1) / 2;
}

/* All but the last thread put: one in both in turn, two in one each. */
static void MY(stream_on)(bench_sample *sample, unsigned index)
{
    MY(pair) *pair = &MY(pairs)[0];
    unsigned putters = sample->contest->threads - 1;
    uint64_t share = sample->operations / putters, sum = 0;
    if (index < putters) {
        for (uint64_t i = 1; i <= share; i++)
            MY(put_in)(pair, putters == 1 ? i % 2 : index, i);
        return;
    }
    for (uint64_t i = 0; i < sample->operations; i++)
        sum += MY(select)(pair);
    MY(sum) = sum;
}

WORKLOAD(stream)
{
    unsigned threads = sample->contest->threads, putters = threads - 1;
    uint64_t share = (sample->operations + putters - 1) / putters;
    sample->operations = share * putters;
    MY(open_pair)(&MY(pairs)[0], sample->contest->size);
    bench_threads(sample, threads, MY(stream_on));
    MY(close_pair)(&MY(pairs)[0]);
    sample->wrong = MY(sum) != putters * (share * (share + 1) / 2);
}

static void MY(return_balls)(bench_sample *sample, unsigned index)
{
    for (uint64_t i = 1; i <= sample->operations; i++)
        if (index == 0) {
            MY(put_in)(&MY(pairs)[0], i % 2, i);
            if (MY(select)(&MY(pairs)[1]) != i)
                sample->wrong = true;
        } else {
            MY(put_in)(&MY(pairs)[1], i % 2, MY(select)(&MY(pairs)[0]));
        }
}

WORKLOAD(ping_pong)
{
    for (int i = 0; i < 2; i++)
        MY(open_pair)(&MY(pairs)[i], sample->contest->size);
    bench_threads(sample, 2, MY(return_balls));
    for (int i = 0; i < 2; i++)
        MY(close_pair)(&MY(pairs)[i]);
}

#undef PEER
