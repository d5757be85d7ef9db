/* SPDX-License-Identifier: MIT */

/*
 * What the samples say. A ratio is the median of the ratios of each round,
 * rather than the ratio of the medians: entrants in the same round met the same
 * machine.
 */

#include "report.h"

#include <stdlib.h>
#include <string.h>

static int compare(const void *one, const void *other)
{
    double a = *(const double *)one, b = *(const double *)other;
    return (a > b) - (a < b);
}

static void sort(double *sorted, const double *samples, unsigned n)
{
    memcpy(sorted, samples, n * sizeof *samples);
    qsort(sorted, n, sizeof *sorted, compare);
}

static void summarise(bench_figure *figure, unsigned n)
{
    double sorted[BENCH_SAMPLES];
    sort(sorted, figure->sample, n);
    figure->median = sorted[n / 2];
    figure->least = sorted[0];
    figure->most = sorted[n - 1];
}

static double ratio(const bench_figure *one, const bench_figure *other,
                    unsigned n)
{
    bench_figure ratios;
    for (unsigned i = 0; i < n; i++)
        ratios.sample[i] = one->sample[i] / other->sample[i];
    summarise(&ratios, n);
    return ratios.median;
}

static bench_result *best_of(bench_outcome *outcome, bench_role role)
{
    bench_result *best = NULL;
    for (size_t i = 0; i < outcome->count; i++) {
        bench_result *one = &outcome->results[i];
        if (one->entrant->role == role &&
            (best == NULL || one->wall.median < best->wall.median))
            best = one;
    }
    return best;
}

void bench_evaluate(bench_outcome *outcome)
{
    unsigned n = outcome->samples;
    for (size_t i = 0; i < outcome->count; i++) {
        bench_result *one = &outcome->results[i];
        summarise(&one->wall, n);
        summarise(&one->cpu, n);
        summarise(&one->fairness, n);
        summarise(&one->p99_wait, n);
        summarise(&one->p999_wait, n);
        summarise(&one->worst_wait, n);
    }
    const bench_result *floor = best_of(outcome, BENCH_FLOOR);
    bench_result *best = best_of(outcome, BENCH_PEER);
    for (size_t i = 0; i < outcome->count; i++) {
        bench_result *one = &outcome->results[i];
        one->best = one == best;
        one->to_floor = floor ? ratio(&one->wall, &floor->wall, n) : 0;
        one->to_best = best ? ratio(&one->wall, &best->wall, n) : 0;
    }
}

/* How much of the machine other programs had, on average. */
static double others(const bench_outcome *outcome)
{
    double sum = 0;
    for (unsigned i = 0; i < outcome->samples; i++)
        sum += outcome->others[i];
    return sum / outcome->samples;
}

/* ---- For people ---- */

static const char *number(char *text, size_t size, double value)
{
    int digits = value < 10 ? 2 : value < 100 ? 1 : 0;
    snprintf(text, size, "%.*f", digits, value);
    return text;
}

static void print_result(const bench_result *one)
{
    char wall[24], least[24], most[24], cpu[24], span[56];
    number(wall, sizeof wall, one->wall.median);
    number(cpu, sizeof cpu, one->cpu.median);
    snprintf(span, sizeof span, "%s..%s",
             number(least, sizeof least, one->wall.least),
             number(most, sizeof most, one->wall.most));
    printf("  %-12s %10s %17s %10s %8.2f %8.2f", one->entrant->name, wall, span,
           cpu, one->to_floor, one->to_best);
    if (one->fairness.median >= 0)
        printf(" %6.2f", one->fairness.median);
    if (one->worst_wait.median > 0)
        printf(" %8.0f %8.0f us", one->p999_wait.median / 1000,
               one->worst_wait.median / 1000);
    printf("  %s\n", one->entrant->lacks);
}

void bench_print(const bench_race *race, const bench_outcome *outcome)
{
    bool fair = false, waits = false;
    for (size_t i = 0; i < outcome->count; i++) {
        fair = fair || outcome->results[i].fairness.median >= 0;
        waits = waits || outcome->results[i].worst_wait.median > 0;
    }
    printf("\n%s: %s (others had %.0f %%)\n", race->name,
           outcome->contest->name, 100 * others(outcome));
    printf("  %-12s %10s %17s %10s %8s %8s%s%s\n", "", "ns", "least..most",
           "CPU ns", "x floor", "x best", fair ? "   fair" : "",
           waits ? "    p99.9    worst wait" : "");
    for (size_t i = 0; i < outcome->count; i++)
        print_result(&outcome->results[i]);
    fflush(stdout);
}

/* ---- For programs ---- */

static const char *role_name(bench_role role)
{
    static const char *const names[] = {"floor", "weft", "peer", "reference"};
    return names[role];
}

static void json_figure(FILE *file, const char *name,
                        const bench_figure *figure)
{
    fprintf(file,
            ",\n     \"%s\": {\"median\": %.4g, \"least\": %.4g, "
            "\"most\": %.4g}",
            name, figure->median, figure->least, figure->most);
}

static void json_result(FILE *file, const bench_result *one, bool first)
{
    const bench_entrant *entrant = one->entrant;
    fprintf(file, "%s\n    {\"name\": \"%s\", \"role\": \"%s\"",
            first ? "" : ",", entrant->name, role_name(entrant->role));
    if (entrant->lacks[0] != '\0')
        fprintf(file, ", \"lacks\": \"%s\"", entrant->lacks);
    json_figure(file, "wall_ns", &one->wall);
    json_figure(file, "cpu_ns", &one->cpu);
    if (one->fairness.median >= 0)
        json_figure(file, "fairness", &one->fairness);
    if (one->p99_wait.median > 0)
        json_figure(file, "p99_wait_ns", &one->p99_wait);
    if (one->worst_wait.median > 0) {
        json_figure(file, "p999_wait_ns", &one->p999_wait);
        json_figure(file, "worst_wait_ns", &one->worst_wait);
    }
    fprintf(file, ",\n     \"to_floor\": %.4g, \"to_best_peer\": %.4g%s}",
            one->to_floor, one->to_best, one->best ? ", \"best\": true" : "");
}

void bench_json_begin(FILE *file, const bench_race *race)
{
    fprintf(file, "{\"race\": \"%s\", \"contests\": [", race->name);
}

void bench_json(FILE *file, const bench_outcome *outcome, bool first)
{
    fprintf(file,
            "%s\n  {\"name\": \"%s\", \"samples\": %u, "
            "\"others_percent\": %.1f, \"entrants\": [",
            first ? "" : ",", outcome->contest->name, outcome->samples,
            100 * others(outcome));
    for (size_t i = 0; i < outcome->count; i++)
        json_result(file, &outcome->results[i], i == 0);
    fputs("]}", file);
}

void bench_json_end(FILE *file)
{
    fputs("]}\n", file);
}
