/* SPDX-License-Identifier: MIT */

/*
 * Why a run may have failed, though nobody waited for ever: what is known from
 * its steps alone, as its memory may be gone. A guess is said only where it
 * seldom misleads.
 */

#include "report.h"

#include <string.h>

typedef struct weft__player player;

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Who had the turn. */
static const player *culprit(void)
{
    const struct weft__session *session = weft__session;
    for (uint32_t i = 0; i < session->players_used; i++)
        if (weft__player_at(i)->state == WEFT__RUNS)
            return weft__player_at(i);
    return NULL;
}

/* The last such step before that number; object NULL: of any. */
static const struct weft__step *find(uint64_t before, const player *by,
                                     const char *operation, const void *object)
{
    const struct weft__step *step;
    while ((step = weft__step_before(before - 1)) != NULL) {
        if ((by == NULL || by == weft__player_at(step->player)) &&
            begins(step->operation, operation) &&
            (object == NULL || step->object == object))
            return step;
        before = step->number;
    }
    return NULL;
}

/* ---- A wait for a condition that was the last but one thing it did ---- */

struct notified {
    const struct weft__step *wait;   /* its last */
    const struct weft__step *notify; /* the last before it went on, or NULL */
    const struct weft__step *again;  /* it had the lock again */
};

static struct notified last_wait(const player *who)
{
    struct notified found = {.wait = NULL};
    uint64_t end = weft__session->steps + 1;
    found.wait = find(end, who, "weft_condition_wait", NULL);
    found.again = find(end, who, "weft_lock_acquire", NULL);
    if (found.wait == NULL || found.again == NULL ||
        found.again->number < found.wait->number || !found.wait->waited)
        return (struct notified){.wait = NULL};
    found.notify = find(found.again->number, NULL, "weft_condition_notify",
                        found.wait->object);
    if (found.notify != NULL && found.notify->number < found.wait->number)
        found.notify = NULL;
    return found;
}

static void say_time_was_up(const player *who, const struct notified *found)
{
    weft__control_say(
        "%s waited for %s from step %llu on, and was not notified: its time "
        "was up. Look at what the wait answers, or again at what was waited "
        "for.\n",
        weft__player_name(who),
        weft__prose_of(found->wait->object, "condition"),
        (unsigned long long)found->wait->number);
}

/* Another had the lock after the notify, and before who was notified. */
static const struct weft__step *find_passer(const player *who,
                                            const struct notified *found)
{
    const void *lock = found->again->object;
    uint64_t end = weft__session->steps + 1;
    const struct weft__step *release = NULL;
    while ((release = find(end, NULL, "weft_lock_release", lock)) != NULL &&
           release->number > found->notify->number) {
        const player *by = weft__player_at(release->player);
        const struct weft__step *acquire =
            find(release->number, by, "weft_lock_acquire", lock);
        bool is_notifiers_own = by == weft__player_at(found->notify->player) &&
                                acquire != NULL &&
                                acquire->number < found->notify->number;
        if (by != who && !is_notifiers_own)
            return release;
        end = release->number;
    }
    return NULL;
}

static bool say_passed(const player *who, const struct notified *found)
{
    const struct weft__step *release = find_passer(who, found);
    if (release == NULL)
        return false;
    weft__control_say(
        "%s was notified of %s by %s at step %llu; but before it had %s "
        "again, %s had it, until step %llu. What it waited for need not be "
        "true any more: look again after each wait, in a `while`, or use "
        "weft_condition_wait_until.\n",
        weft__player_name(who),
        weft__prose_of(found->wait->object, "condition"),
        weft__player_name(weft__player_at(found->notify->player)),
        (unsigned long long)found->notify->number,
        weft__prose_of(release->object, "lock"),
        weft__player_name(weft__player_at(release->player)),
        (unsigned long long)release->number);
    return true;
}

static bool say_wait(const player *who)
{
    struct notified found = last_wait(who);
    if (found.wait == NULL)
        return false;
    if (found.notify != NULL)
        return say_passed(who, &found);
    say_time_was_up(who, &found);
    return true;
}

/* ---- Another in the midst of something ---- */

/* A lock that it has, NULL: none. */
static const void *held_lock(const player *who)
{
    const struct weft__step *step;
    uint64_t number = weft__session->steps;
    for (; (step = weft__step_before(number)) != NULL;
         number = step->number - 1)
        if (weft__player_at(step->player) == who &&
            begins(step->operation, "weft_lock_acquire") &&
            !weft__is_internal(step->object, "lock") &&
            weft__holds(who, step->object) > 0)
            return step->object;
    return NULL;
}

static void say_midst(const player *who)
{
    for (uint32_t i = 0; i < weft__session->players_used; i++) {
        const player *other = weft__player_at(i);
        const void *lock = held_lock(other);
        uint64_t since;
        if (other == who || other->state == WEFT__GONE || lock == NULL)
            continue;
        weft__uses(other, "weft_lock_acquire", lock, &since);
        weft__control_say("Meanwhile %s was in the midst of what it does with "
                          "%s, which it had since step %llu, and %s had "
                          "not.\n",
                          weft__player_name(other),
                          weft__prose_of(lock, "lock"),
                          (unsigned long long)since, weft__player_name(who));
    }
}

/* ---- No end ---- */

/* What a thread did most often of late, rather with an object than without;
 * NULL: nothing of its own. */
static const struct weft__use *find_habit(const player *who)
{
    const struct weft__session *session = weft__session;
    const struct weft__use *most = NULL;
    for (unsigned i = 0; i < 1U << WEFT__USES_BITS; i++) {
        const struct weft__use *use = &session->uses[i];
        if (use->operation == NULL || weft__player_at(use->player) != who ||
            use->last < session->steps / 4 * 3 ||
            weft__is_internal(use->object, weft__kind_of(use->operation)))
            continue;
        if (most == NULL || (use->object != NULL && most->object == NULL) ||
            ((use->object != NULL) == (most->object != NULL) &&
             use->count > most->count))
            most = use;
    }
    return most;
}

/* Who has what that thread tries to get again and again; NULL: it does not, or
 * nobody has it. */
static const player *find_obstacle(const player *who)
{
    const struct weft__use *habit = find_habit(who);
    if (habit == NULL || habit->object == NULL)
        return NULL;
    for (uint32_t i = 0; i < weft__session->players_used; i++) {
        const player *each = weft__player_at(i);
        if (each != who && each->state != WEFT__GONE &&
            weft__holds(each, habit->object) > 0)
            return each;
    }
    return NULL;
}

static void say_habit(const player *who)
{
    const struct weft__use *habit = find_habit(who);
    const player *obstacle = find_obstacle(who);
    if (habit == NULL)
        return;
    weft__control_say("%s goes on and on: %u times it called %s",
                      weft__player_name(who), habit->count, habit->operation);
    if (habit->object != NULL)
        weft__control_say(
            " of %s",
            weft__prose_of(habit->object, weft__kind_of(habit->operation)));
    if (obstacle != NULL)
        weft__control_say(", which %s has", weft__player_name(obstacle));
    weft__control_say(".\n");
}

/* Two who wait for each other awake. */
static bool is_livelock(void)
{
    for (uint32_t i = 0; i < weft__session->players_used; i++) {
        const player *other = find_obstacle(weft__player_at(i));
        if (other != NULL && find_obstacle(other) == weft__player_at(i))
            return true;
    }
    return false;
}

static void say_no_end(void)
{
    const struct weft__session *session = weft__session;
    if (session->outcome == WEFT__LIVELOCK)
        weft__control_say("It took %llu steps, as many as --steps allows, and "
                          "did not end.\n",
                          (unsigned long long)session->most_steps);
    else
        weft__control_say(
            "It took %llu s, as long as --seconds allows, and "
            "did not end.\n",
            (unsigned long long)(session->most_time / WEFT_SECONDS(1)));
    for (uint32_t i = 0; i < session->players_used; i++)
        if (weft__player_at(i)->state == WEFT__OUTSIDE)
            weft__control_say("%s does not come back from a call that is not "
                              "weft's, or computes.\n",
                              weft__player_name(weft__player_at(i)));
        else if (weft__player_at(i)->state != WEFT__GONE)
            say_habit(weft__player_at(i));
    if (is_livelock())
        weft__control_say("Each tries to get what the other has, and keeps "
                          "what it has itself: release that before the next "
                          "try.\n");
}

void weft__say_why_failed(void)
{
    const struct weft__session *session = weft__session;
    const player *who = culprit();
    if (session->outcome == WEFT__LIVELOCK ||
        session->outcome == WEFT__NO_END) {
        say_no_end();
        return;
    }
    if (session->outcome == WEFT__SIGNAL)
        weft__control_say("%s was killed by signal %d, %s.\n",
                          who != NULL ? weft__player_name(who) : "It",
                          session->status, strsignal(session->status));
    else if (session->outcome == WEFT__EXIT_STATUS)
        weft__control_say("It ended with status %d.\n", session->status);
    if (who != NULL && !say_wait(who))
        say_midst(who);
}
