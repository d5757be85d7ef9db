/* SPDX-License-Identifier: MIT */

/* The tour: section by section, then the file hash, then how it went. */

#include "tour.h"

#include "hash.h"
#include "screen.h"

#include <stdio.h>
#include <stdlib.h>

/* Long enough for any machine that is alive. */
static const weft_duration LIMIT = WEFT_SECONDS(120);

static bool check(const struct section *section, const struct run *run)
{
    char seen[SEEN_SIZE];
    bool good = true;
    screen_promises();
    for (size_t i = 0; i < section->n_expectations; i++) {
        const struct expectation *expected = &section->expectations[i];
        bool kept = is_kept(expected, run, seen);
        screen_promise(kept, expected->promise, seen);
        good &= kept;
    }
    const struct line *unexpected =
        unexpected_line(section->expectations, section->n_expectations, run);
    screen_promise(unexpected == NULL, "nothing else is printed",
                   unexpected == NULL ? "" : unexpected->text);
    bool ended = run_succeeded(run, seen, sizeof seen);
    screen_promise(ended, "the program ends by itself", seen);
    return good && unexpected == NULL && ended;
}

static bool tour_section(const struct section *section)
{
    struct run run;
    screen_title(section->title, section->source);
    if (!run_program(section->program, LIMIT, screen_line, &run)) {
        perror("weft: cannot run it");
        run_free(&run);
        return false;
    }
    screen_timeline(&run);
    bool good = check(section, &run);
    screen_verdict(good, good ? "as expected" : "NOT as expected");
    run_free(&run);
    return good;
}

size_t tour_sections(const struct section *tour, size_t n)
{
    size_t differ = 0;
    for (size_t i = 0; i < n; i++)
        differ += !tour_section(&tour[i]);
    return differ;
}

static void list(const char *directory)
{
    for (size_t i = 0; i < n_sections; i++)
        printf("%-38s %s\n", sections[i].title, sections[i].source);
    printf("The real work, in %-20s examples/parallel_io.c\n", directory);
}

static bool tour_all(const char *directory)
{
    char text[128];
    size_t good = n_sections - tour_sections(sections, n_sections);
    bool hashed = hash_directory(directory);
    snprintf(text, sizeof text, "%zu of %zu sections%s as expected%s", good,
             n_sections, hashed ? " and the real work" : "",
             hashed ? "" : "; the real work is not");
    printf("\n");
    screen_verdict(good == n_sections && hashed, text);
    return good == n_sections && hashed;
}

int tour(const struct tour_options *options)
{
    bool good = true;
    screen_init(options->plain);
    if (options->list)
        list(options->directory);
    else if (options->section > 0)
        good = tour_sections(&sections[options->section - 1], 1) == 0;
    else
        good = tour_all(options->directory);
    return good && fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
