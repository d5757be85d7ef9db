/* SPDX-License-Identifier: MIT */

/*
 * A contest. Each entrant is warmed up, and finds out how many operations fill
 * a sample; then all take turns, round by round. Rounds in which other programs
 * had much of the machine are held again, for a while.
 */

#include "contest.h"

#include "crew.h"
#include "noise.h"

#include <string.h>
#include <time.h>

unsigned bench_patience;

/* The share of the machine that others may have in a round, and how long to try
 * for a better one when asked to be patient. */
#define DISTURBED 0.1
#define PATIENCE WEFT_SECONDS(20)

/* How much is measured. */
struct effort {
    unsigned samples;
    weft_duration target; /* of a sample that counts its operations */
    weft_duration length; /* of one that runs until stopped */
};

static const struct effort thorough = {11, WEFT_MS(20), WEFT_MS(50)};
static const struct effort quick = {3, WEFT_MS(1), WEFT_MS(3)};

static double turns_per_ns;
static bool something_was_wrong;

void bench_measure_work(void)
{
    const bench_contest none = {.name = ""};
    const uint64_t turns = 100000;
    for (int i = 0; i < 20; i++) {
        bench_sample sample = {.contest = &none};
        bench_begin(&sample);
        uint64_t number = bench_work(turns, 1);
        bench_end(&sample);
        BENCH_USE(number);
        double rate = (double)turns / (double)sample.wall;
        turns_per_ns = rate > turns_per_ns ? rate : turns_per_ns;
    }
}

/* ---- Samples ---- */

/* Threads that the last entrant left behind may still be awake. */
static void let_settle(void)
{
    const struct timespec moment = {.tv_nsec = 1000000};
    nanosleep(&moment, NULL);
}

static bench_sample turn(const bench_contest *contest,
                         const bench_entrant *entrant, uint64_t operations,
                         const struct effort *effort)
{
    bench_sample sample = {
        .contest = contest,
        .length = effort->length,
        .operations = operations,
        .inside = (uint64_t)(contest->inside * turns_per_ns),
        .outside = (uint64_t)(contest->outside * turns_per_ns),
        .fairness = -1,
    };
    let_settle();
    entrant->run[contest->workload](&sample);
    if (sample.wrong || sample.wall <= 0 || sample.operations == 0) {
        printf("WRONG: %s in %s\n", entrant->name, contest->name);
        something_was_wrong = true;
    }
    return sample;
}

/* The shorter of two, since the other may have been held up. */
static double time_of_one(const bench_contest *contest,
                          const bench_entrant *entrant, uint64_t operations,
                          const struct effort *effort)
{
    double least = 0;
    for (int i = 0; i < 2; i++) {
        bench_sample sample = turn(contest, entrant, operations, effort);
        double wall = (double)sample.wall / (double)sample.operations;
        least = i == 0 || wall < least ? wall : least;
    }
    return least;
}

/* How many operations fill a sample. */
static uint64_t calibrate(const bench_contest *contest,
                          const bench_entrant *entrant,
                          const struct effort *effort)
{
    enum { FASTER = 50 }; /* the first attempts are slow */
    uint64_t operations = 1, before = 0;
    bench_sample first = turn(contest, entrant, operations, effort);
    bool is_whole =
        first.operations > operations && first.wall > effort->target;
    if (first.until_stopped || is_whole)
        return operations;
    while (operations > 2 * before) {
        double one = time_of_one(contest, entrant, operations, effort);
        double fill = (double)effort->target / one + 1;
        double most = (double)operations * FASTER;
        before = operations;
        operations = (uint64_t)(fill < most ? fill : most);
    }
    return operations > 0 ? operations : 1;
}

static void record(bench_result *result, unsigned round,
                   const bench_sample *sample)
{
    double operations = (double)sample->operations;
    result->wall.sample[round] = (double)sample->wall / operations;
    result->cpu.sample[round] = (double)sample->cpu / operations;
    result->fairness.sample[round] = sample->fairness;
    result->worst_wait.sample[round] = (double)sample->worst_wait;
    result->p999_wait.sample[round] = (double)sample->p999_wait;
    result->p99_wait.sample[round] = (double)sample->p99_wait;
}

/* ---- Contests ---- */

static unsigned patience_for(const bench_contest *contest)
{
    enum { FOR_EVER = 1 << 30, LONG = 1000 };
    if (contest->placement == BENCH_ONE_CORE)
        return 0;
    if (contest->threads > bench_processors())
        return contest->spins ? LONG : 0;
    return contest->placement == BENCH_OWN_CORES ? FOR_EVER : LONG;
}

static bool takes_part(const bench_entrant *entrant,
                       const bench_contest *contest,
                       const struct bench_options *options)
{
    return entrant->run[contest->workload] != NULL &&
           (options->entrant == NULL ||
            strcmp(options->entrant, entrant->name) == 0);
}

/* Every entrant once, into the given place. */
static void hold_round(bench_outcome *outcome, unsigned place,
                       const uint64_t *operations, const struct effort *effort)
{
    bench_noise before = bench_listen();
    for (size_t i = 0; i < outcome->count; i++) {
        bench_result *result = &outcome->results[i];
        bench_sample sample =
            turn(outcome->contest, result->entrant, operations[i], effort);
        record(result, place, &sample);
    }
    outcome->others[place] = bench_others(&before);
}

static unsigned most_disturbed(const bench_outcome *outcome)
{
    unsigned most = 0;
    for (unsigned i = 1; i < outcome->samples; i++)
        if (outcome->others[i] > outcome->others[most])
            most = i;
    return most;
}

static void move_round(bench_outcome *outcome, unsigned from, unsigned to)
{
    for (size_t i = 0; i < outcome->count; i++) {
        bench_result *result = &outcome->results[i];
        result->wall.sample[to] = result->wall.sample[from];
        result->cpu.sample[to] = result->cpu.sample[from];
        result->fairness.sample[to] = result->fairness.sample[from];
        result->worst_wait.sample[to] = result->worst_wait.sample[from];
        result->p999_wait.sample[to] = result->p999_wait.sample[from];
        result->p99_wait.sample[to] = result->p99_wait.sample[from];
    }
    outcome->others[to] = outcome->others[from];
}

/* Chosen by what others did meanwhile, not by what came out. */
static void repeat_disturbed(bench_outcome *outcome, const uint64_t *operations,
                             const struct effort *effort, bool calm)
{
    unsigned spare = outcome->samples;
    weft_duration patience = calm ? PATIENCE : 0;
    weft_duration end = weft_monotonic() + patience;
    for (unsigned i = 0; i < outcome->samples / 2 || weft_monotonic() < end;
         i++) {
        unsigned worst = most_disturbed(outcome);
        if (outcome->others[worst] <= DISTURBED)
            return;
        if (calm)
            bench_await_calm(DISTURBED, end);
        hold_round(outcome, spare, operations, effort);
        if (outcome->others[spare] < outcome->others[worst])
            move_round(outcome, spare, worst);
    }
}

bool bench_hold(const bench_race *race, const bench_contest *contest,
                const struct bench_options *options, bench_outcome *outcome)
{
    const struct effort *effort = options->quick ? &quick : &thorough;
    uint64_t operations[BENCH_ENTRANTS];
    *outcome = (bench_outcome){.contest = contest, .samples = effort->samples};
    something_was_wrong = false;
    bench_patience = patience_for(contest);
    if (options->calm)
        bench_await_calm(DISTURBED, weft_monotonic() + PATIENCE);
    for (size_t i = 0; i < race->entrants_count; i++) {
        const bench_entrant *entrant = race->entrants[i];
        if (!takes_part(entrant, contest, options))
            continue;
        operations[outcome->count] = calibrate(contest, entrant, effort);
        outcome->results[outcome->count++].entrant = entrant;
    }
    for (unsigned i = 0; i < effort->samples; i++)
        hold_round(outcome, i, operations, effort);
    if (!options->quick)
        repeat_disturbed(outcome, operations, effort, options->calm);
    bench_evaluate(outcome);
    return !something_was_wrong;
}

bool bench_turn_once(const bench_race *race, const bench_contest *contest,
                     const struct bench_options *options)
{
    const struct effort effort = {
        .samples = 1, .length = (weft_duration)options->once * 10000};
    something_was_wrong = false;
    bench_patience = patience_for(contest);
    for (size_t i = 0; i < race->entrants_count; i++) {
        const bench_entrant *entrant = race->entrants[i];
        if (!takes_part(entrant, contest, options))
            continue;
        bench_sample sample = turn(contest, entrant, options->once, &effort);
        printf("%s\t%s\t%llu\n", contest->name, entrant->name,
               (unsigned long long)sample.operations);
    }
    return !something_was_wrong;
}
