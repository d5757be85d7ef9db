/* SPDX-License-Identifier: MIT */

/*
 * Why nobody can go on. Either threads wait for each other in a circle; or
 * some wait for what nobody is left to do, and all others for these.
 */

#include "report.h"

#include <string.h>

typedef struct weft__player player;

/* ---- What nobody is left to do ---- */

/* It waits for what is nobody's, and the program knows of it. */
static bool is_root(const player *who, struct weft__wait *wait)
{
    char kind[32] = "";
    *wait = weft__wait_of(who);
    if (wait->kind == NULL || weft__is_wait(wait, "task") ||
        weft__waits_for_anybody(who))
        return false;
    strncat(kind, wait->kind, strcspn(wait->kind, " "));
    return wait->object == NULL || !weft__is_internal(wait->object, kind);
}

static bool is_same(const struct weft__wait *wait,
                    const struct weft__wait *other)
{
    return wait->object == other->object &&
           strcmp(wait->kind, other->kind) == 0;
}

/* An idle consumer, where somebody waits until its queue is done with. */
static bool is_idle(const struct weft__wait *wait)
{
    for (uint32_t i = 0; i < weft__session->players_used; i++) {
        struct weft__wait other = weft__wait_of(weft__player_at(i));
        if (weft__is_wait(wait, "queue get") &&
            weft__is_wait(&other, "queue join") && wait->object == other.object)
            return true;
    }
    return false;
}

/* All that wait for the same thing; nothing if the first of them is another. */
static struct weft__root root_of(uint32_t first)
{
    struct weft__root root = {.n = 0};
    if (!is_root(weft__player_at(first), &root.wait) || is_idle(&root.wait))
        return root;
    for (uint32_t i = 0;
         i < weft__session->players_used && root.n < WEFT__ROOT_WAITERS; i++) {
        struct weft__wait wait = weft__wait_of(weft__player_at(i));
        if (wait.kind == NULL || !is_same(&wait, &root.wait) ||
            !is_root(weft__player_at(i), &wait))
            continue;
        if (i < first)
            return (struct weft__root){.n = 0};
        root.waiters[root.n++] = weft__player_at(i);
    }
    return root;
}

/* A pool all of whose workers wait, but not for tasks. */
static void say_pool(const player *of)
{
    const player *workers[WEFT__ROOT_WAITERS];
    unsigned n = 0;
    size_t pending;
    for (uint32_t i = 0;
         i < weft__session->players_used && n < WEFT__ROOT_WAITERS; i++) {
        const player *each = weft__player_at(i);
        struct weft__wait wait = weft__wait_of(each);
        if (each->pool != of->pool || each->state == WEFT__GONE)
            continue;
        if (weft__is_wait(&wait, "task") || (n == 0 && each != of))
            return;
        workers[n++] = each;
    }
    if (n == 0 || !weft__pool_pending(of->pool, &pending) || pending == 0)
        return;
    weft__control_say(
        "%zu task%s of %s %s not begun, as all its workers wait: ", pending,
        pending == 1 ? "" : "s", weft__prose_of(of->pool, "pool"),
        pending == 1 ? "has" : "have");
    weft__say_players(workers, n);
    weft__control_say(".\nA task must not wait for another of its own pool, "
                      "but for its future: of that the pool knows.\n");
}

static void say_pools(void)
{
    for (uint32_t i = 0; i < weft__session->players_used; i++)
        if (weft__player_at(i)->pool != NULL)
            say_pool(weft__player_at(i));
}

/* At exit, and elsewhere, some wait for ever where nothing is wrong if nobody
 * waits for them. */
void weft__say_why(void)
{
    if (weft__say_circle() || weft__say_orphan())
        return;
    for (uint32_t i = 0; i < weft__session->players_used; i++) {
        struct weft__root root = root_of(i);
        if (root.n > 0)
            weft__say_missing(&root);
    }
    say_pools();
}
