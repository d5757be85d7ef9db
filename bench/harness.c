/* SPDX-License-Identifier: MIT */

/* A race from its arguments to its exit status. */

#include "harness.h"

#include "contest.h"
#include "crew.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_possible(const bench_contest *contest)
{
    return contest->placement != BENCH_OWN_CORES ||
           contest->threads <= bench_processors();
}

/* False: an entrant was wrong. */
static bool hold_all(const bench_race *race,
                     const struct bench_options *options)
{
    static bench_outcome outcome;
    bool first = true, right = true;
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
        if (options->once > 0) {
            right = bench_turn_once(race, contest, options) && right;
            continue;
        }
        right = bench_hold(race, contest, options, &outcome) && right;
        bench_print(race, &outcome);
        if (options->json != NULL)
            bench_json(options->json, &outcome, first);
        first = false;
    }
    return right;
}

/* ---- The program ---- */

/* C libraries take short cuts while a process has but one thread. */
static void *keep_company(void *arg)
{
    for (;;)
        pause();
    return arg;
}

static int usage(FILE *file, const char *program)
{
    fprintf(file,
            "usage: %s [--quick | --calm | --once N] [--only NAME]\n"
            "       [--entrant NAME] [--json FILE] [--list]\n"
            "  --quick         few short samples: does it run?\n"
            "  --calm          for up to 40 s a contest, wait for moments\n"
            "                  when other programs are idle\n"
            "  --once N        one turn each, of N operations: for tools that\n"
            "                  count something\n"
            "  --only NAME     the contests with NAME in their names\n"
            "  --entrant NAME  this entrant alone: for profilers\n"
            "  --json FILE     the results for programs\n"
            "  --list          the contests' names, and nothing else\n",
            program);
    return file == stderr ? 2 : EXIT_SUCCESS;
}

/* < 0: go on; else the exit status. */
static int parse(struct bench_options *options, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        bool more = i + 1 < argc;
        if (strcmp(argv[i], "--quick") == 0)
            options->quick = true;
        else if (strcmp(argv[i], "--calm") == 0)
            options->calm = true;
        else if (strcmp(argv[i], "--list") == 0)
            options->list = true;
        else if (strcmp(argv[i], "--once") == 0 && more)
            options->once = strtoull(argv[++i], NULL, 10);
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
    struct bench_options options = {.quick = false};
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
    bench_measure_work();
    if (options.json != NULL)
        bench_json_begin(options.json, race);
    bool right = hold_all(race, &options);
    if (options.json != NULL) {
        bench_json_end(options.json);
        if (fclose(options.json) != 0)
            return EXIT_FAILURE;
    }
    return right ? EXIT_SUCCESS : EXIT_FAILURE;
}
