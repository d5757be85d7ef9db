/* SPDX-License-Identifier: MIT */
#ifndef WEFT_BENCH_CONTEST_H
#define WEFT_BENCH_CONTEST_H

#include "report.h"

struct bench_options {
    bool quick, calm, list;
    uint64_t once; /* operations of the only turn; 0: as many turns as needed */
    const char *only, *entrant;
    FILE *json;
};

/* Finds out how fast the machine works; before any contest. */
void bench_measure_work(void);

/* Each entrant has one turn, of options->once operations, or of that many times
 * 10 us: for tools that count. Prints a line for each: the contest, the
 * entrant, and how many it did. False: a result was wrong. */
bool bench_turn_once(const bench_race *race, const bench_contest *contest,
                     const struct bench_options *options);

/* Holds it and fills the outcome. False: an entrant's result was wrong. */
bool bench_hold(const bench_race *race, const bench_contest *contest,
                const struct bench_options *options, bench_outcome *outcome);

#endif
