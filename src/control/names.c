/* SPDX-License-Identifier: MIT */

/*
 * What is called how, and what was done with it. An object has the name of a
 * variable, if it is one or one points to it, else its kind and a number in the
 * order of appearance.
 */

#include "report.h"

#include "address.h"
#include "pool.h"

#include <stdio.h>
#include <string.h>

enum { TEXTS = 8, TEXT_SIZE = 96, PLACES = 1 << WEFT__USES_BITS };

/* ---- Texts that live for a while ---- */

static char *next_text(void)
{
    static char texts[TEXTS][TEXT_SIZE];
    static unsigned next;
    return texts[next++ % TEXTS];
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* ---- Threads ---- */

const char *weft__player_name(const struct weft__player *player)
{
    return player->name[0] != '\0' ? player->name : "a new thread";
}

const struct weft__player *weft__player_of_thread(const void *thread)
{
    const struct weft__session *session = weft__session;
    for (uint32_t i = session->players_used; i-- > 0;)
        if (thread != NULL && session->players[i].thread == thread)
            return &session->players[i];
    return NULL;
}

const struct weft__player *weft__player_of_id(uint32_t id)
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

void weft__say_players(const struct weft__player *const *players, unsigned n)
{
    enum { MOST = 4 };
    unsigned shown = n <= MOST ? n : MOST - 1;
    for (unsigned i = 0; i < shown; i++)
        weft__control_say("%s%s",
                          i == 0       ? ""
                          : i + 1 == n ? " and "
                                       : ", ",
                          weft__player_name(players[i]));
    if (n > shown)
        weft__control_say(" and %u more", n - shown);
}

const void *weft__control_pool_of(const struct weft__record *record)
{
    const weft__worker *worker = record->pool_worker;
    return worker != NULL ? worker->pool : NULL;
}

/* ---- Uses ---- */

void weft__control_count(uint32_t player, const char *operation,
                         const void *object)
{
    struct weft__use *uses = weft__session->uses;
    uintptr_t key = ((uintptr_t)object ^ (uintptr_t)operation << 20) + player;
    uint64_t place = weft__hash_address((const void *)key, WEFT__USES_BITS);
    for (unsigned i = 0; i < PLACES / 4; i++) {
        struct weft__use *use = &uses[(place + i) % PLACES];
        if (use->operation == NULL)
            *use = (struct weft__use){
                .object = object, .operation = operation, .player = player};
        if (use->object == object && use->operation == operation &&
            use->player == player) {
            use->count++;
            use->last = weft__session->steps;
            return;
        }
    }
}

uint64_t weft__uses(const struct weft__player *player, const char *operation,
                    const void *object, uint64_t *last)
{
    const struct weft__session *session = weft__session;
    uint64_t count = 0, latest = 0;
    for (unsigned i = 0; i < PLACES; i++) {
        const struct weft__use *use = &session->uses[i];
        if (use->operation == NULL || use->object != object ||
            !begins(use->operation, operation) ||
            (player != NULL && player != &session->players[use->player]))
            continue;
        count += use->count;
        latest = use->last > latest ? use->last : latest;
    }
    if (last != NULL)
        *last = latest;
    return count;
}

const struct weft__player *weft__last_user(const char *operation,
                                           const void *object, uint64_t *step)
{
    const struct weft__session *session = weft__session;
    const struct weft__player *user = NULL;
    *step = 0;
    for (uint32_t i = 0; i < session->players_used; i++) {
        uint64_t last;
        weft__uses(&session->players[i], operation, object, &last);
        if (last > *step) {
            *step = last;
            user = &session->players[i];
        }
    }
    return user;
}

int weft__holds(const struct weft__player *player, const void *object)
{
    static const char *const acquire[] = {
        "weft_lock_acquire", "weft_rwlock_read", "weft_rwlock_write",
        "weft_semaphore_acquire"};
    static const char *const release[] = {
        "weft_lock_release", "weft_rwlock_release", "weft_semaphore_release"};
    int64_t holds = 0;
    for (size_t i = 0; i < sizeof acquire / sizeof *acquire; i++)
        holds += (int64_t)weft__uses(player, acquire[i], object, NULL);
    for (size_t i = 0; i < sizeof release / sizeof *release; i++)
        holds -= (int64_t)weft__uses(player, release[i], object, NULL);
    if (player->state == WEFT__WAITS && player->object == object && holds > 0)
        holds--;
    return (int)holds;
}

const struct weft__step *weft__step_before(uint64_t number)
{
    const struct weft__session *session = weft__session;
    uint64_t oldest = session->steps >= WEFT__STEPS_SHOWN
                          ? session->steps - WEFT__STEPS_SHOWN + 1
                          : 1;
    for (; number >= oldest; number--) {
        const struct weft__step *step =
            &session->shown[number % WEFT__STEPS_SHOWN];
        if (step->number == number && step->number > 0)
            return step;
    }
    return NULL;
}

/* ---- Objects ---- */

const char *weft__kind_of(const char *operation)
{
    static const char *const pools[] = {"submit", "try_submit", "map",
                                        "parallel"};
    const char *words = begins(operation, "weft_") ? operation + 5 : operation;
    for (size_t i = 0; i < sizeof pools / sizeof *pools; i++)
        if (begins(words, pools[i]))
            return "pool";
    char *kind = next_text();
    snprintf(kind, TEXT_SIZE, "%.*s", (int)strcspn(words, "_ "), words);
    return strcmp(kind, "bounded") == 0 ? "semaphore" : kind;
}

/* Statics of the library, which may be a part of the program. */
static bool is_own_variable(const struct weft__variable *variable)
{
    static const char *const own[][2] = {
        {"failure.c", "lock"},        {"future.c", "epoch_lock"},
        {"local.c", "lock"},          {"timer.c", "lock"},
        {"timer.c", "first_changed"}, {"timer.c", "leader_wanted"},
        {"timer.c", "one_less"},
    };
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (strcmp(variable->file, own[i][0]) == 0 &&
            strcmp(variable->name, own[i][1]) == 0)
            return true;
    return false;
}

static bool is_in_pool(const void *object, const void *pool)
{
    return pool != NULL && object != pool &&
           (uintptr_t)object - (uintptr_t)pool < sizeof(struct weft_pool);
}

const void *weft__pool_around(const void *object)
{
    const struct weft__session *session = weft__session;
    for (uint32_t i = 0; i < session->players_used; i++)
        if (is_in_pool(object, session->players[i].pool))
            return session->players[i].pool;
    for (unsigned i = 0; i < PLACES; i++) {
        const struct weft__use *use = &session->uses[i];
        if (use->operation != NULL && is_in_pool(object, use->object) &&
            strcmp(weft__kind_of(use->operation), "pool") == 0)
            return use->object;
    }
    return NULL;
}

static bool is_internal(const void *object)
{
    struct weft__variable variable;
    return weft__pool_around(object) != NULL || weft__os_is_own(object) ||
           (weft__os_variable_at(object, &variable) &&
            is_own_variable(&variable));
}

static struct weft__name *find_name(const void *object)
{
    struct weft__session *session = weft__session;
    for (uint32_t i = 0; i < session->names_size; i++)
        if (session->names[i].object == object)
            return &session->names[i];
    return NULL;
}

static unsigned count_kind(const char *kind)
{
    const struct weft__session *session = weft__session;
    unsigned count = 0;
    for (uint32_t i = 0; i < session->names_size; i++)
        count += session->names[i].number > 0 &&
                 !session->names[i].is_internal &&
                 begins(session->names[i].text, kind);
    return count;
}

static void make_name(struct weft__name *name, const char *kind)
{
    struct weft__variable variable;
    if (!weft__os_variable_at(name->object, &variable)) {
        name->number = count_kind(kind) + 1;
        snprintf(name->text, sizeof name->text, "%.40s %u", kind, name->number);
    } else if (variable.offset > 0) {
        snprintf(name->text, sizeof name->text, "%.40s+%zu", variable.name,
                 variable.offset);
    } else {
        snprintf(name->text, sizeof name->text, "%.50s", variable.name);
    }
}

static const struct weft__name *name_of(const void *object, const char *kind)
{
    static struct weft__name spare;
    struct weft__session *session = weft__session;
    struct weft__name *known = find_name(object);
    if (known != NULL)
        return known;
    bool full = session->names_size == WEFT__NAMES;
    struct weft__name *name =
        full ? &spare : &session->names[session->names_size];
    *name = (struct weft__name){.object = object,
                                .is_internal = is_internal(object)};
    make_name(name, kind);
    session->names_size += !full;
    return name;
}

const char *weft__name_of(const void *object, const char *kind)
{
    const struct weft__player *player = weft__player_of_thread(object);
    return player != NULL ? weft__player_name(player)
                          : name_of(object, kind)->text;
}

const char *weft__prose_of(const void *object, const char *kind)
{
    const struct weft__name *name = name_of(object, kind);
    char *text = next_text();
    if (name->number > 0)
        return name->text;
    snprintf(text, TEXT_SIZE, "%s `%s`", kind, name->text);
    return text;
}

void weft__control_name(const char *operation, const void *object)
{
    if (object != NULL)
        (void)weft__name_of(object, weft__kind_of(operation));
}

bool weft__is_internal(const void *object, const char *kind)
{
    return object != NULL && weft__player_of_thread(object) == NULL &&
           name_of(object, kind)->is_internal;
}

void weft__name_all(void)
{
    const struct weft__session *session = weft__session;
    uint64_t number = session->steps >= WEFT__STEPS_SHOWN
                          ? session->steps - WEFT__STEPS_SHOWN + 1
                          : 1;
    for (; number <= session->steps; number++) {
        const struct weft__step *step =
            &session->shown[number % WEFT__STEPS_SHOWN];
        if (step->number == number && step->object != NULL)
            (void)weft__name_of(step->object, weft__kind_of(step->operation));
    }
}
