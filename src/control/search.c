/* SPDX-License-Identifier: MIT */

/*
 * Searching.
 *
 * All schedules: a run with some deviations tells of each decision behind the
 * last of them who else could have had the turn; each of these is a run to be
 * made, with one deviation more. So each schedule comes up once. The bound is
 * on preemptions, as most faults need but a few (Musuvathi, Qadeer, "Iterative
 * Context Bounding", 2007).
 *
 * A shorter schedule: leaves out deviations, half of them first, and keeps what
 * is still wrong in the same way (Zeller, Hildebrandt, "Simplifying and
 * Isolating Failure-Inducing Input", 2002).
 */

#include "search.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_TRIES = 400 };

/* A schedule that is yet to be run. */
struct pending {
    struct pending *next;
    uint32_t preemptions;
    uint32_t size;
    struct weft__deviation deviations[];
};

static struct pending *stack;

static void set_script(const struct weft__deviation *deviations, uint32_t size)
{
    struct weft__session *session = weft__session;
    memcpy(session->script, deviations, size * sizeof *deviations);
    session->script_size = size;
}

/* The schedule that has just run, as the script, with one deviation more. */
static void push(uint32_t decision, uint32_t player, uint32_t preemptions)
{
    const struct weft__session *session = weft__session;
    uint32_t size = session->script_size;
    struct pending *next =
        malloc(sizeof *next + (size + 1) * sizeof *next->deviations);
    if (next == NULL || size + 1 >= WEFT__DEVIATIONS) {
        free(next);
        return;
    }
    memcpy(next->deviations, session->script, size * sizeof *session->script);
    next->deviations[size] = (struct weft__deviation){decision, player};
    next->size = size + 1;
    next->preemptions = preemptions;
    next->next = stack;
    stack = next;
}

static void push_alternatives(uint32_t before, uint64_t bound)
{
    const struct weft__session *session = weft__session;
    uint32_t size = session->script_size;
    uint32_t first = size > 0 ? session->script[size - 1].decision + 1 : 0;
    uint32_t end = session->decisions < WEFT__DECISIONS ? session->decisions
                                                        : WEFT__DECISIONS;
    for (uint32_t i = end; i-- > first;) {
        const struct weft__decision *each = &session->decided[i];
        uint32_t preemptions = before + each->preempts;
        uint64_t others = each->able & ~(UINT64_C(1) << each->plain);
        if (each->may_pass && before < bound)
            push(i, WEFT__TIME, before + 1);
        for (uint32_t player = 0; others != 0 && preemptions <= bound;
             player++, others >>= 1)
            if ((others & 1) != 0)
                push(i, player, preemptions);
    }
}

/* Makes the next one the script, so that a child finds no memory that nobody
 * knows; how many preemptions it has. */
static uint32_t pop(void)
{
    struct pending *next = stack;
    uint32_t preemptions = next->preemptions;
    stack = next->next;
    set_script(next->deviations, next->size);
    free(next);
    return preemptions;
}

enum weft__came_back weft__control_search(uint64_t most, uint64_t preemptions,
                                          struct weft__found *found)
{
    const struct weft__session *session = weft__session;
    *found = (struct weft__found){.ran = 0};
    stack = calloc(1, sizeof *stack);
    while (stack != NULL && found->ran < most && weft__control_has_time()) {
        uint32_t before = pop();
        enum weft__came_back came_back = weft__control_run();
        if (came_back == WEFT__AS_THE_PROGRAM)
            return came_back;
        found->ran++;
        found->steps += session->steps;
        found->outside += session->outside;
        if (came_back == WEFT__RAN_WRONG)
            return came_back;
        push_alternatives(before, preemptions);
    }
    found->is_all = stack == NULL;
    return WEFT__RAN_RIGHT;
}

/* ---- Shorter ---- */

struct wrong {
    enum weft__outcome outcome;
    int status;
    uint32_t size;
    struct weft__deviation deviations[WEFT__DEVIATIONS];
};

static void keep(struct wrong *wrong)
{
    const struct weft__session *session = weft__session;
    wrong->outcome = session->outcome;
    wrong->status = session->status;
    wrong->size = session->deviations_size;
    memcpy(wrong->deviations, session->deviations,
           wrong->size * sizeof *wrong->deviations);
}

static bool is_the_same(const struct wrong *wrong)
{
    return weft__session->outcome == wrong->outcome &&
           (wrong->outcome != WEFT__SIGNAL ||
            weft__session->status == wrong->status);
}

/* Without `count` of them, from `first` on. */
static enum weft__came_back run_without(const struct wrong *wrong,
                                        uint32_t first, uint32_t count)
{
    struct weft__session *session = weft__session;
    uint32_t rest = wrong->size - first - count;
    memcpy(session->script, wrong->deviations, first * sizeof *session->script);
    memcpy(session->script + first, wrong->deviations + first + count,
           rest * sizeof *session->script);
    session->script_size = first + rest;
    return weft__control_run();
}

/* One pass with pieces of that size. */
static enum weft__came_back drop_pieces(struct wrong *wrong, uint32_t piece,
                                        unsigned *tries, bool *dropped)
{
    uint32_t first = 0;
    while (first<wrong->size && * tries> 0) {
        uint32_t left = wrong->size - first;
        uint32_t count = piece < left ? piece : left;
        enum weft__came_back came_back = run_without(wrong, first, count);
        if (came_back == WEFT__AS_THE_PROGRAM)
            return came_back;
        --*tries;
        if (is_the_same(wrong) &&
            weft__session->deviations_size < wrong->size) {
            keep(wrong);
            *dropped = true;
        } else {
            first += count;
        }
    }
    return WEFT__RAN_RIGHT;
}

static enum weft__came_back drop_all(struct wrong *wrong)
{
    unsigned tries = MOST_TRIES;
    uint32_t piece = wrong->size;
    while (piece > 0 && tries > 0) {
        bool dropped = false;
        if (drop_pieces(wrong, piece, &tries, &dropped) == WEFT__AS_THE_PROGRAM)
            return WEFT__AS_THE_PROGRAM;
        if (!dropped || piece > wrong->size)
            piece = piece > wrong->size ? wrong->size : piece / 2;
    }
    set_script(wrong->deviations, wrong->size);
    weft__session->is_told = true;
    return weft__control_run();
}

enum weft__came_back weft__control_shrink(void)
{
    /* No allocator's, in a child of which nobody would know it. */
    struct wrong *wrong = weft__os_pages(sizeof *wrong);
    if (wrong == NULL)
        return WEFT__RAN_WRONG;
    keep(wrong);
    weft__session->scheduler = WEFT__REPLAY;
    enum weft__came_back came_back = drop_all(wrong);
    weft__os_pages_free(wrong, sizeof *wrong);
    return came_back;
}
