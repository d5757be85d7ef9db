/* SPDX-License-Identifier: MIT */

/*
 * A race from its arguments to its exit status. Before a contest each entrant
 * is warmed up, and finds out how many operations fill a sample; then all take
 * turns, round by round.
 */

#include "harness.h"

#include "crew.h"
#include "report.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

unsigned bench_patience;

struct options {
    bool quick, list;
    const char *only, *entrant;
    FILE *json;
};

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
    if (turn(contest, entrant, operations, effort).until_stopped)
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
                       const struct options *options)
{
    return entrant->run[contest->workload] != NULL &&
           (options->entrant == NULL ||
            strcmp(options->entrant, entrant->name) == 0);
}

static void hold(const bench_race *race, const bench_contest *contest,
                 const struct options *options, bench_outcome *outcome)
{
    const struct effort *effort = options->quick ? &quick : &thorough;
    uint64_t operations[BENCH_ENTRANTS];
    *outcome = (bench_outcome){.contest = contest, .samples = effort->samples};
    bench_patience = patience_for(contest);
    for (size_t i = 0; i < race->entrants_count; i++) {
        const bench_entrant *entrant = race->entrants[i];
        if (!takes_part(entrant, contest, options))
            continue;
        operations[outcome->count] = calibrate(contest, entrant, effort);
        outcome->results[outcome->count++].entrant = entrant;
    }
    for (unsigned round = 0; round < effort->samples; round++)
        for (size_t i = 0; i < outcome->count; i++) {
            bench_result *result = &outcome->results[i];
            bench_sample sample =
                turn(contest, result->entrant, operations[i], effort);
            record(result, round, &sample);
        }
    bench_evaluate(outcome);
}

static bool is_possible(const bench_contest *contest)
{
    return contest->placement != BENCH_OWN_CORES ||
           contest->threads <= bench_processors();
}

static void hold_all(const bench_race *race, const struct options *options)
{
    static bench_outcome outcome;
    bool first = true;
    for (size_t i = 0; i < race->contests_count; i++) {
        const bench_contest *contest = &race->contests[i];
        if (options->only != NULL &&
            strstr(contest->name, options->only) == NULL)
            continue;
        if (!is_possible(contest)) {
            printf("\n%s: %s: needs %u processors\n", race->name, contest->name,
                   contest->threads);
            continue;
        }
        hold(race, contest, options, &outcome);
        bench_print(race, &outcome);
        if (options->json != NULL)
            bench_json(options->json, &outcome, first);
        first = false;
    }
}

/* ---- The program ---- */

/* C libraries take short cuts while a process has but one thread. */
static void *keep_company(void *arg)
{
    for (;;)
        pause();
    return arg;
}

static void measure_work(void)
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

static int usage(FILE *file, const char *program)
{
    fprintf(file,
            "usage: %s [--quick] [--only NAME] [--entrant NAME] [--list] "
            "[--json FILE]\n"
            "  --quick      few short samples: does it run?\n"
            "  --only NAME  the contests with NAME in their names\n"
            "  --entrant NAME  this entrant alone: for profilers\n"
            "  --list       the contests' names, and nothing else\n"
            "  --json FILE  the results for programs\n",
            program);
    return file == stderr ? 2 : EXIT_SUCCESS;
}

/* < 0: go on; else the exit status. */
static int parse(struct options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--quick") == 0)
            options->quick = true;
        else if (strcmp(argv[i], "--list") == 0)
            options->list = true;
        else if (strcmp(argv[i], "--only") == 0 && more)
            options->only = argv[++i];
        else if (strcmp(argv[i], "--entrant") == 0 && more)
            options->entrant = argv[++i];
        else if (strcmp(argv[i], "--json") == 0 && more)
            options->json = fopen(argv[++i], "w");
        else if (strcmp(argv[i], "--help") == 0)
            return usage(stdout, argv[0]);
        else
            return usage(stderr, argv[0]);
        if (strcmp(argv[i - 1], "--json") == 0 && options->json == NULL) {
            perror(argv[i]);
            return EXIT_FAILURE;
        }
    }
    return -1;
}

int bench_main(const bench_race *race, int argc, char **argv)
{
    pthread_t company;
    struct options options = {.quick = false};
    int status = parse(&options, argc, argv);
    if (status >= 0)
        return status;
    if (options.list) {
        for (size_t i = 0; i < race->contests_count; i++)
            puts(race->contests[i].name);
        return EXIT_SUCCESS;
    }
    if (pthread_create(&company, NULL, keep_company, NULL) != 0)
        return EXIT_FAILURE;
    measure_work();
    if (options.json != NULL)
        bench_json_begin(options.json, race);
    hold_all(race, &options);
    if (options.json != NULL) {
        bench_json_end(options.json);
        if (fclose(options.json) != 0)
            return EXIT_FAILURE;
    }
    return something_was_wrong ? EXIT_FAILURE : EXIT_SUCCESS;
}
