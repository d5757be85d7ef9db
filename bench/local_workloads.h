/* SPDX-License-Identifier: MIT */

/* A template, see template.h. Asks of PEER: prepare_local, value, which is the
 * calling thread's own. */

WORKLOAD(get)
{
    uint64_t operations = sample->operations;
    MY(prepare_local)();
    *MY(value)() = 1;
    bench_begin(sample);
    for (uint64_t i = 0; i < operations; i++) {
        int *value = MY(value)();
        BENCH_USE(value);
    }
    bench_end(sample);
    if (*MY(value)() != 1)
        sample->wrong = true;
}

#undef PEER
