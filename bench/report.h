/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_REPORT_H
#define WEFT_BENCH_REPORT_H

/* What the samples say: medians, ratios, a table to read, a file for programs.
 */

#include "harness.h"

#include <stdio.h>

enum { BENCH_SAMPLES = 12 }; /* one to spare */

typedef struct bench_figure {
    double sample[BENCH_SAMPLES]; /* ns per operation, or a ratio */
    double median, least, most;
} bench_figure;

typedef struct bench_result {
    const bench_entrant *entrant;
    bench_figure wall, cpu, fairness, p99_wait, p999_wait, worst_wait;
    double to_floor; /* median of each round's ratio */
    double to_best;  /* the same, to the peer of the least median */
    bool best;       /* it is that peer */
} bench_result;

/* The results of one contest, in the order of the entrants. */
typedef struct bench_outcome {
    const bench_contest *contest;
    unsigned samples;
    double others[BENCH_SAMPLES]; /* their share of the machine, each round */
    bench_result results[BENCH_ENTRANTS];
    size_t count;
} bench_outcome;

/* Fills everything but the samples. */
void bench_evaluate(bench_outcome *outcome);

void bench_print(const bench_race *race, const bench_outcome *outcome);

/* One JSON object for the race; the outcomes between begin and end. */
void bench_json_begin(FILE *file, const bench_race *race);
void bench_json(FILE *file, const bench_outcome *outcome, bool first);
void bench_json_end(FILE *file);

#endif
