/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h, for queues of other orders. Asks of PEER what
 * queue_workloads.h asks, which comes first. One thread puts and gets in turn
 * while `size` items are in it; their numbers are random, as it matters to
 * priorities. What comes out and what is left must add up to what went in.
 */

static inline uint64_t MY(next_number)(uint64_t *random)
{
    *random = *random * 6364136223846793005u + 1442695040888963407u;
    return *random >> 33;
}

WORKLOAD(deep)
{
    uint64_t random = 1, sum = 0;
    unsigned depth = sample->contest->size;
    MY(queue) *queue = MY(open_queue)(2 * depth);
    for (unsigned i = 0; i < depth; i++) {
        uint64_t number = MY(next_number)(&random);
        MY(put)(queue, number);
        sum += number;
    }
    bench_begin(sample);
    for (uint64_t i = 0; i < sample->operations; i++) {
        uint64_t number = MY(next_number)(&random);
        MY(put)(queue, number);
        sum += number - MY(get)(queue);
    }
    bench_end(sample);
    for (unsigned i = 0; i < depth; i++)
        sum -= MY(get)(queue);
    MY(close_queue)(queue);
    sample->wrong = sum != 0;
}

#undef PEER
