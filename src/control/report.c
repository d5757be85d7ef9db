/* SPDX-License-Identifier: MIT */

/*
 * What is told of a wrong run: why it is wrong, what each thread does or waits
 * for, and which steps led there. The first two are written down by the child,
 * which can look at its own memory, if it comes to that; all else by the
 * process that ran it, even if the child was killed.
 */

#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINES = 60 /* of steps */, NAMES_WIDTH = 24, WIDTH = 79 };

const char *weft__control_outcome_name(enum weft__outcome outcome)
{
    static const char *const names[] = {
        [WEFT__RIGHT] = "right",
        [WEFT__DEADLOCK] = "deadlock: nobody can go on",
        [WEFT__LIVELOCK] = "no end, after so many steps",
        [WEFT__MISUSE] = "a wrong call",
        [WEFT__NO_END] = "no end, after so long",
        [WEFT__EXIT_STATUS] = "it failed",
        [WEFT__SIGNAL] = "it was killed",
    };
    return names[outcome];
}

void weft__control_say(const char *format, ...)
{
    struct weft__session *session = weft__session;
    size_t room = WEFT__REPORT_SIZE - session->report_size;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(session->report + session->report_size, room, format,
                           arguments);
    va_end(arguments);
    if (length > 0)
        session->report_size +=
            (size_t)length < room ? (size_t)length : room - 1;
}

/* ---- Threads ---- */

static int width_of_names(void)
{
    const struct weft__session *session = weft__session;
    size_t widest = 8;
    for (uint32_t i = 0; i < session->players_used; i++) {
        size_t width = strlen(weft__player_name(&session->players[i]));
        widest = width > widest ? width : widest;
    }
    return (int)(widest < NAMES_WIDTH ? widest : NAMES_WIDTH);
}

/* "lock_acquire `table`" */
static void say_operation(const char *operation, const void *object)
{
    const char *kind = weft__kind_of(operation);
    weft__control_say("%s", operation);
    if (object != NULL && !weft__is_internal(object, kind))
        weft__control_say("(%s)", weft__name_of(object, kind));
}

/* What it does, as far as it can be told from outside. */
static void say_doing(const struct weft__player *player)
{
    if (player->operation == NULL) {
        weft__control_say(player->state == WEFT__RUNS
                              ? "runs, and has not called weft yet"
                              : "has not begun");
        return;
    }
    if (player->state == WEFT__RUNS)
        weft__control_say("runs, after ");
    else if (player->state == WEFT__OUTSIDE)
        weft__control_say("is in a call that is not weft's, after ");
    else if (player->step == 0)
        weft__control_say("is about to call ");
    else
        weft__control_say(player->state == WEFT__WAITS ? "waits in "
                                                       : "is in ");
    say_operation(player->operation, player->object);
}

static void say_player(const struct weft__player *player, bool knows_waits,
                       int width)
{
    struct weft__wait wait = {.kind = NULL};
    uint64_t step = player->step;
    if (knows_waits)
        wait = weft__wait_of(player);
    if (player->state == WEFT__WAITS &&
        (step == 0 ||
         (wait.kind != NULL && strcmp(wait.kind, "threads at exit") == 0)))
        step = player->asleep_since; /* it called nothing */
    weft__control_say("  %-*.*s  ", width, NAMES_WIDTH,
                      weft__player_name(player));
    if (player->state == WEFT__GONE) {
        weft__control_say("has ended\n");
        return;
    }
    if (wait.kind != NULL)
        weft__say_wait(player);
    else
        say_doing(player);
    if (step != 0)
        weft__control_say(" (%sstep %llu)",
                          player->state == WEFT__WAITS ? "since " : "",
                          (unsigned long long)step);
    weft__control_say("\n");
}

static void say_players(bool knows_waits)
{
    const struct weft__session *session = weft__session;
    int width = width_of_names();
    weft__control_say("\nThreads:\n");
    for (uint32_t i = 0; i < session->players_used; i++)
        say_player(&session->players[i], knows_waits, width);
}

/* ---- By the child ---- */

void weft__control_explain(void)
{
    const struct weft__session *session = weft__session;
    weft__name_all();
    if (session->outcome == WEFT__DEADLOCK)
        weft__say_why();
    else
        weft__say_why_failed();
    say_players(true);
}

void weft__control_misuse(const char *line)
{
    if (weft__session->bears_misuse)
        return;
    weft__control_say("%s", line);
    weft__control_fail(WEFT__MISUSE);
}

/* ---- By the process that ran it ---- */

/* Words that fit into the rest of a line, which is `width` wide. */
static int take_line(const char *text, int width)
{
    int end = (int)strcspn(text, "\n");
    if (end <= width)
        return end;
    int cut = width;
    while (cut > 0 && text[cut] != ' ')
        cut--;
    return cut > 0 ? cut : (int)strcspn(text, " \n");
}

/* What is too long goes on in the next line: under a thread's, further in. */
static void print_wrapped(const char *text, int indent)
{
    while (*text != '\0') {
        int further = *text == ' ' ? indent : 0, taken = take_line(text, WIDTH);
        fprintf(stderr, "%.*s\n", taken, text);
        for (text += taken; *text == ' '; text += taken) {
            text++;
            taken = take_line(text, WIDTH - further);
            fprintf(stderr, "%*s%.*s\n", further, "", taken, text);
        }
        text += *text == '\n';
    }
}

/* Whose turn it was, against the plain order, between two of the steps. */
static void print_swerves(uint64_t from, uint64_t to, int width)
{
    const struct weft__session *session = weft__session;
    for (uint32_t i = 0; i < session->swerves_size; i++) {
        const struct weft__swerve *swerve = &session->swerves[i];
        if (swerve->step < from || swerve->step >= to)
            continue;
        const char *instead =
            weft__player_name(&session->players[swerve->instead]);
        fprintf(stderr, "  %6s %-*s  ", "", width, "");
        if (swerve->chosen == WEFT__TIME)
            fprintf(stderr, "-- time passes, instead of %s", instead);
        else
            fprintf(stderr, "-- %s goes on, instead of %s",
                    weft__player_name(&session->players[swerve->chosen]),
                    instead);
        if (swerve->operation != NULL)
            fprintf(stderr, swerve->is_in ? " in %s" : " before %s",
                    swerve->operation);
        fprintf(stderr, "\n");
    }
}

static void print_step(const struct weft__step *step, bool turn, int width)
{
    const struct weft__player *player = &weft__session->players[step->player];
    const char *kind = weft__kind_of(step->operation);
    fprintf(stderr, "  %5llu  %-*.*s  %-26s %s%s\n",
            (unsigned long long)step->number, width, NAMES_WIDTH,
            turn ? weft__player_name(player) : "", step->operation,
            step->object != NULL ? weft__name_of(step->object, kind) : "",
            step->waited ? "  ... waits" : "");
}

static bool is_shown(const struct weft__step *step)
{
    return !weft__is_internal(step->object, weft__kind_of(step->operation));
}

static void print_steps(void)
{
    const struct weft__session *session = weft__session;
    const struct weft__step *steps[LINES], *step;
    uint64_t number = session->steps, before = 0;
    uint32_t n = 0, last = UINT32_MAX;
    int width = width_of_names();
    while (n < LINES && (step = weft__step_before(number)) != NULL) {
        if (is_shown(step))
            steps[n++] = step;
        number = step->number - 1;
    }
    fprintf(stderr, n < LINES ? "\nSteps:\n" : "\nThe last steps:\n");
    if (n == LINES)
        before = steps[n - 1]->number;
    while (n-- > 0) {
        print_swerves(before, steps[n]->number, width);
        print_step(steps[n], steps[n]->player != last, width);
        last = steps[n]->player;
        before = steps[n]->number;
    }
    print_swerves(before, UINT64_MAX, width);
}

void weft__control_report(void)
{
    const struct weft__session *session = weft__session;
    if (session->report_size == 0) {
        weft__name_all();
        weft__say_why_failed();
        say_players(false);
    }
    fprintf(stderr, "\n");
    print_wrapped(session->report, width_of_names() + 4);
    print_steps();
}
