/* SPDX-License-Identifier: MIT */

/* Compares the lines of a run with what is expected. */

#include "expectation.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

enum { PATTERN_SIZE = 80 };

static bool matches(const char *pattern, const struct line *line)
{
    return fnmatch(pattern, line->text, 0) == 0;
}

/* The pattern with a number in place of its #. */
static void fill_in(char *filled, const char *pattern, size_t number)
{
    size_t before = strcspn(pattern, "#");
    const char *after = pattern[before] == '#' ? pattern + before + 1 : "";
    snprintf(filled, PATTERN_SIZE, "%.*s%zu%s", (int)before, pattern, number,
             after);
}

/* How many lines match; `*first` is the index of the first, or the count. */
static size_t count_lines(const char *pattern, const struct run *run,
                          size_t *first)
{
    size_t count = 0;
    *first = run->count;
    for (size_t i = 0; i < run->count; i++) {
        if (!matches(pattern, &run->lines[i]))
            continue;
        if (count++ == 0)
            *first = i;
    }
    return count;
}

static bool is_said(const struct expectation *expected, const struct run *run,
                    char *seen)
{
    size_t first;
    size_t count = count_lines(expected->first, run, &first);
    if (count == 1 && strpbrk(expected->first, "*?") != NULL)
        snprintf(seen, SEEN_SIZE, "%s", run->lines[first].text);
    else
        snprintf(seen, SEEN_SIZE, "%zu line%s", count, count == 1 ? "" : "s");
    return expected->least <= count && count <= expected->most;
}

static bool is_each_said(const struct expectation *expected,
                         const struct run *run, char *seen)
{
    size_t first, before = 0;
    for (size_t i = expected->least; i <= expected->most; i++) {
        char pattern[PATTERN_SIZE];
        fill_in(pattern, expected->first, i);
        size_t count = count_lines(pattern, run, &first);
        bool ordered = !expected->ordered || first >= before;
        before = first;
        if (count == 1 && ordered)
            continue;
        snprintf(seen, SEEN_SIZE, "\"%s\" %s", pattern,
                 count == 0   ? "is missing"
                 : count == 1 ? "comes too early"
                              : "comes more than once");
        return false;
    }
    snprintf(seen, SEEN_SIZE, "each once%s",
             expected->ordered ? ", in order" : "");
    return true;
}

static bool is_before(const struct expectation *expected, const struct run *run,
                      char *seen)
{
    size_t first, second;
    bool both = count_lines(expected->first, run, &first) > 0 &&
                count_lines(expected->second, run, &second) > 0;
    if (both)
        snprintf(seen, SEEN_SIZE, "line %zu, then line %zu", first + 1,
                 second + 1);
    else
        snprintf(seen, SEEN_SIZE, "not both");
    return both && first < second;
}

static bool is_ahead(const struct expectation *expected, const struct run *run,
                     char *seen)
{
    size_t ahead = 0, most = 0;
    for (size_t i = 0; i < run->count; i++) {
        if (matches(expected->first, &run->lines[i]))
            ahead++;
        else if (matches(expected->second, &run->lines[i]) && ahead > 0)
            ahead--;
        most = ahead > most ? ahead : most;
    }
    snprintf(seen, SEEN_SIZE, "at most %zu", most);
    return most <= expected->most;
}

static bool is_by(const struct expectation *expected, const struct run *run,
                  char *seen)
{
    size_t count = 0;
    for (size_t i = 0; i < run->count; i++) {
        const struct line *line = &run->lines[i];
        if (!matches(expected->first, line))
            continue;
        count++;
        if (fnmatch(expected->second, line->thread, 0) != 0) {
            snprintf(seen, SEEN_SIZE, "line %zu by %s", i + 1, line->thread);
            return false;
        }
    }
    snprintf(seen, SEEN_SIZE, "%zu line%s", count, count == 1 ? "" : "s");
    return count > 0;
}

/* Whether an earlier line that matches came from the same thread. */
static bool was_heard(const char *pattern, const struct run *run, size_t line)
{
    for (size_t i = 0; i < line; i++)
        if (matches(pattern, &run->lines[i]) &&
            strcmp(run->lines[i].thread, run->lines[line].thread) == 0)
            return true;
    return false;
}

static bool is_by_threads(const struct expectation *expected,
                          const struct run *run, char *seen)
{
    size_t count = 0;
    for (size_t i = 0; i < run->count; i++)
        count += matches(expected->first, &run->lines[i]) &&
                 !was_heard(expected->first, run, i);
    snprintf(seen, SEEN_SIZE, "%zu thread%s", count, count == 1 ? "" : "s");
    return expected->least <= count && count <= expected->most;
}

bool is_kept(const struct expectation *expected, const struct run *run,
             char seen[SEEN_SIZE])
{
    static bool (*const checks[])(const struct expectation *,
                                  const struct run *, char *) = {
        [KIND_SAID] = is_said,     [KIND_EACH] = is_each_said,
        [KIND_BEFORE] = is_before, [KIND_AHEAD] = is_ahead,
        [KIND_BY] = is_by,         [KIND_THREADS] = is_by_threads};
    return checks[expected->kind](expected, run, seen);
}

/* Whether the expectation says that there is such a line. */
static bool covers(const struct expectation *expected, const struct line *line)
{
    if (expected->kind == KIND_SAID)
        return matches(expected->first, line);
    if (expected->kind != KIND_EACH)
        return false;
    for (size_t i = expected->least; i <= expected->most; i++) {
        char pattern[PATTERN_SIZE];
        fill_in(pattern, expected->first, i);
        if (matches(pattern, line))
            return true;
    }
    return false;
}

const struct line *unexpected_line(const struct expectation *expectations,
                                   size_t n, const struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        bool covered = false;
        for (size_t j = 0; j < n && !covered; j++)
            covered = covers(&expectations[j], &run->lines[i]);
        if (!covered)
            return &run->lines[i];
    }
    return NULL;
}
