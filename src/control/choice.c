/* SPDX-License-Identifier: MIT */

/*
 * Whose turn is next. Whatever decides, what comes out is written down as
 * deviations from the plain schedule, so that each run can be replayed, and
 * made shorter, without the seed.
 */

#include "session.h"

enum {
    CHANGES = 16,    /* of priorities, at most */
    LONG_RUN = 4,    /* times the plain one: from then on priorities are off */
    SHORT_RUN = 64,  /* decisions, where it is not known how many there are */
    TIME_PASSES = 32 /* rarely: one in so many */
};

static uint64_t number; /* of the generator */
static uint32_t changes[CHANGES], n_changes;
static uint32_t lowest; /* priority so far, going down */
static uint32_t length; /* of a run, about */
static uint32_t next_scripted;

/* Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (2014).
 */
static uint64_t random_number(void)
{
    uint64_t mixed = number += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ mixed >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ mixed >> 27) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ mixed >> 31;
}

static uint32_t random_below(uint32_t n)
{
    return (uint32_t)((random_number() >> 32) * n >> 32);
}

/* Who has a low priority may be what all others wait for in a loop, so it is
 * not the end: a long run goes on by chance. */
static enum weft__scheduler scheduler(uint32_t decision)
{
    const struct weft__session *session = weft__session;
    enum weft__scheduler asked = session->scheduler;
    if (asked == WEFT__MIXED)
        asked = session->seed % 2 == 0 ? WEFT__RANDOM : WEFT__PRIORITIES;
    return asked == WEFT__PRIORITIES && decision / LONG_RUN > length
               ? WEFT__RANDOM
               : asked;
}

/* Where priorities change: anywhere in a run as long as the plain one. */
void weft__control_choose_init(void)
{
    struct weft__session *session = weft__session;
    uint32_t plain = session->plain_decisions;
    length = plain > SHORT_RUN ? plain : SHORT_RUN;
    number = session->seed;
    lowest = UINT32_MAX / 2;
    next_scripted = 0;
    n_changes = session->depth > 0 ? session->depth - 1 : 0;
    if (n_changes > CHANGES)
        n_changes = CHANGES;
    for (uint32_t i = 0; i < n_changes; i++)
        changes[i] = random_below(length);
}

uint32_t weft__control_priority(void)
{
    return UINT32_MAX / 2 + 1 + random_below(UINT32_MAX / 2);
}

static uint32_t highest_of(const uint32_t *able, uint32_t n)
{
    uint32_t highest = able[0];
    for (uint32_t i = 1; i < n; i++)
        if (weft__player_at(able[i])->priority >
            weft__player_at(highest)->priority)
            highest = able[i];
    return highest;
}

/* Who yields, or whose priority changes just now, is the last from then on. */
static uint32_t by_priority(const uint32_t *able, uint32_t n, uint32_t decision,
                            bool yields)
{
    uint32_t highest = highest_of(able, n);
    bool falls = yields;
    for (uint32_t i = 0; i < n_changes; i++)
        falls |= changes[i] == decision;
    if (!falls)
        return highest;
    weft__player_at(highest)->priority = --lowest;
    return highest_of(able, n);
}

/* As the script says, if that is possible. */
static uint32_t by_script(const uint32_t *able, uint32_t n, uint32_t plain,
                          uint32_t decision, bool may_pass)
{
    const struct weft__session *session = weft__session;
    while (next_scripted < session->script_size &&
           session->script[next_scripted].decision < decision)
        next_scripted++;
    if (next_scripted == session->script_size ||
        session->script[next_scripted].decision != decision)
        return plain;
    uint32_t wanted = session->script[next_scripted].player;
    if (wanted == WEFT__TIME)
        return may_pass ? wanted : plain;
    for (uint32_t i = 0; i < n; i++)
        if (able[i] == wanted)
            return wanted;
    return plain;
}

static void note_decision(const uint32_t *able, uint32_t n, uint32_t plain,
                          uint32_t decision, bool preempts, bool may_pass)
{
    if (decision >= WEFT__DECISIONS || plain >= 64)
        return;
    struct weft__decision *noted = &weft__session->decided[decision];
    *noted = (struct weft__decision){
        .plain = (uint8_t)plain, .preempts = preempts, .may_pass = may_pass};
    for (uint32_t i = 0; i < n && able[i] < 64; i++)
        noted->able |= UINT64_C(1) << able[i];
}

static void note_deviation(uint32_t decision, uint32_t chosen, uint32_t plain)
{
    struct weft__session *session = weft__session;
    const struct weft__player *held_up = weft__player_at(plain);
    if (session->swerves_size < WEFT__SWERVES)
        session->swerves[session->swerves_size++] =
            (struct weft__swerve){.step = session->steps,
                                  .chosen = chosen,
                                  .instead = plain,
                                  .operation = held_up->operation,
                                  .is_in = held_up->step != 0};
    if (session->deviations_size < WEFT__DEVIATIONS)
        session->deviations[session->deviations_size++] =
            (struct weft__deviation){decision, chosen};
}

uint32_t weft__control_choose(const uint32_t *able, uint32_t n, uint32_t plain,
                              uint32_t before, bool yields, bool may_pass)
{
    uint32_t decision = weft__session->decisions++, chosen;
    bool could_go_on = plain == before && !yields &&
                       weft__player_at(plain)->state == WEFT__CAN_RUN;
    switch (scheduler(decision)) {
    case WEFT__REPLAY:
    case WEFT__EXHAUSTIVE:
        chosen = by_script(able, n, plain, decision, may_pass);
        break;
    case WEFT__PRIORITIES:
        chosen = may_pass && random_below(TIME_PASSES) == 0
                     ? WEFT__TIME
                     : by_priority(able, n, decision, yields);
        break;
    default:
        chosen = may_pass && random_below(TIME_PASSES) == 0
                     ? WEFT__TIME
                     : able[random_below(n)];
    }
    note_decision(able, n, plain, decision, could_go_on, may_pass);
    if (chosen != plain)
        note_deviation(decision, chosen, plain);
    return chosen;
}
