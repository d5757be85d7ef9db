/* SPDX-License-Identifier: MIT */

/*
 * Why nobody can go on, second part: for each kind of object, what the threads
 * that wait for it miss, and who might have done it.
 */

#include "report.h"

#include "queue.h"
#include "weft/barrier.h"
#include "weft/latch.h"

#include <string.h>

typedef struct weft__player player;

/* ---- All kinds ---- */

static void say_waiters(const struct weft__root *root, const char *one,
                        const char *many)
{
    weft__say_players(root->waiters, root->n);
    weft__control_say(" %s ", root->n == 1 ? one : many);
}

static const char *prose(const struct weft__root *root)
{
    char kind[32] = "";
    strncat(kind, root->wait.kind, strcspn(root->wait.kind, " "));
    return weft__prose_of(root->wait.object, kind);
}

/* In which of its steps it came to wait. */
static unsigned long long step_of(const player *who)
{
    return who->step != 0 ? who->step : who->asleep_since;
}

/* Whether its wait went on from before that step until then, and it did not do
 * anything in between: so what was done then woke it. */
static bool was_woken_at(const player *who, const void *condition,
                         uint64_t notified)
{
    const struct weft__step *last = weft__step_before(notified - 1);
    while (last != NULL && weft__player_at(last->player) != who)
        last = weft__step_before(last->number - 1);
    return last != NULL && last->object == condition && last->waited;
}

/* Who was woken by that notify, and waits again; NULL: nobody. */
static const player *find_woken_in_vain(const struct weft__root *root,
                                        uint64_t notified)
{
    for (unsigned i = 0; i < root->n; i++)
        if (step_of(root->waiters[i]) > notified &&
            was_woken_at(root->waiters[i], root->wait.object, notified))
            return root->waiters[i];
    return NULL;
}

static void say_woken_in_vain(const player *notifier, uint64_t notified,
                              const player *woken)
{
    weft__control_say("%s notified it last, at step %llu, and woke %s, who "
                      "waits again (step %llu). If the others could have gone "
                      "on instead: notify all, or have one condition for each "
                      "thing that is waited for.\n",
                      weft__player_name(notifier), (unsigned long long)notified,
                      weft__player_name(woken), step_of(woken));
}

static void say_lost_wakeup(const struct weft__root *root)
{
    uint64_t step;
    const player *first = root->waiters[0];
    const player *notifier =
        weft__last_user("weft_condition_notify", root->wait.object, &step);
    say_waiters(root, "waits for ever: nobody will notify",
                "wait for ever: nobody will notify");
    weft__control_say("%s.\n", prose(root));
    const player *woken =
        notifier != NULL ? find_woken_in_vain(root, step) : NULL;
    if (notifier == NULL)
        weft__control_say("Nobody ever did.\n");
    else if (woken != NULL)
        say_woken_in_vain(notifier, step, woken);
    else if (step < first->asleep_since)
        weft__control_say(
            "The wake-up was lost: %s notified it at step %llu, when %s did "
            "not yet wait (step %llu). Change what is waited for, and notify, "
            "with the lock held that the waiter holds from its look to its "
            "wait.\n",
            weft__player_name(notifier), (unsigned long long)step,
            weft__player_name(first), step_of(first));
    else
        weft__control_say("%s did last, at step %llu, and woke another.\n",
                          weft__player_name(notifier),
                          (unsigned long long)step);
}

static void say_semaphore(const struct weft__root *root)
{
    say_waiters(root, "waits for a permit of", "wait for a permit of");
    weft__control_say("%s. There is none, and nobody is left who "
                      "could release one.\n",
                      prose(root));
    for (uint32_t i = 0; i < weft__session->players_used; i++) {
        int holds = weft__holds(weft__player_at(i), root->wait.object);
        if (holds > 0)
            weft__control_say("%s has acquired %d more than it released.\n",
                              weft__player_name(weft__player_at(i)), holds);
    }
    weft__control_say("If it serves as a lock: a semaphore has no owner, and "
                      "who acquires it again waits for itself. A weft_rlock "
                      "lets its owner in again.\n");
}

/* The others that were started, by whether they have ended. */
static unsigned others(const struct weft__root *root, bool ended,
                       const player **found)
{
    unsigned n = 0;
    for (uint32_t i = 1;
         i < weft__session->players_used && n < WEFT__ROOT_WAITERS; i++) {
        const player *each = weft__player_at(i);
        bool waits_there = false;
        for (unsigned j = 0; j < root->n; j++)
            waits_there |= root->waiters[j] == each;
        if (!waits_there && (each->state == WEFT__GONE) == ended)
            found[n++] = each;
    }
    return n;
}

/* Ends a sentence: where all those are that could have helped. */
static void say_others(const struct weft__root *root)
{
    const player *found[WEFT__ROOT_WAITERS];
    unsigned n = others(root, true, found);
    if (n > 0) {
        weft__control_say(": ");
        weft__say_players(found, n);
        weft__control_say(" %s ended", n == 1 ? "has" : "have");
    }
    n = others(root, false, found);
    if (n > 0) {
        weft__control_say(": ");
        weft__say_players(found, n);
        weft__control_say(" %s elsewhere", n == 1 ? "waits" : "wait");
    }
    weft__control_say(".\n");
}

static void say_latch(const struct weft__root *root)
{
    weft_latch latch = {0};
    (void)weft__os_peek(root->wait.object, &latch, sizeof latch);
    say_waiters(root, "waits for", "wait for");
    weft__control_say("%s, which %u more must count down.\nNobody is left who "
                      "could",
                      prose(root), latch.word_ & (unsigned)WEFT_LATCH_MAX);
    say_others(root);
    weft__control_say("Whoever is counted on must count down on each way out, "
                      "also if it failed.\n");
}

static void say_barrier(const struct weft__root *root)
{
    weft_barrier barrier = {0};
    (void)weft__os_peek(root->wait.object, &barrier, sizeof barrier);
    weft__control_say("%u of %u have come to %s: ", root->n, barrier.parties,
                      prose(root));
    weft__say_players(root->waiters, root->n);
    weft__control_say(".\nNobody else is left who could come");
    say_others(root);
}

static bool is_waited_for_at_exit(const struct weft__root *root)
{
    for (uint32_t i = 0; i < weft__session->players_used; i++) {
        struct weft__wait wait = weft__wait_of(weft__player_at(i));
        if (weft__is_wait(&wait, "threads at exit"))
            return weft__waits_for(weft__player_at(i), root->waiters[0]);
    }
    return false;
}

static void say_queue_get(const struct weft__root *root)
{
    say_waiters(root, "waits for an item of", "wait for an item of");
    weft__control_say("%s. It is empty, and nobody is left who could put one, "
                      "or shut it down.\n",
                      prose(root));
    if (is_waited_for_at_exit(root))
        weft__control_say("The program is at its end, and waits for all "
                          "threads that are no daemons: say "
                          "weft_queue_shutdown when no more items will "
                          "come.\n");
}

static void say_queue_put(const struct weft__root *root)
{
    uint64_t step;
    const player *taker =
        weft__last_user("weft_queue_get", root->wait.object, &step);
    say_waiters(root, "waits for room in", "wait for room in");
    weft__control_say("%s. It is full, and nobody is left who could take an "
                      "item out.\n",
                      prose(root));
    if (taker == NULL)
        weft__control_say("Nobody ever did.\n");
    else
        weft__control_say("%s did last, at step %llu%s. Who wants no more of a "
                          "queue says weft_queue_shutdown, and whoever puts is "
                          "told.\n",
                          weft__player_name(taker), (unsigned long long)step,
                          taker->state == WEFT__GONE ? ", and has ended" : "");
}

static void say_queue_join(const struct weft__root *root)
{
    struct weft_queue queue;
    const void *object = root->wait.object;
    say_waiters(root, "waits until all items of", "wait until all items of");
    weft__control_say("%s are done.\n", prose(root));
    if (weft__os_peek(object, &queue, sizeof queue)) {
        size_t inside = queue.put.count - queue.get.count;
        size_t open = queue.put.count - queue.done / 2;
        if (inside > 0)
            weft__control_say("%zu of them %s still in it, and nobody is left "
                              "who could take %s out.\n",
                              inside, inside == 1 ? "is" : "are",
                              inside == 1 ? "it" : "them");
        else
            weft__control_say(
                "All %zu were taken out, and weft_queue_task_done "
                "was said for %zu: nobody is left who could say "
                "it for the other%s.\n",
                queue.get.count, queue.get.count - open, open == 1 ? "" : "s");
    }
    for (uint32_t i = 0; i < weft__session->players_used; i++) {
        uint64_t gets =
            weft__uses(weft__player_at(i), "weft_queue_get", object, NULL);
        uint64_t done = weft__uses(weft__player_at(i), "weft_queue_task_done",
                                   object, NULL);
        struct weft__wait wait = weft__wait_of(weft__player_at(i));
        gets -= gets > 0 && wait.object == object &&
                weft__is_wait(&wait, "queue get");
        if (gets > done)
            weft__control_say("%s got %llu and said it %llu times.\n",
                              weft__player_name(weft__player_at(i)),
                              (unsigned long long)gets,
                              (unsigned long long)done);
    }
}

static void say_event(const struct weft__root *root)
{
    uint64_t step;
    const player *setter =
        weft__last_user("weft_event_set", root->wait.object, &step);
    say_waiters(root, "waits until", "wait until");
    weft__control_say("%s is set, and nobody is left who could set it.\n",
                      prose(root));
    if (setter != NULL)
        weft__control_say("%s did last, at step %llu.\n",
                          weft__player_name(setter), (unsigned long long)step);
}

static void say_any(const struct weft__root *root)
{
    weft__control_say("%s ", weft__player_name(root->waiters[0]));
    weft__say_wait(root->waiters[0]);
    weft__control_say(", and nobody is left who could end that.\n");
}

void weft__say_missing(const struct weft__root *root)
{
    static const struct {
        const char *kind;
        void (*say)(const struct weft__root *root);
    } ways[] = {
        {"condition", say_lost_wakeup}, {"semaphore", say_semaphore},
        {"latch", say_latch},           {"barrier", say_barrier},
        {"queue get", say_queue_get},   {"queue put", say_queue_put},
        {"queue join", say_queue_join}, {"event", say_event},
    };
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (weft__is_wait(&root->wait, ways[i].kind)) {
            ways[i].say(root);
            return;
        }
    say_any(root);
}
