/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_CONTEST_H
#define WEFT_BENCH_CONTEST_H

#include "report.h"

struct bench_options {
    bool quick, calm, list;
    const char *only, *entrant;
    FILE *json;
};

/* Finds out how fast the machine works; before any contest. */
void bench_measure_work(void);

/* Holds it and fills the outcome. False: an entrant's result was wrong. */
bool bench_hold(const bench_race *race, const bench_contest *contest,
                const struct bench_options *options, bench_outcome *outcome);

#endif
