/* SPDX-License-Identifier: MIT */

/*
 * A template, see template.h. Asks of PEER: open_loops, close_loops, sum(), the
 * sum of all roots; uneven(dear, results) and short_loop(results);
 * sort(numbers, n).
 */

WORKLOAD(sum_all)
{
    double expected = 2.0 / 3.0 * pow(SUM_LENGTH, 1.5);
    uint64_t loops = whole_loops(sample, SUM_LENGTH);
    MY(open_loops)();
    bench_begin(sample);
    for (uint64_t i = 0; i < loops; i++)
        if (fabs(MY(sum)() / expected - 1) > 1e-6)
            sample->wrong = true;
    bench_end(sample);
    MY(close_loops)();
}

WORKLOAD(uneven_loop)
{
    static double results[UNEVEN_LENGTH];
    size_t dear = dear_tenth(sample);
    uint64_t loops = whole_loops(sample, UNEVEN_LENGTH);
    MY(open_loops)();
    bench_begin(sample);
    for (uint64_t i = 0; i < loops; i++)
        MY(uneven)(dear, results);
    bench_end(sample);
    MY(close_loops)();
    for (size_t i = 0; i < UNEVEN_LENGTH; i++)
        if (results[i] < sqrt((double)i))
            sample->wrong = true;
}

WORKLOAD(short_loops)
{
    static double results[SHORT_LENGTH];
    uint64_t loops = whole_loops(sample, SHORT_LENGTH);
    MY(open_loops)();
    bench_begin(sample);
    for (uint64_t i = 0; i < loops; i++) {
        MY(short_loop)(results);
        BENCH_FORGET(sample);
    }
    bench_end(sample);
    MY(close_loops)();
}

WORKLOAD(sort_all)
{
    static uint32_t numbers[MOST_LENGTH];
    size_t n = sample->operations = sort_length(sample);
    MY(open_loops)();
    fill_with_numbers(numbers, n);
    bench_begin(sample);
    MY(sort)(numbers, n);
    bench_end(sample);
    MY(close_loops)();
    sample->wrong = !are_sorted(numbers, n);
}

#undef PEER
