/* SPDX-License-Identifier: MIT */

/* A template, see template.h. Asks of PEER: rlock, prepare_rlock, enter, leave.
 */

static MY(rlock) MY(the_rlock) BENCH_APART;

WORKLOAD(depth_1)
{
    MY(rlock) *rlock = &MY(the_rlock);
    uint64_t operations = sample->operations;
    MY(prepare_rlock)(rlock);
    bench_begin(sample);
    for (uint64_t i = 0; i < operations; i++) {
        MY(enter)(rlock);
        MY(leave)(rlock);
    }
    bench_end(sample);
}

WORKLOAD(depth_3)
{
    MY(rlock) *rlock = &MY(the_rlock);
    uint64_t operations = sample->operations;
    MY(prepare_rlock)(rlock);
    bench_begin(sample);
    for (uint64_t i = 0; i < operations; i++) {
        MY(enter)(rlock);
        MY(enter)(rlock);
        MY(enter)(rlock);
        MY(leave)(rlock);
        MY(leave)(rlock);
        MY(leave)(rlock);
    }
    bench_end(sample);
}

#undef PEER
