/* SPDX-License-Identifier: MIT */

/* A template, see template.h. Asks of PEER: pass, which calls once. */

WORKLOAD(passed)
{
    uint64_t operations = sample->operations;
    MY(pass)();
    bench_begin(sample);
    for (uint64_t i = 0; i < operations; i++)
        MY(pass)();
    bench_end(sample);
}

#undef PEER
