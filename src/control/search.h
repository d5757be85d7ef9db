/* SPDX-License-Identifier: MIT */
#ifndef WEFT_SRC_CONTROL_SEARCH_H
#define WEFT_SRC_CONTROL_SEARCH_H

/* Many runs for one answer. */

#include "session.h"

/* What is asked for, beside what the session holds. */
struct weft__settings {
    uint64_t schedules, preemptions;
    weft_duration most_time; /* real, for all; no run begins behind it */
    bool shrinks, shows_output;
};
extern struct weft__settings weft__settings;

/* Takes what WEFT_CHECK says, and leaves it in pieces. False: it is wrong. */
bool weft__control_parse(char *wish);

/* Who has come back from a run: the process that runs them, or its child, which
 * is to go on as the program. */
enum weft__came_back { WEFT__RAN_RIGHT, WEFT__RAN_WRONG, WEFT__AS_THE_PROGRAM };

/* One run, as the session says. */
enum weft__came_back weft__control_run(void);

struct weft__found {
    uint64_t ran, outside, steps;
    bool is_all; /* no schedule within the bound is left */
};

/* Whether there is time for another run. */
bool weft__control_has_time(void);

/* Each schedule with at most so many preemptions, at most so many in all, until
 * one is wrong. */
enum weft__came_back weft__control_search(uint64_t most, uint64_t preemptions,
                                          struct weft__found *found);

/* After a wrong run: finds one with fewer deviations that is wrong in the same
 * way, and runs it last. */
enum weft__came_back weft__control_shrink(void);

#endif
