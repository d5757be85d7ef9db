/* SPDX-License-Identifier: MIT */

/*
 * What is told of a wrong run: what each thread does or waits for, and which
 * steps led there. The first is written down by the child, which can look at
 * its own memory; the second by the process that ran it, even if the child was
 * killed.
 */

#include "session.h"

#include "registry.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINES = 40 /* of steps */ };

const char *weft__control_outcome_name(enum weft__outcome outcome)
{
    static const char *const names[] = {
        [WEFT__RIGHT] = "right",
        [WEFT__DEADLOCK] = "nobody can go on",
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

static const char *name_of(const struct weft__player *player)
{
    return player->name[0] != '\0' ? player->name : "a new thread";
}

/* Who holds a lock, by its word; NULL: nobody, or a thread that has ended. */
static const struct weft__player *player_of(uint32_t id)
{
    const struct weft__session *session = weft__session;
    for (uint32_t i = 0; i < session->players_used; i++) {
        const struct weft__player *player = &session->players[i];
        if (player->state != WEFT__GONE && player->record != NULL &&
            weft__load_relaxed(&player->record->id) == id)
            return player;
    }
    return NULL;
}

static void say_wait(const struct weft__player *player,
                     const weft__wait_kind *kind)
{
    const void *object = player->record->waits_on;
    weft__control_say("waits for %s %p", kind->name, object);
    if (strcmp(kind->name, "lock") == 0) {
        uint32_t word = weft__load_relaxed((const uint32_t *)object);
        const struct weft__player *owner = player_of(word & WEFT__ID_MASK);
        if (owner == player)
            weft__control_say(", which it holds itself");
        else if (owner != NULL)
            weft__control_say(", held by %s", name_of(owner));
    }
}

static void say_player(const struct weft__player *player)
{
    const weft__wait_kind *kind =
        player->record != NULL ? weft__load(&player->record->waits_for) : NULL;
    weft__control_say("  %-20s ", name_of(player));
    if (kind != NULL && player->state == WEFT__WAITS)
        say_wait(player, kind);
    else if (player->state == WEFT__OUTSIDE)
        weft__control_say("is in a call that is not weft's, after %s",
                          player->operation);
    else
        weft__control_say("is in %s", player->operation != NULL
                                          ? player->operation
                                          : "its beginning");
    weft__control_say("  (step %llu)\n", (unsigned long long)player->step);
}

void weft__control_explain(void)
{
    const struct weft__session *session = weft__session;
    for (uint32_t i = 0; i < session->players_used; i++)
        if (session->players[i].state != WEFT__GONE)
            say_player(&session->players[i]);
}

void weft__control_misuse(const char *line)
{
    if (weft__session->bears_misuse)
        return;
    weft__control_say("%s", line);
    weft__control_fail(WEFT__MISUSE);
}

/* ---- By the process that ran it ---- */

static void print_steps(void)
{
    const struct weft__session *session = weft__session;
    uint64_t last = session->steps;
    uint64_t first =
        last > WEFT__STEPS_SHOWN ? last - WEFT__STEPS_SHOWN + 1 : 1;
    uint32_t numbers[LINES], n = 0;
    for (uint64_t i = last; i >= first && n < LINES; i--)
        if (session->shown[i % WEFT__STEPS_SHOWN].number == i)
            numbers[n++] = (uint32_t)(i % WEFT__STEPS_SHOWN);
    fprintf(stderr, "\nSteps:\n");
    while (n-- > 0) {
        const struct weft__step *step = &session->shown[numbers[n]];
        fprintf(stderr, "  %5llu  %-20s %s %p\n",
                (unsigned long long)step->number,
                name_of(&session->players[step->player]), step->operation,
                step->object);
    }
}

void weft__control_report(void)
{
    const struct weft__session *session = weft__session;
    if (session->outcome == WEFT__SIGNAL)
        fprintf(stderr, "\nSignal %d: %s\n", session->status,
                strsignal(session->status));
    else if (session->outcome == WEFT__EXIT_STATUS)
        fprintf(stderr, "\nExit status %d\n", session->status);
    fprintf(stderr, "\n%.*s", (int)session->report_size, session->report);
    print_steps();
}
