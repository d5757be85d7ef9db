/* SPDX-License-Identifier: MIT */

/*
 * The players: how they come and go, and what they do at each point, instead of
 * what the platform would.
 */

#include "turns.h"

#include "registry.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FEW = 64 /* players, before a number is used again */ };

#define STEP WEFT_US(1)
#define GLANCE WEFT_NS(50) /* what a look at the clock takes */
#define BEGINNING WEFT_SECONDS(1000)

bool weft__controlled;

static uint64_t arrivals;
static pthread_key_t end_key;

#define self weft__player_self

/* ---- Coming and going ---- */

/* A new one while there are few, so that a report can tell them apart. */
static uint32_t free_number(void)
{
    uint32_t number = weft__turns.used < FEW ? weft__turns.used : 0;
    while (number < weft__turns.used &&
           weft__player_at(number)->state != WEFT__GONE)
        number++;
    return number;
}

/* Locked. */
static struct weft__player *take_player(void)
{
    uint32_t number = free_number();
    if (number == WEFT__PLAYERS)
        return NULL;
    if (number == weft__turns.used)
        weft__session->players_used = ++weft__turns.used;
    struct weft__player *player = weft__player_at(number);
    *player = (struct weft__player){.state = WEFT__CAN_RUN,
                                    .priority = weft__control_priority()};
    return player;
}

struct weft__player *weft__control_prepare(const weft_thread *thread)
{
    sigset_t before;
    weft__turns_lock(&before);
    struct weft__player *player = take_player();
    if (player != NULL) {
        player->thread = thread;
        weft__copy_text(player->name, sizeof player->name, thread->name_);
    }
    weft__turns_unlock(&before);
    return player;
}

void weft__control_cancel(struct weft__player *player)
{
    sigset_t before;
    weft__turns_lock(&before);
    player->state = WEFT__GONE;
    weft__turns_unlock(&before);
}

void weft__control_begin(struct weft__player *player)
{
    player->native_id = (int32_t)syscall(SYS_gettid);
    self = player;
    weft__turns_await(player);
}

void weft__control_end(void)
{
    if (self != NULL && self->state == WEFT__RUNS)
        weft__turns_hand_over(WEFT__GONE, false);
}

static void at_end(void *player)
{
    if (self == player)
        weft__control_end();
}

/* Locked. Nobody else has the turn, or it has to wait for one. */
static void line_up(struct weft__player *player)
{
    player->state = WEFT__CAN_RUN;
    if (weft__load_relaxed(&weft__turns.current) == WEFT__NOBODY)
        weft__turns_give(weft__player_number(player));
}

/* A thread that weft did not start comes to its first point, or one that was
 * outside to its next. */
static void enter(void)
{
    sigset_t before;
    weft__turns_lock(&before);
    if (self == NULL) {
        self = take_player();
        if (self == NULL)
            weft__control_fail(WEFT__NO_END);
        self->native_id = (int32_t)syscall(SYS_gettid);
        pthread_setspecific(end_key, self);
    }
    weft__store_relaxed(&self->awaits, 1);
    line_up(self);
    weft__turns_unlock(&before);
    weft__turns_await(self);
}

/* Whether the calling thread takes turns; it has one, then. */
static bool is_playing(void)
{
    if (self == NULL || weft__load_relaxed(&self->state) == WEFT__OUTSIDE)
        enter();
    return weft__load_relaxed(&self->state) == WEFT__RUNS &&
           weft__load_relaxed(&self->awaits) == 0;
}

/* ---- Points ---- */

static void know_self(void)
{
    if (weft__current == NULL)
        return;
    if (self->pool == NULL)
        self->pool = weft__control_pool_of(weft__current);
    if (self->record == weft__current)
        return;
    self->record = weft__current;
    self->thread = self->record->thread;
    weft__copy_text(self->name, sizeof self->name, self->thread->name_);
}

static void count_step(void)
{
    struct weft__session *session = weft__session;
    know_self();
    weft__store_relaxed(&session->steps, session->steps + 1);
    if (session->steps > session->most_steps)
        weft__control_fail(WEFT__LIVELOCK);
}

/* What a wait for a condition does itself. */
static bool is_part(const char *operation)
{
    return self->step != 0 && strcmp(operation, "weft_lock_release") == 0 &&
           strncmp(self->operation, "weft_condition_wait", 19) == 0;
}

/* What is done next comes after all that others have done until now. */
static void note(const char *operation, const void *object)
{
    struct weft__session *session = weft__session;
    count_step();
    if (operation == NULL)
        return;
    weft__control_count(weft__player_number(self), operation, object);
    if (session->is_told)
        weft__control_name(operation, object);
    if (self->operation != operation || self->step != 0)
        return;
    self->step = session->steps;
    session->shown[self->step % WEFT__STEPS_SHOWN] =
        (struct weft__step){.number = self->step,
                            .player = weft__player_number(self),
                            .operation = operation,
                            .object = object};
}

/* Its last operation has to wait. */
static void note_wait(void)
{
    struct weft__session *session = weft__session;
    struct weft__step *step = &session->shown[self->step % WEFT__STEPS_SHOWN];
    self->asleep_since = session->steps;
    if (self->step != 0 && step->number == self->step)
        step->waited = true;
}

void weft__control_point(const char *operation, const void *object)
{
    if (!is_playing())
        return;
    if (operation != NULL && !is_part(operation)) {
        self->operation = operation;
        self->object = object;
        self->step = 0;
    }
    weft__turns.now += STEP;
    weft__turns_hand_over(WEFT__CAN_RUN, false);
    note(operation, object);
}

void weft__control_yield(void)
{
    if (!is_playing()) {
        sched_yield();
        return;
    }
    count_step();
    weft__turns.now += STEP;
    weft__turns_hand_over(WEFT__CAN_RUN, true);
}

weft_duration weft__control_clock(void)
{
    return weft__fetch_add_relaxed(&weft__turns.now, GLANCE);
}

unsigned weft__control_processors(void)
{
    return weft__session->processors;
}

void weft__control_wait(const uint32_t *word, uint32_t expected,
                        weft_duration deadline)
{
    if (!is_playing()) {
        weft__control_nap(50000);
        return;
    }
    count_step();
    if (weft__load(word) != expected)
        return;
    note_wait();
    self->deadline = deadline;
    self->arrival = ++arrivals;
    self->word = word;
    weft__turns_hand_over(WEFT__WAITS, false);
}

void weft__control_wake(const uint32_t *word)
{
    sigset_t before;
    struct weft__player *first = NULL;
    weft__turns_lock(&before);
    for (uint32_t i = 0; i < weft__turns.used; i++) {
        struct weft__player *player = weft__player_at(i);
        if (player->state == WEFT__WAITS && player->word == word &&
            (first == NULL || player->arrival < first->arrival))
            first = player;
    }
    if (first != NULL)
        line_up(first);
    weft__turns_unlock(&before);
}

/* ---- Beginning ---- */

static void become_first(void)
{
    weft__turns.used = 0;
    arrivals = 0;
    self = take_player();
    self->native_id = (int32_t)syscall(SYS_gettid);
    pthread_setspecific(end_key, self); /* main may end before the process */
    self->state = WEFT__RUNS;
    weft__store_relaxed(&weft__turns.current, weft__player_number(self));
}

void weft__control_start(void)
{
    weft__turns.now = BEGINNING;
    weft__control_choose_init();
    pthread_key_create(&end_key, at_end);
    become_first();
    weft__controlled = true;
    weft__fast_paths(false);
    weft__control_watch();
}

void weft__control_before_fork(void)
{
    weft__session->forks = true;
}

/* What the parent goes on with is not ours. */
void weft__control_after_fork(void)
{
    struct weft__session *own = weft__os_pages(sizeof *own);
    if (own != NULL) {
        memcpy(own, weft__session, sizeof *own);
        memset(own->players, 0, sizeof own->players);
        own->is_forked = true;
        weft__session = own;
    }
    weft__turns.locked = 0;
    become_first();
    weft__control_watch();
}
