/* SPDX-License-Identifier: MIT */

/*
 * Threads that wait for each other in a circle, or for one that has ended.
 */

#include "report.h"

#include <string.h>

enum { MOST = 256 /* threads that are looked at */ };

#define UPGRADE                                                            \
    "A writer waits until nobody reads: release it first, acquire it for " \
    "writing, and look again.\n"

typedef struct weft__player player;

/* ---- Circles ---- */

static bool waits[MOST][MOST];

static uint32_t count(void)
{
    uint32_t used = weft__session->players_used;
    return used < MOST ? used : MOST;
}

static void look(void)
{
    for (uint32_t i = 0; i < count(); i++)
        for (uint32_t j = 0; j < count(); j++)
            waits[i][j] =
                weft__waits_for(weft__player_at(i), weft__player_at(j));
}

/* How many are in the shortest circle with this one, 0: there is none. Each of
 * them waits for the `next` one. Searched from behind, who is nearer first. */
static unsigned find_circle(uint32_t number, uint32_t *next)
{
    static uint32_t found[MOST];
    static unsigned distance[MOST];
    unsigned n = 0, looked_at = 0, so_far = 0;
    uint32_t each = number;
    memset(distance, 0, sizeof distance);
    for (;;) {
        for (uint32_t i = 0; i < count(); i++) {
            if (!waits[i][each] || distance[i] != 0)
                continue;
            distance[i] = so_far + 1;
            next[i] = each;
            found[n++] = i;
        }
        if (distance[number] != 0 || looked_at == n)
            return distance[number];
        each = found[looked_at++];
        so_far = distance[each];
    }
}

static bool all_wait_for(const player *const *path, unsigned n,
                         const char *kind)
{
    for (unsigned i = 0; i < n; i++) {
        struct weft__wait wait = weft__wait_of(path[i]);
        if (!weft__is_wait(&wait, kind))
            return false;
    }
    return true;
}

static void say_itself(const player *alone)
{
    struct weft__wait wait = weft__wait_of(alone);
    weft__control_say("%s waits for itself: it ", weft__player_name(alone));
    weft__say_wait(alone);
    weft__control_say(".\n");
    if (weft__is_wait(&wait, "lock"))
        weft__control_say("Who holds a lock must not acquire it again, unless "
                          "it is a weft_rlock.\n");
    else if (weft__is_wait(&wait, "rwlock (write)"))
        weft__control_say(UPGRADE);
}

static void say_circle(const player *const *path, unsigned n)
{
    if (n == 1) {
        say_itself(path[0]);
        return;
    }
    weft__control_say("%s\n", n == 2 ? "Two threads wait for each other:"
                                     : "Threads wait for each other in a "
                                       "circle:");
    for (unsigned i = 0; i < n; i++) {
        weft__control_say("  %s ", weft__player_name(path[i]));
        weft__say_wait(path[i]);
        weft__control_say("%s\n", i + 1 < n ? ";" : ".");
    }
    if (all_wait_for(path, n, "lock"))
        weft__control_say("Acquire these locks in the same order "
                          "everywhere.\n");
    else if (all_wait_for(path, n, "rwlock (write)"))
        weft__control_say(UPGRADE);
}

/* The shortest: who waits for itself comes first. */
bool weft__say_circle(void)
{
    static uint32_t next[MOST];
    static const player *path[MOST];
    uint32_t first = 0;
    unsigned least = 0;
    look();
    for (uint32_t i = 0; i < count(); i++) {
        unsigned length = find_circle(i, next);
        if (length > 0 && (least == 0 || length < least)) {
            least = length;
            first = i;
        }
    }
    if (least == 0)
        return false;
    (void)find_circle(first, next);
    for (unsigned i = 0; i < least; i++, first = next[first])
        path[i] = weft__player_at(first);
    say_circle(path, least);
    return true;
}

/* ---- Held by nobody ---- */

/* Which of those that have ended has it still, and since which step; NULL: it
 * is not known. */
static const player *find_late_holder(const void *object, uint64_t *since)
{
    static const char *const ways[] = {"weft_lock_acquire", "weft_rwlock_read",
                                       "weft_rwlock_write"};
    const player *holder = NULL;
    *since = 0;
    for (uint32_t i = 0; i < weft__session->players_used; i++) {
        const player *each = weft__player_at(i);
        if (each->state != WEFT__GONE || weft__holds(each, object) <= 0)
            continue;
        holder = each;
        for (size_t j = 0; j < sizeof ways / sizeof *ways; j++) {
            uint64_t step;
            weft__uses(each, ways[j], object, &step);
            *since = step > *since ? step : *since;
        }
    }
    return holder;
}

static bool say_orphan(const player *who)
{
    struct weft__wait wait = weft__wait_of(who);
    bool is_lock = weft__is_wait(&wait, "lock");
    uint64_t since;
    if (!weft__is_orphaned(who))
        return false;
    weft__control_say("%s ", weft__player_name(who));
    weft__say_wait(who);
    const player *holder = find_late_holder(wait.object, &since);
    if (holder != NULL)
        weft__control_say(": %s acquired it at step %llu",
                          weft__player_name(holder), (unsigned long long)since);
    weft__control_say(".\nEach way out of the section must release it: %s.\n",
                      is_lock ? "WEFT_WITH does"
                              : "WEFT_WITH_READ and WEFT_WITH_WRITE do");
    return true;
}

bool weft__say_orphan(void)
{
    for (uint32_t i = 0; i < weft__session->players_used; i++)
        if (say_orphan(weft__player_at(i)))
            return true;
    return false;
}
