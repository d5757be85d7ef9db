/* SPDX-License-Identifier: MIT */

/*
 * Who waits for what, and for whom: looked up in the objects, by the process
 * whose they are, when all of its threads stand still. Memory is read by way of
 * the kernel: some of it may be gone, and no sanitizer need know.
 */

#include "report.h"

#include "pool.h"
#include "queue.h"
#include "rwlock_state.h"

#include <string.h>

#define RUNNER WEFT__ID_MASK

/* ---- Looking ---- */

static uint32_t word_at(const void *address)
{
    uint32_t word = 0;
    return weft__os_peek(address, &word, sizeof word) ? word : 0;
}

/* Who waits for a part of a queue waits for the queue. */
static const void *queue_of(const struct weft__wait *wait)
{
    size_t offset = weft__is_wait(wait, "queue get") ? offsetof(weft_queue, get)
                    : weft__is_wait(wait, "queue put")
                        ? offsetof(weft_queue, put)
                        : offsetof(weft_queue, done);
    return (const char *)wait->object - offset;
}

struct weft__wait weft__wait_of(const struct weft__player *player)
{
    struct weft__wait wait = {.kind = NULL};
    if (player->state != WEFT__WAITS || player->record == NULL)
        return wait;
    const weft__wait_kind *kind = weft__load(&player->record->waits_for);
    if (kind == NULL)
        return wait;
    wait.kind = kind->name;
    wait.object = weft__load_relaxed(&player->record->waits_on);
    if (strncmp(wait.kind, "queue ", 6) == 0)
        wait.object = queue_of(&wait);
    return wait;
}

/* ---- For whom ---- */

static bool has_id(const struct weft__player *player, uint32_t id)
{
    return id != 0 && weft__player_of_id(id) == player;
}

static bool writes(const struct weft__player *player, const weft_rwlock *rwlock)
{
    return (word_at(&rwlock->word_) & WEFT__RWLOCK_WRITER) != 0 &&
           has_id(player, word_at(&rwlock->writer_));
}

/* A reader waits for a writer that is in, or in line before it. */
static bool keeps_from_reading(const struct weft__player *player,
                               const weft_rwlock *rwlock)
{
    struct weft__wait wait = weft__wait_of(player);
    if ((word_at(&rwlock->word_) & WEFT__RWLOCK_WRITER) != 0)
        return writes(player, rwlock);
    return wait.object == rwlock && weft__is_wait(&wait, "rwlock (write)");
}

static bool keeps_from_writing(const struct weft__player *player,
                               const weft_rwlock *rwlock)
{
    return (word_at(&rwlock->word_) & WEFT__RWLOCK_WRITER) != 0
               ? writes(player, rwlock)
               : weft__holds(player, rwlock) > 0;
}

/* Who runs the task, or all workers of its pool if nobody does. */
static bool keeps_from_result(const struct weft__player *player,
                              const weft_future *of)
{
    weft_future future;
    if (!weft__os_peek(of, &future, sizeof future))
        return false;
    switch (future.state_ & WEFT__FUTURE_STATE) {
    case WEFT__FUTURE_RUNNING:
        return has_id(player, (uint32_t)future.code_);
    case WEFT__FUTURE_PENDING:
        return (future.state_ & WEFT__FUTURE_GROUPED) == 0 &&
               player->pool == future.pool_;
    default:
        return false;
    }
}

static bool delays_exit(const struct weft__player *player)
{
    return player->state != WEFT__GONE && player->record != NULL &&
           player->record->delays_exit;
}

static bool is_idle(const struct weft__player *worker)
{
    struct weft__wait wait = weft__wait_of(worker);
    return weft__is_wait(&wait, "task");
}

/* Who ends a pool, or the program, waits for its workers. */
static bool waits_for_quiet(const struct weft__wait *wait)
{
    const char *pool = weft__pool_around(wait->object);
    return weft__is_wait(wait, "condition") && pool != NULL &&
           wait->object == pool + offsetof(struct weft_pool, quiet);
}

bool weft__waits_for(const struct weft__player *player,
                     const struct weft__player *other)
{
    struct weft__wait wait = weft__wait_of(player);
    const void *object = wait.object;
    if (wait.kind == NULL || other->state == WEFT__GONE)
        return false;
    if (weft__is_wait(&wait, "lock"))
        return has_id(other, word_at(object) & WEFT__ID_MASK);
    if (weft__is_wait(&wait, "once"))
        return has_id(other, word_at(object) & RUNNER);
    if (weft__is_wait(&wait, "rwlock (read)"))
        return keeps_from_reading(other, object);
    if (weft__is_wait(&wait, "rwlock (write)"))
        return keeps_from_writing(other, object);
    if (weft__is_wait(&wait, "thread"))
        return other->thread == object;
    if (weft__is_wait(&wait, "future"))
        return other != player && keeps_from_result(other, object);
    if (weft__is_wait(&wait, "threads at exit"))
        return other != player && delays_exit(other);
    if (waits_for_quiet(&wait))
        return other != player &&
               other->pool == weft__pool_around(wait.object) && !is_idle(other);
    return false;
}

bool weft__waits_for_anybody(const struct weft__player *player)
{
    for (uint32_t i = 0; i < weft__session->players_used; i++)
        if (weft__waits_for(player, weft__player_at(i)))
            return true;
    return false;
}

bool weft__is_orphaned(const struct weft__player *player)
{
    struct weft__wait wait = weft__wait_of(player);
    return (weft__is_wait(&wait, "lock") ||
            weft__is_wait(&wait, "rwlock (read)") ||
            weft__is_wait(&wait, "rwlock (write)")) &&
           !weft__waits_for_anybody(player);
}

bool weft__pool_pending(const void *of, size_t *pending)
{
    struct weft_pool pool;
    if (of == NULL || !weft__os_peek(of, &pool, sizeof pool))
        return false;
    *pending = pool.listed;
    weft_future future = {.next_ = pool.inbox};
    while (future.next_ != NULL &&
           weft__os_peek(future.next_, &future, sizeof future))
        ++*pending;
    weft__worker worker = {.next = pool.workers};
    while (worker.next != NULL &&
           weft__os_peek(worker.next, &worker, sizeof worker))
        for (size_t i = 0; i < WEFT__DEQUE_SLOTS; i++)
            *pending += worker.deque.slots[i] != NULL;
    return true;
}

/* ---- Saying it ---- */

/* NULL: there is no sentence for it. */
static const char *phrase_for(const char *kind)
{
    static const char *const phrases[][2] = {
        {"lock", "waits for %s"},
        {"rwlock (read)", "waits to read %s"},
        {"rwlock (write)", "waits to write %s"},
        {"condition", "waits to be notified of %s"},
        {"semaphore", "waits for a permit of %s"},
        {"event", "waits until %s is set"},
        {"barrier", "waits for the others at %s"},
        {"latch", "waits until %s is open"},
        {"once", "waits until another has done %s"},
        {"queue get", "waits for an item of %s"},
        {"queue put", "waits for room in %s"},
        {"queue join", "waits until all of %s is done"},
        {"future", "waits for %s"},
        {"group", "waits for the tasks of %s"},
        {"cache", "waits for what another computes for %s"},
        {"timer", "waits for the end of %s"},
    };
    for (size_t i = 0; i < sizeof phrases / sizeof *phrases; i++)
        if (strcmp(kind, phrases[i][0]) == 0)
            return phrases[i][1];
    return NULL;
}

static const char *relation_of(const struct weft__wait *wait)
{
    if (weft__is_wait(wait, "once") || weft__is_wait(wait, "future"))
        return "run";
    if (weft__is_wait(wait, "rwlock (write)") &&
        (word_at(wait->object) & WEFT__RWLOCK_WRITER) == 0)
        return "read";
    return weft__is_wait(wait, "rwlock (read)") ? "write" : "hold";
}

static unsigned blockers(const struct weft__player *player,
                         const struct weft__player **found, unsigned most)
{
    const struct weft__session *session = weft__session;
    unsigned n = 0;
    for (uint32_t i = 0; i < session->players_used && n < most; i++)
        if (weft__waits_for(player, weft__player_at(i)))
            found[n++] = weft__player_at(i);
    return n;
}

static bool is_pending(const weft_future *future)
{
    return (word_at(&future->state_) & WEFT__FUTURE_STATE) ==
           WEFT__FUTURE_PENDING;
}

static void say_blockers(const struct weft__player *player,
                         const struct weft__wait *wait)
{
    enum { MOST = 64 };
    const struct weft__player *found[MOST];
    const char *relation = relation_of(wait);
    unsigned n = blockers(player, found, MOST), others = 0;
    for (unsigned i = 0; i < n; i++)
        if (found[i] != player)
            found[others++] = found[i];
    if (weft__is_orphaned(player)) {
        weft__control_say(", held by a thread that has ended");
    } else if (weft__is_wait(wait, "future") && is_pending(wait->object)) {
        weft__control_say(", whose task nobody has begun");
    } else if (others < n) {
        weft__control_say(", which it %ss itself%s", relation,
                          others > 0 ? ", and so does " : "");
        weft__say_players(found, others);
    } else if (n > 0) {
        weft__control_say(", which ");
        weft__say_players(found, n);
        weft__control_say(" %s%s", relation, n == 1 ? "s" : "");
    }
}

static void say_whom(const char *words, const struct weft__player *player)
{
    enum { MOST = 64 };
    const struct weft__player *found[MOST];
    unsigned n = blockers(player, found, MOST);
    weft__control_say("%s", words);
    weft__say_players(found, n);
}

void weft__say_wait(const struct weft__player *player)
{
    struct weft__wait wait = weft__wait_of(player);
    const void *pool = weft__pool_around(wait.object);
    if (waits_for_quiet(&wait)) {
        weft__control_say("waits until all tasks of %s have ended",
                          weft__prose_of(pool, "pool"));
    } else if (pool != NULL && weft__is_wait(&wait, "condition")) {
        weft__control_say("waits for room in %s", weft__prose_of(pool, "pool"));
    } else if (weft__is_wait(&wait, "thread")) {
        say_whom("waits for the end of ", player);
    } else if (weft__is_wait(&wait, "threads at exit")) {
        say_whom("is at exit, and waits for the end of ", player);
    } else if (weft__is_wait(&wait, "task")) {
        weft__control_say("waits for a task");
    } else if (weft__is_wait(&wait, "sleep")) {
        weft__control_say("sleeps");
    } else if (wait.kind == NULL || phrase_for(wait.kind) == NULL) {
        weft__control_say("waits, in %s", player->operation != NULL
                                              ? player->operation
                                              : "its beginning");
    } else {
        char kind[32] = "";
        strncat(kind, wait.kind, strcspn(wait.kind, " "));
        const char *phrase = phrase_for(wait.kind);
        const char *place = strstr(phrase, "%s");
        weft__control_say("%.*s%s%s", (int)(place - phrase), phrase,
                          weft__prose_of(wait.object, kind), place + 2);
        say_blockers(player, &wait);
    }
}
